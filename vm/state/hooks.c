/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hook lists: the base chains that a packet passes at each hook, in order (net/netfilter/core.c).
 *
 * Lower priorities first; of equal ones, the chain registered last comes first, as nf_hook_entries_grow() puts it. Chains of the inet family stand in the
 * lists of ip and ip6, its ingress chains with netdev's. Chains of type nat stand there, too, in their order; host/ runs them only for a
 * connection's first packet.
 *
 * One struct hook_lists per generation, immutable once published; a batch that adds or removes no base chain or device shares it. Lists are few and short,
 * so that such a batch builds them all anew.
 */
#include "vm/host/host.h"
#include "vm/state/internal.h"

enum { DEV_HOOKS = 2 };

struct hook_lists {
	struct vm_hook_list *at[VM_NFPROTOS][VM_HOOKS];
	uint64_t nat[VM_NFPROTOS];              /* order of the first chain of type nat, 0: none */
	uint32_t n_devs;                        /* of dev: highest index + 1 */
	struct vm_hook_list *(*dev)[DEV_HOOKS]; /* by device index: ingress, egress */
};

/* ---- readers ---- */

const struct vm_hook_list *state_hooks(const struct vm_engine *e, uint64_t gen, uint8_t pf, uint8_t hook, uint32_t dev)
{
	const struct hook_lists *l = atomic_load_explicit(&e->state->hooks[gen & 1], memory_order_acquire);

	if (!l)
		return NULL;
	if (pf == NFPROTO_NETDEV)
		return dev < l->n_devs && hook < DEV_HOOKS ? l->dev[dev][hook] : NULL;
	return l->at[pf][hook];
}

uint64_t state_nat_order(const struct vm_engine *e, uint64_t gen, uint8_t pf)
{
	const struct hook_lists *l = atomic_load_explicit(&e->state->hooks[gen & 1], memory_order_acquire);

	return l ? l->nat[pf] : 0;
}

/* ---- building ---- */

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Behind all of lesser priority, before all of the same: chains come in the order of their registration. */
static void list_add(struct vm_hook_list **list, struct vm_chain *c)
{
	uint32_t n = *list ? (*list)->n : 0, i = 0;
	struct vm_hook_list *l = must(realloc(*list, sizeof(*l) + (n + 1) * sizeof(l->e[0])));

	while (i < n && l->e[i].priority < c->base->priority)
		i++;
	memmove(&l->e[i + 1], &l->e[i], (n - i) * sizeof(l->e[0]));
	l->e[i] = (struct vm_hook_entry){ .priority = c->base->priority, .chain = c };
	l->n = n + 1;
	*list = l;
}

static void dev_room(struct hook_lists *l, uint32_t dev)
{
	if (dev < l->n_devs)
		return;
	l->dev = must(realloc(l->dev, (dev + 1) * sizeof(l->dev[0])));
	memset(&l->dev[l->n_devs], 0, (dev + 1 - l->n_devs) * sizeof(l->dev[0]));
	l->n_devs = dev + 1;
}

static void dev_add(struct hook_lists *l, struct vm_chain *c, uint32_t dev)
{
	unsigned hook = c->table->family == NFPROTO_INET ? 0 : c->base->hook;

	dev_room(l, dev);
	/* two of the chain's device names may mean one device */
	for (uint32_t i = 0; l->dev[dev][hook] && i < l->dev[dev][hook]->n; i++)
		if (l->dev[dev][hook]->e[i].chain == c)
			return;
	list_add(&l->dev[dev][hook], c);
}

static void devs_add(struct vm_txn *t, struct hook_lists *l, struct vm_chain *c)
{
	const struct host *host = t->engine->host;
	const struct vm_hook_dev *d;

	cds_list_for_each_entry(d, &c->base->devs, list) {
		if (d->genmask >> t->next & 1)
			continue;
		if (!d->prefix && d->index)
			dev_add(l, c, d->index);
		for (uint32_t i = d->prefix ? host_dev_next(host, 1) : 0; i; i = host_dev_next(host, i + 1))
			if (!strncmp(host_dev(host, i)->name, d->name, strlen(d->name)))
				dev_add(l, c, i);
	}
}

