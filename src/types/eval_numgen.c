/* SPDX-License-Identifier: GPL-2.0-or-later */
/* numgen: counting and random numbers. */
#include "bytecode/nf.h"
#include "src/types/eval_field.h"

struct tx *eval_numgen(struct eval *v, const struct ast_expr *e, struct expect x)
{
	struct tx *t = field_load(v, e, LOAD_NUMGEN, &type_integer, BO_HOST, 32);

	if (!e->num || e->num > UINT32_MAX || e->num2 > UINT32_MAX || (uint64_t)e->num + e->num2 - 1 > UINT32_MAX) {
		diag_error(v->d, e->at, "numgen modulus and offset out of range");
		return NULL;
	}
	if (field_is(e->field, 0, "random"))
		t->numgen.type = NFT_NG_RANDOM;
	else if (field_is(e->field, 0, "inc"))
		t->numgen.type = NFT_NG_INCREMENTAL;
	else
		return field_unknown(v, e, 0);
	t->numgen.mod = (uint32_t)e->num;
	t->numgen.off = (uint32_t)e->num2;
	return t;
}
