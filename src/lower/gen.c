/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Typed expressions to bytecode. See gen.h. Register numbering: nf_tables_api.c, nft_parse_register. */
#include "src/lower/gen.h"

#include <assert.h>

enum { WORDS = 16, VALUE_WORDS = 4 };

void gen_init(struct gen *g, struct arena *a, uint8_t family, const char *table)
{
	*g = (struct gen){ .a = a, .family = family, .table = table };
	g->tail = &g->first;
}

void *gen_add(struct gen *g, const char *name)
{
	struct bc_expr **at = g->tail;
	void *body = bc_expr_add(g->a, &g->tail, name);

	if (g->placed)
		g->placed(g->ctx, *at, g->at);
	return body;
}

uint32_t gen_words(const struct tx *e)
{
	return e && e->kind == TX_CONCAT ? tx_bytes(e) / 4 : VALUE_WORDS;
}

uint32_t gen_reg(struct gen *g, const struct tx *e)
{
	uint32_t word = g->reg;

	g->reg += gen_words(e);
	return word;
}

void gen_free(struct gen *g, uint32_t word)
{
	g->reg = word;
}

uint32_t gen_wire(uint32_t word)
{
	if (word == GEN_VERDICT)
		return NFT_REG_VERDICT;
	return word % VALUE_WORDS ? NFT_REG32_00 + word : NFT_REG_1 + word / VALUE_WORDS;
}

/* ---- constants ------------------------------------------------------------------------------------ */

struct bc_data gen_bytes(struct gen *g, u128 v, uint32_t bytes, enum byteorder bo, bool text_host)
{
	uint8_t *p = arena_alloc(g->a, bytes ? bytes : 1);

	value_store(v, bytes, bo, p);
	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = bytes, .value = p, .host_order = text_host };
}

static bool text_host(const struct tx *e)
{
	return e->bo == BO_HOST && type_root(e->type) != &type_string;
}

struct bc_data gen_data(struct gen *g, const struct tx *e, bool upper)
{
	uint32_t n = tx_bytes(e);
	uint8_t *p = arena_alloc(g->a, n ? n : 1);

	tx_store(e, upper, p);
	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = n, .value = p, .host_order = e->kind != TX_CONCAT && text_host(e) };
}

void gen_immediate(struct gen *g, const struct tx *value, uint32_t word)
{
	struct bc_immediate *i = gen_add(g, "immediate");

	BC_SET(i, NFTA_IMMEDIATE_DREG, dreg, gen_wire(word));
	BC_SET(i, NFTA_IMMEDIATE_DATA, data, gen_data(g, value, false));
}

void gen_verdict(struct gen *g, const struct tx *v)
{
	struct bc_immediate *i = gen_add(g, "immediate");

	BC_SET(i, NFTA_IMMEDIATE_DREG, dreg, NFT_REG_VERDICT);
	BC_MARK(i, NFTA_IMMEDIATE_DATA);
	i->data = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = v->verdict, .chain = v->chain, .has_chain_id = v->chain_id != 0,
				    .chain_id = v->chain_id };
}

/* ---- operators --------------------------------------------------------------------------------------- */

static u128 ones(uint32_t bits)
{
	return bits >= 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
}

struct bc_bitwise *gen_bitwise(struct gen *g, uint32_t word, uint32_t bytes, enum byteorder bo, u128 mask, u128 xor)
{
	struct bc_bitwise *b = gen_add(g, "bitwise");

	BC_SET(b, NFTA_BITWISE_SREG, sreg, gen_wire(word));
	BC_SET(b, NFTA_BITWISE_DREG, dreg, gen_wire(word));
	BC_SET(b, NFTA_BITWISE_LEN, len, bytes);
	BC_SET(b, NFTA_BITWISE_MASK, mask, gen_bytes(g, mask, bytes, bo, bo == BO_HOST));
	BC_SET(b, NFTA_BITWISE_XOR, xor, gen_bytes(g, xor, bytes, bo, bo == BO_HOST));
	return b;
}

static bool masks(const struct tx *e)
{
	return e->kind == TX_BINOP && e->b->constant && (e->op == AST_OP_AND || e->op == AST_OP_OR || e->op == AST_OP_XOR);
}

