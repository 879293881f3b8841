/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "counter": packets and bytes. Reference: net/netfilter/nft_counter.c.
 *
 * In rules and objects a counter is a number of run/counter.c (plain per-worker words). In set elements, which workers make and
 * free, it is two atomic words in the element.
 */
#include <errno.h>

#include "vm/expr/hot.h"

/* ---- in rules ---- */

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	hot_counter((const struct ins_counter *)ins, pkt);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_counter *x = body;
	struct ins_counter *i;
	uint32_t id;
	int err = run_counter_new(b->e, x->packets, x->bytes, &id);

	if (err)
		return err;
	i = expr_emit(b, OP_COUNTER, sizeof(*i));
	i->id = id;
	return 0;
}

static void tell(void *body, uint64_t packets, uint64_t bytes)
{
	struct bc_counter *x = body;

	BC_SET(x, NFTA_COUNTER_BYTES, bytes, bytes);
	BC_SET(x, NFTA_COUNTER_PACKETS, packets, packets);
}

static void read_id(struct vm_engine *e, uint32_t id, void *body, bool reset)
{
	uint64_t packets, bytes;

	(reset ? run_counter_reset : run_counter_get)(e, id, &packets, &bytes);
	tell(body, packets, bytes);
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	read_id(e, ((const struct ins_counter *)ins)->id, body, reset);
}

static void destroy(struct vm_engine *e, struct vm_ins *ins)
{
	run_counter_free(e, ((struct ins_counter *)ins)->id);
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	buf_printf(out, "number %u", ((const struct ins_counter *)ins)->id);
}

/* ---- in objects and elements ---- */

struct state {
	bool inside; /* counts in here, not under a number */
	uint32_t id;
	_Atomic uint64_t packets, bytes;
};

static int init(struct expr_build *b, void *state, const void *body, bool element)
{
	const struct bc_counter *x = body;
	struct state *s = state;

	s->inside = element;
	s->packets = x->packets;
	s->bytes = x->bytes;
	return element ? 0 : run_counter_new(b->e, x->packets, x->bytes, &s->id);
}

static void clone(void *to, const void *from)
{
	struct state *s = to;

	s->inside = true;
	s->packets = ((const struct state *)from)->packets;
	s->bytes = ((const struct state *)from)->bytes;
}

static void fini(struct vm_engine *e, void *state)
{
	struct state *s = state;

	if (!s->inside)
		run_counter_free(e, s->id);
}

static void eval(void *state, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct state *s = state;
	uint32_t len = vm_pkt_len(pkt);

	if (!s->inside) {
		run_count(pkt->w, s->id, len);
		return;
	}
	atomic_fetch_add_explicit(&s->packets, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->bytes, len, memory_order_relaxed);
}

static void dump_state(struct vm_engine *e, void *state, struct arena *a, void *body, bool reset)
{
	struct state *s = state;

	if (!s->inside)
		read_id(e, s->id, body, reset);
	else if (reset)
		tell(body, atomic_exchange(&s->packets, 0), atomic_exchange(&s->bytes, 0));
	else
		tell(body, s->packets, s->bytes);
}

static const struct vm_stateful_ops ops = {
	.size = sizeof(struct state), .object = NFT_OBJECT_COUNTER, .init = init, .clone = clone, .fini = fini, .eval = eval, .dump = dump_state,
};

void stateful_counter_set(struct vm_stateful *x, uint64_t packets, uint64_t bytes)
{
	struct state *s = (struct state *)x->state;

	if (!s->inside) {
		run_counter_set(x->e, s->id, packets, bytes);
		return;
	}
	s->packets = packets;
	s->bytes = bytes;
}

void stateful_counter_get(const struct vm_stateful *x, uint64_t *packets, uint64_t *bytes)
{
	const struct state *s = (const struct state *)x->state;

	if (!s->inside) {
		run_counter_get(x->e, s->id, packets, bytes);
		return;
	}
	*packets = s->packets;
	*bytes = s->bytes;
}

const struct vm_expr vm_expr_counter = {
	.name = "counter", .kernel_size = 8, .build = build, .exec = exec, .dump = dump, .destroy = destroy, .disasm = disasm, .stateful = &ops,
};
