/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target finds an element by a key that lies in it. Of sets of intervals of one field it finds ends: for a key the greatest first
 * key up to it, and for one with NFT_SET_ELEM_INTERVAL_END the least end from there on. So an interval is there where both of its
 * ends lead to the same first key:
 *
 *     { 10.0.0.0/8 }   get element 10.1.0.0/16:  0a010000 → 0a000000;  0a01ffff → 0a000000;  0a020000 end → 0b000000 end
 */
#include "src/client/get.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/client/query.h"
#include "src/lower/lower.h"
#include "src/raise/json.h"
#include "src/raise/raise.h"

enum { KEY_MAX = 64 };

struct wanted {
	struct place at;
	struct bc_elem first, end;
	bool has_end;
};

struct getting {
	const struct list_ctx *c;
	const struct ast_cmd *cmd;
	struct arena *a;
	uint8_t family;
	const struct bc_set *set;
	struct wanted *wanted;
	size_t n, cap;
	const struct bc_elem **found; /* two for each: an element, and its end or NULL */
};

static void want(void *ctx, const struct bc_elem *e, struct place at)
{
	struct getting *g = ctx;
	const struct bc_elem *kept = bc_copy(g->a, &bc_elem_desc, e);

	if (e->flags & NFT_SET_ELEM_INTERVAL_END && g->n) {
		g->wanted[g->n - 1].end = *kept;
		g->wanted[g->n - 1].has_end = true;
		return;
	}
	if (g->n == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 16;
		g->wanted = realloc(g->wanted, g->cap * sizeof(*g->wanted));
		if (!g->wanted)
			abort();
	}
	g->wanted[g->n++] = (struct wanted){ .at = at, .first = *kept };
}

/* ---- asking ------------------------------------------------------------------------------------------------ */

static int take_element(void *ctx, uint16_t type, uint8_t family, void *s)
{
	const struct bc_node *n = ((struct bc_elems *)s)->elems;

	if (n)
		*(const struct bc_elem **)ctx = BC_BODY(n, const struct bc_elem);
	return 0;
}

static int take_set(void *ctx, uint16_t type, uint8_t family, void *s)
{
	*(const struct bc_set **)ctx = s;
	return 0;
}

/* NULL where there is none: -ENOENT. */
static int ask(const struct getting *g, const struct bc_elem *key, bool reset, const struct bc_elem **out)
{
	const struct ast_handle *h = &g->cmd->obj->h;
	struct bc_elems f = { 0 };
	struct bc_node *list = NULL, **tail = &list;
	struct query q = { .t = g->c->t,
			   .a = g->a,
			   .type = reset ? NFT_MSG_GETSETELEM_RESET : NFT_MSG_GETSETELEM,
			   .family = g->family,
			   .flags = NLM_F_ACK,
			   .filter = &f,
			   .fn = take_element,
			   .ctx = out };
	int err;

	*out = NULL;
	*(struct bc_elem *)bc_node_add(g->a, &tail, sizeof(*key)) = *key;
	BC_SET(&f, NFTA_SET_ELEM_LIST_TABLE, table, h->table);
	BC_SET(&f, NFTA_SET_ELEM_LIST_SET, set, h->name);
	BC_SET(&f, NFTA_SET_ELEM_LIST_ELEMENTS, elems, list);
	err = query_run(&q);
	return err ? err : *out ? 0 : -ENOENT;
}

static bool same_key(const struct bc_elem *a, const struct bc_elem *b)
{
	return a->key.len == b->key.len && !memcmp(a->key.value, b->key.value, a->key.len);
}

/* The last key of an interval is the one before its end. */
static struct bc_elem last_of(const struct bc_elem *end, uint8_t *room)
{
	struct bc_elem e = { 0 };
	uint32_t n = end->key.len;

	memcpy(room, end->key.value, n);
	while (n-- && !room[n]--)
		;
	BC_SET(&e, NFTA_SET_ELEM_KEY, key, end->key);
	e.key.value = room;
	return e;
}

static int get_interval(const struct getting *g, const struct wanted *w, const struct bc_elem **out)
{
	struct bc_elem last, behind = { 0 };
	const struct bc_elem *other;
	uint8_t room[KEY_MAX];
	int err;

	if (!w->has_end) { /* up to the last key: the interval has no end */
		behind = w->first;
		BC_SET(&behind, NFTA_SET_ELEM_FLAGS, flags, NFT_SET_ELEM_INTERVAL_END);
		err = ask(g, &behind, false, &out[1]);
		return err ? (err == -ENOENT ? 0 : err) : -ENOENT;
	}
	if (w->end.key.len > sizeof(room))
		return -EINVAL;
	last = last_of(&w->end, room);
	if (!same_key(&last, &w->first)) {
		err = ask(g, &last, false, &other);
		if (err || !same_key(other, out[0]))
			return err ? err : -ENOENT;
	}
	err = ask(g, &w->end, false, &out[1]);
	return err == -ENOENT ? 0 : err;
}

