/* SPDX-License-Identifier: GPL-2.0-or-later */
/* queue [flags bypass,fanout] to N|N-M|expression: to a program, by nfnetlink_queue. */
#include "src/lower/stmt.h"
#include "src/types/names.h"

struct queue {
	struct tx *to;               /* NULL: number 0 */
	uint32_t flags;
};

static int check(struct eval *v, const struct ast_stmt *s, const struct queue *q)
{
	const struct tx *t = q->to;
	uint64_t max = 0;

	if (t && t->kind == TX_LOAD && t->load == LOAD_NUMGEN)
		max = (uint64_t)t->numgen.mod + t->numgen.off - 1;
	if (t && t->kind == TX_LOAD && t->load == LOAD_HASH)
		max = (uint64_t)t->hash.mod + t->hash.off - 1;
	if (max > UINT16_MAX)
		return diag_error(v->d, t->at, "queue expression max value exceeds %u", UINT16_MAX);
	if (t && t->kind == TX_LOAD && t->load != LOAD_NUMGEN && t->load != LOAD_HASH)
		return diag_error(v->d, t->at, "invalid queue expression");
	if ((q->flags & NFT_QUEUE_FLAG_CPU_FANOUT) && (!t || t->kind != TX_RANGE))
		return diag_error(v->d, t ? t->at : s->at, "fanout requires a range to be specified");
	return 0;
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct queue *q = out->body = arena_new_of(v->a, struct queue);

	q->flags = opt_flags(s->opts, names_queue_flag);
	if (s->a) {
		q->to = eval_arg(v, s->a, &type_integer, BO_HOST, 16);
		if (!q->to)
			return -1;
	}
	return check(v, s, q);
}

static void lower(struct gen *g, const struct tstmt *s)
{
	const struct queue *q = s->body;
	const struct tx *t = q->to;
	uint32_t word = g->reg, reg = 0;
	struct bc_queue *b;

	if (t && !t->constant)
		reg = gen_arg(g, t);
	b = gen_add(g, "queue");
	if (reg) {
		BC_SET(b, NFTA_QUEUE_SREG_QNUM, sreg_qnum, reg);
	} else {
		const struct tx *lo = t && t->kind == TX_RANGE ? t->a : t, *hi = t && t->kind == TX_RANGE ? t->b : t;

		BC_SET(b, NFTA_QUEUE_NUM, num, (uint16_t)(lo ? lo->v : 0));
		BC_SET(b, NFTA_QUEUE_TOTAL, total, (uint16_t)(lo ? hi->v - lo->v + 1 : 1));
	}
	if (q->flags)
		BC_SET(b, NFTA_QUEUE_FLAGS, flags, (uint16_t)q->flags);
	gen_free(g, word);
}

const struct tstmt_type tstmt_queue = { .name = "queue", .terminal = true, .eval = eval, .lower = lower };
