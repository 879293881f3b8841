/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets and maps: their types, and the object with its properties and elements.
 *
 * The types are what userdata says (`typeof ip saddr`), else what the numbers of key and data type say: six bits each,
 * the last part of a concatenation lowest. Keys of interval sets are in network order whatever their type.
 */
#include "src/raise/rx.h"
#include "src/types/names.h"

static bool ud_u32(const struct bc_set *s, uint8_t type, uint32_t *v)
{
	struct bc_bytes b;

	if (!bc_ud_get(s->userdata, type, &b) || b.len != sizeof(*v))
		return false;
	memcpy(v, b.p, sizeof(*v));
	return true;
}

bool raise_is_flags(const struct datatype *t)
{
	return t->bitmask && t != &type_bitmask;
}

static struct rtype type_of_number(uint32_t id)
{
	const struct datatype *t = datatype_by_id(id);

	if (!t || t == &type_invalid)
		t = &type_xinteger;
	return (struct rtype){ t, t->bits, t->byteorder, 0 };
}

/* Widths of the parts that have none of their own: what NFTA_SET_DESC says, else what is left of the key. */
static void fill_widths(struct rtypes *t, uint32_t len, const struct bc_node *fields)
{
	uint32_t known = 0;
	unsigned open = 0;

	for (unsigned i = 0; i < t->n; i++) {
		if (!t->t[i].bits && fields)
			t->t[i].bits = BC_BODY(fields, struct bc_set_field)->len * 8;
		if (fields)
			fields = fields->next;
		known += (raise_bytes(t->t[i].bits) + 3) & ~3u;
		open += !t->t[i].bits;
	}
	if (!open)
		return;
	for (unsigned i = 0; i < t->n; i++)
		if (!t->t[i].bits)
			t->t[i].bits = t->n == 1 ? len * 8 : len > known ? (len - known) / open * 8 : 32;
}

static void types_of_number(struct rtypes *t, uint32_t id, uint32_t len, const struct bc_node *fields)
{
	unsigned n = 1;

	for (uint32_t i = id >> TYPE_BITS; i; i >>= TYPE_BITS)
		n++;
	t->n = n;
	for (; n; n--, id >>= TYPE_BITS)
		t->t[n - 1] = type_of_number(id & TYPE_MASK);
	fill_widths(t, len, fields);
}

static void order_bytes(struct rtypes *t, const struct bc_set *s, uint8_t ud, bool interval)
{
	uint32_t bo = BO_INVALID;

	ud_u32(s, ud, &bo);
	for (unsigned i = 0; i < t->n; i++) {
		if (datatype_is(t->t[i].type, &type_string))
			continue;
		if (interval)
			t->t[i].bo = BO_BIG;
		else if (t->n == 1 && (bo == BO_HOST || bo == BO_BIG))
			t->t[i].bo = bo;
		else if (t->t[i].bo == BO_INVALID)
			t->t[i].bo = BO_HOST;
	}
}

/* typeof: the types of its parts. Their bytes must be those that the set has. */
static bool types_of_typeof(struct raise *r, struct rtypes *t, const struct bc_set *s, uint8_t ud, uint32_t len)
{
	const struct rx *e;
	struct bc_bytes b;
	uint32_t total = 0;

	if (!bc_ud_get(s->userdata, ud, &b) || !(e = raise_typeof(r, b)))
		return false;
	raise_types(e, t);
	for (unsigned i = 0; i < t->n; i++)
		total += t->n == 1 ? raise_bytes(t->t[i].bits) : (raise_bytes(t->t[i].bits) + 3) & ~3u;
	return total == len;
}

static bool has_data(const struct bc_set *s)
{
	return (s->flags & NFT_SET_MAP) && s->data_type != NFT_DATA_VERDICT;
}

bool raise_set_data_interval(const struct bc_set *s)
{
	uint32_t v = 0;

	return ud_u32(s, BC_UD_SET_DATA_INTERVAL, &v) && v;
}

