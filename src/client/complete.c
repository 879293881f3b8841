/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See complete.h. */
#include "src/client/complete.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "parser/parse.h"
#include "src/client/snapshot.h"

enum { MOST = 4096 }; /* more are no help to anyone */

struct gathering {
	struct transport *t;
	struct arena *a;
	const char *prefix;
	size_t prefix_len;
	const char *words[MOST];
	size_t n;
};

static void take(void *ctx, const char *word)
{
	struct gathering *g = ctx;

	if (g->n < MOST && word && !strncmp(word, g->prefix, g->prefix_len))
		g->words[g->n++] = arena_strdup(g->a, word);
}

/* ---- names from the target ------------------------------------------------------------------------------------------ */

static const struct name_kind {
	enum ast_obj_kind kind;
	unsigned what;     /* SNAP_… */
	uint32_t obj_type; /* NFT_OBJECT_… */
	bool maps;         /* of sets and maps: maps alone */
} name_kinds[] = {
	{ AST_TABLE, SNAP_TABLES, 0, false },
	{ AST_CHAIN, SNAP_CHAINS, 0, false },
	{ AST_SETOBJ, SNAP_SETS, 0, false },
	{ AST_ELEMENT, SNAP_SETS, 0, false },
	{ AST_METER, SNAP_SETS, 0, false },
	{ AST_MAPOBJ, SNAP_SETS, 0, true },
	{ AST_FLOWTABLE, SNAP_FLOWTABLES, 0, false },
	{ AST_COUNTER, SNAP_OBJS, NFT_OBJECT_COUNTER, false },
	{ AST_QUOTA, SNAP_OBJS, NFT_OBJECT_QUOTA, false },
	{ AST_LIMIT, SNAP_OBJS, NFT_OBJECT_LIMIT, false },
	{ AST_CT_HELPER, SNAP_OBJS, NFT_OBJECT_CT_HELPER, false },
	{ AST_CT_TIMEOUT, SNAP_OBJS, NFT_OBJECT_CT_TIMEOUT, false },
	{ AST_CT_EXPECTATION, SNAP_OBJS, NFT_OBJECT_CT_EXPECT, false },
	{ AST_SECMARK, SNAP_OBJS, NFT_OBJECT_SECMARK, false },
	{ AST_SYNPROXY, SNAP_OBJS, NFT_OBJECT_SYNPROXY, false },
	{ AST_TUNNEL, SNAP_OBJS, NFT_OBJECT_TUNNEL, false },
};

static bool is_wanted_set(const struct name_kind *k, const struct bc_set *s)
{
	return !(s->flags & NFT_SET_ANONYMOUS) && (!k->maps || s->flags & (NFT_SET_MAP | NFT_SET_OBJECT));
}

static void take_of_table(struct gathering *g, const struct name_kind *k, const struct snap_table *t)
{
	if (k->kind == AST_TABLE)
		take(g, t->t->name);
	for (const struct snap_chain *c = t->chains; c; c = c->next)
		if (!(c->c->flags & NFT_CHAIN_BINDING))
			take(g, c->c->name);
	for (const struct snap_set *s = t->sets; s; s = s->next)
		if (is_wanted_set(k, s->s))
			take(g, s->s->name);
	for (const struct snap_obj *o = t->objs; o; o = o->next)
		if (o->o->type == k->obj_type)
			take(g, o->o->name);
	for (const struct snap_flowtable *f = t->flowtables; f; f = f->next)
		take(g, f->f->name);
}

static void take_devices(struct gathering *g)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *i = all; i && i->if_name; i++)
		take(g, i->if_name);
	if_freenameindex(all);
}

static const struct name_kind *kind_of(enum ast_obj_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(name_kinds); i++)
		if (name_kinds[i].kind == kind)
			return &name_kinds[i];
	return NULL;
}

static void take_names(void *ctx, enum ast_obj_kind kind, const struct ast_handle *h)
{
	struct gathering *g = ctx;
	const struct name_kind *k = kind_of(kind);
	struct snap_scope scope = { .family = h->family ? h->family : NFPROTO_IPV4 };
	struct snapshot *s = NULL;

	if (kind == AST_HOOKS)
		take_devices(g);
	if (!k || !g->t)
		return;
	scope.what = k->what;
	scope.table = kind == AST_TABLE ? NULL : h->table;
	if (snapshot_read(g->t, &scope, &s))
		return;
	for (const struct snap_table *t = s->tables; t; t = t->next)
		take_of_table(g, k, t);
	snapshot_free(&s);
}

/* ---- all -------------------------------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The word at the end of the text is known only once the text is parsed: so the first time, nothing is gathered. */
void complete(struct parse *p, struct transport *t, struct arena *a, const char *text, struct completions *out)
{
	struct gathering *g = arena_new_of(a, struct gathering);
	struct parse_offers none = { 0 }, offers = { .word = take, .name = take_names, .ctx = g };
	size_t n = 0;

	g->t = t;
	g->a = a;
	out->from = parse_complete(p, text, &none);
	g->prefix = text + out->from;
	g->prefix_len = strlen(g->prefix);
	parse_complete(p, text, &offers);
	qsort(g->words, g->n, sizeof(*g->words), by_text);
	for (size_t i = 0; i < g->n; i++)
		if (!n || strcmp(g->words[n - 1], g->words[i]))
			g->words[n++] = g->words[i];
	out->words = g->words;
	out->n = n;
}
