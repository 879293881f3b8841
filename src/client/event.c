/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes as commands. A deletion names what is gone; the kernel tells no more of it. Elements are told one by one, an interval by
 * its two ends, one after the other:
 *
 *     NEWSETELEM 0a000000          (half of an interval: kept)
 *     NEWSETELEM 0b000000 end      add element ip t s { 10.0.0.0/8 }
 */
#include "src/client/event.h"

#include <string.h>
#include <linux/netlink.h>

#include "src/raise/raise.h"

struct reading {
	const struct event_ctx *c;
	const struct event *e;
	struct arena *a;
	struct raise_ctx raise;
};

static enum ast_cmd_op op_of(const struct event *e)
{
	switch (e->type) {
	case NFT_MSG_DELTABLE:
	case NFT_MSG_DELCHAIN:
	case NFT_MSG_DELRULE:
	case NFT_MSG_DELSET:
	case NFT_MSG_DELSETELEM:
	case NFT_MSG_DELOBJ:
	case NFT_MSG_DELFLOWTABLE:
		return AST_DELETE;
	case NFT_MSG_NEWRULE:
		return e->flags & NLM_F_APPEND ? AST_ADD : AST_INSERT;
	default:
		return e->flags & NLM_F_EXCL ? AST_CREATE : AST_ADD;
	}
}

static void give(const struct reading *r, struct ast_obj *o)
{
	struct ast_cmd cmd = { .op = op_of(r->e), .obj = o };

	if (o)
		r->c->fn(r->c->ctx, &cmd);
}

static const struct bc_set *ask_set(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems)
{
	struct known_set *k = setbook_find(((struct reading *)ctx)->c->book, family, table, name);

	if (elems)
		*elems = k ? k->elems : NULL;
	return k ? k->s : NULL;
}

/* ---- what is added ----------------------------------------------------------------------------------------- */

static struct ast_opt *without(struct ast_opt *opts, const char *name)
{
	struct ast_opt **at = &opts;

	while (*at)
		if (!strcmp((*at)->name, name))
			*at = (*at)->next;
		else
			at = &(*at)->next;
	return opts;
}

static struct ast_obj *table(const struct reading *r)
{
	struct ast_obj *o = raise_table(&r->raise, r->e->family, r->e->s);

	if (!r->c->json)
		o->table.opts = without(o->table.opts, "comment");
	return o;
}

static struct ast_obj *set(const struct reading *r)
{
	const struct bc_set *s = r->e->s;

	return s->flags & NFT_SET_ANONYMOUS ? NULL : raise_set(&r->raise, r->e->family, s, NULL);
}

static struct ast_obj *rule(const struct reading *r)
{
	const struct bc_rule *b = r->e->s;
	struct ast_obj *o = arena_new_of(r->a, struct ast_obj);

	o->kind = AST_RULE;
	o->h.family = r->e->family;
	o->h.table = b->table;
	o->h.chain = b->chain;
	if (r->e->type == NFT_MSG_DELRULE) {
		o->h.handle = b->handle;
		o->h.has_handle = true;
		if (!r->c->json)
			return o;
	} else if (BC_HAS(b, NFTA_RULE_POSITION)) {
		o->h.position = b->position;
		o->h.has_position = true;
	}
	o->rule = raise_rule(&r->raise, r->e->family, b);
	return o->rule ? o : NULL;
}

static struct ast_obj *added(const struct reading *r)
{
	const struct event *e = r->e;
	struct ast_obj *o = NULL;

	switch (e->type) {
	case NFT_MSG_NEWTABLE:
		o = table(r);
		break;
	case NFT_MSG_NEWCHAIN:
		o = raise_chain(&r->raise, e->family, e->s);
		break;
	case NFT_MSG_NEWSET:
		o = set(r);
		break;
	case NFT_MSG_NEWOBJ:
		o = raise_obj(&r->raise, e->family, e->s);
		break;
	case NFT_MSG_NEWFLOWTABLE:
		o = raise_flowtable(&r->raise, e->family, e->s);
		break;
	}
	if (o) /* a comment behind it, not a part of the command */
		o->h.has_handle = false;
	return o;
}

/* ---- what is deleted ------------------------------------------------------------------------------------- */