/* A concatenation of ranges is found by its first keys; the last ones must lie in what was found. */
static bool covers(const struct bc_set *s, const struct bc_elem *found, const struct bc_elem *wanted)
{
	uint32_t off = 0;

	if (!BC_HAS(wanted, NFTA_SET_ELEM_KEY_END) || !BC_HAS(found, NFTA_SET_ELEM_KEY_END) ||
	    found->key_end.len != wanted->key_end.len)
		return true;
	for (const struct bc_node *f = s->desc.concat; f; f = f->next) {
		uint32_t len = BC_BODY(f, const struct bc_set_field)->len;

		if (off + len > found->key_end.len)
			break;
		if (memcmp(wanted->key_end.value + off, found->key_end.value + off, len) > 0)
			return false;
		off += (len + 3) & ~3u;
	}
	return true;
}

static int get_one(const struct getting *g, const struct wanted *w, const struct bc_elem **out)
{
	bool halves = g->set->flags & NFT_SET_INTERVAL && !BC_HAS(&w->first, NFTA_SET_ELEM_KEY_END) &&
		      !(w->first.flags & NFT_SET_ELEM_CATCHALL);
	bool reset = g->cmd->op == AST_RESET;
	int err = ask(g, &w->first, reset && !halves, &out[0]);

	if (!err && halves)
		err = get_interval(g, w, out);
	else if (!err && !covers(g->set, out[0], &w->first))
		err = -ENOENT;
	if (!err && halves && reset)
		err = ask(g, &w->first, true, &out[0]);
	return err;
}

/* ---- the answer ---------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	const struct bc_elem *x = *(const struct bc_elem *const *)a, *y = *(const struct bc_elem *const *)b;
	int d = (int)x->key.len - (int)y->key.len;

	return d ? d : x->key.len ? memcmp(x->key.value, y->key.value, x->key.len) : 0;
}

/* Each once, though several keys may lie in one. */
static struct bc_node *elements_of(const struct getting *g)
{
	struct bc_node *list = NULL, **tail = &list;

	qsort(g->found, g->n, 2 * sizeof(*g->found), by_key);
	for (size_t i = 0; i < g->n; i++) {
		if (i && !by_key(&g->found[2 * i], &g->found[2 * i - 2]))
			continue;
		for (unsigned k = 0; k < 2; k++)
			if (g->found[2 * i + k])
				*(struct bc_elem *)bc_node_add(g->a, &tail, sizeof(struct bc_elem)) = *g->found[2 * i + k];
	}
	return list;
}

static void print(const struct getting *g)
{
	const struct client_options *o = g->c->o;
	struct raise_ctx raise = { .a = g->a, .types = &o->types };
	struct ast_obj *set = raise_set(&raise, g->family, g->set, elements_of(g)), *table;
	struct bc_table t = { .name = g->set->table };
	buf_auto text = { 0 };
	json_t *list, *root;
	char *dump;

	if (o->json) {
		root = json_ruleset(&list);
		json_array_append_new(list, json_obj(set, &o->print));
		dump = json_dumps(root, 0);
		fprintf(o->out, "%s\n", dump ? dump : "");
		free(dump);
		json_decref(root);
		return;
	}
	table = raise_table(&raise, g->family, &t);
	table->table.objs = set;
	ast_print_obj(&text, table, &o->print);
	fputs(buf_str(&text), o->out);
}

static int read_set(struct getting *g)
{
	const struct ast_handle *h = &g->cmd->obj->h;
	struct bc_set f = { 0 };
	struct query q = {
		.t = g->c->t, .a = g->a, .type = NFT_MSG_GETSET, .family = g->family, .filter = &f, .fn = take_set, .ctx = &g->set
	};

	BC_SET(&f, NFTA_SET_TABLE, table, h->table);
	BC_SET(&f, NFTA_SET_NAME, name, h->name);
	return query_run(&q);
}

static int get_all(struct getting *g)
{
	struct diag *d = g->c->diag;
	int err = read_set(g);

	if (err || !g->set)
		return diag_error(d, g->cmd->obj->h.name_at, "%s", strerror(err ? -err : ENOENT));
	g->found = arena_alloc(g->a, (g->n + 1) * 2 * sizeof(*g->found));
	for (size_t i = 0; i < g->n; i++) {
		err = get_one(g, &g->wanted[i], &g->found[2 * i]);
		if (err)
			return diag_error(d, g->wanted[i].at, "Could not process rule: %s", strerror(-err));
	}
	return 0;
}

int get_cmd(const struct list_ctx *c, const struct ast_cmd *cmd)
{
	struct getting g = {
		.c = c, .cmd = cmd, .a = arena_new(), .family = cmd->obj->h.family ? cmd->obj->h.family : NFPROTO_IPV4
	};
	uint32_t before = 0, after = 0;
	unsigned tries = 0;
	int ret = lower_keys(c->lower, cmd->obj, want, &g);

	/* several questions of one generation; what has been reset is asked for once */
	while (!ret && tries++ < 100) {
		query_gen(c->t, &before);
		ret = get_all(&g);
		query_gen(c->t, &after);
		if (before == after || cmd->op == AST_RESET)
			break;
		if (ret)
			diag_clear(c->diag);
		ret = 0;
	}
	if (!ret)
		print(&g);
	free(g.wanted);
	arena_free(&g.a);
	return ret;
}
