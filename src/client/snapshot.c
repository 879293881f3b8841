/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps of a target, arranged by table. See snapshot.h. */
#include "src/client/snapshot.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>

#include "src/client/query.h"

enum { SET_BUCKETS = 4096 };

struct reading {
	struct transport *t;
	const struct snap_scope *scope;
	struct snapshot *s;
	struct snap_set *set;     /* whose elements are being read */
	bool streaming;           /* rules go to scope->rule */
};

/* Appends a zeroed node of a list that has a `next` first and a tail pointer. */
#define APPEND(a, tail, node)                                                                                                              \
	do {                                                                                                                               \
		(node) = arena_alloc((a), sizeof(*(node)));                                                                                \
		*(tail) = (node);                                                                                                          \
		(tail) = &(node)->next;                                                                                                    \
	} while (0)

struct snap_table *snap_table(const struct snapshot *s, uint8_t family, const char *name)
{
	for (struct snap_table *t = s->tables; t; t = t->next)
		if (t->family == family && name && !strcmp(t->t->name, name))
			return t;
	return NULL;
}

struct snap_chain *snap_chain(const struct snap_table *t, const char *name)
{
	for (struct snap_chain *c = t->chains; c; c = c->next)
		if (name && !strcmp(c->c->name, name))
			return c;
	return NULL;
}

/* Rules come chain by chain. */
static struct snap_chain *chain_of_rule(struct snap_table *t, const char *name)
{
	if (!t->last || !name || strcmp(t->last->c->name, name))
		t->last = snap_chain(t, name);
	return t->last;
}

static struct snap_set **bucket(const struct snap_table *t, const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return &t->by_name[(h ^ h >> 16) % SET_BUCKETS];
}

struct snap_set *snap_set(const struct snap_table *t, const char *name)
{
	for (struct snap_set *s = name && t->by_name ? *bucket(t, name) : NULL; s; s = s->same)
		if (!strcmp(s->s->name, name))
			return s;
	return NULL;
}

static bool is_anonymous_chain(const struct bc_chain *c)
{
	return c->flags & NFT_CHAIN_BINDING;
}

static int take_table(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct reading *r = ctx;
	struct bc_table *b = s;
	struct snap_table *t;

	if (!b->name)
		return -EBADMSG;
	if (r->scope->table && strcmp(r->scope->table, b->name))
		return 0;
	if (r->scope->family && r->scope->family != family)
		return 0;
	APPEND(r->s->a, r->s->tables_tail, t);
	t->family = family;
	t->t = b;
	t->chains_tail = &t->chains;
	t->sets_tail = &t->sets;
	t->objs_tail = &t->objs;
	t->flowtables_tail = &t->flowtables;
	return 0;
}

static int take_chain(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct reading *r = ctx;
	struct bc_chain *b = s;
	struct snap_table *t = snap_table(r->s, family, b->table);
	struct snap_chain *c;

	if (!t || !b->name)
		return 0;
	APPEND(r->s->a, t->chains_tail, c);
	c->c = b;
	c->rules_tail = &c->rules;
	return 0;
}

static int take_rule(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct reading *r = ctx;
	struct bc_rule *b = s;
	struct snap_table *t = snap_table(r->s, family, b->table);
	struct snap_chain *c = t ? chain_of_rule(t, b->chain) : NULL;
	struct snap_rule *rule;

	if (!c || (r->streaming && is_anonymous_chain(c->c)))
		return 0;
	if (r->streaming) {
		r->scope->rule(r->scope->ctx, r->s, t, c, b);
		return 0;
	}
	APPEND(r->s->a, c->rules_tail, rule);
	rule->r = b;
	return 0;
}

static int take_set(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct reading *r = ctx;
	struct bc_set *b = s;
	struct snap_table *t = snap_table(r->s, family, b->table);
	struct snap_set *set, **same;

	if (!t || !b->name)
		return 0;
	APPEND(r->s->a, t->sets_tail, set);
	set->s = b;
	if (!t->by_name)
		t->by_name = arena_alloc(r->s->a, SET_BUCKETS * sizeof(struct snap_set *));
	same = bucket(t, b->name);
	set->same = *same;
	*same = set;
	set->elems_tail = &set->elems;
	return 0;
}

static int take_elems(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct reading *r = ctx;
	struct bc_elems *b = s;

	*r->set->elems_tail = b->elems;
	while (*r->set->elems_tail)
		r->set->elems_tail = &(*r->set->elems_tail)->next;
	return 0;
}

