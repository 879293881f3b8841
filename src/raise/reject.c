/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reject: with a TCP reset, or an ICMP error of the packet's family. What the code alone implies is left out. */
#include "src/raise/rx.h"
#include "src/types/reject.h"

enum { ICMP_PORT = 3, ICMPV6_PORT = 4 };

/* The network header that was asked for, where the family has several. */
static const struct proto *network(const struct raise *r)
{
	if (r->family == NFPROTO_IPV4)
		return &proto_ip;
	if (r->family == NFPROTO_IPV6)
		return &proto_ip6;
	return r->proto.at[PROTO_NH].p;
}

static void with(struct raise *r, struct ast_stmt *s, const char *what, const struct datatype *type, uint8_t code)
{
	const struct rtype t = { type, 8, BO_BIG, 0 };

	raise_opt_symbol(r, s, "with", what);
	if (type)
		raise_opt(r, s, "code", raise_typed(r, &t, code));
}

static void raise_reject(struct raise *r, const void *body)
{
	const struct bc_reject *j = body;
	bool own = r->family == NFPROTO_IPV4 || r->family == NFPROTO_IPV6, implied = false;
	const struct proto *nh = network(r);
	struct ast_stmt *s;

	if (j->type == NFT_REJECT_ICMP_UNREACH && !own)
		raise_depend_base(r, PROTO_NH);
	if (j->type == NFT_REJECT_TCP_RST && own)
		raise_depend_base(r, PROTO_TH);
	s = raise_emit(r, "reject");
	if (j->type == NFT_REJECT_TCP_RST) {
		with(r, s, "tcp reset", NULL, 0);
	} else if (j->type == NFT_REJECT_ICMPX_UNREACH) {
		with(r, s, "icmpx", &type_reject_icmpx_code, j->icmp_code);
		implied = j->icmp_code == NFT_REJECT_ICMPX_PORT_UNREACH;
	} else if (nh == &proto_ip6) {
		with(r, s, "icmpv6", &type_reject_icmpv6_code, j->icmp_code);
		implied = own && j->icmp_code == ICMPV6_PORT;
	} else {
		with(r, s, "icmp", &type_reject_icmp_code, j->icmp_code);
		implied = own && j->icmp_code == ICMP_PORT;
	}
	if (implied)
		raise_opt(r, s, "implied", NULL);
}

const struct raise_type raise_reject_type = { "reject", raise_reject };
