/* SPDX-License-Identifier: GPL-2.0-or-later */
/* meta: what is known of a packet beside its bytes; `meta KEY set`. */
#include "src/raise/rx.h"

struct rx *raise_meta_of(struct raise *r, uint32_t key)
{
	const struct meta_key *k = meta_key_by_number(key);
	struct rx *e;

	if (!k) {
		r->failed = true;
		return NULL;
	}
	e = rx_field(r, "meta", (const char *const[]){ k->name, NULL }, k->type, k->bits, k->byteorder);
	e->kind = RX_META;
	e->f.key = key;
	e->f.ast->field->unqualified = k->bare;
	return e;
}

static void raise_meta(struct raise *r, const void *body)
{
	const struct bc_meta *m = body;
	struct rx *e = raise_meta_of(r, m->key);
	const struct rx *v;
	struct ast_stmt *s;

	if (!e)
		return;
	if (!BC_HAS(m, NFTA_META_SREG)) {
		raise_reg_set(r, m->dreg, e);
		return;
	}
	v = raise_reg_bytes(r, m->sreg, raise_bytes(e->t.bits));
	if (!v)
		return;
	v = raise_complete(r, v, false);
	s = raise_emit(r, "set");
	s->a = e->f.ast;
	s->a->field->unqualified = false;
	s->b = raise_as(r, v, &e->t);
}

const struct raise_type raise_meta_type = { "meta", raise_meta };
