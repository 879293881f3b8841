/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quota: `quota over 25 mbytes used 2 bytes`. Also the object's properties. */
#include "src/raise/rx.h"

void raise_quota_opts(struct raise *r, struct ast_opt ***tail, const struct bc_quota *q)
{
	const char *unit, *used_unit;
	uint64_t amount = raise_data_unit(q->bytes, &unit), used = raise_data_unit(q->consumed, &used_unit);

	if (q->flags & NFT_QUOTA_F_INV)
		ast_opt(r->a, tail, "over", NULL, (struct place){});
	ast_opt(r->a, tail, "amount", raise_number(r, amount), (struct place){});
	ast_opt(r->a, tail, "unit", raise_symbol(r, unit), (struct place){});
	if (q->consumed) {
		ast_opt(r->a, tail, "used", raise_number(r, used), (struct place){});
		ast_opt(r->a, tail, "used-unit", raise_symbol(r, used_unit), (struct place){});
	}
}

static void raise_quota(struct raise *r, const void *body)
{
	struct ast_stmt *s = raise_emit(r, "quota");
	struct ast_opt **tail = &s->opts;

	raise_quota_opts(r, &tail, body);
}

const struct raise_type raise_quota_type = { "quota", raise_quota };
