/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random structs and their comparison, both by the tables. See bytecode-random.h. */
#include "tests/unit/bytecode-random.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bytecode/codec.h"

#define E(id, name) name,
const char *const rnd_expr_names[] = {
#include "bytecode/expr_list.h"
};
#undef E
const size_t rnd_expr_count = ARRAY_SIZE(rnd_expr_names);

static uint64_t state;
static unsigned depth;

void rnd_seed(void)
{
	const char *s = getenv("SEED");

	state = s ? strtoull(s, NULL, 0) : (uint64_t)time(NULL) ^ (uint64_t)clock() << 32;
	printf("# SEED=%llu\n", (unsigned long long)state);
	state = state * 2 + 1;
}

static uint64_t rnd64(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return state >> 33 ^ state << 31;
}

uint32_t rnd(uint32_t below)
{
	return (uint32_t)(rnd64() >> 8) % below;
}

static const char *rnd_string(const struct rnd_opts *o, uint32_t max)
{
	uint32_t most = o->tame ? 14 : 30, len = 1 + rnd(max && max < most ? max : most);
	char *s = arena_alloc(o->arena, len + 1);

	for (uint32_t i = 0; i < len; i++)
		s[i] = (char)('a' + rnd(26));
	return s;
}

static struct bc_bytes rnd_bytes(const struct rnd_opts *o, uint32_t len)
{
	uint8_t *p = arena_alloc(o->arena, len);

	for (uint32_t i = 0; i < len; i++)
		p[i] = (uint8_t)rnd64();
	return (struct bc_bytes){ p, len };
}

static uint64_t rnd_number(const struct rnd_opts *o, const struct bc_attr *a, unsigned bits)
{
	uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1, v = rnd64();

	if (o->full)
		v %= 8;
	if (a->flags & BC_A_MASK)
		return v & a->max;
	if (a->max)
		return v % (a->max + UINT64_C(1));
	return (o->tame ? v & 0xff : rnd(2) ? v : v & 0xff) & mask;
}

static void rnd_verdict(const struct rnd_opts *o, struct bc_data *v)
{
	static const int32_t codes[] = { NF_ACCEPT, NF_DROP, NFT_CONTINUE, NFT_BREAK, NFT_RETURN, NFT_JUMP, NFT_GOTO };

	v->kind = BC_DATA_VERDICT;
	v->verdict = codes[rnd(ARRAY_SIZE(codes))];
	if (v->verdict == NFT_JUMP || v->verdict == NFT_GOTO)
		v->chain = rnd_string(o, 255);
	v->has_chain_id = !o->tame && rnd(4) == 0;
	v->chain_id = v->has_chain_id ? rnd(1000) : 0;
}

static void rnd_data(const struct rnd_opts *o, const struct bc_attr *a, struct bc_data *v, bool verdict)
{
	struct bc_bytes b;

	if (verdict) {
		rnd_verdict(o, v);
		return;
	}
	b = rnd_bytes(o, 1 + rnd(a->max && a->max != BC_DATA_ANY ? a->max : 16));
	v->kind = BC_DATA_VALUE;
	v->value = b.p;
	v->len = b.len;
}

static void *rnd_object(const struct rnd_opts *o, struct bc_obj *obj)
{
	do
		obj->type = 1 + rnd(10);
	while (!bc_obj_data_desc(obj->type) || (o->skip && o->skip("object", bc_obj_data_desc(obj->type)->name)));
	BC_MARK(obj, NFTA_OBJ_TYPE);
	return rnd_struct(o, bc_obj_data_desc(obj->type));
}

static struct bc_expr *rnd_exprs(const struct rnd_opts *o, unsigned n)
{
	struct bc_expr *first = NULL, **tail = &first;

	for (; n; n--) {
		const char *name = o->full ? (rnd(2) ? "counter" : "quota") : rnd_expr_names[rnd((uint32_t)rnd_expr_count)];

		if (o->skip && o->skip("expr", name))
			continue;
		*tail = rnd_expr(o, name);
		tail = &(*tail)->next;
	}
	return first;
}

/* Every attribute of a BC_ATTRS list is a struct with one member. */
static void only_one(const struct bc_desc *d, void *s)
{
	uint64_t has = *(uint64_t *)s, one;

	do
		one = has & UINT64_C(1) << d->attrs[rnd(d->n)].type;
	while (!one);
	*(uint64_t *)s = one;
}

static void fill(const struct rnd_opts *o, const struct bc_desc *d, void *s, bool all);

static struct bc_node *rnd_list(const struct rnd_opts *o, const struct bc_attr *a)
{
	struct bc_node *first = NULL, **tail = &first;

	for (unsigned n = rnd(4); n; n--) {
		void *body = bc_node_add(o->arena, &tail, a->sub->size);

		fill(o, a->sub, body, a->kind == BC_ATTRS);
		if (a->kind == BC_ATTRS)
			only_one(a->sub, body);
	}
	return first;
}

static bool may_be_verdict(const struct bc_desc *d, const struct bc_attr *a)
{
	return !strcmp(d->name, "immediate") || (d == &bc_elem_desc && a->type == NFTA_SET_ELEM_DATA);
}

