/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink attributes to structs, by their tables. See bc.h.
 *
 * Takes and refuses what lib/nlattr.c (validate_nla, __nla_validate_parse in liberal mode) and net/netfilter/nf_tables_api.c
 * (nft_data_init, nf_tables_expr_parse) do, with their errors. Each level is read twice, as there: first every attribute is checked
 * and the last of each type noted; then members are set and nests entered. Reentrant; memory comes from the caller's arena, and
 * each byte of message takes a bounded number of bytes there (an empty list element of 4 bytes one zeroed struct).
 */
#include "bytecode/codec.h"

#include <errno.h>
#include <libmnl/libmnl.h>

/* Nests within nests: a message, a list, an element, an expression, one within it, its data, a verdict; and a few to spare. */
enum { DEPTH_MAX = 16, VALUE_MAX = 16 };

struct ctx {
	struct arena *arena;
	int flags;
	int err;
	const struct nlattr *at; /* at fault */
	const char *msg;
	const struct bc_attr *policy;
	unsigned depth;             /* 0: at the message's own attributes */
	const struct nlattr *blame; /* in nests: the outermost list's element, or NULL */
};

static int decode_attrs(struct ctx *c, const struct bc_desc *d, const void *attrs, size_t len, void *s);

static int fail(struct ctx *c, int err, const struct nlattr *at, const char *msg)
{
	c->err = err;
	c->at = c->depth ? c->blame : at;
	if (!c->depth && msg)
		c->msg = msg;
	return err;
}

/* As above, for what a policy refuses; the extack then says what it allows. */
static int refuse(struct ctx *c, int err, const struct nlattr *at, const struct bc_attr *policy)
{
	c->policy = c->depth ? NULL : policy;
	return fail(c, err, at, "Attribute failed policy validation");
}

static const void *payload(const struct nlattr *a)
{
	return a + 1;
}

static uint32_t payload_len(const struct nlattr *a)
{
	return a->nla_len - (uint32_t)sizeof(*a);
}

/* ---- checks: what a policy says of one attribute ---------------------------------------------- */

static const uint8_t least[] = { [BC_U8] = 1, [BC_U16] = 2, [BC_U32] = 4, [BC_BE16] = 2, [BC_BE32] = 4, [BC_BE64] = 8 };

static uint64_t number(const struct bc_attr *a, const struct nlattr *at)
{
	uint32_t v32;
	uint16_t v16;

	switch (a->kind) {
	case BC_U8:
		return *(const uint8_t *)payload(at);
	case BC_U16:
		memcpy(&v16, payload(at), sizeof(v16));
		return v16;
	case BC_U32:
		memcpy(&v32, payload(at), sizeof(v32));
		return v32;
	case BC_BE16:
		return be16_load(payload(at));
	case BC_BE32:
		return be32_load(payload(at));
	default:
		return be64_load(payload(at));
	}
}

static int check_number(struct ctx *c, const struct bc_attr *a, const struct nlattr *at)
{
	uint32_t len = payload_len(at);

	if (a->flags & BC_A_EXACT && len != least[a->kind])
		return fail(c, -EINVAL, at, "invalid attribute length");
	if (len < least[a->kind])
		return refuse(c, -ERANGE, at, a);
	if (a->flags & BC_A_MASK && number(a, at) & ~(uint64_t)a->max)
		return fail(c, -EINVAL, at, "reserved bit set");
	if (!(a->flags & BC_A_MASK) && a->max && number(a, at) > a->max)
		return fail(c, -ERANGE, at, "integer out of range");
	return 0;
}

static int check_string(struct ctx *c, const struct bc_attr *a, const struct nlattr *at)
{
	const char *p = payload(at);
	uint32_t len = payload_len(at);

	if (a->flags & BC_A_NUL && (!len || !memchr(p, 0, a->max && len > a->max + 1 ? a->max + 1 : len)))
		return refuse(c, -EINVAL, at, a);
	if (!len)
		return refuse(c, -ERANGE, at, a);
	if (a->max && len - !p[len - 1] > a->max)
		return refuse(c, -ERANGE, at, a);
	return 0;
}

static int check_attrs(struct ctx *c, const struct bc_desc *d, const void *attrs, size_t len, const struct nlattr **found);
static const struct bc_desc expr_desc;

/* What is in a list's elements, one level down (nla_validate_array()). */
static int check_array(struct ctx *c, const struct bc_attr *a, const struct nlattr *list)
{
	const struct bc_desc *d = a->kind == BC_LIST ? a->sub : &expr_desc;
	const struct nlattr *found[BC_MAX_ATTRS], *at;

	mnl_attr_for_each_nested(at, list)
	{
		if (!payload_len(at))
			continue;
		if (payload_len(at) < sizeof(*at))
			return fail(c, -ERANGE, at, "Array element too short");
		if (check_attrs(c, d, payload(at), payload_len(at), found))
			return c->err;
	}
	return 0;
}