/* A chain of & | ^ with constants is one (reg & mask) ^ xor. */
static const struct tx *fold_masks(const struct tx *e, uint32_t bits, u128 *mask, u128 *xor)
{
	const struct tx *base;
	u128 v;

	if (!masks(e)) {
		*mask = ones(bits);
		*xor = 0;
		return e;
	}
	base = fold_masks(e->a, bits, mask, xor);
	v = e->b->v;
	switch (e->op) {
	case AST_OP_AND:
		*mask &= v;
		*xor &= v;
		break;
	case AST_OP_OR:
		*mask &= ~v;
		*xor |= v;
		break;
	default:
		*xor ^= v;
	}
	return base;
}

static void gen_masks(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_bitwise *b;
	u128 mask, xor;

	gen_expr(g, fold_masks(e, e->bits, &mask, &xor), word);
	b = gen_bitwise(g, word, (e->bits + 7) / 8, e->bo, mask, xor);
	BC_SET(b, NFTA_BITWISE_OP, op, NFT_BITWISE_MASK_XOR);
}

static void gen_two(struct gen *g, const struct tx *e, uint32_t word)
{
	static const uint32_t ops[] = { [AST_OP_AND] = NFT_BITWISE_AND, [AST_OP_OR] = NFT_BITWISE_OR, [AST_OP_XOR] = NFT_BITWISE_XOR };
	struct bc_bitwise *b;
	uint32_t other;

	gen_expr(g, e->a, word);
	other = gen_reg(g, e->b);
	gen_expr(g, e->b, other);
	gen_free(g, other);
	b = gen_add(g, "bitwise");
	BC_SET(b, NFTA_BITWISE_SREG, sreg, gen_wire(word));
	BC_SET(b, NFTA_BITWISE_SREG2, sreg2, gen_wire(other));
	BC_SET(b, NFTA_BITWISE_DREG, dreg, gen_wire(word));
	BC_SET(b, NFTA_BITWISE_OP, op, ops[e->op]);
	BC_SET(b, NFTA_BITWISE_LEN, len, (e->bits + 7) / 8);
}

static void add_shift(struct gen *g, uint32_t word, uint32_t bytes, enum ast_op op, u128 by)
{
	struct bc_bitwise *b = gen_add(g, "bitwise");

	BC_SET(b, NFTA_BITWISE_SREG, sreg, gen_wire(word));
	BC_SET(b, NFTA_BITWISE_DREG, dreg, gen_wire(word));
	BC_SET(b, NFTA_BITWISE_OP, op, op == AST_OP_LSHIFT ? NFT_BITWISE_LSHIFT : NFT_BITWISE_RSHIFT);
	BC_SET(b, NFTA_BITWISE_LEN, len, bytes);
	BC_SET(b, NFTA_BITWISE_DATA, data, gen_bytes(g, by, 4, BO_HOST, true));
}

static void gen_shift(struct gen *g, const struct tx *e, uint32_t word)
{
	gen_expr(g, e->a, word);
	add_shift(g, word, (e->bits + 7) / 8, e->op, e->b->v);
}

static void gen_binop(struct gen *g, const struct tx *e, uint32_t word)
{
	if (masks(e))
		gen_masks(g, e, word);
	else if (e->op == AST_OP_LSHIFT || e->op == AST_OP_RSHIFT)
		gen_shift(g, e, word);
	else
		gen_two(g, e, word);
}

static void add_order(struct gen *g, uint32_t word, uint32_t op, uint32_t bytes)
{
	struct bc_byteorder *b = gen_add(g, "byteorder");

	BC_SET(b, NFTA_BYTEORDER_SREG, sreg, gen_wire(word));
	BC_SET(b, NFTA_BYTEORDER_DREG, dreg, gen_wire(word));
	BC_SET(b, NFTA_BYTEORDER_OP, op, op);
	BC_SET(b, NFTA_BYTEORDER_LEN, len, bytes);
	BC_SET(b, NFTA_BYTEORDER_SIZE, size, bytes % 8 == 0 ? 8 : bytes % 4 == 0 ? 4 : 2);
}

