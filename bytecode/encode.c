/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structs to netlink attributes, by their tables. See bc.h.
 *
 * Bytes are appended to a growing buffer, which libmnl's writers cannot do (they fill one of fixed size); so a million elements
 * are one pass without a copy. Nests are closed by writing their length at an offset, since the buffer may move.
 */
#include "bytecode/codec.h"

#include <errno.h>

enum { ATTR_MAX = UINT16_MAX };

static int encode_attrs(struct buf *out, const struct bc_desc *d, const void *s);

static void *attr_put(struct buf *out, uint16_t type, size_t len)
{
	size_t total = sizeof(struct nlattr) + len, padded = NLA_ALIGN(total);
	struct nlattr *a = (void *)buf_grow(out, padded);

	a->nla_len = (uint16_t)total;
	a->nla_type = type;
	memset((char *)a + total, 0, padded - total);
	return a + 1;
}

static int bytes_put(struct buf *out, uint16_t type, const void *p, size_t len)
{
	if (len > ATTR_MAX - sizeof(struct nlattr))
		return -EMSGSIZE;
	void *to = attr_put(out, type, len);
	if (len)
		memcpy(to, p, len);
	return 0;
}

static void be32_put(struct buf *out, uint16_t type, uint32_t v)
{
	be32_store(attr_put(out, type, 4), v);
}

static size_t nest_open(struct buf *out, uint16_t type)
{
	size_t at = out->len;

	attr_put(out, type | NLA_F_NESTED, 0);
	return at;
}

static int nest_close(struct buf *out, size_t at)
{
	size_t len = out->len - at;

	if (len > ATTR_MAX)
		return -EMSGSIZE;
	((struct nlattr *)(void *)(out->p + at))->nla_len = (uint16_t)len;
	return 0;
}

static int verdict_put(struct buf *out, uint16_t type, const struct bc_data *v)
{
	size_t at = nest_open(out, type);

	be32_put(out, NFTA_VERDICT_CODE, (uint32_t)v->verdict);
	if (v->chain)
		bytes_put(out, NFTA_VERDICT_CHAIN, v->chain, strlen(v->chain) + 1);
	if (v->has_chain_id)
		be32_put(out, NFTA_VERDICT_CHAIN_ID, v->chain_id);
	return nest_close(out, at);
}

static int data_put(struct buf *out, uint16_t type, const struct bc_data *v)
{
	size_t at = nest_open(out, type);
	int err = 0;

	if (v->kind == BC_DATA_VALUE)
		err = bytes_put(out, NFTA_DATA_VALUE, v->value, v->len);
	else if (v->kind == BC_DATA_VERDICT)
		err = verdict_put(out, NFTA_DATA_VERDICT, v);
	return err ? err : nest_close(out, at);
}

static int nest_put(struct buf *out, uint16_t type, const struct bc_desc *d, const void *s)
{
	size_t at = nest_open(out, type);
	int err = encode_attrs(out, d, s);

	return err ? err : nest_close(out, at);
}

static int expr_put(struct buf *out, uint16_t type, const struct bc_expr *e)
{
	size_t at = nest_open(out, type);
	int err;

	bytes_put(out, NFTA_EXPR_NAME, e->type->name, strlen(e->type->name) + 1);
	err = e->type->desc->n ? nest_put(out, NFTA_EXPR_DATA, e->type->desc, e->body) : 0;
	return err ? err : nest_close(out, at);
}

static int exprs_put(struct buf *out, const struct bc_attr *a, const struct bc_expr *e)
{
	size_t at = nest_open(out, a->type);
	int err = 0;

	for (; e && !err; e = e->next)
		err = expr_put(out, NFTA_LIST_ELEM, e);
	return err ? err : nest_close(out, at);
}

static int list_put(struct buf *out, const struct bc_attr *a, const struct bc_node *n)
{
	size_t at = nest_open(out, a->type);
	int err = 0;

	for (; n && !err; n = n->next)
		if (a->kind == BC_ATTRS)
			err = encode_attrs(out, a->sub, n->body);
		else
			err = nest_put(out, n->type ? n->type : NFTA_LIST_ELEM, a->sub, n->body);
	return err ? err : nest_close(out, at);
}

static int object_put(struct buf *out, const struct bc_attr *a, const struct bc_desc *d, const void *s)
{
	const struct bc_desc *od = bc_object_desc(d, s);
	const void *body = *(void *const *)bc_member_const(s, a);

	return od && body ? nest_put(out, a->type, od, body) : 0;
}

static int member_put(struct buf *out, const struct bc_attr *a, const struct bc_desc *d, const void *s)
{
	const void *m = bc_member_const(s, a);
	const struct bc_bytes *b;
	const char *str;

	switch ((enum bc_kind)a->kind) {
	case BC_U8:
		return bytes_put(out, a->type, m, 1);
	case BC_U16:
		return bytes_put(out, a->type, m, 2);
	case BC_U32:
		return bytes_put(out, a->type, m, 4);
	case BC_BE16:
		be16_store(attr_put(out, a->type, 2), *(const uint16_t *)m);
		return 0;
	case BC_BE32:
		be32_put(out, a->type, *(const uint32_t *)m);
		return 0;
	case BC_BE64:
		be64_store(attr_put(out, a->type, 8), *(const uint64_t *)m);
		return 0;
	case BC_STR:
		str = *(const char *const *)m;
		return bytes_put(out, a->type, str, strlen(str) + 1);
	case BC_BYTES:
		b = m;
		return bytes_put(out, a->flags & BC_A_NESTED ? a->type | NLA_F_NESTED : a->type, b->p, b->len);
	case BC_FLAG:
		return bytes_put(out, a->type, NULL, 0);
	case BC_DATA:
		return data_put(out, a->type, m);
	case BC_VERDICT:
		return verdict_put(out, a->type, m);
	case BC_NEST:
		return nest_put(out, a->type, a->sub, m);
	case BC_LIST:
	case BC_ATTRS:
		return list_put(out, a, *(struct bc_node *const *)m);
	case BC_EXPR:
		return expr_put(out, a->type, *(struct bc_expr *const *)m);
	case BC_EXPRS:
		return exprs_put(out, a, *(struct bc_expr *const *)m);
	case BC_OBJECT:
		return object_put(out, a, d, s);
	}
	return 0;
}

static int encode_attrs(struct buf *out, const struct bc_desc *d, const void *s)
{
	uint64_t has = bc_has(s);
	int err = 0;

	for (unsigned i = 0; i < d->n && !err; i++)
		if ((has >> d->attrs[i].type) & 1)
			err = member_put(out, &d->attrs[i], d, s);
	return err;
}

int bc_encode(struct buf *out, const struct bc_desc *d, const void *s)
{
	size_t len = out->len;
	int err = encode_attrs(out, d, s);

	if (err)
		buf_cut(out, len);
	return err;
}