static int check(struct ctx *c, const struct bc_attr *a, const struct nlattr *at)
{
	uint32_t len = payload_len(at);

	if (a->flags & BC_A_REPLY && c->flags & BC_REQUEST)
		return fail(c, -EINVAL, at, "Attribute failed policy validation");
	switch ((enum bc_kind)a->kind) {
	case BC_U8:
	case BC_U16:
	case BC_U32:
	case BC_BE16:
	case BC_BE32:
	case BC_BE64:
		return check_number(c, a, at);
	case BC_STR:
		return check_string(c, a, at);
	case BC_BYTES:
		if (a->flags & BC_A_MIN ? len < a->max : a->max && len > a->max)
			return refuse(c, -ERANGE, at, a);
		return 0;
	case BC_FLAG:
		return len ? refuse(c, -ERANGE, at, a) : 0;
	default:
		if (len && len < sizeof(struct nlattr))
			return refuse(c, -ERANGE, at, a);
		return a->flags & BC_A_ARRAY ? check_array(c, a, at) : 0;
	}
}

/* An attribute that the policy does not know and that is not what its name says is as good as absent. */
static bool fits(const struct bc_attr *a, const struct nlattr *at)
{
	struct ctx probe = { 0 };

	return !check(&probe, a, at);
}

/* ---- checks of a level ------------------------------------------------------------------------- */

/* Attributes mostly come in the table's order, so the search begins behind the one found last. */
static unsigned row(const struct bc_desc *d, unsigned after, uint16_t type)
{
	for (unsigned i = after; i < d->n; i++)
		if (d->attrs[i].type == type)
			return i;
	for (unsigned i = 0; i < after && i < d->n; i++)
		if (d->attrs[i].type == type)
			return i;
	return d->n;
}

static int check_attrs(struct ctx *c, const struct bc_desc *d, const void *attrs, size_t len, const struct nlattr **found)
{
	int left = (int)len;
	unsigned i = 0;

	for (const struct nlattr *at = attrs; mnl_attr_ok(at, left); left -= (int)NLA_ALIGN(at->nla_len), at = mnl_attr_next(at)) {
		unsigned r = row(d, i, mnl_attr_get_type(at));

		if (r == d->n || (d->attrs[r].flags & BC_A_LAX && !fits(&d->attrs[r], at)))
			continue;
		if (check(c, &d->attrs[r], at))
			return c->err;
		found[r] = at;
		i = r + 1;
	}
	if (left > 0 && !c->depth) /* no error, but said */
		c->msg = "bytes leftover after parsing attributes";
	return 0;
}

/* ---- members ----------------------------------------------------------------------------------- */

static const void *keep(struct ctx *c, const void *p, size_t len)
{
	return c->flags & BC_COPY && len ? arena_memdup(c->arena, p, len) : p;
}

/* The kernel takes strings without a NUL, and reads them to the first one. */
static const char *string(struct ctx *c, const struct nlattr *at)
{
	const char *p = payload(at);
	uint32_t len = payload_len(at);

	return c->flags & BC_COPY || !len || !memchr(p, 0, len) ? arena_memdup(c->arena, p, len) : p;
}

struct verdict_attrs {
	uint64_t has;
	uint32_t code, chain_id;
	const char *chain;
};

#define T struct verdict_attrs
static const struct bc_attr verdict_attrs[] = {
	A(NFTA_VERDICT_CODE, BC_BE32, code),
	A(NFTA_VERDICT_CHAIN, BC_STR, chain, .max = NFT_CHAIN_MAXNAMELEN - 1),
	A(NFTA_VERDICT_CHAIN_ID, BC_BE32, chain_id),
};
static const struct bc_desc verdict_desc = BC_DESC("verdict", verdict_attrs);
#undef T

static int decode_verdict(struct ctx *c, const struct nlattr *at, struct bc_data *out)
{
	struct verdict_attrs v;
	int err = decode_attrs(c, &verdict_desc, payload(at), payload_len(at), &v);

	if (err)
		return err;
	if (!BC_HAS(&v, NFTA_VERDICT_CODE))
		return fail(c, -EINVAL, at, NULL);
	out->kind = BC_DATA_VERDICT;
	out->verdict = (int32_t)v.code;
	out->chain = v.chain;
	out->has_chain_id = BC_HAS(&v, NFTA_VERDICT_CHAIN_ID);
	out->chain_id = v.chain_id;
	return 0;
}

