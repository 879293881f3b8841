/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ctnetlink: connections made, listed, looked up, changed, deleted by messages as a client sends them. */
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <string.h>

#include "bytecode/nf.h"
#include "nfvm/engine.h"
#include "tests/unit/unit.h"

#include <libmnl/libmnl.h>

static struct nfvm_engine *engine;
static struct nfvm_socket *sock;
static _Alignas(8) char msg[4096], answer[1 << 16];
static struct nlmsghdr *head;

static void start(void)
{
	ck_assert_int_eq(nfvm_engine_new(NULL, &engine, NULL), 0);
	ck_assert_int_eq(nfvm_socket_new(engine, &sock), 0);
}

static void stop(void)
{
	nfvm_socket_free(&sock);
	nfvm_engine_free(&engine);
}

static void begin(uint16_t type, uint16_t flags)
{
	struct nfgenmsg *g;

	head = mnl_nlmsg_put_header(msg);
	head->nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type);
	head->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	head->nlmsg_seq = 7;
	g = mnl_nlmsg_put_extra_header(head, sizeof(*g));
	memset(g, 0, sizeof(*g));
	g->nfgen_family = AF_INET;
}

static void tuple(uint16_t type, uint32_t src, uint32_t dst, uint16_t sport, uint16_t dport)
{
	struct nlattr *t = mnl_attr_nest_start(head, type), *in = mnl_attr_nest_start(head, CTA_TUPLE_IP);

	mnl_attr_put_u32(head, CTA_IP_V4_SRC, htonl(src));
	mnl_attr_put_u32(head, CTA_IP_V4_DST, htonl(dst));
	mnl_attr_nest_end(head, in);
	in = mnl_attr_nest_start(head, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(head, CTA_PROTO_NUM, IPPROTO_UDP);
	mnl_attr_put_u16(head, CTA_PROTO_SRC_PORT, htons(sport));
	mnl_attr_put_u16(head, CTA_PROTO_DST_PORT, htons(dport));
	mnl_attr_nest_end(head, in);
	mnl_attr_nest_end(head, t);
}

static uint32_t word(const struct nlmsghdr *h, uint16_t type)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, h, sizeof(struct nfgenmsg)) if (mnl_attr_get_type(a) == type) return ntohl(mnl_attr_get_u32(a));
	ck_abort_msg("no attribute %u", type);
	return 0;
}

/* Sends what was begun; connections told go to *found (the last), their number is returned; *err: of an acknowledgement, 1: none
 * came. */
static unsigned ask(const struct nlmsghdr **found, int *err)
{
	unsigned n = 0;
	long got;

	*err = 1;
	ck_assert_int_eq(nfvm_socket_send(sock, msg, head->nlmsg_len), 0);
	while ((got = nfvm_socket_recv(sock, answer, sizeof(answer), 0)) > 0) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)answer;

		for (int left = (int)got; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			if (h->nlmsg_type == NLMSG_ERROR)
				*err = ((const struct nlmsgerr *)mnl_nlmsg_get_payload(h))->error;
			else if (h->nlmsg_type != NLMSG_DONE && ++n && found)
				*found = h;
		}
	}
	return n;
}

static int make(uint16_t sport, uint32_t mark, uint16_t flags)
{
	int err;

	begin(IPCTNL_MSG_CT_NEW, (uint16_t)(NLM_F_ACK | flags));
	tuple(CTA_TUPLE_ORIG, 0xc0000202, 0xc6336402, sport, 53);
	tuple(CTA_TUPLE_REPLY, 0xc6336402, 0xc0000202, 53, sport);
	mnl_attr_put_u32(head, CTA_TIMEOUT, htonl(100));
	mnl_attr_put_u32(head, CTA_MARK, htonl(mark));
	mnl_attr_put_u32(head, CTA_STATUS, htonl(IPS_CONFIRMED | IPS_SEEN_REPLY));
	ask(NULL, &err);
	return err;
}

