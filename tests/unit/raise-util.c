/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytecode as text. See raise-util.h. */
#include "tests/unit/raise-util.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/expr.h"
#include "src/types/proto.h"

enum { MAX_ARGS = 4 };

struct assembler {
	struct arena *a;
	struct bc_expr **tail;
	uint32_t reg;
	char *arg[MAX_ARGS];
};

struct bc_bytes raise_hex(struct arena *a, const char *hex)
{
	size_t n = hex ? strlen(hex) / 2 : 0;
	uint8_t *p = arena_alloc(a, n ? n : 1);

	for (size_t i = 0; i < n; i++) {
		unsigned v;

		ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &v), 1);
		p[i] = (uint8_t)v;
	}
	return (struct bc_bytes){ p, (uint32_t)n };
}

static struct bc_data data(struct assembler *s, unsigned i)
{
	struct bc_bytes b = raise_hex(s->a, s->arg[i]);

	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = b.len, .value = b.p };
}

static uint32_t number(struct assembler *s, unsigned i)
{
	ck_assert_ptr_nonnull(s->arg[i]);
	return (uint32_t)strtoul(s->arg[i], NULL, 0);
}

static uint32_t base(const char *name)
{
	static const char *const bases[] = { "ll", "nh", "th", "ih" };

	for (uint32_t i = 0; i < ARRAY_SIZE(bases); i++)
		if (!strcmp(bases[i], name))
			return i;
	ck_abort_msg("no base %s", name);
	return 0;
}

#define NEW(T, name) struct T *x = bc_expr_add(s->a, &s->tail, name)

static bool loads(struct assembler *s, const char *op)
{
	if (!strcmp(op, "meta") || !strcmp(op, "setmeta")) {
		NEW(bc_meta, "meta");
		BC_SET(x, NFTA_META_KEY, key, meta_key_by_name(s->arg[1])->key);
		if (*op == 'm')
			BC_SET(x, NFTA_META_DREG, dreg, s->reg);
		else
			BC_SET(x, NFTA_META_SREG, sreg, s->reg);
	} else if (!strcmp(op, "ct") || !strcmp(op, "setct")) {
		NEW(bc_ct, "ct");
		BC_SET(x, NFTA_CT_KEY, key, ct_key_by_name(s->arg[1], NULL)->key);
		if (*op == 'c')
			BC_SET(x, NFTA_CT_DREG, dreg, s->reg);
		else
			BC_SET(x, NFTA_CT_SREG, sreg, s->reg);
	} else if (!strcmp(op, "pl") || !strcmp(op, "write")) {
		NEW(bc_payload, "payload");
		BC_SET(x, NFTA_PAYLOAD_BASE, base, base(s->arg[1]));
		BC_SET(x, NFTA_PAYLOAD_OFFSET, offset, number(s, 2));
		BC_SET(x, NFTA_PAYLOAD_LEN, len, number(s, 3));
		if (*op == 'p')
			BC_SET(x, NFTA_PAYLOAD_DREG, dreg, s->reg);
		else
			BC_SET(x, NFTA_PAYLOAD_SREG, sreg, s->reg);
	} else if (!strcmp(op, "imm")) {
		NEW(bc_immediate, "immediate");
		BC_SET(x, NFTA_IMMEDIATE_DREG, dreg, s->reg);
		BC_SET(x, NFTA_IMMEDIATE_DATA, data, data(s, 1));
	} else {
		return false;
	}
	return true;
}

static bool matches(struct assembler *s, const char *op)
{
	static const char *const ops[] = { [NFT_CMP_EQ] = "eq",  [NFT_CMP_NEQ] = "ne", [NFT_CMP_LT] = "lt",
					   [NFT_CMP_LTE] = "le", [NFT_CMP_GT] = "gt",  [NFT_CMP_GTE] = "ge" };

	for (uint32_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strcmp(ops[i], op))
			continue;
		NEW(bc_cmp, "cmp");
		BC_SET(x, NFTA_CMP_SREG, sreg, s->reg);
		BC_SET(x, NFTA_CMP_OP, op, i);
		BC_SET(x, NFTA_CMP_DATA, data, data(s, 1));
		return true;
	}
	if (!strcmp(op, "range") || !strcmp(op, "nrange")) {
		NEW(bc_range, "range");
		BC_SET(x, NFTA_RANGE_SREG, sreg, s->reg);
		BC_SET(x, NFTA_RANGE_OP, op, *op == 'r' ? NFT_RANGE_EQ : NFT_RANGE_NEQ);
		BC_SET(x, NFTA_RANGE_FROM_DATA, from, data(s, 1));
		BC_SET(x, NFTA_RANGE_TO_DATA, to, data(s, 2));
		return true;
	}
	return false;
}

