/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an attribute of a message back to the text: what the target's extended acknowledgement points at. Nothing is kept for this while
 * lowering but one mark for each message; what else is needed is worked out again, since errors are few.
 */
#include <linux/netlink.h>
#include <string.h>

#include "src/lower/lower_priv.h"

/* ---- the message and the attribute ------------------------------------------------------------------ */

static const struct nlmsghdr *message(const struct bc_batch *b, uint32_t seq)
{
	const char *p = b->bytes.p, *end = p + b->bytes.len;

	while ((size_t)(end - p) >= sizeof(struct nlmsghdr)) {
		const struct nlmsghdr *h = (const void *)p;

		if (h->nlmsg_seq == seq)
			return h;
		if (h->nlmsg_len < sizeof(*h) || h->nlmsg_len > (size_t)(end - p))
			return NULL;
		p += NLMSG_ALIGN(h->nlmsg_len);
	}
	return NULL;
}

struct found {
	uint16_t type;               /* of the top-level attribute that holds the place; 0: none */
	bool within;                 /* the place is inside of it */
	uint32_t element;            /* number of the list element that holds it, from 0 */
};

static uint16_t type_of(const struct nlattr *a)
{
	return a->nla_type & NLA_TYPE_MASK;
}

static const struct nlattr *attr_at(const char *base, uint32_t at, uint32_t end)
{
	const struct nlattr *a = (const void *)(base + at);

	return at + sizeof(*a) <= end && a->nla_len >= sizeof(*a) && at + a->nla_len <= end ? a : NULL;
}

static struct found find(const struct nlmsghdr *h, uint32_t off)
{
	const char *base = (const char *)h;
	uint32_t at = NLMSG_HDRLEN + 4, in;
	const struct nlattr *a, *e;
	struct found f = { 0 };

	for (; (a = attr_at(base, at, h->nlmsg_len)); at += NLA_ALIGN(a->nla_len)) {
		if (off < at || off >= at + a->nla_len)
			continue;
		f.type = type_of(a);
		f.within = off > at;
		in = at + NLA_HDRLEN;
		for (; f.within && (e = attr_at(base, in, at + a->nla_len)); in += NLA_ALIGN(e->nla_len)) {
			if (off < in + e->nla_len)
				break;
			f.element++;
		}
		return f;
	}
	return f;
}

/* Elements of a list in a message. */
static uint32_t count(const struct nlmsghdr *h)
{
	const char *base = (const char *)h;
	uint32_t at = NLMSG_HDRLEN + 4, in, n = 0;
	const struct nlattr *a, *e;

	for (; (a = attr_at(base, at, h->nlmsg_len)); at += NLA_ALIGN(a->nla_len))
		if (type_of(a) == NFTA_SET_ELEM_LIST_ELEMENTS)
			for (in = at + NLA_HDRLEN; (e = attr_at(base, in, at + a->nla_len)); in += NLA_ALIGN(e->nla_len))
				n++;
	return n;
}

/* ---- by kind of message ------------------------------------------------------------------------------- */

static struct place or(struct place at, struct place otherwise)
{
	return at.text ? at : otherwise;
}

static struct place in_chain(const struct lower_mark *m, const struct found *f)
{
	const struct ast_handle *h = &m->obj->h;
	const struct ast_chain *c = m->obj->kind == AST_CHAIN ? &m->obj->chain : NULL;

	switch (f->type) {
	case NFTA_CHAIN_TABLE:
		return or(h->table_at, m->at);
	case NFTA_CHAIN_NAME:
		return or(h->chain_at, m->at);
	case NFTA_CHAIN_HANDLE:
		return or(h->handle_at, or(h->chain_at, m->at));
	case NFTA_CHAIN_TYPE:
		return c ? or(c->type_at, m->at) : m->at;
	case NFTA_CHAIN_HOOK:
		if (c && f->within && f->element >= 2 && c->devices)
			return c->devices->at;
		return c ? or(f->within && f->element == 1 ? c->prio_at : c->hook_at, m->at) : m->at;
	case NFTA_CHAIN_POLICY:
		return c ? or(c->policy_at, m->at) : m->at;
	}
	return m->at;
}

static struct place in_rule(const struct lower *l, const struct lower_mark *m, const struct found *f)
{
	const struct ast_handle *h = &m->obj->h;