START_TEST(connections_are_made_and_listed)
{
	const struct nlmsghdr *h = NULL;
	int err;

	start();
	ck_assert_int_eq(make(4000, 7, 0), -ENOENT);
	ck_assert_int_eq(make(4000, 7, NLM_F_CREATE | NLM_F_EXCL), 0);
	ck_assert_int_eq(make(4000, 7, NLM_F_CREATE | NLM_F_EXCL), -EEXIST);
	ck_assert_int_eq(make(4001, 8, NLM_F_CREATE), 0);
	begin(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	ck_assert_uint_eq(ask(&h, &err), 2);
	ck_assert_uint_eq(word(h, CTA_STATUS), IPS_CONFIRMED | IPS_SEEN_REPLY);
	ck_assert_uint_eq(word(h, CTA_TIMEOUT), 100);
	begin(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	mnl_attr_put_u32(head, CTA_MARK, htonl(8));
	mnl_attr_put_u32(head, CTA_MARK_MASK, htonl(0xff));
	ck_assert_uint_eq(ask(&h, &err), 1);
	ck_assert_uint_eq(word(h, CTA_MARK), 8);
	stop();
}
END_TEST

START_TEST(one_is_found_by_either_side_and_changed)
{
	const struct nlmsghdr *h = NULL;
	int err;

	start();
	ck_assert_int_eq(make(4000, 7, NLM_F_CREATE), 0);
	begin(IPCTNL_MSG_CT_NEW, NLM_F_ACK);
	tuple(CTA_TUPLE_ORIG, 0xc0000202, 0xc6336402, 4000, 53);
	mnl_attr_put_u32(head, CTA_MARK, htonl(0x30));
	mnl_attr_put_u32(head, CTA_MARK_MASK, htonl(0xf0));
	mnl_attr_put_u32(head, CTA_TIMEOUT, htonl(5));
	ask(NULL, &err);
	ck_assert_int_eq(err, 0);
	begin(IPCTNL_MSG_CT_GET, 0);
	tuple(CTA_TUPLE_REPLY, 0xc6336402, 0xc0000202, 53, 4000);
	ck_assert_uint_eq(ask(&h, &err), 1);
	ck_assert_uint_eq(word(h, CTA_MARK), 0x37);
	ck_assert_uint_eq(word(h, CTA_TIMEOUT), 5);
	begin(IPCTNL_MSG_CT_NEW, NLM_F_ACK);
	tuple(CTA_TUPLE_ORIG, 0xc0000202, 0xc6336402, 4000, 53);
	mnl_attr_put_u32(head, CTA_STATUS, htonl(IPS_CONFIRMED)); /* it has seen a reply: not to be undone */
	ask(NULL, &err);
	ck_assert_int_eq(err, -EBUSY);
	nfvm_engine_advance(engine, UINT64_C(6000000000));
	begin(IPCTNL_MSG_CT_GET, 0);
	tuple(CTA_TUPLE_ORIG, 0xc0000202, 0xc6336402, 4000, 53);
	ask(NULL, &err);
	ck_assert_int_eq(err, -ENOENT);
	stop();
}
END_TEST

START_TEST(connections_are_deleted_and_flushed)
{
	const struct nlmsghdr *h = NULL;
	int err;

	start();
	for (uint16_t i = 0; i < 2000; i++)
		ck_assert_int_eq(make((uint16_t)(4000 + i), i & 1, NLM_F_CREATE), 0);
	begin(IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
	tuple(CTA_TUPLE_ORIG, 0xc0000202, 0xc6336402, 4000, 53);
	ask(NULL, &err);
	ck_assert_int_eq(err, 0);
	ask(NULL, &err);
	ck_assert_int_eq(err, -ENOENT);
	begin(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	ck_assert_uint_eq(ask(&h, &err), 1999);
	begin(IPCTNL_MSG_CT_GET_STATS, 0);
	ck_assert_uint_eq(ask(&h, &err), 1);
	ck_assert_uint_eq(word(h, CTA_STATS_GLOBAL_ENTRIES), 1999);
	begin(IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
	mnl_attr_put_u32(head, CTA_MARK, htonl(1));
	ask(NULL, &err);
	ck_assert_int_eq(err, 0);
	begin(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	ck_assert_uint_eq(ask(&h, &err), 999);
	begin(IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
	ask(NULL, &err);
	begin(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	ck_assert_uint_eq(ask(&h, &err), 0);
	stop();
}
END_TEST

START_TEST(bad_messages_are_refused)
{
	int err;

	start();
	begin(IPCTNL_MSG_CT_GET, 0);
	ask(NULL, &err);
	ck_assert_int_eq(err, -EINVAL);
	begin(IPCTNL_MSG_CT_NEW, NLM_F_ACK | NLM_F_CREATE);
	mnl_attr_put_u32(head, CTA_TUPLE_ORIG, 0);
	ask(NULL, &err);
	ck_assert_int_eq(err, -EINVAL);
	begin(IPCTNL_MSG_CT_NEW, NLM_F_ACK | NLM_F_CREATE);
	tuple(CTA_TUPLE_ORIG, 1, 2, 3, 4);
	ask(NULL, &err);
	ck_assert_int_eq(err, -EINVAL);
	begin(IPCTNL_MSG_CT_GET_DYING, NLM_F_DUMP);
	ask(NULL, &err);
	ck_assert_int_eq(err, -EINVAL);
	stop();
}
END_TEST

UNIT_MAIN("ct netlink", connections_are_made_and_listed, one_is_found_by_either_side_and_changed,
	  connections_are_deleted_and_flushed, bad_messages_are_refused)
