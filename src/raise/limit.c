/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limit: `limit rate over 10 mbytes/second burst 12 kbytes`. Also the object's properties. */
#include "src/raise/rx.h"
#include "src/types/names.h"

/* Bytes in the largest unit that divides them. */
uint64_t raise_data_unit(uint64_t bytes, const char **unit)
{
	static const char *const units[] = { "bytes", "kbytes", "mbytes" };
	unsigned i = 0;

	for (; bytes && !(bytes % 1024) && i + 1 < ARRAY_SIZE(units); bytes /= 1024)
		i++;
	*unit = units[i];
	return bytes;
}

/* The burst that is taken where none is written: objects do not list it. */
enum { USUAL_BURST = 5 };

void raise_limit_opts(struct raise *r, struct ast_opt ***tail, const struct bc_limit *l, bool is_object)
{
	const char *per = names_name(names_time_unit, l->unit), *unit = "packets", *burst_unit = "packets";
	uint64_t rate = l->rate, burst = l->burst;

	if (!per) {
		r->failed = true;
		return;
	}
	if (l->type == NFT_LIMIT_PKT_BYTES) {
		rate = raise_data_unit(rate, &unit);
		burst = raise_data_unit(burst, &burst_unit);
	}
	if (l->flags & NFT_LIMIT_F_INV)
		ast_opt(r->a, tail, "over", NULL, (struct place){});
	ast_opt(r->a, tail, "rate", raise_number(r, rate), (struct place){});
	ast_opt(r->a, tail, "unit", raise_symbol(r, unit), (struct place){});
	ast_opt(r->a, tail, "per", raise_symbol(r, per), (struct place){});
	if (l->burst && !(is_object && l->type == NFT_LIMIT_PKTS && l->burst == USUAL_BURST)) {
		ast_opt(r->a, tail, "burst", raise_number(r, burst), (struct place){});
		ast_opt(r->a, tail, "burst-unit", raise_symbol(r, burst_unit), (struct place){});
	}
}

static void raise_limit(struct raise *r, const void *body)
{
	struct ast_stmt *s = raise_emit(r, "limit");
	struct ast_opt **tail = &s->opts;

	raise_limit_opts(r, &tail, body, false);
}

const struct raise_type raise_limit_type = { "limit", raise_limit };
