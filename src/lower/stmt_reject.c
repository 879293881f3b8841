/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reject [with icmp|icmpv6|icmpx CODE | with tcp reset]: by default what the packet's protocol calls for, as far as it is known. */
#include <string.h>

#include "src/lower/stmt.h"
#include "src/types/reject.h"

enum { PORT_UNREACH = 3, PORT_UNREACH6 = 4 };

static int fail(struct eval *v, struct place at, struct place also, const char *msg)
{
	diag_error(v->d, at, "%s", msg);
	diag_also(v->d, also);
	return -1;
}

static bool many_families(const struct eval *v)
{
	return v->family == NFPROTO_INET || v->family == NFPROTO_BRIDGE || v->family == NFPROTO_NETDEV;
}

static struct tx *meta(struct eval *v, struct place at, uint32_t key)
{
	const struct meta_key *k = meta_key_by_number(key);
	struct tx *t = tx_new(v, TX_LOAD, at, k->type, k->byteorder, k->bits);

	t->load = LOAD_META;
	t->meta.key = key;
	return t;
}

/* The answer is of this network protocol, so the packet must be. */
static int need_network(struct eval *v, const struct ast_stmt *s, const struct proto *p, struct place code_at)
{
	const struct pctx_layer *nh = &v->pctx->layer[PROTO_NH];
	struct tx *left;
	int64_t n;

	if (nh->desc && nh->desc != p) {
		diag_error(v->d, code_at, "conflicting protocols specified: ip vs ip6");
		diag_also(v->d, nh->at.text ? nh->at : eval_word_at(s));
		return -1;
	}
	if (nh->desc)
		return 0;
	left = meta(v, s->at, v->family == NFPROTO_INET ? NFT_META_NFPROTO : NFT_META_PROTOCOL);
	n = proto_number_of(v->family == NFPROTO_INET ? &proto_inet : &proto_netdev, p);
	return eval_depend(v, s->at, left, tx_value(v, s->at, left->type, left->bo, left->bits, (u128)n));
}

/* Resets answer TCP only; the match that says so goes to the front of the rule. */
static int need_tcp(struct eval *v, const struct ast_stmt *s)
{
	const struct pctx_layer *th = &v->pctx->layer[PROTO_TH];
	struct tstmt *rest = v->first, *old_last = NULL, *dep;
	struct tx *left;

	if (th->desc == &proto_tcp && th->n_many == 1)
		return 0;
	if (th->desc)
		return fail(v, eval_word_at(s), th->at, "you cannot use tcp reset with this protocol");
	left = meta(v, s->at, NFT_META_L4PROTO);
	for (struct tstmt *t = rest; t; t = t->next)
		old_last = t;
	if (eval_depend(v, s->at, left, tx_value(v, s->at, left->type, left->bo, left->bits, IPPROTO_TCP)))
		return -1;
	if (!rest)
		return 0;
	dep = old_last->next;
	old_last->next = NULL;
	dep->next = rest;
	v->first = dep;
	v->tail = &old_last->next;
	return 0;
}

static int check_family(struct eval *v, const struct ast_stmt *s)
{
	const struct proto *nh = v->pctx->layer[PROTO_NH].desc;

	if (v->family == NFPROTO_ARP)
		return diag_error(v->d, s->at, "cannot reject this family");
	if (nh && nh != &proto_ip && nh != &proto_ip6)
		return fail(v, eval_word_at(s), v->pctx->layer[PROTO_NH].at, "cannot reject this network family");
	return 0;
}

static int with_default(struct eval *v, struct bc_reject *r)
{
	const struct proto *nh = v->pctx->layer[PROTO_NH].desc;

	if (!nh) {
		r->type = NFT_REJECT_ICMPX_UNREACH;
		r->icmp_code = NFT_REJECT_ICMPX_PORT_UNREACH;
	} else {
		r->type = NFT_REJECT_ICMP_UNREACH;
		r->icmp_code = nh == &proto_ip6 ? PORT_UNREACH6 : PORT_UNREACH;
	}
	return 0;
}

static int with_code(struct eval *v, const struct ast_stmt *s, const char *with, struct bc_reject *r)
{
	const struct ast_opt *o = ast_opt_find(s->opts, "code");
	const struct ast_expr *e = o ? eval_deref(o->val) : NULL;
	const struct datatype *type = !strcmp(with, "icmp") ? &type_reject_icmp_code : !strcmp(with, "icmpv6") ? &type_reject_icmpv6_code
													      : &type_reject_icmpx_code;
	struct expect x = expect_type(type, BO_BIG, 8);
	unsigned prefix;
	u128 code;

	if (!e)
		return diag_error(v->d, s->at, "reject needs a code");
	if ((e->kind != AST_SYMBOL && e->kind != AST_NUMBER && e->kind != AST_STRING))
		return diag_error(v->d, e->at, "a reject code must be a name or number");
	if (eval_scalar(v, e, &x, &code, &prefix))
		return -1;
	r->icmp_code = (uint8_t)code;
	if (type == &type_reject_icmpx_code) {
		r->type = NFT_REJECT_ICMPX_UNREACH;
		if (!many_families(v))
			return fail(v, e->at, eval_word_at(s), "abstracted ICMP unreachable not supported");
		return 0;
	}
	r->type = NFT_REJECT_ICMP_UNREACH;
	return need_network(v, s, type == &type_reject_icmp_code ? &proto_ip : &proto_ip6, e->at);
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct bc_reject *r = out->body = arena_new_of(v->a, struct bc_reject);
	const char *with = opt_text(s->opts, "with");
	int err;

	if (check_family(v, s))
		return -1;
	if (!with) {
		err = with_default(v, r);
	} else if (!strcmp(with, "tcp reset")) {
		r->type = NFT_REJECT_TCP_RST;
		err = need_tcp(v, s);
	} else {
		err = with_code(v, s, with, r);
	}
	BC_MARK(r, NFTA_REJECT_TYPE);
	BC_MARK(r, NFTA_REJECT_ICMP_CODE);
	return err;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "reject", s->body, sizeof(struct bc_reject));
}

const struct tstmt_type tstmt_reject = { .name = "reject", .terminal = true, .eval = eval, .lower = lower };
