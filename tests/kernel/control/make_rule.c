/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random rules: expressions that refer to chains, sets and objects above all. What each expression takes for itself is tested
 * elsewhere. */
#include "tests/kernel/control/control.h"

#include <string.h>

#include <linux/netfilter/nf_log.h>

/* ---- expressions ---- */

struct open {
	size_t elem, data;
};

static struct open expr_begin(struct maker *m, uint16_t type, const char *name)
{
	struct open o = { .elem = nest_begin(m, type) };

	put_str(m, NFTA_EXPR_NAME, name);
	o.data = nest_begin(m, NFTA_EXPR_DATA);
	return o;
}

static void expr_end(struct maker *m, struct open o)
{
	nest_end(m, o.data);
	nest_end(m, o.elem);
}

void make_stateful(struct maker *m, uint16_t type, unsigned kind)
{
	static const char *const names[N_STATEFUL] = { "counter", "quota", "limit", "last", "connlimit" };
	struct open o;

	if (kind == 4 && m->no_ct)
		kind = 0;
	o = expr_begin(m, type, names[kind]);
	switch (kind) {
	case 0:
		if (rng_in(m->r, 2))
			put_be64(m, NFTA_COUNTER_BYTES, rng_below(m->r, 100000));
		if (rng_in(m->r, 2))
			put_be64(m, NFTA_COUNTER_PACKETS, rng_below(m->r, 1000));
		break;
	case 1:
		put_be64(m, NFTA_QUOTA_BYTES, 1000 + rng_below(m->r, 100000));
		if (rng_in(m->r, 3))
			put_be32(m, NFTA_QUOTA_FLAGS, rng_below(m->r, 2));
		break;
	case 2:
		put_be64(m, NFTA_LIMIT_RATE, 1 + rng_below(m->r, 100));
		put_be64(m, NFTA_LIMIT_UNIT, (uint64_t)RNG_OF(m->r, 1, 60, 3600));
		put_be32(m, NFTA_LIMIT_BURST, 5);
		put_be32(m, NFTA_LIMIT_TYPE, rng_below(m->r, 2));
		break;
	case 3:
		break;
	case 4:
		put_be32(m, NFTA_CONNLIMIT_COUNT, rng_below(m->r, 10));
		break;
	}
	expr_end(m, o);
}

static void put_chain(struct maker *m, const struct w_chain *c)
{
	if (c && !c->name)
		put_be32(m, NFTA_VERDICT_CHAIN_ID, c->id);
	else
		put_str(m, NFTA_VERDICT_CHAIN, c ? c->name : name_of(m, 'c'));
}

void make_verdict(struct maker *m, uint16_t type, int table, bool elem)
{
	int32_t code = (int32_t)RNG_OF(m->r, NF_ACCEPT, NF_DROP, NFT_CONTINUE, NFT_RETURN, NFT_JUMP, NFT_GOTO, NFT_JUMP, NFT_GOTO,
				       NFT_JUMP);
	const struct w_chain *c = wrong(m) ? NULL : pick_chain(m, table, !wrong(m));
	size_t data, verdict;

	if (!c && !wrong(m))
		code = NF_ACCEPT;
	if (wrong(m))
		code = (int32_t)RNG_OF(m->r, NF_QUEUE, NF_STOLEN, NFT_BREAK, 77);
	data = nest_begin(m, type);
	verdict = nest_begin(m, NFTA_DATA_VERDICT);
	put_be32(m, NFTA_VERDICT_CODE, (uint32_t)code);
	if (code == NFT_JUMP || code == NFT_GOTO)
		put_chain(m, c);
	nest_end(m, verdict);
	nest_end(m, data);
	(void)elem;
}

