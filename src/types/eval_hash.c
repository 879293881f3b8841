/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jhash EXPR mod N, symhash mod N. */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/eval_field.h"

struct tx *eval_hash(struct eval *v, const struct ast_expr *e, struct expect x)
{
	bool sym = !strcmp(e->field->head, "symhash");
	uint32_t stmt_bits = v->stmt_bits;
	struct tx *t;

	if (!e->num || e->num > UINT32_MAX || e->num2 > UINT32_MAX || (uint64_t)e->num + e->num2 - 1 > UINT32_MAX) {
		diag_error(v->d, e->at, "hash modulus and offset out of range");
		return NULL;
	}
	t = field_load(v, e, LOAD_HASH, &type_integer, BO_HOST, 32);
	t->hash.type = sym ? NFT_HASH_SYM : NFT_HASH_JENKINS;
	t->hash.mod = (uint32_t)e->num;
	t->hash.off = (uint32_t)e->num2;
	t->hash.seed = e->field->seed;
	t->hash.has_seed = e->field->has_seed;
	if (sym)
		return t;
	v->stmt_bits = 0;
	t->hash.of = eval_expr(v, e->a, (struct expect){ 0 });
	v->stmt_bits = stmt_bits;
	if (!t->hash.of)
		return NULL;
	if (t->hash.of->constant) {
		diag_error(v->d, e->a->at, "the hash of a constant is a constant");
		return NULL;
	}
	return t;
}
