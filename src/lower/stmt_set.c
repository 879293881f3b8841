/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written: meta mark set 1, ct mark set …, tcp dport set 80, tcp option maxseg size set …, ct helper set "x".
 *
 * A header field is written in whole bytes, and where the header has a checksum, in whole aligned pairs of bytes: what is around the field is
 * loaded and put back.
 *
 *     ip dscp set cs1      bytes 0-1 = (bytes 0-1 & 0xff03) ^ 0x0020, checksum mended
 */
#include <string.h>

#include "src/lower/stmt.h"

struct set {
	struct tx *to, *value;
	uint32_t csum_offset, csum_type, csum_flags;
	bool csum;
};

/* ---- payload ------------------------------------------------------------------------------------------- */

static u128 ones(uint32_t bits)
{
	return bits >= 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
}

/* Bytes to write so that the field is within them, and how far up in them it lies. */
static void window(const struct tx *f, bool pairs, uint32_t *first, uint32_t *bytes, uint32_t *shift)
{
	uint32_t end = f->payload.off + f->bits;

	*first = f->payload.off / 8;
	*bytes = (end + 7) / 8 - *first;
	if (pairs) {
		uint32_t last = *first + *bytes;

		*first &= ~1u;
		*bytes = ((last + 1) & ~1u) - *first;
	}
	*shift = (*first + *bytes) * 8 - end;
}

static int around(struct eval *v, struct set *s, bool pairs)
{
	struct tx *f = s->to, *load, *val = s->value, *mask;
	uint32_t first, bytes, shift;

	window(f, pairs, &first, &bytes, &shift);
	if (first * 8 == f->payload.off && bytes * 8 == f->bits)
		return 0;
	if (bytes > 16)
		return diag_error(v->d, f->at, "payload statement for this expression is not supported");
	load = tx_new(v, TX_LOAD, f->at, f->type, BO_BIG, bytes * 8);
	load->load = LOAD_PAYLOAD;
	load->payload = f->payload;
	load->payload.off = first * 8;
	mask = tx_value(v, f->at, f->type, BO_BIG, bytes * 8, ones(bytes * 8) ^ (ones(f->bits) << shift));
	if (val->kind == TX_VALUE) {
		val = tx_value(v, val->at, val->type, BO_BIG, bytes * 8, val->v << shift);
	} else if (shift) {
		val = tx_binop(v, AST_OP_LSHIFT, val, tx_value(v, val->at, &type_integer, BO_HOST, 32, shift));
		val->bits = bytes * 8;
		val->bo = BO_HOST;
		val = eval_order(v, val, BO_BIG);
		if (!val)
			return -1;
	}
	s->value = tx_binop(v, AST_OP_XOR, tx_binop(v, AST_OP_AND, load, mask), val);
	s->value->bits = bytes * 8;
	f->bits = bytes * 8;
	f->payload.off = first * 8;
	return 0;
}

static int set_payload(struct eval *v, const struct ast_stmt *st, struct set *s)
{
	const struct proto *p = s->to->payload.proto;

	if (s->to->inner)
		return diag_error(v->d, s->to->at, "payload statement for this expression is not supported");
	s->value = eval_arg(v, st->b, s->to->type, BO_BIG, s->to->bits);
	if (s->value && !s->value->constant)
		s->value = eval_order(v, s->value, BO_BIG);
	if (!s->value)
		return -1;
	if (p && p->checksum_off >= 0) {
		s->csum = true;
		s->csum_type = p->checksum_type;
		s->csum_offset = (uint32_t)p->checksum_off;
	}
	if (p && p->base == PROTO_NH && (s->to->payload.field->flags & PROTO_F_PSEUDO))
		s->csum_flags = NFT_PAYLOAD_L4CSUM_PSEUDOHDR;
	return around(v, s, s->csum);
}

static void put_payload(struct gen *g, const struct set *s, uint32_t reg)
{
	struct bc_payload *p = gen_add(g, "payload");

	BC_SET(p, NFTA_PAYLOAD_SREG, sreg, reg);
	BC_SET(p, NFTA_PAYLOAD_BASE, base, s->to->payload.base);
	BC_SET(p, NFTA_PAYLOAD_OFFSET, offset, s->to->payload.off / 8);
	BC_SET(p, NFTA_PAYLOAD_LEN, len, s->to->bits / 8);
	if (s->csum) {
		BC_SET(p, NFTA_PAYLOAD_CSUM_TYPE, csum_type, s->csum_type);
		BC_SET(p, NFTA_PAYLOAD_CSUM_OFFSET, csum_offset, s->csum_offset);
	}
	if (s->csum_flags)
		BC_SET(p, NFTA_PAYLOAD_CSUM_FLAGS, csum_flags, s->csum_flags);
}