void raise_set_types(struct raise *r, const struct bc_set *s, struct rtypes *key, struct rtypes *data)
{
	uint32_t len = s->data_len;

	if (!types_of_typeof(r, key, s, BC_UD_SET_KEY_TYPEOF, s->key_len))
		types_of_number(key, s->key_type, s->key_len, s->desc.concat);
	order_bytes(key, s, BC_UD_SET_KEYBYTEORDER, s->flags & NFT_SET_INTERVAL);
	data->n = 0;
	if (!has_data(s))
		return;
	if (raise_set_data_interval(s))
		len /= 2;
	if (!types_of_typeof(r, data, s, BC_UD_SET_DATA_TYPEOF, len))
		types_of_number(data, s->data_type, len, NULL);
	order_bytes(data, s, BC_UD_SET_DATABYTEORDER, raise_set_data_interval(s));
}

struct rx *raise_set_ref(struct raise *r, const char *name)
{
	struct rx *e = rx_new(r, RX_SET, &type_integer, 0, BO_INVALID);

	e->set.name = name ? name : "";
	if (r->c->set)
		e->set.set = r->c->set(r->c->ctx, r->family, r->table, e->set.name, &e->set.elems);
	e->set.anon = e->set.set && (e->set.set->flags & NFT_SET_ANONYMOUS);
	return e;
}

/* ---- the object ---------------------------------------------------------------------------------------- */

static struct ast_expr *names_of(struct raise *r, const struct rtypes *t)
{
	struct ast_expr *cat;

	if (t->n == 1)
		return raise_symbol(r, t->t[0].type->name);
	cat = ast_expr(r->a, AST_CONCAT, (struct place){});
	for (unsigned i = 0; i < t->n; i++)
		ast_list_add(cat, raise_symbol(r, t->t[i].type->name));
	return cat;
}

static struct ast_expr *typeof_of(struct raise *r, const struct bc_set *s, uint8_t ud, uint32_t len)
{
	struct rtypes t;
	struct bc_bytes b;

	if (!types_of_typeof(r, &t, s, ud, len) || !bc_ud_get(s->userdata, ud, &b))
		return NULL;
	return raise_ast(r, raise_typeof(r, b), NULL);
}

/* Elements on a line of the listing, by the width of their text. */
static uint8_t per_line(const struct rtypes *key)
{
	if (key->n > 1)
		return 1;
	switch (key->t[0].type->id) {
	case TYPE_NFPROTO:
	case TYPE_INTEGER:
	case TYPE_ARPOP:
	case TYPE_INET_PROTOCOL:
	case TYPE_INET_SERVICE:
	case TYPE_TCP_FLAG:
	case TYPE_DCCP_PKTTYPE:
	case TYPE_MARK:
	case TYPE_IFINDEX:
	case TYPE_CLASSID:
	case TYPE_UID:
	case TYPE_GID:
	case TYPE_CT_DIR:
		return 5;
	case TYPE_IPADDR:
	case TYPE_CT_STATE:
	case TYPE_CT_STATUS:
	case TYPE_PKTTYPE:
		return 2;
	default:
		return 1;
	}
}

/* `type` and `typeof` are one line for key and data: both, or neither. */
static void type_line(struct raise *r, struct ast_setobj *o, const struct bc_set *s, const struct rtypes *data)
{
	uint32_t len = raise_set_data_interval(s) ? s->data_len / 2 : s->data_len;
	struct rtypes numbered;

	o->key_type = typeof_of(r, s, BC_UD_SET_KEY_TYPEOF, s->key_len);
	o->is_typeof = o->key_type;
	if (!o->key_type) {
		types_of_number(&numbered, s->key_type, s->key_len, s->desc.concat);
		o->key_type = names_of(r, &numbered);
	}
	if (s->flags & NFT_SET_OBJECT) {
		o->obj_type = names_name(names_object, s->obj_type);
		return;
	}
	if (!(s->flags & NFT_SET_MAP))
		return;
	if (s->data_type == NFT_DATA_VERDICT) {
		o->data_type = raise_symbol(r, "verdict");
		return;
	}
	o->data_interval = raise_set_data_interval(s);
	if (o->is_typeof)
		o->data_type = typeof_of(r, s, BC_UD_SET_DATA_TYPEOF, len);
	if (o->data_type)
		o->data_names = names_of(r, data);
	else
		o->data_type = names_of(r, data);
}

