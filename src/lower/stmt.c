/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry of statements, and what their files share. See stmt.h. */
#include "src/lower/stmt.h"

#include <string.h>

#include "src/types/names.h"
#include "src/types/number.h"

static const struct tstmt_type *const types[] = {
	&tstmt_match, &tstmt_verdict, &tstmt_vmap, &tstmt_set, &tstmt_reset, &tstmt_counter, &tstmt_limit, &tstmt_quota, &tstmt_last, &tstmt_connlimit,
	&tstmt_log, &tstmt_reject, &tstmt_snat, &tstmt_dnat, &tstmt_masquerade, &tstmt_redirect, &tstmt_queue, &tstmt_dup, &tstmt_fwd, &tstmt_tproxy,
	&tstmt_synproxy, &tstmt_notrack, &tstmt_flow, &tstmt_add, &tstmt_update, &tstmt_delete, &tstmt_meter, &tstmt_xt,
};

const struct tstmt_type *stmt_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (*types[i]->name == *name && !strcmp(types[i]->name, name))
			return types[i];
	return NULL;
}

bool opt_has(const struct ast_opt *opts, const char *name)
{
	return ast_opt_find(opts, name);
}

const char *opt_text(const struct ast_opt *opts, const char *name)
{
	const struct ast_opt *o = ast_opt_find(opts, name);
	const struct ast_expr *val = o ? eval_deref(o->val) : NULL;

	return val && (val->kind == AST_SYMBOL || val->kind == AST_STRING || val->kind == AST_NUMBER) ? val->text : NULL;
}

int opt_number(struct eval *v, const struct ast_opt *opts, const char *name, uint64_t max, uint64_t *out)
{
	const struct ast_opt *o = ast_opt_find(opts, name);
	const struct ast_expr *val = o ? eval_deref(o->val) : NULL;
	char a[NUMBER_TEXT], b[NUMBER_TEXT];
	u128 n;

	if (!o)
		return 0;
	if (val && val->kind == AST_NUMBER)
		n = val->num;
	else if (!val || !val->text || !number_parse(val->text, &n))
		return diag_error(v->d, o->at, "%s needs a number", name);
	if (n > max)
		return diag_error(v->d, val->at, "Value %s exceeds valid range 0-%s", number_text(n, a), number_text(max, b));
	*out = (uint64_t)n;
	return 0;
}

uint32_t opt_flags(const struct ast_opt *opts, const struct symbol *names)
{
	uint32_t flags = 0;
	uint64_t bit;

	for (; opts; opts = opts->next)
		if (!opts->val && names_value(names, opts->name, &bit))
			flags |= (uint32_t)bit;
	return flags;
}

int opt_bytes(struct eval *v, const struct ast_opt *opts, const char *amount, const char *unit, uint64_t *out)
{
	const char *name = opt_text(opts, unit);
	uint64_t n = 0, factor = 1;

	if (!ast_opt_find(opts, amount))
		return 0;
	if (opt_number(v, opts, amount, UINT64_MAX, &n))
		return -1;
	if (name && !names_value(names_byte_unit, name, &factor))
		return diag_error(v->d, ast_opt_find(opts, unit)->at, "Wrong unit format, expecting bytes, kbytes or mbytes");
	if (n && factor > UINT64_MAX / n)
		return diag_error(v->d, ast_opt_find(opts, amount)->at, "value too large");
	*out = n * factor;
	return 0;
}

void gen_put(struct gen *g, const char *name, const void *body, size_t size)
{
	memcpy(gen_add(g, name), body, size);
}
