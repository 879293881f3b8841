/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See raise-world.h. */
#include "tests/unit/raise-world.h"

#include <check.h>
#include <string.h>

#include "bytecode/expr.h"
#include "parser/parse.h"
#include "src/lower/lower.h"
#include "src/types/proto.h"

/* ---- names that a target gives ---------------------------------------------------------------------------- */

static const char *set_name(struct world *w, uint32_t id)
{
	for (const struct held *h = w->first; h; h = h->next)
		if (h->type == NFT_MSG_NEWSET && ((struct bc_set *)h->msg)->id == id)
			return ((struct bc_set *)h->msg)->name;
	return NULL;
}

static const char *chain_name(struct world *w, uint32_t id)
{
	return arena_printf(w->a, "__chain%u", id);
}

static void name_exprs(struct world *w, struct bc_expr *e)
{
	for (; e; e = e->next) {
		struct bc_lookup *l = BC_EXPR_BODY(e, struct bc_lookup);
		struct bc_dynset *d = BC_EXPR_BODY(e, struct bc_dynset);
		struct bc_objref *o = BC_EXPR_BODY(e, struct bc_objref);
		struct bc_immediate *i = BC_EXPR_BODY(e, struct bc_immediate);

		if (bc_expr_is(e, "lookup") && set_name(w, l->set_id))
			l->set = set_name(w, l->set_id);
		else if (bc_expr_is(e, "dynset") && set_name(w, d->set_id))
			d->set = set_name(w, d->set_id);
		else if (bc_expr_is(e, "objref") && set_name(w, o->set_id))
			o->set_name = set_name(w, o->set_id);
		else if (bc_expr_is(e, "immediate") && i->data.kind == BC_DATA_VERDICT && !i->data.chain && i->data.has_chain_id)
			i->data.chain = chain_name(w, i->data.chain_id);
	}
}

static void add_elements(struct world *w, struct bc_elems *m)
{
	for (struct held *h = w->first; h; h = h->next) {
		struct bc_set *s = h->msg;
		struct bc_node **tail = &h->elems;

		if (h->type != NFT_MSG_NEWSET ||
		    (m->set_id ? s->id != m->set_id : strcmp(s->name, m->set) || strcmp(s->table, m->table)))
			continue;
		for (; *tail; tail = &(*tail)->next)
			;
		*tail = m->elems;
		return;
	}
}

static void hold(struct world *w, uint16_t type, uint8_t family, void *m)
{
	struct held *h = arena_new_of(w->a, struct held);
	struct bc_set *s = m;
	struct bc_chain *c = m;
	struct bc_rule *r = m;

	if (type == NFT_MSG_NEWSETELEM) {
		add_elements(w, m);
		return;
	}
	if (type == NFT_MSG_NEWSET && s->flags & NFT_SET_ANONYMOUS)
		s->name = arena_printf(w->a, "__set%u", s->id);
	if (type == NFT_MSG_NEWCHAIN && !c->name)
		c->name = chain_name(w, c->id);
	if (type == NFT_MSG_NEWRULE && !r->chain)
		r->chain = chain_name(w, r->chain_id);
	if (type == NFT_MSG_NEWRULE)
		name_exprs(w, r->exprs);
	*h = (struct held){ .type = type, .family = family, .msg = m };
	*w->last = h;
	w->last = &h->next;
}

static void read_batch(struct world *w)
{
	for (size_t off = 0; off + NLMSG_HDRLEN <= w->batch.bytes.len;) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)(w->batch.bytes.p + off);
		const struct bc_desc *d = h->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES ? bc_msg_desc(h->nlmsg_type & 0xff) : NULL;
		const char *body = (const char *)h + NLMSG_HDRLEN, *attrs = body + NLMSG_ALIGN(sizeof(struct nfgenmsg));
		void *m = d ? arena_alloc(w->a, d->size) : NULL;

		if (d) {
			ck_assert_int_eq(bc_decode(d, attrs, (const char *)h + h->nlmsg_len - attrs, m, w->a, 0, NULL), 0);
			hold(w, h->nlmsg_type & 0xff, ((const struct nfgenmsg *)(const void *)body)->nfgen_family, m);
		}
		off += NLMSG_ALIGN(h->nlmsg_len);
	}
}

/* ---- what raising asks -------------------------------------------------------------------------------------- */