/* Three bytes are turned as four, of which one is shifted out: the kernel turns whole 2, 4 or 8. */
static void gen_order(struct gen *g, const struct tx *e, uint32_t word)
{
	uint32_t bytes = (e->a->bits + 7) / 8;

	gen_expr(g, e->a, word);
	if (bytes != 3) {
		add_order(g, word, e->op, bytes);
		return;
	}
	if (e->op == NFT_BYTEORDER_HTON)
		add_shift(g, word, 4, AST_OP_LSHIFT, 8);
	add_order(g, word, e->op, 4);
	if (e->op == NFT_BYTEORDER_NTOH)
		add_shift(g, word, 4, AST_OP_RSHIFT, 8);
}

/* ---- expressions ---------------------------------------------------------------------------------------- */

void gen_lookup(struct gen *g, const struct tset *s, uint32_t sreg, const uint32_t *dreg, bool invert)
{
	struct bc_lookup *l = gen_add(g, "lookup");

	BC_SET(l, NFTA_LOOKUP_SET, set, s->name);
	BC_SET(l, NFTA_LOOKUP_SREG, sreg, gen_wire(sreg));
	if (dreg)
		BC_SET(l, NFTA_LOOKUP_DREG, dreg, gen_wire(*dreg));
	if (s->id)
		BC_SET(l, NFTA_LOOKUP_SET_ID, set_id, s->id);
	if (invert)
		BC_SET(l, NFTA_LOOKUP_FLAGS, flags, NFT_LOOKUP_F_INV);
}

static void gen_map(struct gen *g, const struct tx *e, uint32_t word)
{
	uint32_t sreg = word == GEN_VERDICT ? gen_reg(g, e->key) : word;

	gen_expr(g, e->key, sreg);
	gen_lookup(g, e->set, sreg, &word, false);
	if (word == GEN_VERDICT)
		gen_free(g, sreg);
}

static void gen_kind(struct gen *g, const struct tx *e, uint32_t word);

static const struct load_type *const loads[LOADS] = {
	[LOAD_PAYLOAD] = &load_payload, [LOAD_EXTHDR] = &load_exthdr, [LOAD_META] = &load_meta, [LOAD_CT] = &load_ct, [LOAD_RT] = &load_rt,
	[LOAD_SOCKET] = &load_socket, [LOAD_OSF] = &load_osf, [LOAD_FIB] = &load_fib, [LOAD_XFRM] = &load_xfrm,
	[LOAD_NUMGEN] = &load_numgen, [LOAD_HASH] = &load_hash, [LOAD_TUNNEL] = &load_tunnel,
};

void gen_expr(struct gen *g, const struct tx *e, uint32_t word)
{
	struct place outer = g->at;

	g->at = e->at;
	gen_kind(g, e, word);
	g->at = outer;
}

static void gen_kind(struct gen *g, const struct tx *e, uint32_t word)
{
	switch ((enum tx_kind)e->kind) {
	case TX_VALUE:
		gen_immediate(g, e, word);
		return;
	case TX_LOAD:
		loads[e->load]->load(g, e, word);
		return;
	case TX_BINOP:
		gen_binop(g, e, word);
		return;
	case TX_ORDER:
		gen_order(g, e, word);
		return;
	case TX_CONCAT:
		for (const struct tx *p = e->parts; p; p = p->next) {
			gen_expr(g, p, word);
			word += ((p->bits + 7) / 8 + 3) / 4;
		}
		return;
	case TX_MAP:
		gen_map(g, e, word);
		return;
	case TX_VERDICT:
		gen_verdict(g, e);
		return;
	case TX_PREFIX:
	case TX_RANGE:
	case TX_SET:
		break;
	}
	assert(!"not an expression to load");
}

uint32_t gen_arg(struct gen *g, const struct tx *e)
{
	uint32_t word = gen_reg(g, e);

	gen_expr(g, e, word);
	return gen_wire(word);
}

void gen_vmap(struct gen *g, const struct tx *map)
{
	gen_map(g, map, GEN_VERDICT);
}

/* ---- relations --------------------------------------------------------------------------------------------- */

