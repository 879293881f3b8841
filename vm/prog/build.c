/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions of a rule → program: the loop over build(), and what all build() functions check with.
 * Reference: net/netfilter/nf_tables_api.c (nf_tables_newrule, nft_parse_register_load, nft_parse_register_store, nft_data_init).
 */
#include <errno.h>
#include <stdlib.h>

#include "vm/engine.h"
#include "vm/prog/prog_impl.h"

int expr_fail(struct expr_build *b, int err, const char *msg)
{
	b->err->err = err;
	b->err->at = b->at;
	b->err->msg = msg;
	return err;
}

int expr_unexecuted(struct expr_build *b, const char *msg)
{
	return b->txn->engine->check_only ? 0 : expr_fail(b, -EOPNOTSUPP, msg);
}

/* ---- registers ---- */

enum { WORD_FIRST = NFT_REG_SIZE / NFT_REG32_SIZE };

static int reg_word(uint32_t reg, uint32_t *word)
{
	if (reg <= NFT_REG_4)
		*word = reg * WORD_FIRST;
	else if (reg >= NFT_REG32_00 && reg <= NFT_REG32_15)
		*word = reg - NFT_REG32_00 + WORD_FIRST;
	else
		return -ERANGE;
	return 0;
}

static int reg_span(uint32_t word, uint32_t len)
{
	if (word < WORD_FIRST || !len)
		return -EINVAL;
	return word * NFT_REG32_SIZE + len > VM_REG_WORDS * NFT_REG32_SIZE ? -ERANGE : 0;
}

static uint32_t word_mask(uint32_t word, uint32_t len)
{
	return ((UINT32_C(1) << expr_words(len)) - 1) << word;
}

int expr_load(struct expr_build *b, uint32_t reg, uint32_t len, uint8_t *word)
{
	uint32_t w, need;
	int err = reg_word(reg, &w);

	if (!err)
		err = reg_span(w, len);
	if (err)
		return err;
	need = word_mask(w, len);
	if ((b->written & need) != need)
		return -ENODATA;
	*word = w;
	return 0;
}

int expr_store(struct expr_build *b, uint32_t reg, uint32_t len, uint8_t *word)
{
	uint32_t w;
	int err = reg_word(reg, &w);

	if (!err)
		err = reg_span(w, len);
	if (err)
		return err;
	b->written |= word_mask(w, len);
	*word = w;
	return 0;
}

uint32_t expr_reg(uint8_t word)
{
	return word % WORD_FIRST ? word - WORD_FIRST + NFT_REG32_00 : word / WORD_FIRST;
}

/* ---- attributes ---- */

int expr_u32_max(uint32_t v, uint32_t max)
{
	return v > max ? -ERANGE : 0;
}

int expr_value(const struct bc_data *d, uint32_t max, uint32_t want)
{
	if (d->kind != BC_DATA_VALUE || !d->len)
		return -EINVAL;
	if (d->len > max)
		return -EOVERFLOW;
	return want && d->len != want ? -EINVAL : 0;
}

struct bc_data expr_dump_value(struct arena *a, const void *p, uint32_t len)
{
	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = len, .value = (uint8_t *)arena_memdup(a, p, len) };
}

/* ---- emission ---- */

void *expr_emit(struct expr_build *b, uint8_t op, size_t size)
{
	struct vm_ins *i;

	size = (size + 7) & ~(size_t)7;
	i = (struct vm_ins *)buf_grow(&b->code, size);
	memset(i, 0, size);
	i->op = op;
	i->kind = b->kind;
	i->size = size;
	return i;
}

struct prog_ref *expr_ref(struct expr_build *b, enum prog_ref_kind kind, void *p)
{
	struct prog_ref *r = (struct prog_ref *)buf_grow(&b->refs, sizeof(*r));

	*r = (struct prog_ref){ .kind = kind, .at = b->at, .p = p };
	b->n_refs++;
	return r;
}

void expr_places(struct expr_build *b, uint32_t places)
{
	b->places &= places;
	b->flags |= PROG_NEEDS_VALIDATE;
}

uint32_t expr_hooks(uint32_t hooks)
{
	return hooks << 8 * PROG_CHAIN_FILTER | hooks << 8 * PROG_CHAIN_ROUTE | hooks << 8 * PROG_CHAIN_NAT;
}

/* ---- the rule ---- */

static void destroy_code(struct vm_engine *e, char *code, size_t size)
{
	for (size_t at = 0; at < size;) {
		struct vm_ins *i = (struct vm_ins *)(code + at);

		at += i->size;
		if (i->op != OP_END && vm_exprs[i->kind]->destroy)
			vm_exprs[i->kind]->destroy(e, i);
	}
}