/* ---- the others ------------------------------------------------------------------------------------------ */

static void put_meta(struct gen *g, const struct set *s, uint32_t reg)
{
	struct bc_meta *m = gen_add(g, "meta");

	BC_SET(m, NFTA_META_KEY, key, s->to->meta.key);
	BC_SET(m, NFTA_META_SREG, sreg, reg);
}

static void put_ct(struct gen *g, const struct set *s, uint32_t reg)
{
	struct bc_ct *c = gen_add(g, "ct");

	BC_SET(c, NFTA_CT_KEY, key, s->to->ct.key);
	if (s->to->ct.dir >= 0)
		BC_SET(c, NFTA_CT_DIRECTION, direction, (uint8_t)s->to->ct.dir);
	BC_SET(c, NFTA_CT_SREG, sreg, reg);
}

static void put_exthdr(struct gen *g, const struct set *s, uint32_t reg)
{
	struct bc_exthdr *x = gen_add(g, "exthdr");

	BC_SET(x, NFTA_EXTHDR_SREG, sreg, reg);
	BC_SET(x, NFTA_EXTHDR_TYPE, type, s->to->exthdr.type);
	BC_SET(x, NFTA_EXTHDR_OFFSET, offset, s->to->exthdr.off / 8);
	BC_SET(x, NFTA_EXTHDR_LEN, len, s->to->bits / 8);
	BC_SET(x, NFTA_EXTHDR_OP, op, s->to->exthdr.op);
}

static int set_plain(struct eval *v, const struct ast_stmt *st, struct set *s)
{
	if (s->to->load == LOAD_EXTHDR && (s->to->bits % 8 || s->to->exthdr.off % 8))
		return diag_error(v->d, s->to->at, "a field of less than a byte cannot be set here");
	s->value = eval_arg(v, st->b, s->to->type, s->to->bo, s->to->bits);
	if (s->value && !s->value->constant && s->to->load == LOAD_EXTHDR)
		s->value = eval_order(v, s->value, s->to->bo);
	return s->value ? 0 : -1;
}

static const struct {
	enum tx_load load;
	int (*eval)(struct eval *v, const struct ast_stmt *st, struct set *s);
	void (*put)(struct gen *g, const struct set *s, uint32_t reg);
} kinds[] = {
	{ LOAD_PAYLOAD, set_payload, put_payload },
	{ LOAD_META, set_plain, put_meta },
	{ LOAD_CT, set_plain, put_ct },
	{ LOAD_EXTHDR, set_plain, put_exthdr },
};

/* ct helper set "x", meta secmark set "x": the object's type, or 0. */
static uint32_t object_type(const struct ast_stmt *s)
{
	static const struct { const char *head, *word; uint32_t type; } objects[] = {
		{ "ct", "helper", NFT_OBJECT_CT_HELPER }, { "ct", "timeout", NFT_OBJECT_CT_TIMEOUT },
		{ "ct", "expectation", NFT_OBJECT_CT_EXPECT }, { "meta", "secmark", NFT_OBJECT_SECMARK },
	};
	const struct ast_field *f = s->a->kind == AST_FIELD ? s->a->field : NULL;
	const struct ast_expr *b = eval_deref(s->b);

	if (!f || f->n_words != 1 || (b && b->kind == AST_FIELD))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(f->head, objects[i].head) && !strcmp(f->words[0].text, objects[i].word))
			return objects[i].type;
	return 0;
}

static int eval(struct eval *v, const struct ast_stmt *st, struct tstmt *out)
{
	uint32_t object = object_type(st);
	struct set *s;

	if (object)
		return stmt_object(v, st, st->b, object, out);
	s = out->body = arena_new_of(v->a, struct set);
	v->whole = true;
	s->to = eval_expr(v, st->a, (struct expect){ 0 });
	v->whole = false;
	if (!s->to)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (s->to->kind == TX_LOAD && s->to->load == kinds[i].load)
			return kinds[i].eval(v, st, s);
	return diag_error(v->d, s->to->at, "%s cannot be set", tx_kind_name(s->to));
}

static void lower(struct gen *g, const struct tstmt *st)
{
	const struct set *s = st->body;
	uint32_t word = g->reg, reg = gen_arg(g, s->value);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (s->to->load == kinds[i].load)
			kinds[i].put(g, s, reg);
	gen_free(g, word);
}

const struct tstmt_type tstmt_set = { .name = "set", .eval = eval, .lower = lower };
