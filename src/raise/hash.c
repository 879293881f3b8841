/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash: jhash of an expression, symhash of the connection. */
#include "src/raise/rx.h"

static struct rx *hash_of(struct raise *r, const char *head, uint32_t mod, uint32_t offset)
{
	static const char *const none[] = { NULL };
	struct rx *e = rx_field(r, head, none, &type_integer, 32, BO_HOST);

	e->f.ast->num = mod;
	e->f.ast->num2 = offset;
	return e;
}

struct rx *raise_symhash_of(struct raise *r, uint32_t mod, uint32_t offset)
{
	return hash_of(r, "symhash", mod, offset);
}

static void raise_hash(struct raise *r, const void *body)
{
	const struct bc_hash *h = body;
	const struct rx *of;
	struct rx *e;

	if (h->type == NFT_HASH_SYM) {
		raise_reg_set(r, h->dreg, raise_symhash_of(r, h->modulus, h->offset));
		return;
	}
	of = raise_reg_bytes(r, h->sreg, h->len);
	if (!of)
		return;
	e = hash_of(r, "jhash", h->modulus, h->offset);
	e->f.ast->a = raise_use(r, of, NULL);
	e->f.ast->field->has_seed = BC_HAS(h, NFTA_HASH_SEED);
	e->f.ast->field->seed = h->seed;
	raise_reg_set(r, h->dreg, e);
}

const struct raise_type raise_hash_type = { "hash", raise_hash };