static void gen_cmp(struct gen *g, uint32_t word, uint32_t op, struct bc_data data)
{
	struct bc_cmp *c = gen_add(g, "cmp");

	BC_SET(c, NFTA_CMP_SREG, sreg, gen_wire(word));
	BC_SET(c, NFTA_CMP_OP, op, op);
	BC_SET(c, NFTA_CMP_DATA, data, data);
}

static uint32_t cmp_op(enum ast_op op)
{
	static const uint32_t ops[] = {
		[AST_OP_IMPLICIT] = NFT_CMP_EQ, [AST_OP_EQ] = NFT_CMP_EQ, [AST_OP_NE] = NFT_CMP_NEQ, [AST_OP_LT] = NFT_CMP_LT,
		[AST_OP_GT] = NFT_CMP_GT, [AST_OP_LE] = NFT_CMP_LTE, [AST_OP_GE] = NFT_CMP_GTE,
	};

	return ops[op];
}

/* Some of these bits are set: `ct state new,established`; or none of them: `ct status ! dnat`. */
static void gen_flags(struct gen *g, const struct trel *r, uint32_t word)
{
	uint32_t n = tx_bytes(r->left);

	gen_expr(g, r->left, word);
	gen_bitwise(g, word, n, r->left->bo, r->right->v, 0);
	gen_cmp(g, word, r->op == AST_OP_NOT ? NFT_CMP_EQ : NFT_CMP_NEQ, gen_bytes(g, 0, n, r->left->bo, text_host(r->left)));
}

/* Where a prefix ends at a byte, only the bytes before it are compared. */
static void gen_prefix(struct gen *g, const struct trel *r, uint32_t word)
{
	const struct tx *p = r->right, *left = r->left;
	bool string = type_root(left->type) == &type_string;
	struct bc_data data = gen_data(g, p, false);
	struct tx part = *left;

	if (!string && (p->bo != BO_BIG || !p->len || p->len % 8 || p->bits % 8)) {
		gen_expr(g, left, word);
		gen_bitwise(g, word, tx_bytes(left), p->bo, ones(p->bits) ^ ones(p->bits - p->len), 0);
	} else {
		if (string)
			value_store(p->a->v, data.len, BO_HOST, (uint8_t *)data.value);
		data.len = (p->len + 7) / 8;
		if (left->kind == TX_LOAD && left->load == LOAD_PAYLOAD)
			part.bits = p->len;
		gen_expr(g, &part, word);
	}
	gen_cmp(g, word, cmp_op(r->op), data);
}

static void gen_range(struct gen *g, const struct trel *r, uint32_t word)
{
	struct bc_range *b;

	gen_expr(g, r->left, word);
	b = gen_add(g, "range");
	BC_SET(b, NFTA_RANGE_SREG, sreg, gen_wire(word));
	BC_SET(b, NFTA_RANGE_OP, op, r->op == AST_OP_NE ? NFT_RANGE_NEQ : NFT_RANGE_EQ);
	BC_SET(b, NFTA_RANGE_FROM_DATA, from, gen_data(g, r->right->a, false));
	BC_SET(b, NFTA_RANGE_TO_DATA, to, gen_data(g, r->right->b, false));
}

static bool tests_flags(const struct trel *r)
{
	if (r->op == AST_OP_NOT)
		return true;
	return r->op == AST_OP_IMPLICIT && r->left->kind != TX_BINOP && r->right->type->bitmask && r->right->type != &type_bitmask;
}

void gen_rel(struct gen *g, const struct trel *r)
{
	uint32_t word = gen_reg(g, r->left);

	switch ((enum tx_kind)r->right->kind) {
	case TX_SET:
		gen_expr(g, r->left, word);
		gen_lookup(g, r->right->set, word, NULL, r->op == AST_OP_NE);
		break;
	case TX_PREFIX:
		gen_prefix(g, r, word);
		break;
	case TX_RANGE:
		gen_range(g, r, word);
		break;
	default:
		if (tests_flags(r)) {
			gen_flags(g, r, word);
			break;
		}
		gen_expr(g, r->left, word);
		gen_cmp(g, word, cmp_op(r->op), gen_data(g, r->right, false));
	}
	gen_free(g, word);
}
