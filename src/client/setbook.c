/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets by name, each with memory of its own, since they come and go while events are read. See setbook.h. */
#include "src/client/setbook.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/client/query.h"
#include "src/client/snapshot.h"

enum { BUCKETS = 1024 };

struct setbook {
	struct transport *t;
	struct known_set *sets[BUCKETS];
};

static struct known_set **bucket(struct setbook *b, uint8_t family, const char *table, const char *name)
{
	uint32_t h = 2166136261u ^ family;

	for (const char *p = table; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	return &b->sets[(h >> 8) % BUCKETS];
}

static struct known_set **slot_of(struct setbook *b, uint8_t family, const char *table, const char *name)
{
	struct known_set **k = bucket(b, family, table, name);

	while (*k && ((*k)->family != family || strcmp((*k)->s->table, table) || strcmp((*k)->s->name, name)))
		k = &(*k)->next;
	return k;
}

static void forget(struct known_set **at)
{
	struct known_set *k = *at;

	*at = k->next;
	arena_free(&k->half_a);
	arena_free(&k->a);
	free(k);
}

struct setbook *setbook_new(struct transport *t)
{
	struct setbook *b = calloc(1, sizeof(*b));

	if (!b)
		abort();
	b->t = t;
	return b;
}

void setbook_free(struct setbook **b)
{
	if (!*b)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while ((*b)->sets[i])
			forget(&(*b)->sets[i]);
	free(*b);
	*b = NULL;
}

void known_set_half(struct known_set *k, const struct bc_elem *e)
{
	arena_free(&k->half_a);
	k->half = NULL;
	if (!e)
		return;
	k->half_a = arena_new();
	k->half = bc_copy(k->half_a, &bc_elem_desc, e);
}

static void add_elements(struct known_set *k, const struct bc_node *from)
{
	for (; from; from = from->next) {
		struct bc_elem *to = bc_node_add(k->a, &k->elems_tail, sizeof(*to));

		*to = *(struct bc_elem *)bc_copy(k->a, &bc_elem_desc, BC_BODY(from, const struct bc_elem));
	}
}

static struct known_set *add_set(struct setbook *b, uint8_t family, const struct bc_set *s)
{
	struct known_set **at = slot_of(b, family, s->table, s->name), *k;

	if (*at)
		forget(at);
	k = calloc(1, sizeof(*k));
	if (!k)
		abort();
	k->a = arena_new();
	k->family = family;
	k->s = bc_copy(k->a, &bc_set_msg_desc, s);
	k->elems_tail = &k->elems;
	at = bucket(b, family, s->table, s->name);
	k->next = *at;
	return *at = k;
}

static void delete_table(struct setbook *b, uint8_t family, const char *table)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct known_set **k = &b->sets[i]; *k;)
			if ((*k)->family == family && !strcmp((*k)->s->table, table))
				forget(k);
			else
				k = &(*k)->next;
}

void setbook_take(struct setbook *b, uint16_t type, uint8_t family, const void *s)
{
	const struct bc_set *set = s;
	const struct bc_elems *elems = s;
	struct known_set **at;

	switch (type) {
	case NFT_MSG_NEWSET:
		if (set->table && set->name)
			add_set(b, family, set);
		break;
	case NFT_MSG_DELSET:
		at = set->table && set->name ? slot_of(b, family, set->table, set->name) : NULL;
		if (at && *at)
			forget(at);
		break;
	case NFT_MSG_NEWSETELEM:
		at = elems->table && elems->set ? slot_of(b, family, elems->table, elems->set) : NULL;
		if (at && *at && (*at)->s->flags & NFT_SET_ANONYMOUS)
			add_elements(*at, elems->elems);
		break;
	case NFT_MSG_DELTABLE:
		if (((const struct bc_table *)s)->name)
			delete_table(b, family, ((const struct bc_table *)s)->name);
		break;
	}
}

/* ---- asking --------------------------------------------------------------------------------------------- */

int setbook_load(struct setbook *b)
{
	struct snap_scope scope = { .what = SNAP_SETS | SNAP_ELEMS, .anonymous_only = true };
	struct snapshot *snap = NULL;
	int err = b->t ? snapshot_read(b->t, &scope, &snap) : -EINVAL;

	if (err)
		return err;
	for (const struct snap_table *t = snap->tables; t; t = t->next)
		for (const struct snap_set *s = t->sets; s; s = s->next)
			add_elements(add_set(b, t->family, s->s), s->elems);
	snapshot_free(&snap);
	return 0;
}

static int take(void *ctx, uint16_t type, uint8_t family, void *s)
{
	setbook_take(ctx, type, family, s);
	return 0;
}

static void ask(struct setbook *b, uint8_t family, const char *table, const char *name)
{
	struct arena *a = arena_new();
	struct bc_set f = { 0 };
	struct bc_elems fe = { 0 };
	struct query q = { .t = b->t, .a = a, .type = NFT_MSG_GETSET, .family = family, .filter = &f, .fn = take, .ctx = b };
	struct known_set **at;

	BC_SET(&f, NFTA_SET_TABLE, table, table);
	BC_SET(&f, NFTA_SET_NAME, name, name);
	query_run(&q);
	at = slot_of(b, family, table, name);
	if (*at && (*at)->s->flags & NFT_SET_ANONYMOUS) {
		BC_SET(&fe, NFTA_SET_ELEM_LIST_TABLE, table, table);
		BC_SET(&fe, NFTA_SET_ELEM_LIST_SET, set, name);
		q.type = NFT_MSG_GETSETELEM;
		q.flags = NLM_F_DUMP;
		q.filter = &fe;
		query_run(&q);
	}
	arena_free(&a);
}

struct known_set *setbook_find(struct setbook *b, uint8_t family, const char *table, const char *name)
{
	struct known_set **at;

	if (!table || !name)
		return NULL;
	at = slot_of(b, family, table, name);
	if (!*at && b->t) {
		ask(b, family, table, name);
		at = slot_of(b, family, table, name);
	}
	return *at;
}
