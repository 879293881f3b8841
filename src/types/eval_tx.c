/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Typed expressions: making, comparing and naming them. See typed.h. */
#include <string.h>

#include "base/bytes.h"
#include "src/types/typed.h"

struct tx *tx_new(struct eval *v, enum tx_kind kind, struct place at, const struct datatype *type, enum byteorder bo, uint32_t bits)
{
	struct tx *e = arena_new_of(v->a, struct tx);

	e->kind = (uint8_t)kind;
	e->at = at;
	e->type = type;
	e->bo = (uint8_t)bo;
	e->bits = bits;
	return e;
}

struct tx *tx_value(struct eval *v, struct place at, const struct datatype *type, enum byteorder bo, uint32_t bits, u128 value)
{
	struct tx *e = tx_new(v, TX_VALUE, at, type, bo, bits);

	e->constant = true;
	e->v = value;
	return e;
}

struct tx *tx_binop(struct eval *v, enum ast_op op, struct tx *a, struct tx *b)
{
	struct tx *e = tx_new(v, TX_BINOP, place_span(a->at, b->at), a->type, a->bo, a->bits);

	e->op = (uint8_t)op;
	e->a = a;
	e->b = b;
	e->inner = a->inner;
	return e;
}

uint32_t tx_type_id(const struct tx *e)
{
	uint32_t id = 0;

	if (e->kind != TX_CONCAT)
		return e->type->id;
	for (const struct tx *p = e->parts; p; p = p->next)
		id = id << TYPE_BITS | p->type->id;
	return id;
}

static uint32_t bytes_of(uint32_t bits)
{
	return (bits + 7) / 8;
}

uint32_t tx_bytes(const struct tx *e)
{
	uint32_t n = 0;

	if (e->kind != TX_CONCAT)
		return bytes_of(e->bits);
	for (const struct tx *p = e->parts; p; p = p->next)
		n += (bytes_of(p->bits) + 3) & ~3u;
	return n;
}

const char *tx_type_desc(struct arena *a, const struct tx *e)
{
	buf_auto b = { 0 };

	if (e->kind != TX_CONCAT)
		return e->type->desc;
	for (const struct tx *p = e->parts; p; p = p->next)
		buf_printf(&b, "%s%s", p == e->parts ? "" : ", ", p->type->desc);
	return arena_printf(a, "concatenation of (%s)", buf_str(&b));
}

bool tx_same_type(const struct tx *a, const struct tx *b)
{
	const struct tx *p, *q;

	if (a->kind != TX_CONCAT && b->kind != TX_CONCAT)
		return a->type == b->type || (a->type->id && a->type->id == b->type->id);
	if (a->kind != b->kind)
		return false;
	for (p = a->parts, q = b->parts; p && q; p = p->next, q = q->next)
		if (!tx_same_type(p, q))
			return false;
	return !p && !q;
}

static bool same_load(const struct tx *a, const struct tx *b)
{
	if (a->load != b->load || a->inner != b->inner)
		return false;
	switch ((enum tx_load)a->load) {
	case LOAD_PAYLOAD:
		return a->payload.base == b->payload.base && a->payload.off == b->payload.off;
	case LOAD_EXTHDR:
		return a->exthdr.op == b->exthdr.op && a->exthdr.type == b->exthdr.type && a->exthdr.flags == b->exthdr.flags &&
		       a->exthdr.off == b->exthdr.off;
	case LOAD_META:
		return a->meta.key == b->meta.key;
	case LOAD_CT:
		return a->ct.key == b->ct.key && a->ct.dir == b->ct.dir;
	case LOAD_RT:
		return a->rt.key == b->rt.key;
	case LOAD_SOCKET:
		return a->socket.key == b->socket.key && a->socket.level == b->socket.level;
	case LOAD_OSF:
		return a->osf.ttl == b->osf.ttl && a->osf.flags == b->osf.flags;
	case LOAD_FIB:
		return a->fib.flags == b->fib.flags && a->fib.result == b->fib.result;
	case LOAD_XFRM:
		return a->xfrm.dir == b->xfrm.dir && a->xfrm.key == b->xfrm.key && a->xfrm.spnum == b->xfrm.spnum;
	case LOAD_TUNNEL:
		return a->tunnel.key == b->tunnel.key;
	case LOAD_NUMGEN: /* each reading is another number */
	case LOAD_HASH:
	case LOADS:
		break;
	}
	return false;
}

