/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limit rate [over] N/second [burst N packets], limit rate N kbytes/second [burst N bytes], limit name X. */
#include <string.h>

#include "src/lower/stmt.h"
#include "src/types/names.h"

enum { PACKETS_BURST = 5 };

static int burst(struct eval *v, const struct ast_opt *opts, bool bytes, struct bc_limit *out)
{
	const char *unit = opt_text(opts, "burst-unit");
	uint64_t n = 0;

	if (unit && bytes != (strcmp(unit, "packets") != 0))
		return diag_error(v->d, ast_opt_find(opts, "burst-unit")->at, bytes ? "expecting bytes in burst" : "expecting packets in burst");
	if (!opt_has(opts, "burst")) {
		n = bytes ? 0 : PACKETS_BURST;
	} else if (bytes) {
		if (opt_bytes(v, opts, "burst", "burst-unit", &n))
			return -1;
	} else if (opt_number(v, opts, "burst", UINT32_MAX, &n)) {
		return -1;
	}
	if (n > UINT32_MAX)
		return diag_error(v->d, ast_opt_find(opts, "burst")->at, "value too large");
	if (!n && !bytes)
		return diag_error(v->d, ast_opt_find(opts, "burst")->at, "packet limit burst must be > 0");
	if (n)
		BC_SET(out, NFTA_LIMIT_BURST, burst, (uint32_t)n);
	return 0;
}

int lower_limit_config(struct eval *v, const struct ast_opt *opts, struct place at, struct bc_limit *out)
{
	const char *unit = opt_text(opts, "unit"), *per = opt_text(opts, "per");
	bool bytes = unit && strcmp(unit, "packets");
	uint64_t rate = 0, seconds = 1;

	if (bytes ? opt_bytes(v, opts, "rate", "unit", &rate) : opt_number(v, opts, "rate", UINT64_MAX, &rate))
		return -1;
	if (!rate)
		return diag_error(v->d, at, "rate cannot be zero");
	if (per && !names_value(names_time_unit, per, &seconds))
		return diag_error(v->d, at, "Wrong rate format, expecting bytes/second or packets/second");
	BC_SET(out, NFTA_LIMIT_RATE, rate, rate);
	BC_SET(out, NFTA_LIMIT_UNIT, unit, seconds);
	BC_SET(out, NFTA_LIMIT_TYPE, type, bytes ? NFT_LIMIT_PKT_BYTES : NFT_LIMIT_PKTS);
	BC_SET(out, NFTA_LIMIT_FLAGS, flags, opt_has(opts, "over") ? NFT_LIMIT_F_INV : 0);
	return burst(v, opts, bytes, out);
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	if (s->a)
		return stmt_object(v, s, s->a, NFT_OBJECT_LIMIT, out);
	out->body = arena_new_of(v->a, struct bc_limit);
	return lower_limit_config(v, s->opts, s->at, out->body);
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "limit", s->body, sizeof(struct bc_limit));
}

const struct tstmt_type tstmt_limit = { .name = "limit", .stateful = true, .eval = eval, .lower = lower };