#define T struct bc_data
static const struct bc_attr data_attrs[] = {
	A(NFTA_DATA_VALUE, BC_BYTES, value),
	A(NFTA_DATA_VERDICT, BC_VERDICT, verdict),
};
static const struct bc_desc data_desc = BC_DESC("data", data_attrs);
#undef T

static int decode_data(struct ctx *c, const struct bc_attr *a, const struct nlattr *at, struct bc_data *out)
{
	const struct nlattr *found[ARRAY_SIZE(data_attrs)] = { NULL }, *value;

	if (check_attrs(c, &data_desc, payload(at), payload_len(at), found))
		return c->err;
	value = found[0];
	if (!value)
		return found[1] ? decode_verdict(c, found[1], out) : fail(c, -EINVAL, at, NULL);
	if (!payload_len(value) && a->max != BC_DATA_ANY)
		return fail(c, -EINVAL, at, NULL);
	if (payload_len(value) > (a->max ? a->max : VALUE_MAX))
		return fail(c, -EOVERFLOW, at, NULL);
	out->kind = BC_DATA_VALUE;
	out->len = payload_len(value);
	out->value = keep(c, payload(value), out->len);
	return 0;
}

struct expr_attrs {
	const char *name;
	struct bc_bytes data;
};

#define T struct expr_attrs
static const struct bc_attr expr_attrs[] = {
	A(NFTA_EXPR_NAME, BC_STR, name, .max = NFT_MODULE_AUTOLOAD_LIMIT),
	A(NFTA_EXPR_DATA, BC_NEST, data),
};
static const struct bc_desc expr_desc = BC_DESC("expr", expr_attrs);
#undef T

static const struct bc_expr_type *expr_type(const struct nlattr *name)
{
	char s[NFT_MODULE_AUTOLOAD_LIMIT + 1] = "";

	memcpy(s, payload(name), payload_len(name) < sizeof(s) ? payload_len(name) : sizeof(s) - 1);
	return bc_expr_type(s);
}

static int decode_expr(struct ctx *c, const struct nlattr *at, struct bc_expr **out)
{
	const struct nlattr *found[ARRAY_SIZE(expr_attrs)] = { NULL };
	const struct bc_expr_type *type;
	struct bc_expr *e;

	if (check_attrs(c, &expr_desc, payload(at), payload_len(at), found))
		return c->err;
	if (!found[0])
		return fail(c, -EINVAL, at, NULL);
	type = expr_type(found[0]);
	if (!type)
		return fail(c, -ENOENT, at, NULL);
	e = arena_alloc(c->arena, sizeof(*e) + type->desc->size);
	e->type = type;
	e->at = at;
	*out = e;
	return found[1] ? decode_attrs(c, type->desc, payload(found[1]), payload_len(found[1]), e->body) : 0;
}

static int decode_exprs(struct ctx *c, const struct nlattr *list, struct bc_expr **out)
{
	const struct nlattr *outer = c->blame, *at;
	struct bc_expr *first = NULL, **tail = &first;
	unsigned n = 0;

	mnl_attr_for_each_nested(at, list)
	{
		if (mnl_attr_get_type(at) != NFTA_LIST_ELEM || ++n > NFT_RULE_MAXEXPRS)
			return fail(c, -EINVAL, list, NULL);
		c->blame = outer ? outer : at;
		if (decode_expr(c, at, tail))
			return c->err;
		tail = &(*tail)->next;
	}
	c->blame = outer;
	*out = first;
	return 0;
}

static int decode_list(struct ctx *c, const struct bc_attr *a, const struct nlattr *list, struct bc_node **out)
{
	const struct nlattr *outer = c->blame, *at;
	struct bc_node **tail = out;

	mnl_attr_for_each_nested(at, list)
	{
		struct bc_node *n = arena_alloc(c->arena, sizeof(*n) + a->sub->size);

		n->at = at;
		n->type = mnl_attr_get_type(at);
		*tail = n;
		tail = &n->next;
		c->blame = outer ? outer : at;
		if (payload_len(at) && payload_len(at) < sizeof(*at))
			return fail(c, -ERANGE, at, NULL);
		if (decode_attrs(c, a->sub, payload(at), payload_len(at), n->body))
			return c->err;
	}
	c->blame = outer;
	return 0;
}

