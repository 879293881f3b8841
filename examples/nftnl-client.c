/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client on libnftnl and libmnl that knows nothing of nfvm: a table, an input chain, and a rule "tcp dport 22 accept".
 *
 *     nfvm exec -- ./nftnl-client      to an engine
 *     ./nftnl-client                   to the kernel
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

static struct nlmsghdr *message(struct mnl_nlmsg_batch *b, uint16_t type, uint16_t flags, uint32_t seq)
{
	return nftnl_nlmsg_build_hdr(mnl_nlmsg_batch_current(b), type, NFPROTO_INET, NLM_F_CREATE | NLM_F_ACK | flags, seq);
}

static void add_table(struct mnl_nlmsg_batch *b)
{
	struct nftnl_table *t = nftnl_table_alloc();

	nftnl_table_set_str(t, NFTNL_TABLE_NAME, "example");
	nftnl_table_nlmsg_build_payload(message(b, NFT_MSG_NEWTABLE, 0, 1), t);
	mnl_nlmsg_batch_next(b);
	nftnl_table_free(t);
}

static void add_chain(struct mnl_nlmsg_batch *b)
{
	struct nftnl_chain *c = nftnl_chain_alloc();

	nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, "example");
	nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, "input");
	nftnl_chain_set_str(c, NFTNL_CHAIN_TYPE, "filter");
	nftnl_chain_set_u32(c, NFTNL_CHAIN_HOOKNUM, NF_INET_LOCAL_IN);
	nftnl_chain_set_s32(c, NFTNL_CHAIN_PRIO, 0);
	nftnl_chain_nlmsg_build_payload(message(b, NFT_MSG_NEWCHAIN, 0, 2), c);
	mnl_nlmsg_batch_next(b);
	nftnl_chain_free(c);
}

static void add_meta(struct nftnl_rule *r, uint32_t key)
{
	struct nftnl_expr *e = nftnl_expr_alloc("meta");

	nftnl_expr_set_u32(e, NFTNL_EXPR_META_DREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, key);
	nftnl_rule_add_expr(r, e);
}

static void add_port(struct nftnl_rule *r)
{
	struct nftnl_expr *e = nftnl_expr_alloc("payload");

	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET, offsetof(struct tcphdr, dest));
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_LEN, sizeof(uint16_t));
	nftnl_rule_add_expr(r, e);
}

static void add_equal(struct nftnl_rule *r, const void *value, uint32_t len)
{
	struct nftnl_expr *e = nftnl_expr_alloc("cmp");

	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
	nftnl_expr_set(e, NFTNL_EXPR_CMP_DATA, value, len);
	nftnl_rule_add_expr(r, e);
}

static void add_accept(struct nftnl_rule *r)
{
	struct nftnl_expr *e = nftnl_expr_alloc("immediate");

	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_VERDICT, NF_ACCEPT);
	nftnl_rule_add_expr(r, e);
}

static void add_rule(struct mnl_nlmsg_batch *b)
{
	struct nftnl_rule *r = nftnl_rule_alloc();
	uint16_t port = htons(22);
	uint8_t tcp = IPPROTO_TCP;

	nftnl_rule_set_str(r, NFTNL_RULE_TABLE, "example");
	nftnl_rule_set_str(r, NFTNL_RULE_CHAIN, "input");
	add_meta(r, NFT_META_L4PROTO);
	add_equal(r, &tcp, sizeof(tcp));
	add_port(r);
	add_equal(r, &port, sizeof(port));
	add_accept(r);
	nftnl_rule_nlmsg_build_payload(message(b, NFT_MSG_NEWRULE, NLM_F_APPEND, 3), r);
	mnl_nlmsg_batch_next(b);
	nftnl_rule_free(r);
}

/* Three acknowledgements are waited for, or an error. */
static int answers(struct mnl_socket *s)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];

	for (int i = 0; i < 3; i++) {
		ssize_t n = mnl_socket_recvfrom(s, buf, sizeof(buf));

		if (n < 0 || mnl_cb_run(buf, (size_t)n, 0, mnl_socket_get_portid(s), NULL, NULL) < 0)
			return -1;
	}
	return 0;
}

int main(void)
{
	char *buf = calloc(1, 2 * MNL_SOCKET_BUFFER_SIZE);
	struct mnl_nlmsg_batch *b = mnl_nlmsg_batch_start(buf, MNL_SOCKET_BUFFER_SIZE);
	struct mnl_socket *s = mnl_socket_open(NETLINK_NETFILTER);
	int failed;

	nftnl_batch_begin(mnl_nlmsg_batch_current(b), 0);
	mnl_nlmsg_batch_next(b);
	add_table(b);
	add_chain(b);
	add_rule(b);
	nftnl_batch_end(mnl_nlmsg_batch_current(b), 4);
	mnl_nlmsg_batch_next(b);

	failed = !s || mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ||
		 mnl_socket_sendto(s, mnl_nlmsg_batch_head(b), mnl_nlmsg_batch_size(b)) < 0 || answers(s);
	if (failed)
		fprintf(stderr, "nftnl-client: %s\n", strerror(errno));
	if (s)
		mnl_socket_close(s);
	mnl_nlmsg_batch_stop(b);
	free(buf);
	return failed;
}