static bool rnd_member(const struct rnd_opts *o, const struct bc_desc *d, const struct bc_attr *a, void *s)
{
	void *m = bc_member(s, a);
	bool deep = depth > 2;

	switch ((enum bc_kind)a->kind) {
	case BC_U8:
		*(uint8_t *)m = (uint8_t)rnd_number(o, a, 8);
		return true;
	case BC_U16:
	case BC_BE16:
		*(uint16_t *)m = (uint16_t)rnd_number(o, a, 16);
		return true;
	case BC_U32:
	case BC_BE32:
		*(uint32_t *)m = (uint32_t)rnd_number(o, a, 32);
		return true;
	case BC_BE64:
		*(uint64_t *)m = rnd_number(o, a, 64);
		return true;
	case BC_STR:
		*(const char **)m = rnd_string(o, a->max);
		return true;
	case BC_BYTES:
		*(struct bc_bytes *)m = a->flags & BC_A_MIN ? rnd_bytes(o, a->max) : rnd_bytes(o, o->tame + rnd(a->max ? a->max : 100));
		return true;
	case BC_FLAG:
		return true;
	case BC_DATA:
		rnd_data(o, a, m, may_be_verdict(d, a) ? rnd(2) : !o->tame && rnd(3) == 0);
		return true;
	case BC_VERDICT:
		rnd_verdict(o, m);
		return true;
	case BC_NEST:
		fill(o, a->sub, m, false);
		return true;
	case BC_LIST:
	case BC_ATTRS:
		*(struct bc_node **)m = rnd_list(o, a);
		return true;
	case BC_EXPR:
		*(struct bc_expr **)m = deep ? NULL : rnd_exprs(o, 1);
		return *(struct bc_expr **)m;
	case BC_EXPRS:
		*(struct bc_expr **)m = deep ? NULL : rnd_exprs(o, rnd(5));
		return *(struct bc_expr **)m;
	case BC_OBJECT:
		*(void **)m = rnd_object(o, s);
		return true;
	}
	return false;
}

static void fill(const struct rnd_opts *o, const struct bc_desc *d, void *s, bool all)
{
	uint32_t chance = rnd(3);

	depth++;
	for (unsigned i = 0; i < d->n; i++) {
		const struct bc_attr *a = &d->attrs[i];

		if ((!all && !o->full && rnd(3) < chance) || (o->skip && o->skip(d->name, a->name)))
			continue;
		if ((*(uint64_t *)s >> a->type) & 1)
			continue; /* an object's type, set with its data */
		if (rnd_member(o, d, a, s))
			*(uint64_t *)s |= UINT64_C(1) << a->type;
	}
	depth--;
}

void *rnd_struct(const struct rnd_opts *o, const struct bc_desc *d)
{
	void *s = arena_alloc(o->arena, d->size);

	fill(o, d, s, false);
	return s;
}

struct bc_expr *rnd_expr(const struct rnd_opts *o, const char *name)
{
	struct bc_expr *e = bc_expr_new(o->arena, name);

	fill(o, e->type->desc, e->body, false);
	return e;
}

/* ---- comparison ------------------------------------------------------------------------------- */

static bool same_bytes(struct bc_bytes a, struct bc_bytes b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

static bool same_data(const struct bc_data *a, const struct bc_data *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == BC_DATA_VALUE)
		return same_bytes((struct bc_bytes){ a->value, a->len }, (struct bc_bytes){ b->value, b->len });
	return a->verdict == b->verdict && !a->chain == !b->chain && (!a->chain || !strcmp(a->chain, b->chain)) &&
	       a->has_chain_id == b->has_chain_id && a->chain_id == b->chain_id;
}

static bool same_exprs(const struct bc_expr *a, const struct bc_expr *b, const char **where)
{
	for (; a && b; a = a->next, b = b->next)
		if (a->type != b->type || !same_struct(a->type->desc, a->body, b->body, where))
			return false;
	return a == b;
}

static bool same_list(const struct bc_desc *d, const struct bc_node *a, const struct bc_node *b, const char **where)
{
	for (; a && b; a = a->next, b = b->next)
		if (!same_struct(d, a->body, b->body, where))
			return false;
	return a == b;
}

static bool same_member(const struct bc_desc *d, const struct bc_attr *a, const void *s, const void *t, const char **where)
{
	static const uint8_t size[] = { [BC_U8] = 1, [BC_U16] = 2, [BC_U32] = 4, [BC_BE16] = 2, [BC_BE32] = 4, [BC_BE64] = 8 };
	const void *m = bc_member_const(s, a), *n = bc_member_const(t, a);

	switch ((enum bc_kind)a->kind) {
	case BC_STR:
		return !strcmp(*(char *const *)m, *(char *const *)n);
	case BC_BYTES:
		return same_bytes(*(const struct bc_bytes *)m, *(const struct bc_bytes *)n);
	case BC_DATA:
	case BC_VERDICT:
		return same_data(m, n);
	case BC_NEST:
		return same_struct(a->sub, m, n, where);
	case BC_LIST:
	case BC_ATTRS:
		return same_list(a->sub, *(struct bc_node *const *)m, *(struct bc_node *const *)n, where);
	case BC_EXPR:
	case BC_EXPRS:
		return same_exprs(*(struct bc_expr *const *)m, *(struct bc_expr *const *)n, where);
	case BC_OBJECT:
		return same_struct(bc_object_desc(d, s), *(void *const *)m, *(void *const *)n, where);
	case BC_FLAG:
		return true;
	default:
		return !memcmp(m, n, size[a->kind]);
	}
}

bool same_struct(const struct bc_desc *d, const void *a, const void *b, const char **where)
{
	*where = d->name;
	if (bc_has(a) != bc_has(b))
		return false;
	for (unsigned i = 0; i < d->n; i++) {
		if (!((bc_has(a) >> d->attrs[i].type) & 1))
			continue;
		*where = d->attrs[i].name;
		if (!same_member(d, &d->attrs[i], a, b, where))
			return false;
	}
	return true;
}