static const struct bc_set *find_set(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems)
{
	struct world *w = ctx;

	for (const struct held *h = w->first; h; h = h->next) {
		const struct bc_set *s = h->msg;

		if (h->type == NFT_MSG_NEWSET && h->family == family && !strcmp(s->table, table) && !strcmp(s->name, name)) {
			*elems = h->elems;
			return s;
		}
	}
	return NULL;
}

static struct ast_rule *rules_of(struct world *w, uint8_t family, const char *table, const char *chain)
{
	struct ast_rule *first = NULL, **tail = &first;

	for (const struct held *h = w->first; h; h = h->next) {
		const struct bc_rule *r = h->msg;

		if (h->type != NFT_MSG_NEWRULE || h->family != family || strcmp(r->table, table) || strcmp(r->chain, chain))
			continue;
		*tail = raise_rule(&w->raise, family, r);
		tail = &(*tail)->next;
	}
	return first;
}

static const struct ast_rule *find_chain(void *ctx, uint8_t family, const char *table, const char *chain)
{
	return strncmp(chain, "__chain", 7) ? NULL : rules_of(ctx, family, table, chain);
}

/* ---- the test's side ---------------------------------------------------------------------------------------- */

int world_compile(struct world *w, const char *text)
{
	static const struct type_ctx types;
	static const struct lower_env none;
	struct ast_cmd *cmds = NULL;
	struct lower *l;
	int ret;

	memset(w, 0, sizeof(*w));
	w->last = &w->first;
	w->a = arena_new();
	w->texts = texts_new();
	diag_init(&w->diag, w->texts, w->a);
	w->raise = (struct raise_ctx){ .a = w->a, .types = &types, .set = find_set, .anon_chain = find_chain, .ctx = w };
	w->parse = parse_new(w->a, w->texts, &w->diag, &types_words);
	ret = parse_string(w->parse, "test", text, &cmds);
	bc_batch_begin(&w->batch, 1, 0);
	l = lower_new(w->a, w->texts, &w->diag, &types, &none, &w->batch);
	for (; !ret && cmds; cmds = cmds->next)
		ret = lower_cmd(l, cmds);
	bc_batch_end(&w->batch);
	lower_free(&l);
	if (!ret)
		read_batch(w);
	return ret;
}

void world_free(struct world *w)
{
	parse_free(&w->parse);
	bc_batch_free(&w->batch);
	texts_free(&w->texts);
	arena_free(&w->a);
}

static struct ast_obj *object(struct world *w, const struct held *h, const char *table)
{
	const struct bc_set *s = h->msg;
	const struct bc_chain *c = h->msg;
	const struct bc_obj *obj = h->msg;
	const struct bc_flowtable *f = h->msg;
	struct ast_obj *o = NULL;

	if (h->type == NFT_MSG_NEWSET && !strcmp(s->table, table) && !(s->flags & NFT_SET_ANONYMOUS))
		o = raise_set(&w->raise, h->family, s, h->elems);
	else if (h->type == NFT_MSG_NEWOBJ && !strcmp(obj->table, table))
		o = raise_obj(&w->raise, h->family, obj);
	else if (h->type == NFT_MSG_NEWFLOWTABLE && !strcmp(f->table, table))
		o = raise_flowtable(&w->raise, h->family, f);
	else if (h->type == NFT_MSG_NEWCHAIN && !strcmp(c->table, table) && strncmp(c->name, "__chain", 7)) {
		o = raise_chain(&w->raise, h->family, c);
		o->chain.rules = rules_of(w, h->family, table, c->name);
	}
	return o;
}

/* In the order in which a listing has them. */
static void fill_table(struct world *w, const struct held *t, struct ast_obj *o)
{
	static const uint16_t order[] = { NFT_MSG_NEWOBJ, NFT_MSG_NEWSET, NFT_MSG_NEWFLOWTABLE, NFT_MSG_NEWCHAIN };
	struct ast_obj **tail = &o->table.objs;

	for (unsigned i = 0; i < ARRAY_SIZE(order); i++)
		for (const struct held *h = w->first; h; h = h->next) {
			if (h->type != order[i] || h->family != t->family)
				continue;
			*tail = object(w, h, ((const struct bc_table *)t->msg)->name);
			if (*tail)
				tail = &(*tail)->next;
		}
}

struct ast_obj *world_tables(struct world *w)
{
	struct ast_obj *first = NULL, **tail = &first;

	for (const struct held *h = w->first; h; h = h->next) {
		if (h->type != NFT_MSG_NEWTABLE)
			continue;
		*tail = raise_table(&w->raise, h->family, h->msg);
		fill_table(w, h, *tail);
		tail = &(*tail)->next;
	}
	return first;
}