static bool operations(struct assembler *s, const char *op)
{
	if (!strcmp(op, "mask")) {
		NEW(bc_bitwise, "bitwise");
		BC_SET(x, NFTA_BITWISE_SREG, sreg, s->reg);
		BC_SET(x, NFTA_BITWISE_DREG, dreg, s->reg);
		BC_SET(x, NFTA_BITWISE_MASK, mask, data(s, 1));
		BC_SET(x, NFTA_BITWISE_XOR, xor, data(s, 2));
		BC_SET(x, NFTA_BITWISE_LEN, len, x->mask.len);
	} else if (!strcmp(op, "shl") || !strcmp(op, "shr")) {
		uint32_t n = number(s, 1);
		NEW(bc_bitwise, "bitwise");
		BC_SET(x, NFTA_BITWISE_SREG, sreg, s->reg);
		BC_SET(x, NFTA_BITWISE_DREG, dreg, s->reg);
		BC_SET(x, NFTA_BITWISE_LEN, len, 4);
		BC_SET(x, NFTA_BITWISE_OP, op, op[2] == 'l' ? NFT_BITWISE_LSHIFT : NFT_BITWISE_RSHIFT);
		x->data = (struct bc_data){ .kind = BC_DATA_VALUE, .len = 4, .value = (uint8_t *)arena_memdup(s->a, &n, 4) };
		BC_MARK(x, NFTA_BITWISE_DATA);
	} else if (!strcmp(op, "ntoh") || !strcmp(op, "hton")) {
		NEW(bc_byteorder, "byteorder");
		BC_SET(x, NFTA_BYTEORDER_SREG, sreg, s->reg);
		BC_SET(x, NFTA_BYTEORDER_DREG, dreg, s->reg);
		BC_SET(x, NFTA_BYTEORDER_OP, op, *op == 'n' ? NFT_BYTEORDER_NTOH : NFT_BYTEORDER_HTON);
		BC_SET(x, NFTA_BYTEORDER_LEN, len, number(s, 1));
	} else {
		return false;
	}
	return true;
}

static bool lookups(struct assembler *s, const char *op)
{
	bool in = !strcmp(op, "in"), notin = !strcmp(op, "notin"), vmap = !strcmp(op, "vmap");

	if (!in && !notin && !vmap && strcmp(op, "map"))
		return false;
	NEW(bc_lookup, "lookup");
	BC_SET(x, NFTA_LOOKUP_SET, set, s->arg[1]);
	BC_SET(x, NFTA_LOOKUP_SREG, sreg, s->reg);
	if (notin)
		BC_SET(x, NFTA_LOOKUP_FLAGS, flags, NFT_LOOKUP_F_INV);
	if (!in && !notin)
		BC_SET(x, NFTA_LOOKUP_DREG, dreg, vmap ? NFT_REG_VERDICT : s->reg);
	return true;
}

static int32_t verdict(const char *word)
{
	static const struct {
		const char *word;
		int32_t v;
	} verdicts[] = { { "accept", NF_ACCEPT },  { "drop", NF_DROP },  { "continue", NFT_CONTINUE },
			 { "return", NFT_RETURN }, { "jump", NFT_JUMP }, { "goto", NFT_GOTO } };

	for (unsigned i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (!strcmp(verdicts[i].word, word))
			return verdicts[i].v;
	ck_abort_msg("no verdict %s", word);
	return 0;
}

static bool statements(struct assembler *s, const char *op)
{
	if (!strcmp(op, "verdict")) {
		NEW(bc_immediate, "immediate");
		BC_SET(x, NFTA_IMMEDIATE_DREG, dreg, NFT_REG_VERDICT);
		x->data = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = verdict(s->arg[1]), .chain = s->arg[2] };
		BC_MARK(x, NFTA_IMMEDIATE_DATA);
	} else if (!strcmp(op, "counter")) {
		NEW(bc_counter, "counter");
		BC_SET(x, NFTA_COUNTER_PACKETS, packets, number(s, 1));
		BC_SET(x, NFTA_COUNTER_BYTES, bytes, number(s, 2));
	} else if (!strcmp(op, "last") || !strcmp(op, "notrack")) {
		bc_expr_add(s->a, &s->tail, op);
	} else if (!strcmp(op, "reject")) {
		NEW(bc_reject, "reject");
		BC_SET(x, NFTA_REJECT_TYPE, type, number(s, 1));
		BC_SET(x, NFTA_REJECT_ICMP_CODE, icmp_code, number(s, 2));
	} else if (!strcmp(op, "log")) {
		NEW(bc_log, "log");
		BC_SET(x, NFTA_LOG_PREFIX, prefix, s->arg[1]);
	} else {
		return false;
	}
	return true;
}

static void step(struct assembler *s, char *text)
{
	char *save = NULL;
	unsigned n = 0;

	memset(s->arg, 0, sizeof(s->arg));
	for (char *w = strtok_r(text, " ", &save); w && n < MAX_ARGS; w = strtok_r(NULL, " ", &save))
		s->arg[n++] = w;
	if (!n)
		return;
	if (!strcmp(s->arg[0], "reg"))
		s->reg = number(s, 1);
	else if (!loads(s, s->arg[0]) && !matches(s, s->arg[0]) && !operations(s, s->arg[0]) && !lookups(s, s->arg[0]) &&
		 !statements(s, s->arg[0]))
		ck_abort_msg("no step %s", s->arg[0]);
}

struct bc_expr *raise_assemble(struct arena *a, const char *text)
{
	struct bc_expr *first = NULL;
	struct assembler s = { .a = a, .tail = &first, .reg = NFT_REG_1 };
	char *save = NULL;

	for (char *t = strtok_r(arena_strdup(a, text), ";", &save); t; t = strtok_r(NULL, ";", &save))
		step(&s, t);
	return first;
}
