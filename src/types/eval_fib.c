/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fib: what the routing tables say of an address. `fib daddr . iif type`, `fib saddr . iif check`. */
#include "bytecode/nf.h"
#include "src/types/eval_field.h"
#include "src/types/names.h"

static int flags_of(struct eval *v, const struct ast_expr *e, uint32_t *out)
{
	const struct ast_field *f = e->field;
	struct place at = f->n_words ? place_span(f->words[0].at, f->words[f->n_words - 1].at) : e->at;
	uint32_t flags = 0;
	uint64_t flag;

	for (unsigned i = 0; i < f->n_words; i++) {
		if (!names_value(names_fib_flag, f->words[i].text, &flag))
			return field_unknown(v, e, i), -1;
		flags |= (uint32_t)flag;
	}
	if (!(flags & (NFTA_FIB_F_SADDR | NFTA_FIB_F_DADDR)))
		return diag_error(v->d, at, "fib: need either saddr or daddr");
	if ((flags & (NFTA_FIB_F_SADDR | NFTA_FIB_F_DADDR)) == (NFTA_FIB_F_SADDR | NFTA_FIB_F_DADDR))
		return diag_error(v->d, at, "fib: saddr and daddr are mutually exclusive");
	if ((flags & (NFTA_FIB_F_IIF | NFTA_FIB_F_OIF)) == (NFTA_FIB_F_IIF | NFTA_FIB_F_OIF))
		return diag_error(v->d, at, "fib: iif and oif are mutually exclusive");
	*out = flags;
	return 0;
}

struct tx *eval_fib(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct key *k = e->field->result ? key_by_name(fib_results, e->field->result, NULL) : NULL;
	uint32_t flags = 0;
	struct tx *t;

	if (flags_of(v, e, &flags))
		return NULL;
	if (!k) {
		diag_error(v->d, e->at, "unknown fib result '%s'", e->field->result ? e->field->result : "");
		return NULL;
	}
	t = field_load_key(v, e, LOAD_FIB, k);
	t->fib.result = k->key;
	t->fib.flags = flags | k->flags;
	return t;
}
