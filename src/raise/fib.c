/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fib: what the routing table says of an address of the packet. */
#include "src/raise/rx.h"
#include "src/types/keys.h"
#include "src/types/names.h"

struct rx *raise_fib_of(struct raise *r, uint32_t result, uint32_t flags)
{
	const struct key *k = key_by_number(fib_results, result, flags & NFTA_FIB_F_PRESENT);
	const char *words[RAISE_WORDS];
	unsigned n = 0;
	struct rx *e;

	if (!k) {
		r->failed = true;
		return NULL;
	}
	for (const struct symbol *s = names_fib_flag; s->name && n + 1 < RAISE_WORDS; s++)
		if (flags & s->value)
			words[n++] = s->name;
	words[n] = NULL;
	e = rx_field(r, "fib", words, k->type, k->bits, k->byteorder);
	e->f.ast->field->result = k->name;
	return e;
}

static void raise_fib(struct raise *r, const void *body)
{
	const struct bc_fib *f = body;

	raise_reg_set(r, f->dreg, raise_fib_of(r, f->result, f->flags));
}

const struct raise_type raise_fib_type = { "fib", raise_fib };
