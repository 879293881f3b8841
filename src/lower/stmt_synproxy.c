/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synproxy [mss N] [wscale N] [timestamp] [sack-perm], synproxy name X. */
#include "src/lower/stmt.h"
#include "src/types/names.h"

enum { OPT_MSS = 1, OPT_WSCALE = 2, WSCALE_MAX = 14 };

int lower_synproxy_config(struct eval *v, const struct ast_opt *opts, struct bc_synproxy *out)
{
	uint64_t mss = 0, wscale = 0;
	uint32_t flags = opt_flags(opts, names_synproxy_flag);

	if (opt_number(v, opts, "mss", UINT16_MAX, &mss) || opt_number(v, opts, "wscale", WSCALE_MAX, &wscale))
		return -1;
	if (opt_has(opts, "mss"))
		flags |= OPT_MSS;
	if (opt_has(opts, "wscale"))
		flags |= OPT_WSCALE;
	BC_SET(out, NFTA_SYNPROXY_MSS, mss, (uint16_t)mss);
	BC_SET(out, NFTA_SYNPROXY_WSCALE, wscale, (uint8_t)wscale);
	BC_SET(out, NFTA_SYNPROXY_FLAGS, flags, flags);
	return 0;
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	if (s->a)
		return stmt_object(v, s, s->a, NFT_OBJECT_SYNPROXY, out);
	out->body = arena_new_of(v->a, struct bc_synproxy);
	return lower_synproxy_config(v, s->opts, out->body);
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "synproxy", s->body, sizeof(struct bc_synproxy));
}

const struct tstmt_type tstmt_synproxy = { .name = "synproxy", .eval = eval, .lower = lower };
