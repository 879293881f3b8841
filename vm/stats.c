/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an engine holds and has done, as JSON, for people and monitoring. Control thread; workers' counters are read as they stand. */
#include <jansson.h>

#include "vm/ct/table.h"
#include "vm/engine.h"
#include "vm/host/host.h"
#include "vm/state/internal.h"

struct totals {
	json_int_t tables, chains, rules, sets, elements, objects, flowtables;
};

static void add_table(struct totals *n, const struct vm_table *t, unsigned cursor)
{
	const struct vm_chain *c;
	const struct vm_set *s;
	const struct vm_obj *o;
	const struct vm_flowtable *f;

	n->tables++;
	cds_list_for_each_entry(c, &t->chains, h.list) {
		n->chains += state_active(&c->h, cursor);
		n->rules += c->n_rules;
	}
	cds_list_for_each_entry(s, &t->sets, h.list) {
		n->sets += state_active(&s->h, cursor);
		n->elements += s->n_elems;
	}
	cds_list_for_each_entry(o, &t->objs, h.list)
		n->objects += state_active(&o->h, cursor);
	cds_list_for_each_entry(f, &t->flowtables, h.list)
		n->flowtables += state_active(&f->h, cursor);
}

static json_t *ruleset(const struct nfvm_engine *e)
{
	unsigned cursor = state_cursor(e);
	const struct vm_table *t;
	struct totals n = { 0 };

	cds_list_for_each_entry(t, &e->state->tables, h.list)
		if (state_active(&t->h, cursor))
			add_table(&n, t, cursor);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "generation", (json_int_t)e->gen, "tables", n.tables, "chains", n.chains,
			 "rules", n.rules, "sets", n.sets, "elements", n.elements, "objects", n.objects, "flowtables", n.flowtables);
}

static json_t *connections(const struct nfvm_engine *e)
{
	const struct ct_table *t = e->ct;

	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)t->count, "max", (json_int_t)t->max, "dropped", (json_int_t)t->dropped,
			 "early_dropped", (json_int_t)t->early_dropped, "clashes", (json_int_t)t->clashes);
}

static json_t *frames(const struct nfvm_engine *e)
{
	static const char *const names[] = { [NFVM_ACCEPT] = "accept", [NFVM_DROP] = "drop",     [NFVM_REJECT] = "reject",
					     [NFVM_QUEUE] = "queue",   [NFVM_STOLEN] = "stolen", [NFVM_ERROR] = "error" };
	json_t *o = json_object();

	for (size_t v = 0; v < ARRAY_SIZE(names); v++) {
		uint64_t sum = 0;

		for (unsigned w = 0; w < VM_WORKERS_MAX; w++)
			sum += atomic_load_explicit(&e->verdicts[w].n[v], memory_order_relaxed);
		json_object_set_new(o, names[v], json_integer((json_int_t)sum));
	}
	return o;
}

char *nfvm_stats_json(const struct nfvm_engine *e)
{
	json_t *root = json_pack("{s:o, s:o, s:o}", "ruleset", ruleset(e), "connections", connections(e), "frames", frames(e));
	char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;

	json_decref(root);
	return text;
}
