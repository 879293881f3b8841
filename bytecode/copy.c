/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deep copies of structs, by their tables: the struct is copied as it is, then what it points to. See bc.h. */
#include "bytecode/codec.h"

static void copy_members(struct arena *a, const struct bc_desc *d, void *s);

static struct bc_expr *copy_expr(struct arena *a, const struct bc_expr *e)
{
	struct bc_expr *copy;

	if (!e)
		return NULL;
	copy = arena_alloc(a, sizeof(*e) + e->type->desc->size);
	memcpy(copy->body, e->body, e->type->desc->size);
	copy->type = e->type;
	copy_members(a, e->type->desc, copy->body);
	return copy;
}

struct bc_expr *bc_expr_copy(struct arena *a, const struct bc_expr *list)
{
	struct bc_expr *first = NULL, **tail = &first;

	for (; list; list = list->next) {
		*tail = copy_expr(a, list);
		tail = &(*tail)->next;
	}
	return first;
}

static struct bc_node *copy_list(struct arena *a, const struct bc_desc *d, const struct bc_node *list)
{
	struct bc_node *first = NULL, **tail = &first;

	for (; list; list = list->next) {
		struct bc_node *n = arena_alloc(a, sizeof(*n) + d->size);

		memcpy(n->body, list->body, d->size);
		n->type = list->type;
		copy_members(a, d, n->body);
		*tail = n;
		tail = &n->next;
	}
	return first;
}

static void copy_data(struct arena *a, struct bc_data *v)
{
	if (v->kind == BC_DATA_VALUE)
		v->value = (const void *)arena_memdup(a, v->value, v->len);
	else if (v->kind == BC_DATA_VERDICT && v->chain)
		v->chain = arena_strdup(a, v->chain);
}

static void copy_member(struct arena *a, const struct bc_desc *d, const struct bc_attr *at, void *s)
{
	void *m = bc_member(s, at);
	struct bc_bytes *b = m;
	void **p = m;

	switch ((enum bc_kind)at->kind) {
	case BC_STR:
		*p = arena_strdup(a, *p);
		break;
	case BC_BYTES:
		b->p = (const void *)arena_memdup(a, b->p, b->len);
		break;
	case BC_DATA:
	case BC_VERDICT:
		copy_data(a, m);
		break;
	case BC_NEST:
		copy_members(a, at->sub, m);
		break;
	case BC_LIST:
	case BC_ATTRS:
		*p = copy_list(a, at->sub, *p);
		break;
	case BC_EXPR:
		*p = copy_expr(a, *p);
		break;
	case BC_EXPRS:
		*p = bc_expr_copy(a, *p);
		break;
	case BC_OBJECT:
		if (*p && bc_object_desc(d, s))
			*p = bc_copy(a, bc_object_desc(d, s), *p);
		break;
	default:
		break;
	}
}

static void copy_members(struct arena *a, const struct bc_desc *d, void *s)
{
	for (unsigned i = 0; i < d->n; i++)
		if ((bc_has(s) >> d->attrs[i].type) & 1)
			copy_member(a, d, &d->attrs[i], s);
}

void *bc_copy(struct arena *a, const struct bc_desc *d, const void *s)
{
	void *copy = arena_memdup(a, s, d->size);

	copy_members(a, d, copy);
	return copy;
}
