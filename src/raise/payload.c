/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * payload: bytes of the packet, named by the headers known at this place of the rule.
 *
 *   payload load 2b @ transport header + 2, with tcp known:  tcp dport     with nothing known:  th dport
 *   payload load 4b @ network header + 12, nothing known:    @nh,96,32
 *   cmp of 4 bytes @ th + 0 against 00 16 00 50, tcp known:  tcp sport 22 tcp dport 80   (nft had merged them)
 *   cmp of 2 bytes @ nh + 12 against 0a 00, ip known:        ip saddr 10.0.0.0/16
 */
#include "src/raise/rx.h"

static const char *const base_names[] = { "ll", "nh", "th", "ih" };

static const struct rproto *context_of(const struct raise *r, const struct rx *pl)
{
	return pl->pl.tunnel ? &r->inner : &r->proto;
}

static const struct rx *named(struct raise *r, const struct rx *pl, const struct proto *p, const struct proto_field *f)
{
	struct rx *e = rx_new(r, RX_PAYLOAD, f ? f->type : &type_xinteger, f ? f->len : pl->t.bits, f ? f->byteorder : BO_BIG);

	e->pl = pl->pl;
	e->pl.proto = p;
	e->pl.field = f;
	e->swapped = pl->swapped;
	if (e->swapped)
		e->t.bo = e->t.bo == BO_BIG ? BO_HOST : BO_BIG;
	return e;
}

/* Of several link layer headers the last that begins at or before off. */
static const struct rlayer *link_header(const struct rproto *p, uint32_t off)
{
	if (off >= p->at[PROTO_LL].off)
		return &p->at[PROTO_LL];
	for (unsigned i = p->n_under; i--;)
		if (off >= p->under[i].off)
			return &p->under[i];
	return &p->at[PROTO_LL];
}

/* The header that an offset falls into, and the offset in it; NULL where none is known. */
static const struct proto *header_at(const struct raise *r, const struct rx *pl, uint32_t off, uint32_t *rel)
{
	const struct rlayer *l;

	if (pl->pl.base >= PROTO_BASES)
		return NULL;
	l = &context_of(r, pl)->at[pl->pl.base];
	if (pl->pl.base == PROTO_LL)
		l = link_header(context_of(r, pl), off);
	if (!l->p || l->p->kind != PROTO_HEADER || off < l->off)
		return NULL;
	*rel = off - l->off;
	return l->p;
}

const struct rx *raise_payload_field(struct raise *r, const struct rx *pl, uint32_t off, uint32_t bits)
{
	const struct proto_field *f = NULL;
	const struct proto *p;
	const struct rx *e;
	uint32_t rel;

	p = header_at(r, pl, off, &rel);
	if (p)
		f = proto_field_at(p, rel, bits, context_of(r, pl)->icmp_type);
	if (!f && pl->pl.base == PROTO_TH) {
		p = &proto_th;
		f = proto_field_at(p, off, bits, -1);
	}
	if (!f)
		return NULL;
	e = named(r, pl, p, f);
	raise_depend_payload(r, e);
	return e;
}

const struct rx *raise_payload_name(struct raise *r, const struct rx *pl)
{
	const struct rx *e = pl->pl.field ? pl : raise_payload_field(r, pl, pl->pl.off, pl->t.bits);

	return e ? e : named(r, pl, NULL, NULL);
}

struct ast_expr *raise_payload_ast(struct raise *r, const struct rx *pl)
{
	struct ast_expr *e, *outer;
	char word[32];

	if (!pl->pl.field) {
		e = ast_expr(r->a, AST_RAW, (struct place){});
		e->text = pl->pl.base < PROTO_BASES ? base_names[pl->pl.base] : arena_printf(r->a, "%u", pl->pl.base);
		e->num = pl->pl.off;
		e->num2 = pl->t.bits;
	} else {
		const char *name = pl->pl.field->name, *blank = strchr(name, ' ');

		e = ast_field(r->a, pl->pl.proto->name, (struct place){});
		if (blank && (size_t)(blank - name) < sizeof(word)) { /* arp "saddr ip" */
			ast_field_word(r->a, e, arena_memdup(r->a, name, blank - name), (struct place){});
			name = blank + 1;
		}
		ast_field_word(r->a, e, name, (struct place){});
	}
	if (!pl->pl.tunnel)
		return e;
	outer = ast_field(r->a, pl->pl.tunnel->name, (struct place){});
	outer->a = e;
	return outer;
}

/* ---- a match against one value: several fields may have been merged into it ------------------------- */

static bool has_icmp_type(const struct proto *p, const struct proto_field *f, int type)
{
	const struct proto_dep *d;

	if (!f->dep || type < 0)
		return true;
	d = &p->deps[f->dep];
	for (unsigned i = 0; i < d->n; i++)
		if (d->type[i] == type)
			return true;
	return false;
}

/* The first field that begins here and fits, else the first of any length: then the value is a prefix of it. */
static const struct proto_field *field_from(const struct proto *p, uint32_t rel, uint32_t bits, int icmp_type)
{
	const struct proto_field *longer = NULL;

	for (unsigned i = 0; i < p->n_fields; i++) {
		const struct proto_field *f = &p->fields[i];

		if (f->off != rel || (f->flags & PROTO_F_ALIAS) || !has_icmp_type(p, f, icmp_type))
			continue;
		if (f->len <= bits)
			return f;
		if (!longer)
			longer = f;
	}
	return longer;
}

static bool is_stacked(const struct rx *pl, u128 value)
{
	const struct proto *up = proto_upper(pl->pl.proto, value);

	return up && up->base == pl->pl.proto->base;
}