static uint32_t kernel_bytes(const struct vm_expr *x, const void *body)
{
	return x->kernel_size_of ? x->kernel_size_of(body) : x->kernel_size;
}

/* What the kernel looks at for every expression before it makes the first: kinds[] and the size of the rule there. */
static int select_all(struct expr_build *b, const struct bc_expr *list, uint8_t *kinds)
{
	uint32_t kernel_size = 0;
	int err = 0;

	for (const struct bc_expr *x = list; x; x = x->next) {
		int kind = vm_expr_kind(x->type->name);

		b->at = NULL;
		if (b->n_ins == NFT_RULE_MAXEXPRS)
			return expr_fail(b, -EINVAL, NULL);
		b->at = x->at;
		if (kind < 0)
			return expr_fail(b, -EOPNOTSUPP, "nfvm does not execute this expression yet");
		kinds[b->n_ins++] = b->kind = kind;
		if (vm_exprs[kind]->precheck)
			err = vm_exprs[kind]->precheck(b, x->body);
		if (err)
			return b->err->err == err ? err : expr_fail(b, err, NULL);
		kernel_size += (sizeof(void *) + kernel_bytes(vm_exprs[kind], x->body) + 7) & ~7u;
	}
	b->at = NULL;
	return kernel_size >= 1 << 12 ? expr_fail(b, -EFBIG, NULL) : 0;
}

static int build_one(struct expr_build *b, const struct bc_expr *x, uint8_t kind)
{
	int err;

	b->at = x->at;
	b->kind = kind;
	*b->err = (struct bc_err){ 0 };
	err = vm_exprs[kind]->build(b, x->body);
	if (err && b->err->err != err)
		expr_fail(b, err, NULL);
	return err;
}

static int build_all(struct expr_build *b, const struct bc_expr *list)
{
	uint8_t kinds[NFT_RULE_MAXEXPRS], *kind = kinds;
	int err;

	*b->err = (struct bc_err){ 0 };
	err = select_all(b, list, kinds);
	for (const struct bc_expr *x = list; x && !err; x = x->next)
		err = build_one(b, x, *kind++);
	if (err)
		return err;
	b->at = NULL;
	b->kind = 0;
	expr_emit(b, OP_END, sizeof(struct vm_ins));
	return b->code.len > UINT16_MAX ? expr_fail(b, -EFBIG, NULL) : 0;
}

static struct vm_prog *finish(struct expr_build *b)
{
	struct vm_prog *p = aligned_alloc(64, (sizeof(*p) + b->code.len + 63) & ~(size_t)63);
	struct prog_ref *refs = b->n_refs ? malloc(b->refs.len) : NULL;

	if (!p || (b->n_refs && !refs)) {
		free(p);
		free(refs);
		return NULL;
	}
	if (refs)
		memcpy(refs, b->refs.p, b->refs.len);
	*p = (struct vm_prog){ .e = b->e, .refs = refs, .n_refs = b->n_refs, .size = b->code.len, .flags = b->flags, .places = b->places };
	memcpy(p->code, b->code.p, b->code.len);
	prog_fuse(p);
	return p;
}

int prog_build(struct vm_txn *txn, struct vm_table *table, struct vm_chain *chain, const struct bc_expr *list, struct vm_prog **out,
	       struct bc_err *err)
{
	struct expr_build b = { .txn = txn, .e = txn->engine, .table = table, .chain = chain, .family = table->family, .err = err,
				.places = PROG_ANYWHERE };
	struct vm_prog *p = NULL;
	int rc = build_all(&b, list);

	if (!rc) {
		p = finish(&b);
		if (!p)
			rc = expr_fail(&b, -ENOMEM, NULL);
	}
	if (rc)
		destroy_code(b.e, b.code.p, b.code.len);
	else
		*out = p;
	buf_free(&b.code);
	buf_free(&b.refs);
	return rc;
}

void prog_free(struct vm_prog **pp)
{
	struct vm_prog *p = *pp;

	if (!p)
		return;
	destroy_code(p->e, p->code, p->size);
	free(p->refs);
	free(p);
	*pp = NULL;
}

const struct prog_ref *prog_refs(const struct vm_prog *p, uint32_t *n)
{
	*n = p->n_refs;
	return p->refs;
}

uint32_t prog_places(const struct vm_prog *p)
{
	return p->places;
}

uint32_t prog_flags(const struct vm_prog *p)
{
	return p->flags;
}