	switch (f->type) {
	case NFTA_RULE_TABLE:
		return or(h->table_at, m->at);
	case NFTA_RULE_CHAIN:
		return or(h->chain_at, m->at);
	case NFTA_RULE_HANDLE:
		return or(h->handle_at, m->at);
	case NFTA_RULE_POSITION:
		return or(h->position_at, or(h->handle_at, m->at));
	case NFTA_RULE_EXPRESSIONS:
		return m->rule && f->within ? or(rule_expr_place((struct lower *)l, family_of(h), h->table, m->rule, f->element), m->at) : m->at;
	}
	return m->at;
}

static struct place in_named(const struct lower_mark *m, const struct found *f)
{
	const struct ast_handle *h = &m->obj->h;

	/* NFTA_SET_*, NFTA_OBJ_*, NFTA_FLOWTABLE_*: table is 1, name is 2 in all of them */
	if (f->type == NFTA_SET_TABLE)
		return or(h->table_at, m->at);
	if (f->type == NFTA_SET_NAME)
		return or(h->name_at, m->at);
	return f->type == NFTA_SET_HANDLE || f->type == NFTA_OBJ_HANDLE ? or(h->handle_at, m->at) : m->at;
}

/* Not the other way round, as sets that merge do. */
static bool sends(enum ast_cmd_op op, unsigned type)
{
	return type == op_type(op, NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM, NFT_MSG_DESTROYSETELEM);
}

static struct place in_elements(const struct lower *l, const struct bc_batch *b, const struct lower_mark *m, const struct nlmsghdr *h,
				const struct found *f)
{
	uint32_t before = 0;

	if (f->type == NFTA_SET_ELEM_LIST_TABLE)
		return or(m->obj->h.table_at, m->at);
	if (f->type == NFTA_SET_ELEM_LIST_SET)
		return or(m->obj->h.name_at, m->at);
	if (f->type != NFTA_SET_ELEM_LIST_ELEMENTS || !f->within || m->rule || !sends(m->cmd->op, h->nlmsg_type & 0xff))
		return m->at;
	for (uint32_t seq = m->seq; seq > l->first_seq; seq--) { /* the list may have begun some messages before */
		const struct lower_mark *p = lower_mark_of(l, seq - 1);
		const struct nlmsghdr *ph = p ? message(b, seq - 1) : NULL;

		if (!ph || p->obj != m->obj || p->cmd != m->cmd || ph->nlmsg_type != h->nlmsg_type)
			break;
		before += count(ph);
	}
	return or(element_place((struct lower *)l, m->obj, m->cmd, before + f->element), m->at);
}

static struct place in_table(const struct lower_mark *m, const struct found *f)
{
	if (f->type == NFTA_TABLE_NAME)
		return or(m->obj->h.table_at, m->at);
	return f->type == NFTA_TABLE_HANDLE ? or(m->obj->h.handle_at, m->at) : m->at;
}

struct place lower_place(const struct lower *l, const struct bc_batch *b, uint32_t seq, uint32_t off)
{
	const struct lower_mark *m = lower_mark_of(l, seq);
	const struct nlmsghdr *h = m ? message(b, seq) : NULL;
	struct found f;

	if (!m)
		return (struct place){ 0 };
	if (!h || !off || !m->obj)
		return m->at;
	f = find(h, off);
	switch (h->nlmsg_type & 0xff) {
	case NFT_MSG_NEWTABLE:
	case NFT_MSG_DELTABLE:
	case NFT_MSG_DESTROYTABLE:
		return in_table(m, &f);
	case NFT_MSG_NEWCHAIN:
	case NFT_MSG_DELCHAIN:
	case NFT_MSG_DESTROYCHAIN:
		return in_chain(m, &f);
	case NFT_MSG_NEWRULE:
	case NFT_MSG_DELRULE:
	case NFT_MSG_DESTROYRULE:
		return in_rule(l, m, &f);
	case NFT_MSG_NEWSETELEM:
	case NFT_MSG_DELSETELEM:
	case NFT_MSG_DESTROYSETELEM:
		return in_elements(l, b, m, h, &f);
	default:
		return m->rule ? m->at : in_named(m, &f);
	}
}