static enum ast_obj_kind kind_of_object(uint32_t type)
{
	static const struct {
		uint32_t type;
		enum ast_obj_kind kind;
	} kinds[] = {
		{ NFT_OBJECT_COUNTER, AST_COUNTER },
		{ NFT_OBJECT_QUOTA, AST_QUOTA },
		{ NFT_OBJECT_CT_HELPER, AST_CT_HELPER },
		{ NFT_OBJECT_LIMIT, AST_LIMIT },
		{ NFT_OBJECT_TUNNEL, AST_TUNNEL },
		{ NFT_OBJECT_CT_TIMEOUT, AST_CT_TIMEOUT },
		{ NFT_OBJECT_CT_EXPECT, AST_CT_EXPECTATION },
		{ NFT_OBJECT_SECMARK, AST_SECMARK },
		{ NFT_OBJECT_SYNPROXY, AST_SYNPROXY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return AST_RULESET;
}

static struct ast_obj *gone(const struct reading *r, enum ast_obj_kind kind, const char *table, uint64_t handle)
{
	struct ast_obj *o = arena_new_of(r->a, struct ast_obj);

	o->kind = kind;
	o->h.family = r->e->family;
	o->h.table = table;
	o->h.handle = handle;
	return o;
}

static struct ast_obj *deleted(const struct reading *r)
{
	const struct bc_table *t = r->e->s;
	const struct bc_chain *c = r->e->s;
	const struct bc_set *s = r->e->s;
	const struct bc_obj *b = r->e->s;
	const struct bc_flowtable *f = r->e->s;
	struct ast_obj *o = NULL;

	switch (r->e->type) {
	case NFT_MSG_DELTABLE:
		return gone(r, AST_TABLE, t->name, t->handle);
	case NFT_MSG_DELCHAIN:
		o = gone(r, AST_CHAIN, c->table, c->handle);
		o->h.chain = c->name;
		break;
	case NFT_MSG_DELSET:
		o = gone(r, AST_SETOBJ, s->table, s->handle);
		o->h.name = s->name;
		break;
	case NFT_MSG_DELOBJ:
		o = gone(r, kind_of_object(b->type), b->table, b->handle);
		o->h.name = b->name;
		break;
	case NFT_MSG_DELFLOWTABLE:
		o = gone(r, AST_FLOWTABLE, f->table, f->handle);
		o->h.name = f->name;
		break;
	}
	return o && o->kind != AST_RULESET ? o : NULL;
}

/* ---- elements -------------------------------------------------------------------------------------------- */

static void give_elements(const struct reading *r, const struct known_set *k, const struct bc_elem *one,
			  const struct bc_elem *other)
{
	struct bc_node *list = NULL, **tail = &list;

	*(struct bc_elem *)bc_node_add(r->a, &tail, sizeof(*one)) = *one;
	if (other)
		*(struct bc_elem *)bc_node_add(r->a, &tail, sizeof(*other)) = *other;
	give(r, raise_elements(&r->raise, k->family, k->s, list));
}

static bool is_end(const struct bc_elem *e)
{
	return e->flags & NFT_SET_ELEM_INTERVAL_END;
}

/* The end that begins a set's first gap. */
static bool is_zero_end(const struct bc_elem *e)
{
	for (uint32_t i = 0; i < e->key.len; i++)
		if (e->key.value[i])
			return false;
	return is_end(e);
}

/* The last interval of a set, up to the last key, has no end: its userdata says so. */
static bool has_no_end(const struct bc_elem *e)
{
	struct bc_bytes b;

	return BC_HAS(e, NFTA_SET_ELEM_USERDATA) && bc_ud_get(e->userdata, BC_UD_ELEM_FLAGS, &b) && b.len && b.p[0] & 1;
}

static void element(const struct reading *r, struct known_set *k, const struct bc_elem *e)
{
	bool halves = k->s->flags & NFT_SET_INTERVAL && !BC_HAS(e, NFTA_SET_ELEM_KEY_END) && !(k->s->flags & NFT_SET_CONCAT);

	if (!halves || e->flags & NFT_SET_ELEM_CATCHALL || (has_no_end(e) && !k->half)) {
		give_elements(r, k, e, NULL);
	} else if (is_zero_end(e)) {
		return;
	} else if (k->half && is_end(k->half) != is_end(e)) {
		give_elements(r, k, k->half, e);
		known_set_half(k, NULL);
	} else {
		known_set_half(k, e);
	}
}

static void elements(const struct reading *r)
{
	const struct bc_elems *el = r->e->s;
	struct known_set *k = setbook_find(r->c->book, r->e->family, el->table, el->set);

	if (!k || k->s->flags & NFT_SET_ANONYMOUS)
		return;
	for (const struct bc_node *n = el->elems; n; n = n->next)
		element(r, k, BC_BODY(n, const struct bc_elem));
}

/* ---- all ------------------------------------------------------------------------------------------------- */

void event_read(const struct event_ctx *c, struct arena *a, const struct event *e)
{
	struct reading r = { .c = c, .e = e, .a = a };

	r.raise = (struct raise_ctx){ .a = a, .types = c->types, .set = ask_set, .ctx = &r };
	if (e->type != NFT_MSG_DELSET && e->type != NFT_MSG_DELTABLE)
		setbook_take(c->book, e->type, e->family, e->s);
	switch (e->type) {
	case NFT_MSG_NEWRULE:
	case NFT_MSG_DELRULE:
		give(&r, rule(&r));
		break;
	case NFT_MSG_NEWSETELEM:
	case NFT_MSG_DELSETELEM:
		elements(&r);
		break;
	default:
		give(&r, op_of(e) == AST_DELETE ? deleted(&r) : added(&r));
	}
	if (e->type == NFT_MSG_DELSET || e->type == NFT_MSG_DELTABLE)
		setbook_take(c->book, e->type, e->family, e->s);
}

void event_generation(const struct bc_gen *g, struct buf *out)
{
	buf_printf(out, "# new generation %u", g->id);
	if (BC_HAS(g, NFTA_GEN_PROC_PID))
		buf_printf(out, " by process %u (%s)", g->proc_pid, g->proc_name ? g->proc_name : "");
	buf_putc(out, '\n');
}