static int take_packed(void *ctx, const struct nlmsghdr *h)
{
	struct reading *r = ctx;
	const char *attrs = (const char *)mnl_nlmsg_get_payload(h) + sizeof(struct nfgenmsg);
	const struct nlattr *list = bc_find(attrs, mnl_nlmsg_get_payload_len(h) - sizeof(struct nfgenmsg), NFTA_SET_ELEM_LIST_ELEMENTS);

	if (list)
		buf_put(&r->set->packed, mnl_attr_get_payload(list), NLA_ALIGN(mnl_attr_get_payload_len(list)));
	return 0;
}

static int take_obj(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct reading *r = ctx;
	struct bc_obj *b = s;
	struct snap_table *t = snap_table(r->s, family, b->table);
	struct snap_obj *o;

	if (!t)
		return 0;
	APPEND(r->s->a, t->objs_tail, o);
	o->o = b;
	return 0;
}

static int take_flowtable(void *ctx, uint16_t type, uint8_t family, void *s)
{
	struct reading *r = ctx;
	struct bc_flowtable *b = s;
	struct snap_table *t = snap_table(r->s, family, b->table);
	struct snap_flowtable *f;

	if (!t)
		return 0;
	APPEND(r->s->a, t->flowtables_tail, f);
	f->f = b;
	return 0;
}

/* What is named: one, or none. */
static int ask_one(struct reading *r, uint16_t type, const void *filter, query_fn *fn)
{
	struct query q = { .t = r->t, .a = r->s->a, .type = type, .family = r->scope->family, .filter = filter, .fn = fn, .ctx = r };
	int err = query_run(&q);

	return err == -ENOENT ? 0 : err;
}

static int dump(struct reading *r, uint16_t type, const void *filter, query_fn *fn)
{
	struct query q = { .t = r->t, .a = r->s->a, .type = type, .family = r->scope->family, .flags = NLM_F_DUMP, .filter = filter,
			   .fn = fn, .ctx = r };

	return query_run(&q);
}

static uint16_t rule_question(const struct reading *r)
{
	return r->scope->reset & SNAP_RULES ? NFT_MSG_GETRULE_RESET : NFT_MSG_GETRULE;
}

/* What `jump { … }` is followed by is read first, so that a rule can be shown whole when it comes. */
static int dump_anonymous_rules(struct reading *r)
{
	int err = 0;

	for (struct snap_table *t = r->s->tables; t && !err; t = t->next)
		for (struct snap_chain *c = t->chains; c && !err; c = c->next) {
			struct bc_rule f = { 0 };

			if (!is_anonymous_chain(c->c))
				continue;
			BC_SET(&f, NFTA_RULE_TABLE, table, t->t->name);
			BC_SET(&f, NFTA_RULE_CHAIN, chain, c->c->name);
			err = query_run(&(struct query){ .t = r->t, .a = r->s->a, .type = r->scope->name ? NFT_MSG_GETRULE : rule_question(r),
							 .family = t->family, .flags = NLM_F_DUMP, .filter = &f, .fn = take_rule, .ctx = r });
		}
	return err;
}

static int dump_rules(struct reading *r)
{
	const struct snap_scope *sc = r->scope;
	struct bc_rule f = { 0 };
	struct query q = { .t = r->t, .a = r->s->a, .type = rule_question(r), .family = sc->family, .flags = NLM_F_DUMP, .filter = &f,
			   .fn = take_rule, .ctx = r };
	int err = sc->rule ? dump_anonymous_rules(r) : 0;

	if (err)
		return err;
	if (sc->table)
		BC_SET(&f, NFTA_RULE_TABLE, table, sc->table);
	if (sc->table && sc->name)
		BC_SET(&f, NFTA_RULE_CHAIN, chain, sc->name);
	if (sc->rule_handle) {
		BC_SET(&f, NFTA_RULE_HANDLE, handle, sc->rule_handle);
		q.flags = 0;
	}
	if (!sc->rule || sc->rule_handle) {
		r->streaming = sc->rule;
		err = query_run(&q);
		return err == -ENOENT && sc->rule_handle ? 0 : err;
	}
	r->streaming = q.passing = true;
	q.a = arena_new();
	err = query_run(&q);
	arena_free(&q.a);
	return err;
}

static int dump_elems(struct reading *r, struct snap_table *t, struct snap_set *s)
{
	bool reset = r->scope->reset & SNAP_ELEMS && !(s->s->flags & NFT_SET_ANONYMOUS);
	struct bc_elems f = { 0 };
	struct query q = { .t = r->t, .a = r->s->a, .type = reset ? NFT_MSG_GETSETELEM_RESET : NFT_MSG_GETSETELEM,
			   .family = t->family, .flags = NLM_F_DUMP, .filter = &f, .fn = take_elems, .ctx = r };

	BC_SET(&f, NFTA_SET_ELEM_LIST_TABLE, table, t->t->name);
	BC_SET(&f, NFTA_SET_ELEM_LIST_SET, set, s->s->name);
	r->set = s;
	if (r->scope->pack && !(s->s->flags & NFT_SET_ANONYMOUS))
		q.raw = take_packed;
	return query_run(&q);
}

