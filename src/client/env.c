/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers to lowering, remembered. See env.h. */
#include "src/client/env.h"

#include <errno.h>
#include <string.h>

#include "src/client/query.h"

/* One question and its answer; what is NULL was asked for and is not there. */
struct known {
	struct known *next;
	uint16_t type;         /* NFT_MSG_GET… */
	uint8_t family;
	uint32_t obj_type;
	const char *table, *name;
	const void *what;
};

enum { BUCKETS = 256 };

/* A set of the target, in the order of its dump. */
struct listed {
	struct listed *next;
	uint8_t family;
	const char *table, *name;
};

struct env {
	struct listed *sets;   /* all, once asked for */
	bool sets_read;
	struct arena *a;
	struct transport *t;
	struct lower_env lower;
	struct known *known[BUCKETS];
};

static struct known **bucket(struct env *e, uint16_t type, const char *table, const char *name)
{
	uint32_t h = type * 2654435761u;

	for (const char *s = table; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	for (const char *s = name; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return &e->known[(h >> 16) % BUCKETS];
}

static struct known *remembered(struct env *e, const struct known *k)
{
	for (struct known *p = *bucket(e, k->type, k->table, k->name); p; p = p->next)
		if (p->type == k->type && p->family == k->family && p->obj_type == k->obj_type && !strcmp(p->table, k->table) &&
		    !strcmp(p->name, k->name))
			return p;
	return NULL;
}

static int take(void *ctx, uint16_t type, uint8_t family, void *s)
{
	*(const void **)ctx = s;
	return 0;
}

/* filter: the GET request's struct, naming the object of k. */
static const void *ask(struct env *e, struct known k, const void *filter)
{
	struct known *old = remembered(e, &k), **b;
	struct query q = { .t = e->t, .a = e->a, .type = k.type, .family = k.family, .filter = filter, .fn = take, .ctx = &k.what };

	if (old)
		return old->what;
	if (e->t && query_run(&q))
		k.what = NULL;
	k.table = arena_strdup(e->a, k.table);
	k.name = arena_strdup(e->a, k.name);
	b = bucket(e, k.type, k.table, k.name);
	k.next = *b;
	*b = arena_new_of(e->a, struct known);
	**b = k;
	return k.what;
}

static const struct bc_set *ask_set(void *ctx, uint8_t family, const char *table, const char *name)
{
	struct bc_set f = { 0 };

	BC_SET(&f, NFTA_SET_TABLE, table, table);
	BC_SET(&f, NFTA_SET_NAME, name, name);
	return ask(ctx, (struct known){ .type = NFT_MSG_GETSET, .family = family, .table = table, .name = name }, &f);
}

struct listing {
	struct arena *a;
	struct listed **tail;
};

static int take_listed(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct listing *to = ctx;
	const struct bc_set *set = s;
	struct listed *l = arena_new_of(to->a, struct listed);

	*l = (struct listed){ .family = family, .table = set->table, .name = set->name };
	*to->tail = l;
	to->tail = &l->next;
	return 0;
}

static struct listed *all_sets(struct env *e)
{
	struct listing to = { e->a, &e->sets };
	struct query q = { .t = e->t, .a = e->a, .type = NFT_MSG_GETSET, .flags = NLM_F_DUMP, .fn = take_listed, .ctx = &to };

	if (e->sets_read)
		return e->sets;
	while (e->t && query_run(&q) == -EINTR)
		to.tail = &e->sets;
	*to.tail = NULL;
	e->sets_read = true;
	return e->sets;
}

static uint32_t ask_set_number(void *ctx, uint8_t family, const char *table, const char *name)
{
	uint32_t n = 0;

	for (const struct listed *l = all_sets(ctx); l; l = l->next) {
		n++;
		if (l->family == family && !strcmp(l->table, table) && !strcmp(l->name, name))
			return n;
	}
	return 0;
}

static const char *ask_near_set(void *ctx, uint8_t family, const char *name, uint8_t *in_family, const char **in_table)
{
	enum { MOST = 1024 };
	struct env *e = ctx;
	const char **names = arena_alloc(e->a, MOST * sizeof(*names)), *near;
	size_t n = 0;

	for (const struct listed *l = all_sets(e); l && n < MOST; l = l->next)
		names[n++] = l->name;
	near = diag_nearest(name, names, n);
	for (const struct listed *l = near ? e->sets : NULL; l; l = l->next) {
		if (strcmp(l->name, near))
			continue;
		*in_family = l->family;
		*in_table = l->table;
		break;
	}
	return near;
}

static const struct bc_obj *ask_obj(void *ctx, uint8_t family, const char *table, const char *name, uint32_t type)
{
	struct bc_obj f = { 0 };

	BC_SET(&f, NFTA_OBJ_TABLE, table, table);
	BC_SET(&f, NFTA_OBJ_NAME, name, name);
	BC_SET(&f, NFTA_OBJ_TYPE, type, type);
	return ask(ctx, (struct known){ .type = NFT_MSG_GETOBJ, .family = family, .obj_type = type, .table = table, .name = name }, &f);
}

static const struct bc_chain *ask_chain(void *ctx, uint8_t family, const char *table, const char *name)
{
	struct bc_chain f = { 0 };

	BC_SET(&f, NFTA_CHAIN_TABLE, table, table);
	BC_SET(&f, NFTA_CHAIN_NAME, name, name);
	return ask(ctx, (struct known){ .type = NFT_MSG_GETCHAIN, .family = family, .table = table, .name = name }, &f);
}

struct finding {
	uint64_t left, handle;
};

static int take_rule(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct finding *f = ctx;

	if (!f->left--)
		f->handle = ((struct bc_rule *)s)->handle;
	return 0;
}

static uint64_t ask_rule_at(void *ctx, uint8_t family, const char *table, const char *chain, uint64_t index)
{
	struct env *e = ctx;
	struct bc_rule f = { 0 };
	struct finding found = { .left = index };
	struct query q = { .t = e->t, .a = e->a, .type = NFT_MSG_GETRULE, .family = family, .flags = NLM_F_DUMP, .filter = &f,
			   .fn = take_rule, .ctx = &found };

	BC_SET(&f, NFTA_RULE_TABLE, table, table);
	BC_SET(&f, NFTA_RULE_CHAIN, chain, chain);
	while (e->t && query_run(&q) == -EINTR)
		found = (struct finding){ .left = index };
	return found.handle;
}

struct listening {
	void (*fn)(void *arg, const struct bc_elem *e);
	void *arg;
};

static int take_elements(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct listening *to = ctx;

	for (const struct bc_node *n = ((struct bc_elems *)s)->elems; n; n = n->next)
		to->fn(to->arg, BC_BODY(n, const struct bc_elem));
	return 0;
}

static int ask_elements(void *ctx, uint8_t family, const char *table, const char *name, void (*fn)(void *arg, const struct bc_elem *e), void *arg)
{
	struct env *e = ctx;
	struct listening to = { fn, arg };
	struct bc_elems f = { 0 };
	struct query q = { .t = e->t, .type = NFT_MSG_GETSETELEM, .family = family, .flags = NLM_F_DUMP, .filter = &f, .fn = take_elements, .ctx = &to };
	int err;

	if (!e->t)
		return -1;
	BC_SET(&f, NFTA_SET_ELEM_LIST_TABLE, table, table);
	BC_SET(&f, NFTA_SET_ELEM_LIST_SET, set, name);
	q.a = arena_new();
	do
		err = query_run(&q);
	while (err == -EINTR);
	arena_free(&q.a);
	return err ? -1 : 0;
}

static int take_element(void *ctx, uint16_t type, uint8_t family, void *s)
{
	const struct bc_node *n = ((struct bc_elems *)s)->elems;

	if (n)
		*(const struct bc_elem **)ctx = BC_BODY(n, const struct bc_elem);
	return 0;
}

static const struct bc_elem *ask_element(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_elem *key)
{
	struct env *e = ctx;
	const struct bc_elem *found = NULL;
	struct bc_elems f = { 0 };
	struct bc_node *list = NULL, **tail = &list;
	struct query q = { .t = e->t, .a = e->a, .type = NFT_MSG_GETSETELEM, .family = family, .flags = NLM_F_ACK, .filter = &f,
			   .fn = take_element, .ctx = &found };

	*(struct bc_elem *)bc_node_add(e->a, &tail, sizeof(*key)) = *key;
	BC_SET(&f, NFTA_SET_ELEM_LIST_TABLE, table, table);
	BC_SET(&f, NFTA_SET_ELEM_LIST_SET, set, name);
	BC_SET(&f, NFTA_SET_ELEM_LIST_ELEMENTS, elems, list);
	return e->t && !query_run(&q) ? found : NULL;
}

struct env *env_new(struct arena *a, struct transport *t)
{
	struct env *e = arena_new_of(a, struct env);

	e->a = a;
	e->t = t;
	e->lower = (struct lower_env){ .set = ask_set, .set_number = ask_set_number, .near_set = ask_near_set,
				       .obj = ask_obj, .chain = ask_chain, .rule_at = ask_rule_at, .elements = ask_elements, .element = ask_element,
				       .ctx = e };
	return e;
}

const struct lower_env *env_lower(struct env *e)
{
	return &e->lower;
}

void env_forget(struct env *e)
{
	memset(e->known, 0, sizeof(e->known));
	e->sets_read = false;
}
