/* SPDX-License-Identifier: GPL-2.0-or-later */
/* immediate: a verdict, or a constant for what follows. */
#include "src/raise/rx.h"

static const char *verdict_word(int32_t v)
{
	switch (v) {
	case NF_ACCEPT:
		return "accept";
	case NF_DROP:
		return "drop";
	case NFT_CONTINUE:
		return "continue";
	case NFT_RETURN:
		return "return";
	case NFT_JUMP:
		return "jump";
	case NFT_GOTO:
		return "goto";
	case NF_QUEUE:
		return "queue";
	default:
		return NULL;
	}
}

struct ast_expr *raise_verdict(struct raise *r, const struct bc_data *d)
{
	struct ast_expr *e = ast_expr(r->a, AST_VERDICT, (struct place){});
	const struct ast_rule *rules = NULL;

	e->text = verdict_word(d->verdict);
	if (!e->text) {
		e->text = "drop";
		r->failed = true;
	}
	if (d->verdict != NFT_JUMP && d->verdict != NFT_GOTO)
		return e;
	if (!d->chain) {
		r->failed = true;
		return e;
	}
	if (r->c->anon_chain)
		rules = r->c->anon_chain(r->c->ctx, r->family, r->table, d->chain);
	e->rules = (struct ast_rule *)rules;
	e->a = raise_symbol(r, arena_strdup(r->a, d->chain));
	return e;
}

static void raise_immediate(struct raise *r, const void *body)
{
	const struct bc_immediate *i = body;
	struct ast_stmt *s;

	if (i->data.kind == BC_DATA_VERDICT) {
		s = raise_emit(r, "verdict");
		s->a = raise_verdict(r, &i->data);
	} else {
		raise_reg_set(r, i->dreg, rx_value(r, i->data.value, i->data.len));
	}
}

const struct raise_type raise_immediate_type = { "immediate", raise_immediate };
