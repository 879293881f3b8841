/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names are dumped when one was not found, and never else. See near.h. */
#include "src/client/near.h"

#include <errno.h>
#include <string.h>

#include "bytecode/msg.h"
#include "src/client/query.h"
#include "src/types/names.h"

struct finding {
	const char *wanted;
	unsigned best; /* distance */
	uint8_t family;
	const char *name, *table;
	bool map;
	struct arena *a;
};

static void consider(struct finding *f, const char *name, uint8_t family, const char *table, bool map)
{
	unsigned d;

	if (!name || !diag_near(f->wanted, name, &d) || d >= f->best)
		return;
	*f = (struct finding){
		.wanted = f->wanted, .best = d, .family = family, .name = name, .table = table, .map = map, .a = f->a
	};
}

static int take(void *ctx, uint16_t type, uint8_t family, void *s)
{
	const struct bc_table *t = s;
	const struct bc_chain *c = s;
	const struct bc_set *set = s;
	const struct bc_obj *o = s;
	const struct bc_flowtable *ft = s;

	switch (type) {
	case NFT_MSG_NEWTABLE:
		consider(ctx, t->name, family, t->name, false);
		break;
	case NFT_MSG_NEWCHAIN:
		if (!(c->flags & NFT_CHAIN_BINDING))
			consider(ctx, c->name, family, c->table, false);
		break;
	case NFT_MSG_NEWSET:
		if (!(set->flags & NFT_SET_ANONYMOUS))
			consider(ctx, set->name, family, set->table, set->flags & (NFT_SET_MAP | NFT_SET_OBJECT));
		break;
	case NFT_MSG_NEWOBJ:
		consider(ctx, o->name, family, o->table, false);
		break;
	case NFT_MSG_NEWFLOWTABLE:
		consider(ctx, ft->name, family, ft->table, false);
		break;
	}
	return 0;
}

/* Which dump has such names; 0: none. */
static uint16_t question(enum ast_obj_kind kind)
{
	switch (kind) {
	case AST_TABLE:
		return NFT_MSG_GETTABLE;
	case AST_CHAIN:
	case AST_RULE:
		return NFT_MSG_GETCHAIN;
	case AST_SETOBJ:
	case AST_MAPOBJ:
	case AST_METER:
	case AST_ELEMENT:
		return NFT_MSG_GETSET;
	case AST_FLOWTABLE:
		return NFT_MSG_GETFLOWTABLE;
	default:
		return kind >= AST_COUNTER && kind <= AST_TUNNEL ? NFT_MSG_GETOBJ : 0;
	}
}

static const char *word_of(const struct finding *f, uint16_t type)
{
	switch (type) {
	case NFT_MSG_GETCHAIN:
		return "chain";
	case NFT_MSG_GETSET:
		return f->map ? "map" : "set";
	case NFT_MSG_GETFLOWTABLE:
		return "flowtable";
	default:
		return "obj";
	}
}

static void report(struct diag *d, const struct finding *f, uint16_t type, struct place at)
{
	const char *family = names_name(names_family, f->family);

	if (type == NFT_MSG_GETTABLE)
		diag_error(d, at, "%s; did you mean table ‘%s’ in family %s?", strerror(ENOENT), f->name, family ? family : "?");
	else
		diag_error(d, at, "%s; did you mean %s ‘%s’ in table %s ‘%s’?", strerror(ENOENT), word_of(f, type), f->name,
			   family ? family : "?", f->table);
}

static bool same_place(struct place a, struct place b)
{
	return a.text == b.text && a.off == b.off && a.len == b.len;
}

bool near_report(struct transport *t, struct diag *d, enum ast_obj_kind kind, const struct ast_handle *h, struct place at)
{
	bool table = h->table && at.text && same_place(at, h->table_at);
	const char *name = table || kind == AST_TABLE ? h->table : kind == AST_CHAIN || kind == AST_RULE ? h->chain : h->name;
	struct place named = kind == AST_CHAIN || kind == AST_RULE ? h->chain_at : h->name_at;
	struct finding f = { .wanted = name, .best = ~0u };
	struct query q = { .t = t, .type = question(table ? AST_TABLE : kind), .flags = NLM_F_DUMP, .fn = take, .ctx = &f };

	if (!t || !name || !q.type || !at.text || (!table && kind != AST_TABLE && !same_place(at, named)))
		return false;
	f.a = q.a = arena_new();
	if (!query_run(&q) && f.name && f.best)
		report(d, &f, q.type, at);
	else
		f.name = NULL;
	arena_free(&f.a);
	return f.name;
}