/* Chains come in the order of their registration. */
static void nat_add(struct hook_lists *l, const struct vm_chain *c, uint8_t pf)
{
	if (!l->nat[pf])
		l->nat[pf] = c->base->order;
}

static void chain_add(struct vm_txn *t, struct hook_lists *l, struct vm_chain *c)
{
	uint8_t family = c->table->family, hook = c->base->hook;

	if (hook_is_netdev(family, hook)) {
		devs_add(t, l, c);
	} else if (family == NFPROTO_INET) {
		list_add(&l->at[NFPROTO_IPV4][hook], c);
		list_add(&l->at[NFPROTO_IPV6][hook], c);
	} else {
		list_add(&l->at[family][hook], c);
	}
	if (c->base->type != PROG_CHAIN_NAT)
		return;
	nat_add(l, c, family == NFPROTO_INET ? NFPROTO_IPV4 : family);
	if (family == NFPROTO_INET)
		nat_add(l, c, NFPROTO_IPV6);
}

static int by_order(const void *a, const void *b)
{
	const struct vm_chain *x = *(struct vm_chain *const *)a, *y = *(struct vm_chain *const *)b;

	return (x->base->order > y->base->order) - (x->base->order < y->base->order);
}

/* All base chains that are awake in the next generation, in the order of their registration. */
static struct vm_chain **bases(struct vm_txn *t, size_t *n)
{
	struct vm_chain **all = NULL, *c;
	struct vm_table *tb;
	size_t cap = 0;

	*n = 0;
	cds_list_for_each_entry(tb, &t->engine->state->tables, h.list) {
		if (!active_next(t, &tb->h) || tb->flags & NFT_TABLE_F_DORMANT)
			continue;
		cds_list_for_each_entry(c, &tb->chains, h.list) {
			if (!c->base || !active_next(t, &c->h))
				continue;
			if (*n == cap) {
				cap = cap ? 2 * cap : 16;
				all = must(realloc(all, cap * sizeof(struct vm_chain *)));
			}
			all[(*n)++] = c;
		}
	}
	if (*n)
		qsort(all, *n, sizeof(struct vm_chain *), by_order);
	return all;
}

static void lists_free(struct hook_lists *l)
{
	if (!l)
		return;
	for (unsigned f = 0; f < VM_NFPROTOS; f++)
		for (unsigned h = 0; h < VM_HOOKS; h++)
			free(l->at[f][h]);
	for (uint32_t i = 0; i < l->n_devs; i++)
		for (unsigned h = 0; h < DEV_HOOKS; h++)
			free(l->dev[i][h]);
	free(l->dev);
	free(l);
}

/* ---- transactions ---- */

int hooks_prepare(struct vm_txn *t)
{
	struct state *st = t->engine->state;
	struct hook_lists *l;
	struct vm_chain **all;
	size_t n;

	if (!t->work->hooks)
		return 0;
	l = calloc(1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	all = bases(t, &n);
	for (size_t i = 0; i < n; i++)
		chain_add(t, l, all[i]);
	free(all);
	atomic_store_explicit(&st->hooks[t->next], l, memory_order_release);
	return 0;
}

void hooks_publish(struct vm_txn *t)
{
	struct state *st = t->engine->state;
	struct hook_lists *old = st->hooks[t->cur];

	if (old == st->hooks[t->next])
		return;
	st->hooks[t->cur] = st->hooks[t->next];
	lists_free(old);
}

void hooks_abort(struct vm_txn *t)
{
	struct state *st = t->engine->state;
	struct hook_lists *staged = st->hooks[t->next];

	if (staged == st->hooks[t->cur])
		return;
	st->hooks[t->next] = st->hooks[t->cur];
	lists_free(staged);
}

void hooks_free(struct state *s)
{
	if (s->hooks[0] != s->hooks[1])
		lists_free(s->hooks[1]);
	lists_free(s->hooks[0]);
}