static bool wants_elems(const struct snap_scope *sc, const struct bc_set *s)
{
	if (s->flags & NFT_SET_ANONYMOUS)
		return true;
	return !sc->anonymous_only && (!sc->name || !strcmp(sc->name, s->name));
}

static int dump_all_elems(struct reading *r)
{
	int err;

	for (struct snap_table *t = r->s->tables; t; t = t->next)
		for (struct snap_set *s = t->sets; s; s = s->next) {
			if (!wants_elems(r->scope, s->s))
				continue;
			err = dump_elems(r, t, s);
			if (err)
				return err;
		}
	return 0;
}

/* One by its name, unless it is about a chain, whose rules need others. */
static int dump_sets(struct reading *r)
{
	bool one = r->scope->name && !(r->scope->what & SNAP_RULES);
	struct bc_set f = { 0 };

	if (r->scope->table)
		BC_SET(&f, NFTA_SET_TABLE, table, r->scope->table);
	if (one)
		BC_SET(&f, NFTA_SET_NAME, name, r->scope->name);
	return (one ? ask_one : dump)(r, NFT_MSG_GETSET, &f, take_set);
}

static int dump_objs(struct reading *r)
{
	bool one = r->scope->name && r->scope->obj_type;
	struct bc_obj f = { 0 };

	if (r->scope->table)
		BC_SET(&f, NFTA_OBJ_TABLE, table, r->scope->table);
	if (one)
		BC_SET(&f, NFTA_OBJ_NAME, name, r->scope->name);
	if (r->scope->obj_type)
		BC_SET(&f, NFTA_OBJ_TYPE, type, r->scope->obj_type);
	return (one ? ask_one : dump)(r, r->scope->reset & SNAP_OBJS ? NFT_MSG_GETOBJ_RESET : NFT_MSG_GETOBJ, &f, take_obj);
}

static int read_tables(struct reading *r)
{
	struct bc_table f = { 0 };

	if (!r->scope->table || !r->scope->family)
		return dump(r, NFT_MSG_GETTABLE, NULL, take_table);
	BC_SET(&f, NFTA_TABLE_NAME, name, r->scope->table);
	return ask_one(r, NFT_MSG_GETTABLE, &f, take_table);
}

static int read_once(struct reading *r)
{
	unsigned what = r->scope->what;
	uint32_t after;
	int err;

	err = query_gen(r->t, &r->s->gen);
	if (!err)
		err = read_tables(r);
	if (!err && !r->s->tables)
		what = 0;
	if (!err && what & (SNAP_CHAINS | SNAP_RULES))
		err = dump(r, NFT_MSG_GETCHAIN, NULL, take_chain);
	if (!err && what & (SNAP_SETS | SNAP_ELEMS))
		err = dump_sets(r);
	if (!err && what & SNAP_OBJS)
		err = dump_objs(r);
	if (!err && what & SNAP_FLOWTABLES)
		err = dump(r, NFT_MSG_GETFLOWTABLE, NULL, take_flowtable);
	if (!err && what & SNAP_ELEMS)
		err = dump_all_elems(r);
	if (!err && what & SNAP_RULES)
		err = dump_rules(r);
	if (r->scope->reset) /* what was reset cannot be read again */
		return err == -EINTR ? 0 : err;
	if (!err)
		err = query_gen(r->t, &after);
	return err ? err : after == r->s->gen ? 0 : -EINTR;
}

/* -ENOENT in the middle: the table or set was deleted between two dumps; a dump begun later tells the truth. */
static bool again(int err, int tries)
{
	return (err == -EINTR || (err == -ENOENT && tries < 3)) && tries < 100;
}

int snapshot_read(struct transport *t, const struct snap_scope *scope, struct snapshot **out)
{
	struct snapshot *s = NULL;
	int err, tries = 0;

	do {
		snapshot_free(&s);
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		s->a = arena_new();
		s->tables_tail = &s->tables;
		err = read_once(&(struct reading){ .t = t, .scope = scope, .s = s });
	} while (again(err, ++tries));
	if (err)
		snapshot_free(&s);
	else
		*out = s;
	return err;
}

void snapshot_free(struct snapshot **s)
{
	if (!*s)
		return;
	for (struct snap_table *t = (*s)->tables; t; t = t->next) {
		for (struct snap_chain *c = t->chains; c; c = c->next)
			buf_free(&c->listed);
		for (struct snap_set *set = t->sets; set; set = set->next)
			buf_free(&set->packed);
	}
	arena_free(&(*s)->a);
	free(*s);
	*s = NULL;
}
