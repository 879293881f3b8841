/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry of expressions, and how they are made. A new expression is a line in expr_list.h. */
#include "bytecode/expr.h"

#include <assert.h>

#define E(id, name) extern const struct bc_expr_type bc_expr_##id;
#include "bytecode/expr_list.h"
#undef E

static const struct bc_expr_type *const types[] = {
#define E(id, name) &bc_expr_##id,
#include "bytecode/expr_list.h"
#undef E
};

const struct bc_expr_type *bc_expr_type(const char *name)
{
	size_t lo = 0, hi = ARRAY_SIZE(types);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = strcmp(name, types[mid]->name);

		if (!order)
			return types[mid];
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

struct bc_expr *bc_expr_new(struct arena *a, const char *name)
{
	const struct bc_expr_type *type = bc_expr_type(name);
	struct bc_expr *e;

	assert(type);
	e = arena_alloc(a, sizeof(*e) + type->desc->size);
	e->type = type;
	return e;
}

void *bc_expr_add(struct arena *a, struct bc_expr ***tail, const char *name)
{
	struct bc_expr *e = bc_expr_new(a, name);

	**tail = e;
	*tail = &e->next;
	return e->body;
}

bool bc_expr_is(const struct bc_expr *e, const char *name)
{
	return !strcmp(e->type->name, name);
}

void *bc_node_add(struct arena *a, struct bc_node ***tail, size_t size)
{
	struct bc_node *n = arena_alloc(a, sizeof(*n) + size);

	**tail = n;
	*tail = &n->next;
	return n->body;
}