static void immediate(struct maker *m, int t)
{
	struct open o = expr_begin(m, NFTA_LIST_ELEM, "immediate");

	put_be32(m, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	make_verdict(m, NFTA_IMMEDIATE_DATA, t, false);
	expr_end(m, o);
}

static void load(struct maker *m, uint32_t reg, uint32_t len)
{
	struct open o;

	if (rng_in(m->r, 3)) {
		size_t data;
		static const uint8_t bytes[64] = { 1, 2, 3, 4 };

		o = expr_begin(m, NFTA_LIST_ELEM, "immediate");
		put_be32(m, NFTA_IMMEDIATE_DREG, reg);
		data = nest_begin(m, NFTA_IMMEDIATE_DATA);
		put(m, NFTA_DATA_VALUE, bytes, len);
		nest_end(m, data);
	} else {
		o = expr_begin(m, NFTA_LIST_ELEM, "payload");
		put_be32(m, NFTA_PAYLOAD_DREG, reg);
		put_be32(m, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
		put_be32(m, NFTA_PAYLOAD_OFFSET, rng_below(m->r, 16));
		put_be32(m, NFTA_PAYLOAD_LEN, len);
	}
	expr_end(m, o);
}

static void compare(struct maker *m)
{
	static const uint8_t bytes[4] = { 10, 0, 0, 1 };
	struct open o;
	size_t data;

	load(m, NFT_REG_1, 4);
	o = expr_begin(m, NFTA_LIST_ELEM, "cmp");
	put_be32(m, NFTA_CMP_SREG, NFT_REG_1);
	put_be32(m, NFTA_CMP_OP, rng_below(m->r, 6));
	data = nest_begin(m, NFTA_CMP_DATA);
	put(m, NFTA_DATA_VALUE, bytes, 4);
	nest_end(m, data);
	expr_end(m, o);
}

static void put_set_name(struct maker *m, const struct w_set *s, uint16_t name, uint16_t id)
{
	if (wrong(m))
		put_str(m, name, name_of(m, 's'));
	else
		put_str(m, name, s->name);
	if (s->id)
		put_be32(m, id, s->id);
}

static void lookup(struct maker *m, const struct w_set *s)
{
	bool map = s->flags & NFT_SET_MAP, verdict = map && s->data_type == NFT_DATA_VERDICT;
	struct open o;

	load(m, NFT_REG_1, s->key_len && !wrong(m) ? s->key_len : 4);
	o = expr_begin(m, NFTA_LIST_ELEM, "lookup");
	put_set_name(m, s, NFTA_LOOKUP_SET, NFTA_LOOKUP_SET_ID);
	put_be32(m, NFTA_LOOKUP_SREG, NFT_REG_1);
	if (map != rng_in(m->r, 10))
		put_be32(m, NFTA_LOOKUP_DREG, verdict && !wrong(m) ? NFT_REG_VERDICT : NFT_REG_2);
	if (!map && rng_in(m->r, 4))
		put_be32(m, NFTA_LOOKUP_FLAGS, 1);
	expr_end(m, o);
}

static void dynset(struct maker *m, const struct w_set *s)
{
	unsigned kind = rng_below(m->r, 4);
	struct open o;
	size_t list;

	load(m, NFT_REG_1, s->key_len && !wrong(m) ? s->key_len : 4);
	if (s->flags & NFT_SET_MAP)
		load(m, NFT_REG_3, s->data_len ? s->data_len : 4);
	o = expr_begin(m, NFTA_LIST_ELEM, "dynset");
	put_set_name(m, s, NFTA_DYNSET_SET_NAME, NFTA_DYNSET_SET_ID);
	put_be32(m, NFTA_DYNSET_OP, rng_below(m->r, 3));
	put_be32(m, NFTA_DYNSET_SREG_KEY, NFT_REG_1);
	if (s->flags & NFT_SET_MAP)
		put_be32(m, NFTA_DYNSET_SREG_DATA, NFT_REG_3);
	if (s->flags & NFT_SET_TIMEOUT && rng_in(m->r, 2))
		put_be64(m, NFTA_DYNSET_TIMEOUT, 100000 * (1 + rng_below(m->r, 10)));
	if (kind == 1) {
		make_stateful(m, NFTA_DYNSET_EXPR, rng_below(m->r, N_STATEFUL));
	} else if (kind == 2 && rng_in(m->r, 2)) {
		put_be32(m, NFTA_DYNSET_FLAGS, NFT_DYNSET_F_EXPR);
		list = nest_begin(m, NFTA_DYNSET_EXPRESSIONS);
		make_stateful(m, NFTA_LIST_ELEM, 0);
		make_stateful(m, NFTA_LIST_ELEM, rng_below(m->r, 4));
		nest_end(m, list);
	}
	expr_end(m, o);
}

static void objref(struct maker *m, int t)
{
	const struct w_obj *obj = pick_obj(m, t, 0);
	const struct w_set *s = rng_in(m->r, 3) ? pick_set(m, t, NFT_SET_OBJECT, 0) : NULL;
	struct open o;

	if (s)
		load(m, NFT_REG_1, s->key_len);
	o = expr_begin(m, NFTA_LIST_ELEM, "objref");
	if (s) {
		put_be32(m, NFTA_OBJREF_SET_SREG, NFT_REG_1);
		put_set_name(m, s, NFTA_OBJREF_SET_NAME, NFTA_OBJREF_SET_ID);
	} else {
		put_be32(m, NFTA_OBJREF_IMM_TYPE, obj && !wrong(m) ? obj->type : rng_below(m->r, 11));
		put_str(m, NFTA_OBJREF_IMM_NAME, obj && !wrong(m) ? obj->name : name_of(m, 'o'));
	}
	expr_end(m, o);
}

static void other(struct maker *m)
{
	struct open o;

	switch (rng_below(m->r, m->no_ct ? 1 : 8)) {
	case 0:
		o = expr_begin(m, NFTA_LIST_ELEM, "log");
		if (rng_in(m->r, 2))
			put_str(m, NFTA_LOG_PREFIX, "prefix ");
		if (rng_in(m->r, 2))
			put_be16(m, NFTA_LOG_GROUP, (uint16_t)rng_below(m->r, 10));
		break;
	case 1:
		o = expr_begin(m, NFTA_LIST_ELEM, "reject");
		put_be32(m, NFTA_REJECT_TYPE, rng_below(m->r, 3));
		put_u8(m, NFTA_REJECT_ICMP_CODE, (uint8_t)rng_below(m->r, 6));
		break;
	case 2:
		o = expr_begin(m, NFTA_LIST_ELEM, "masq");
		break;
	case 3:
		o = expr_begin(m, NFTA_LIST_ELEM, "redir");
		break;
	case 4:
		load(m, NFT_REG_1, 4);
		o = expr_begin(m, NFTA_LIST_ELEM, "nat");
		put_be32(m, NFTA_NAT_TYPE, rng_below(m->r, 2));
		put_be32(m, NFTA_NAT_FAMILY, (uint32_t)RNG_OF(m->r, 2, 10));
		put_be32(m, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1);
		break;
	case 5:
		o = expr_begin(m, NFTA_LIST_ELEM, "notrack");
		break;
	case 6:
		o = expr_begin(m, NFTA_LIST_ELEM, "meta");
		put_be32(m, NFTA_META_KEY, NFT_META_MARK);
		put_be32(m, NFTA_META_DREG, NFT_REG_1);
		break;
	default:
		o = expr_begin(m, NFTA_LIST_ELEM, wrong(m) ? "unheard" : "numgen");
		put_be32(m, NFTA_NG_DREG, NFT_REG_1);
		put_be32(m, NFTA_NG_MODULUS, rng_below(m->r, 10));
		put_be32(m, NFTA_NG_TYPE, rng_below(m->r, 2));
		break;
	}
	expr_end(m, o);
}

static void expression(struct maker *m, int t, int set)
{
	const struct w_set *s = set >= 0 ? &m->w->sets[set] : pick_set(m, t, 0, NFT_SET_ANONYMOUS);

	switch (rng_below(m->r, 10)) {
	case 0:
		compare(m);
		break;
	case 1:
	case 2:
		if (s && s->flags & NFT_SET_EVAL && rng_in(m->r, 2))
			dynset(m, s);
		else if (s)
			lookup(m, s);
		break;
	case 3:
		if (s)
			dynset(m, s);
		break;
	case 4:
	case 5:
		make_stateful(m, NFTA_LIST_ELEM, rng_below(m->r, N_STATEFUL));
		break;
	case 6:
	case 7:
		objref(m, t);
		break;
	case 8:
		other(m);
		break;
	default:
		immediate(m, t);
	}
}

static void expressions(struct maker *m, int t, int set)
{
	size_t list = nest_begin(m, NFTA_RULE_EXPRESSIONS);

	if (set >= 0)
		lookup(m, &m->w->sets[set]);
	for (unsigned n = rng_below(m->r, 4); n; n--)
		expression(m, t, wrong(m) ? set : -1);
	if (rng_in(m->r, 2))
		immediate(m, t);
	nest_end(m, list);
}

/* ---- rules ---- */

static const struct w_rule *rule_of(struct maker *m, int t, const struct w_chain *c, bool in_batch)
{
	const struct w_rule *chosen = NULL;
	uint32_t seen = 0;

	for (uint32_t i = 0; i < m->w->n_rules; i++) {
		const struct w_rule *r = &m->w->rules[i];

		if (r->table != (uint32_t)t || !r->chain || (c && (!c->name || strcmp(r->chain, c->name) != 0)))
			continue;
		if ((in_batch ? r->id != 0 : r->handle != 0) && rng_in(m->r, ++seen))
			chosen = r;
	}
	return chosen;
}

static void put_place(struct maker *m, int t, const struct w_chain *c, uint16_t *flags)
{
	const struct w_rule *by_id = rule_of(m, t, c, true), *by_handle = rule_of(m, t, wrong(m) ? NULL : c, false);

	switch (rng_below(m->r, 8)) {
	case 0:
	case 1:
		if (!by_handle && !wrong(m))
			break;
		put_be64(m, NFTA_RULE_POSITION, by_handle ? by_handle->handle : some_handle(m));
		break;
	case 2:
		if (!by_id && !wrong(m))
			break;
		put_be32(m, NFTA_RULE_POSITION_ID, by_id ? by_id->id : 99);
		break;
	case 3:
	case 4:
		if (!by_handle && !wrong(m))
			break;
		put_be64(m, NFTA_RULE_HANDLE, by_handle ? by_handle->handle : some_handle(m));
		if (!wrong(m))
			*flags = (uint16_t)((*flags & ~NLM_F_CREATE) | NLM_F_REPLACE);
		break;
	}
}

static void new_rule(struct maker *m, uint8_t family, const char *tname, int t, int set, const struct w_chain *c)
{
	uint16_t flags = new_flags(m);
	uint32_t id = rng_in(m->r, 4) ? ++m->id : 0;
	struct nlmsghdr *h;

	flags = (uint16_t)(flags & ~NLM_F_REPLACE) | (rng_in(m->r, 4) ? 0 : NLM_F_APPEND);
	msg_begin(m, NFT_MSG_NEWRULE, family, 0);
	put_str(m, NFTA_RULE_TABLE, tname);
	if (c && !c->name)
		put_be32(m, NFTA_RULE_CHAIN_ID, c->id);
	else if (!rng_in(m->r, 60))
		put_str(m, NFTA_RULE_CHAIN, c ? c->name : name_of(m, 'c'));
	put_place(m, t, c, &flags);
	if (id)
		put_be32(m, NFTA_RULE_ID, id);
	if (!rng_in(m->r, 20) || set >= 0)
		expressions(m, t, set);
	make_userdata(m, NFTA_RULE_USERDATA);
	h = (struct nlmsghdr *)(void *)(m->out->p + m->msg);
	h->nlmsg_flags |= flags;
	msg_end(m);
	if (t >= 0 && c && c->name)
		*W_ADD(m->w, rules) = (struct w_rule){ (uint32_t)t, c->name, 0, id };
}

static void del_rule(struct maker *m, uint8_t family, const char *tname, int t)
{
	const struct w_chain *c = t >= 0 && !wrong(m) ? pick_chain(m, t, false) : NULL;
	const struct w_rule *by_id = rule_of(m, t, c, true), *by_handle = rule_of(m, t, wrong(m) ? NULL : c, false);

	msg_begin(m, one_type(m, NFT_MSG_DELRULE, NFT_MSG_DESTROYRULE), family,
		  (rng_in(m->r, 3) ? 0 : NLM_F_ACK) | (rng_in(m->r, 5) ? NLM_F_ECHO : 0));
	put_str(m, NFTA_RULE_TABLE, tname);
	if (!rng_in(m->r, 20))
		put_str(m, NFTA_RULE_CHAIN, c && c->name ? c->name : name_of(m, 'c'));
	if (by_id && rng_in(m->r, 2))
		put_be32(m, NFTA_RULE_ID, by_id->id);
	else if (rng_below(m->r, 4))
		put_be64(m, NFTA_RULE_HANDLE, by_handle ? by_handle->handle : some_handle(m));
	msg_end(m);
}

void make_rule(struct maker *m)
{
	const struct w_chain *c;
	struct w_chain copy;
	uint8_t family;
	const char *tname;
	int t = pick_table(m, &family, &tname), set = -1;

	if (rng_below(m->r, 10) < 3) {
		del_rule(m, family, tname, t);
		return;
	}
	c = t >= 0 && !wrong(m) ? pick_chain(m, t, false) : NULL;
	if (c)
		copy = *c;
	if (t >= 0 && rng_in(m->r, 4)) {
		set = make_set_in(m, t, NFT_SET_ANONYMOUS | (rng_in(m->r, 6) ? 0 : NFT_SET_CONSTANT));
		if (rng_below(m->r, 6))
			make_elems_of(m, set, 1 + rng_below(m->r, 4));
	}
	new_rule(m, family, tname, t, set, c ? &copy : NULL);
}
