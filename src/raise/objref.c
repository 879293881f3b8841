/* SPDX-License-Identifier: GPL-2.0-or-later */
/* objref: a named object, or one looked up in a map. */
#include "src/raise/rx.h"

static const struct {
	const char *stmt;        /* name of its statement; NULL: "set" on a field */
	const char *head, *word; /* of that field */
} types[] = {
	[NFT_OBJECT_COUNTER] = { "counter", NULL, NULL },       [NFT_OBJECT_QUOTA] = { "quota", NULL, NULL },
	[NFT_OBJECT_LIMIT] = { "limit", NULL, NULL },           [NFT_OBJECT_SYNPROXY] = { "synproxy", NULL, NULL },
	[NFT_OBJECT_CT_HELPER] = { NULL, "ct", "helper" },      [NFT_OBJECT_CT_TIMEOUT] = { NULL, "ct", "timeout" },
	[NFT_OBJECT_CT_EXPECT] = { NULL, "ct", "expectation" }, [NFT_OBJECT_SECMARK] = { NULL, "meta", "secmark" },
	[NFT_OBJECT_TUNNEL] = { "tunnel", NULL, NULL },
};

static void emit(struct raise *r, uint32_t type, struct ast_expr *what)
{
	struct ast_stmt *s;

	if (type >= ARRAY_SIZE(types) || (!types[type].stmt && !types[type].head)) {
		r->failed = true;
		return;
	}
	if (types[type].stmt) {
		s = raise_emit(r, types[type].stmt);
		s->a = what;
		return;
	}
	s = raise_emit(r, "set");
	s->a = ast_field(r->a, types[type].head, (struct place){});
	ast_field_word(r->a, s->a, types[type].word, (struct place){});
	s->b = what;
}

static void from_map(struct raise *r, const struct bc_objref *o)
{
	struct rx *set = raise_set_ref(r, o->set_name), *map;
	const struct bc_set *s = set->set.set;
	const struct rx *key = s ? raise_reg_bytes(r, o->set_sreg, s->key_len) : raise_reg(r, o->set_sreg);

	if (!key || !s) {
		r->failed = true;
		return;
	}
	map = rx_new(r, RX_MAP, &type_string, 0, BO_INVALID);
	map->a = key;
	map->b = set;
	emit(r, s->obj_type, raise_use(r, map, NULL));
}

static void raise_objref(struct raise *r, const void *body)
{
	const struct bc_objref *o = body;

	if (BC_HAS(o, NFTA_OBJREF_SET_NAME))
		from_map(r, o);
	else if (BC_HAS(o, NFTA_OBJREF_IMM_NAME))
		emit(r, o->imm_type, ast_string(r->a, arena_strdup(r->a, o->imm_name), (struct place){}));
}

const struct raise_type raise_objref_type = { "objref", raise_objref };