static struct ast_expr *prefix_of(struct raise *r, const struct rtype *t, u128 value, unsigned bits)
{
	struct ast_expr *e = ast_expr(r->a, AST_PREFIX, (struct place){});

	e->a = raise_typed(r, t, value << (t->bits - bits));
	e->num = bits;
	return e;
}

/* `field op value`, of which the first `bits` bits are compared. */
static void emit_field(struct raise *r, enum ast_op op, const struct rx *f, u128 value, unsigned bits)
{
	struct rproto *ctx = f->pl.tunnel ? &r->inner : &r->proto;
	struct rstmt *s;
	bool whole = bits == f->t.bits, key = op == AST_OP_EQ && whole && raise_is_key(f);
	unsigned stacked = 0;

	if (op == AST_OP_EQ && whole && f->pl.field) {
		stacked = is_stacked(f, value);
		raise_learn(r, ctx, f, value);
	}
	raise_depend_payload(r, f);
	if (key) {
		s = raise_emit_promise(r, f, value);
		s->inner = f->pl.tunnel;
		raise_depend_store(r, s, f->pl.base + 1 - stacked);
		return;
	}
	raise_emit_match(r, op, f, whole ? raise_typed(r, &f->t, value) : prefix_of(r, &f->t, value, bits),
			 raise_is_flags(f->t.type) && whole);
}

static u128 low_bits(u128 v, unsigned bits)
{
	return bits >= 128 ? v : v & (((u128)1 << bits) - 1);
}

void raise_payload_match(struct raise *r, enum ast_op op, const struct rx *pl, const struct rx *value)
{
	static const struct rtype big = { .type = &type_xinteger, .bo = BO_BIG };
	uint32_t left = value->val.len * 8 < pl->t.bits ? value->val.len * 8 : pl->t.bits, off = pl->pl.off, rel;
	u128 v = raise_load(&big, value->val.p, raise_bytes(left));
	struct rx rest = *pl;

	if (pl->pl.field) {
		emit_field(r, op, pl, v, left < pl->t.bits ? left : pl->t.bits);
		return;
	}
	while (left) {
		const struct proto *p = header_at(r, pl, off, &rel);
		const struct proto_field *f = p ? field_from(p, rel, left, context_of(r, pl)->icmp_type) : NULL;
		const struct rx *e;
		unsigned n;

		rest.pl.off = off;
		rest.t.bits = left;
		if (!f || (op == AST_OP_NE && f->len < left)) {
			e = raise_payload_name(r, &rest);
			emit_field(r, op, e, low_bits(v, left), left);
			return;
		}
		n = f->len < left ? f->len : left;
		e = named(r, &rest, p, f);
		emit_field(r, op, e, low_bits(v >> (left - n), n), n);
		off += n;
		left -= n;
	}
}

/* ---- payload set --------------------------------------------------------------------------------------- */

static u128 load_big(const struct bc_data *d)
{
	static const struct rtype big = { .type = &type_integer, .bo = BO_BIG };

	return raise_load(&big, d->value, d->len);
}

/*
 * A field that is narrower than what is written: the rest is read and put back.
 *   payload load 2b @ nh + 8; reg = (reg & 00ff) ^ 4000; payload write 2b @ nh + 8    is  ip ttl set 64
 */
static const struct rx *set_part(struct raise *r, const struct rx *pl, const struct rx *v, u128 *value)
{
	unsigned bits = pl->t.bits, low;
	const struct rx *f;
	u128 mask;

	if (v->kind != RX_MASK || v->m.a->kind != RX_PAYLOAD || v->m.a->pl.base != pl->pl.base || v->m.a->pl.off != pl->pl.off ||
	    v->m.a->t.bits != bits || v->m.mask->len * 8 != bits || bits > 128)
		return NULL;
	mask = low_bits(~load_big(v->m.mask), bits);
	f = mask ? raise_bitfield(r, pl, mask) : NULL;
	if (!f && mask && !raise_payload_name(r, pl)->pl.field)
		f = raise_raw_bits(r, pl, mask);
	if (!f)
		return NULL;
	low = f->t.shift;
	*value = load_big(v->m.xor);
	if (*value & ~mask)
		return NULL;
	*value >>= low;
	return f;
}

static void mangle(struct raise *r, const struct rx *pl, const struct rx *v)
{
	struct ast_stmt *s;
	const struct rx *f;
	u128 value;

	f = set_part(r, pl, v, &value);
	if (f) {
		struct rtype t = f->t;

		t.shift = 0;
		s = raise_emit(r, "set");
		s->a = raise_payload_ast(r, f);
		s->b = raise_typed(r, &t, value);
		return;
	}
	f = raise_payload_name(r, pl);
	s = raise_emit(r, "set");
	s->a = raise_payload_ast(r, f);
	s->b = raise_use(r, v, &f->t);
}

struct rx *raise_payload_of(struct raise *r, const struct bc_payload *p)
{
	struct rx *e = rx_new(r, RX_PAYLOAD, &type_xinteger, p->len * 8, BO_BIG);

	e->pl.base = p->base;
	e->pl.off = p->offset * 8;
	return e;
}

static void raise_payload(struct raise *r, const void *body)
{
	const struct bc_payload *p = body;
	struct rx *e = raise_payload_of(r, p);
	const struct rx *v;

	if (BC_HAS(p, NFTA_PAYLOAD_DREG)) {
		raise_reg_set(r, p->dreg, e);
		return;
	}
	v = raise_reg_bytes(r, p->sreg, p->len);
	if (v)
		mangle(r, e, v);
}

const struct raise_type raise_payload_type = { "payload", raise_payload };
