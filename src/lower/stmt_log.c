/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log: to the kernel's log (level, flags) or to nfnetlink_log (group, snaplen, queue-threshold). */
#include <string.h>

#include "src/lower/stmt.h"
#include "src/types/names.h"

enum { LEVEL_AUDIT = 8, PREFIX_MAX = 127 };

static int flags(struct eval *v, const struct ast_stmt *s, struct bc_log *l)
{
	uint64_t bit;

	for (const struct ast_opt *o = s->opts; o; o = o->next) {
		if (strcmp(o->name, "flags"))
			continue;
		for (const struct ast_expr *i = o->val->kind == AST_LIST ? o->val->items : o->val; i; i = i->next) {
			if (!i->text || !names_value(names_log_flag, i->text, &bit))
				return diag_error(v->d, i->at, "unknown log flag '%s'", i->text ? i->text : "");
			BC_SET(l, NFTA_LOG_FLAGS, flags, l->flags | (uint32_t)bit);
		}
	}
	return 0;
}

static int level(struct eval *v, const struct ast_stmt *s, struct bc_log *l)
{
	const char *text = opt_text(s->opts, "level");
	uint64_t n;

	if (!opt_has(s->opts, "level"))
		return 0;
	if (!text || !names_value(names_log_level, text, &n))
		return diag_error(v->d, ast_opt_find(s->opts, "level")->at, "invalid log level");
	BC_SET(l, NFTA_LOG_LEVEL, level, (uint32_t)n);
	return 0;
}

static int prefix(struct eval *v, const struct ast_stmt *s, struct bc_log *l)
{
	const char *text = opt_text(s->opts, "prefix");

	if (!opt_has(s->opts, "prefix"))
		return 0;
	if (!text)
		return diag_error(v->d, ast_opt_find(s->opts, "prefix")->at, "invalid log prefix");
	if (strlen(text) > PREFIX_MAX)
		return diag_error(v->d, ast_opt_find(s->opts, "prefix")->at, "log prefix is too long");
	BC_SET(l, NFTA_LOG_PREFIX, prefix, text);
	return 0;
}

static int check(struct eval *v, const struct ast_stmt *s, const struct bc_log *l)
{
	struct place at = eval_word_at(s);
	bool to_group = BC_HAS(l, NFTA_LOG_GROUP) || BC_HAS(l, NFTA_LOG_SNAPLEN) || BC_HAS(l, NFTA_LOG_QTHRESHOLD);

	if (to_group && opt_has(s->opts, "level"))
		return diag_error(v->d, at, "level and group are mutually exclusive");
	if (to_group && BC_HAS(l, NFTA_LOG_FLAGS))
		return diag_error(v->d, at, "flags and group are mutually exclusive");
	if (opt_has(s->opts, "level") && l->level == LEVEL_AUDIT && (BC_HAS(l, NFTA_LOG_PREFIX) || BC_HAS(l, NFTA_LOG_FLAGS)))
		return diag_error(v->d, at, "log level audit doesn't support any further options");
	return 0;
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct bc_log *l = arena_new_of(v->a, struct bc_log);
	uint64_t group = 0, snaplen = 0, threshold = 0;

	if (opt_number(v, s->opts, "group", UINT16_MAX, &group) || opt_number(v, s->opts, "snaplen", UINT32_MAX, &snaplen) ||
	    opt_number(v, s->opts, "queue-threshold", UINT16_MAX, &threshold))
		return -1;
	if (opt_has(s->opts, "group"))
		BC_SET(l, NFTA_LOG_GROUP, group, (uint16_t)group);
	if (opt_has(s->opts, "snaplen"))
		BC_SET(l, NFTA_LOG_SNAPLEN, snaplen, (uint32_t)snaplen);
	if (opt_has(s->opts, "queue-threshold"))
		BC_SET(l, NFTA_LOG_QTHRESHOLD, qthreshold, (uint16_t)threshold);
	if (prefix(v, s, l) || level(v, s, l) || flags(v, s, l))
		return -1;
	out->body = l;
	return check(v, s, l);
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "log", s->body, sizeof(struct bc_log));
}

const struct tstmt_type tstmt_log = { .name = "log", .eval = eval, .lower = lower };