bool tx_same(const struct tx *a, const struct tx *b)
{
	if (a->kind != b->kind || a->bits != b->bits)
		return false;
	switch ((enum tx_kind)a->kind) {
	case TX_VALUE:
		return a->v == b->v;
	case TX_LOAD:
		return same_load(a, b);
	case TX_BINOP:
		return a->op == b->op && tx_same(a->a, b->a) && tx_same(a->b, b->b);
	case TX_ORDER:
		return a->op == b->op && tx_same(a->a, b->a);
	default:
		return false;
	}
}

const char *tx_kind_name(const struct tx *e)
{
	static const char *const kinds[] = {
		[TX_VALUE] = "value", [TX_PREFIX] = "prefix", [TX_RANGE] = "range", [TX_BINOP] = "binop", [TX_ORDER] = "unary",
		[TX_CONCAT] = "concat", [TX_SET] = "set reference", [TX_MAP] = "map", [TX_VERDICT] = "verdict",
	};
	static const char *const loads[] = {
		[LOAD_PAYLOAD] = "payload", [LOAD_EXTHDR] = "exthdr", [LOAD_META] = "meta", [LOAD_CT] = "ct", [LOAD_RT] = "rt",
		[LOAD_SOCKET] = "socket", [LOAD_OSF] = "osf", [LOAD_FIB] = "fib", [LOAD_XFRM] = "xfrm", [LOAD_NUMGEN] = "numgen",
		[LOAD_HASH] = "hash", [LOAD_TUNNEL] = "tunnel",
	};

	return e->kind == TX_LOAD ? loads[e->load] : kinds[e->kind];
}

const struct datatype *type_root(const struct datatype *t)
{
	while (t->base)
		t = t->base;
	return t;
}

static u128 end_of(const struct tx *e, bool upper)
{
	const struct tx *a = e->a;
	u128 host;

	switch ((enum tx_kind)e->kind) {
	case TX_RANGE:
		return upper ? e->b->v : a->v;
	case TX_PREFIX:
		host = e->bits - e->len >= 128 ? ~(u128)0 : ((u128)1 << (e->bits - e->len)) - 1;
		return upper ? a->v | host : a->v & ~host;
	default:
		return e->v;
	}
}

void tx_ends(const struct tx *e, u128 *lo, u128 *hi)
{
	if (lo)
		*lo = end_of(e, false);
	if (hi)
		*hi = end_of(e, true);
}

void tx_store(const struct tx *e, bool upper, uint8_t *out)
{
	uint32_t n;

	if (e->kind != TX_CONCAT) {
		value_store(end_of(e, upper), bytes_of(e->bits), e->bo, out);
		return;
	}
	for (const struct tx *p = e->parts; p; p = p->next) {
		n = bytes_of(p->bits);
		tx_store(p, upper, out);
		memset(out + n, 0, -n & 3);
		out += (n + 3) & ~3u;
	}
}

struct expect expect_type(const struct datatype *type, enum byteorder bo, uint32_t bits)
{
	return (struct expect){ .type = type, .bo = bo, .bits = bits ? bits : type->bits };
}

struct expect expect_like(const struct tx *e)
{
	struct expect x = { .type = e->type, .bo = e->bo, .bits = e->vbits ? e->vbits : e->bits };

	if (e->kind == TX_CONCAT)
		x.key = e;
	if (e->kind == TX_LOAD && e->load == LOAD_NUMGEN)
		x.max = (u128)e->numgen.mod + e->numgen.off - 1;
	if (e->kind == TX_LOAD && e->load == LOAD_HASH)
		x.max = (u128)e->hash.mod + e->hash.off - 1;
	return x;
}
