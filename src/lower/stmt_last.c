/* SPDX-License-Identifier: GPL-2.0-or-later */
/* last [used TIME]: when a packet came here last. */
#include <string.h>

#include "src/lower/stmt.h"
#include "src/types/time.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct bc_last *l = arena_new_of(v->a, struct bc_last);
	const struct ast_opt *o = ast_opt_find(s->opts, "used");
	const char *text = opt_text(s->opts, "used"), *why = NULL;
	uint64_t ms = 0;
	bool never = !o || (text && !strcmp(text, "never"));

	if (!never && (!text || duration_parse(text, &ms, &why)))
		return diag_error(v->d, o->val ? o->val->at : o->at, "%s", why ? why : "wrong time format");
	BC_SET(l, NFTA_LAST_SET, set, !never);
	BC_SET(l, NFTA_LAST_MSECS, msecs, ms);
	out->body = l;
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "last", s->body, sizeof(struct bc_last));
}

const struct tstmt_type tstmt_last = { .name = "last", .stateful = true, .eval = eval, .lower = lower };