/* Each attribute alone: its type must be one that the table knows. */
static int decode_each(struct ctx *c, const struct bc_attr *a, const struct nlattr *list, struct bc_node **out)
{
	const struct nlattr *outer = c->blame, *at;
	struct bc_node **tail = out;

	mnl_attr_for_each_nested(at, list)
	{
		struct bc_node *n = arena_alloc(c->arena, sizeof(*n) + a->sub->size);

		n->at = at;
		n->type = mnl_attr_get_type(at);
		*tail = n;
		tail = &n->next;
		c->blame = outer ? outer : at;
		if (decode_attrs(c, a->sub, at, at->nla_len, n->body))
			return c->err;
		if (!bc_has(n->body))
			return fail(c, -EINVAL, at, NULL);
	}
	c->blame = outer;
	return 0;
}

static int decode_object(struct ctx *c, const struct bc_desc *d, const struct nlattr *at, void *s, void **out)
{
	const struct bc_desc *od = bc_object_desc(d, s);

	if (!od)
		return 0;
	*out = arena_alloc(c->arena, od->size);
	return decode_attrs(c, od, payload(at), payload_len(at), *out);
}

static void decode_number(const struct bc_attr *a, const struct nlattr *at, void *m)
{
	uint64_t v = number(a, at);

	switch (a->kind) {
	case BC_U8:
		*(uint8_t *)m = (uint8_t)v;
		break;
	case BC_U16:
	case BC_BE16:
		*(uint16_t *)m = (uint16_t)v;
		break;
	case BC_U32:
	case BC_BE32:
		*(uint32_t *)m = (uint32_t)v;
		break;
	default:
		*(uint64_t *)m = v;
	}
}

static int decode_member(struct ctx *c, const struct bc_desc *d, const struct bc_attr *a, const struct nlattr *at, void *s)
{
	void *m = bc_member(s, a);
	uint32_t len = payload_len(at);

	switch ((enum bc_kind)a->kind) {
	case BC_U8:
	case BC_U16:
	case BC_U32:
	case BC_BE16:
	case BC_BE32:
	case BC_BE64:
		decode_number(a, at, m);
		return 0;
	case BC_STR:
		*(const char **)m = string(c, at);
		return 0;
	case BC_BYTES:
		*(struct bc_bytes *)m = (struct bc_bytes){ keep(c, payload(at), len), a->flags & BC_A_MIN ? a->max : len };
		return 0;
	case BC_FLAG:
		return 0;
	case BC_DATA:
		return decode_data(c, a, at, m);
	case BC_VERDICT:
		return decode_verdict(c, at, m);
	case BC_NEST:
		return decode_attrs(c, a->sub, payload(at), len, m);
	case BC_LIST:
		return decode_list(c, a, at, m);
	case BC_ATTRS:
		return decode_each(c, a, at, m);
	case BC_EXPR:
		return decode_expr(c, at, m);
	case BC_EXPRS:
		return decode_exprs(c, at, m);
	case BC_OBJECT:
		return decode_object(c, d, at, s, m);
	}
	return 0;
}

static int decode_attrs(struct ctx *c, const struct bc_desc *d, const void *attrs, size_t len, void *s)
{
	const struct nlattr *found[BC_MAX_ATTRS];

	memset(s, 0, d->size);
	memset(found, 0, d->n * sizeof(*found));
	if (c->depth == DEPTH_MAX)
		return fail(c, -EOPNOTSUPP, NULL, NULL);
	if (check_attrs(c, d, attrs, len, found))
		return c->err;
	c->depth++;
	for (unsigned i = 0; i < d->n; i++)
		if (found[i])
			*(uint64_t *)s |= UINT64_C(1) << d->attrs[i].type;
	for (int pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < d->n; i++) {
			if (!found[i] || (d->attrs[i].kind == BC_OBJECT) != pass)
				continue;
			if (decode_member(c, d, &d->attrs[i], found[i], s))
				return c->err;
		}
	c->depth--;
	return 0;
}

int bc_decode(const struct bc_desc *d, const void *attrs, size_t len, void *s, struct arena *a, int flags, struct bc_err *err)
{
	struct ctx c = { .arena = a, .flags = flags };

	if (len > INT32_MAX)
		len = INT32_MAX;
	decode_attrs(&c, d, attrs, len, s);
	if (err)
		*err = (struct bc_err){ c.err, c.at, c.msg, c.policy, c.err && c.depth };
	return c.err;
}

const struct nlattr *bc_find(const void *attrs, size_t len, uint16_t type)
{
	int left = len > INT32_MAX ? INT32_MAX : (int)len;

	for (const struct nlattr *at = attrs; mnl_attr_ok(at, left); left -= (int)NLA_ALIGN(at->nla_len), at = mnl_attr_next(at))
		if (mnl_attr_get_type(at) == type)
			return at;
	return NULL;
}
