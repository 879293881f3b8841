/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is: the kernel's dumps, read by the codec. */
#include "tests/kernel/control/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *w_grow(void *list, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	*cap = *cap ? 2 * *cap : 16;
	list = realloc(list, *cap * size);
	if (!list)
		abort();
	return list;
}

void world_clear(struct world *w)
{
	if (!w->arena)
		w->arena = arena_new();
	arena_reset(w->arena);
	w->n_tables = w->n_chains = w->n_rules = w->n_sets = w->n_elems = w->n_objs = w->n_flowtables = 0;
}

void world_free(struct world *w)
{
	if (w->arena)
		arena_free(&w->arena);
	free(w->tables);
	free(w->chains);
	free(w->rules);
	free(w->sets);
	free(w->elems);
	free(w->objs);
	free(w->flowtables);
	*w = (struct world){ 0 };
}

int world_table(const struct world *w, uint8_t family, const char *name)
{
	for (uint32_t i = 0; i < w->n_tables; i++)
		if (w->tables[i].family == family && name && !strcmp(w->tables[i].name, name))
			return (int)i;
	return -1;
}

const struct w_set *world_set(const struct world *w, uint8_t family, const char *table, const char *set)
{
	int t = world_table(w, family, table);

	for (uint32_t i = 0; t >= 0 && set && i < w->n_sets; i++)
		if (w->sets[i].table == (uint32_t)t && !strcmp(w->sets[i].name, set))
			return &w->sets[i];
	return NULL;
}

static void read_table(struct world *w, uint8_t family, const struct bc_table *m)
{
	*W_ADD(w, tables) = (struct w_table){ family, m->name, m->handle, m->flags };
}

static void read_chain(struct world *w, int table, const struct bc_chain *m)
{
	*W_ADD(w, chains) = (struct w_chain){
		.table = (uint32_t)table,
		.name = m->name,
		.type = m->type,
		.handle = m->handle,
		.flags = m->flags,
		.hook = m->hook.hooknum,
		.priority = (int32_t)m->hook.priority,
		.base = BC_HAS(m, NFTA_CHAIN_HOOK),
	};
}

static void read_set(struct world *w, int table, const struct bc_set *m)
{
	struct w_set *s = W_ADD(w, sets);

	*s = (struct w_set){
		.table = (uint32_t)table,
		.name = m->name,
		.type = m->type,
		.handle = m->handle,
		.flags = m->flags,
		.key_type = m->key_type,
		.key_len = m->key_len,
		.data_type = m->data_type,
		.data_len = m->data_len,
		.obj_type = m->obj_type,
		.n_exprs = m->expr ? 1 : 0,
	};
	for (const struct bc_expr *x = m->exprs; x; x = x->next)
		s->n_exprs++;
	for (const struct bc_node *n = m->desc.concat; n && s->n_fields < 16; n = n->next)
		s->field_len[s->n_fields++] = (uint8_t)BC_BODY(n, struct bc_set_field)->len;
}

static void read_elems(struct world *w, uint8_t family, const struct bc_elems *m)
{
	const struct w_set *s = world_set(w, family, m->table, m->set);

	for (const struct bc_node *n = m->elems; s && n; n = n->next)
		*W_ADD(w, elems) = (struct w_elem){ (uint32_t)(s - w->sets), *BC_BODY(n, struct bc_elem) };
}

static void read_msg(struct world *w, uint16_t type, uint8_t family, const void *body)
{
	const struct bc_table *t = body;
	const struct bc_chain *c = body;
	const struct bc_rule *r = body;
	const struct bc_set *s = body;
	const struct bc_obj *o = body;
	const struct bc_flowtable *f = body;
	const struct bc_gen *g = body;

	switch (type) {
	case NFT_MSG_NEWTABLE:
		read_table(w, family, t);
		break;
	case NFT_MSG_NEWCHAIN:
		read_chain(w, world_table(w, family, c->table), c);
		break;
	case NFT_MSG_NEWRULE:
		*W_ADD(w, rules) = (struct w_rule){ (uint32_t)world_table(w, family, r->table), r->chain, r->handle, 0 };
		break;
	case NFT_MSG_NEWSET:
		read_set(w, world_table(w, family, s->table), s);
		break;
	case NFT_MSG_NEWSETELEM:
		read_elems(w, family, body);
		break;
	case NFT_MSG_NEWOBJ:
		*W_ADD(w, objs) = (struct w_obj){ (uint32_t)world_table(w, family, o->table), o->name, o->type, o->handle };
		break;
	case NFT_MSG_NEWFLOWTABLE:
		*W_ADD(w, flowtables) = (struct w_flowtable){ (uint32_t)world_table(w, family, f->table), f->name, f->handle };
		break;
	case NFT_MSG_NEWGEN:
		w->gen = g->id;
		break;
	}
}

void world_read(struct world *w, const struct buf *b)
{
	const struct nlmsghdr *h = (const void *)b->p;

	for (unsigned left = (unsigned)b->len; b->len && NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
		const struct nfgenmsg *g = NLMSG_DATA(h);
		uint16_t type = NFNL_MSG_TYPE(h->nlmsg_type);
		const struct bc_desc *d = h->nlmsg_type >= NLMSG_MIN_TYPE ? bc_msg_desc(type) : NULL;
		void *body;

		if (!d)
			continue;
		body = arena_alloc(w->arena, d->size);
		if (bc_decode(d, g + 1, NLMSG_PAYLOAD(h, sizeof(*g)), body, w->arena, BC_COPY, NULL)) {
			printf("# a message of the kernel's dumps cannot be read: type %u\n", type);
			continue;
		}
		read_msg(w, type, g->nfgen_family, body);
	}
}