static void add(struct raise *r, struct ast_opt ***tail, const char *name, struct ast_expr *val)
{
	ast_opt(r->a, tail, name, val, (struct place){});
}

static uint32_t listed_flags(void)
{
	uint32_t all = 0;

	for (const struct symbol *f = names_set_flag; f->name; f++)
		all |= f->value;
	return all;
}

/* Of a constant set they say nothing that its elements do not. */
static void dimensions(struct raise *r, struct ast_opt ***tail, const struct bc_set *s)
{
	const char *policy = names_name(names_set_policy, s->policy);

	if (policy && s->policy != NFT_SET_POL_PERFORMANCE)
		add(r, tail, "policy", raise_symbol(r, policy));
	if (s->desc.size)
		add(r, tail, "size", raise_number(r, s->desc.size));
	if (s->desc.size && s->count)
		add(r, tail, "count", raise_number(r, s->count));
}

static void properties(struct raise *r, struct ast_setobj *o, const struct bc_set *s)
{
	struct ast_opt **tail = &o->opts;
	struct ast_expr *flags = ast_expr(r->a, AST_LIST, (struct place){});
	const char *comment;
	uint32_t merge;

	if (!(s->flags & NFT_SET_CONSTANT))
		dimensions(r, &tail, s);
	for (const struct symbol *f = names_set_flag; f->name; f++)
		if (s->flags & f->value)
			ast_list_add(flags, raise_symbol(r, f->name));
	/* `timeout 1h` says the flag as well */
	if (flags->items && !(s->timeout && (s->flags & listed_flags()) == NFT_SET_TIMEOUT))
		add(r, &tail, "flags", flags);
	if (s->timeout)
		add(r, &tail, "timeout", raise_time(r, s->timeout));
	if (s->gc_interval)
		add(r, &tail, "gc-interval", raise_time(r, s->gc_interval));
	if (ud_u32(s, BC_UD_SET_MERGE_ELEMENTS, &merge) && merge)
		add(r, &tail, "auto-merge", NULL);
	comment = raise_comment(r, s->userdata, BC_UD_SET_COMMENT);
	if (comment)
		add(r, &tail, "comment", ast_string(r->a, comment, (struct place){}));
}

struct ast_obj *raise_set(const struct raise_ctx *c, uint8_t family, const struct bc_set *s, const struct bc_node *elems)
{
	bool map = s->flags & (NFT_SET_MAP | NFT_SET_OBJECT);
	struct ast_obj *o = raise_obj_new(c, map ? AST_MAPOBJ : AST_SETOBJ, family, s->table);
	struct rtypes key, data;
	struct raise r;

	raise_init(&r, c, family, o->h.table);
	o->h.name = raise_strdup(c->a, s->name);
	o->h.handle = s->handle;
	o->h.has_handle = BC_HAS(s, NFTA_SET_HANDLE);
	o->set.is_map = map;
	raise_set_types(&r, s, &key, &data);
	type_line(&r, &o->set, s, &data);
	properties(&r, &o->set, s);
	o->set.stmts = raise_stmts(&r, s->expr, s->exprs);
	o->set.per_line = per_line(&key);
	if (elems)
		o->set.elems = raise_elems(&r, s, elems, &key, &data);
	raise_done(&r);
	return o;
}

struct ast_obj *raise_elements(const struct raise_ctx *c, uint8_t family, const struct bc_set *s, const struct bc_node *elems)
{
	struct ast_obj *o = raise_obj_new(c, AST_ELEMENT, family, s->table);
	struct rtypes key, data;
	struct raise r;

	raise_init(&r, c, family, o->h.table);
	o->h.name = raise_strdup(c->a, s->name);
	raise_set_types(&r, s, &key, &data);
	o->elems = raise_elems(&r, s, elems, &key, &data);
	raise_done(&r);
	return o;
}
