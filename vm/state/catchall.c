/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catch-all element, "*": outside of the backend; at most one of each generation. Control thread. */
#include "vm/state/internal.h"

struct vm_elem *catchall_find(const struct vm_set *s, unsigned cursor, uint64_t now_ns)
{
	const struct catchall *c;

	cds_list_for_each_entry(c, &s->catchalls, list)
		if (vm_elem_active(c->elem, cursor) && !(now_ns && vm_elem_expired(c->elem, now_ns)))
			return c->elem;
	return NULL;
}

int catchall_insert(struct vm_set *s, struct vm_elem *x, unsigned next, uint64_t now_ns, struct vm_elem **dup)
{
	struct vm_elem *old = catchall_find(s, next, now_ns);
	struct catchall *c;

	if (old) {
		*dup = old;
		return -EEXIST;
	}
	c = malloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->elem = x;
	cds_list_add_tail(&c->list, &s->catchalls);
	return 0;
}

void catchall_remove(struct vm_set *s, struct vm_elem *x)
{
	struct catchall *c, *t;

	cds_list_for_each_entry_safe(c, t, &s->catchalls, list)
		if (c->elem == x) {
			cds_list_del(&c->list);
			free(c);
		}
}

int set_walk(struct vm_set *s, set_walk_fn fn, void *ctx)
{
	struct catchall *c, *t;
	int ret = s->ops->walk(s, fn, ctx);

	cds_list_for_each_entry_safe(c, t, &s->catchalls, list)
		if (!ret)
			ret = fn(s, c->elem, ctx);
	return ret;
}
