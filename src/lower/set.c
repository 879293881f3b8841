/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets and maps: declared, deleted, found again by name, and the anonymous ones of rules. */
#include <stdlib.h>
#include <string.h>

#include "src/lower/lower_priv.h"
#include "src/types/names.h"
#include "src/types/time.h"

/* ---- by name ---------------------------------------------------------------------------------------- */

static struct tset **bucket(struct lower *l, uint8_t family, const char *table, const char *name)
{
	uint32_t h = 2166136261u ^ family;

	for (const char *p = table; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	return &l->sets[h % SET_BUCKETS];
}

void set_add(struct lower *l, struct tset *s)
{
	struct tset **b = bucket(l, s->family, s->table, s->name);

	s->hash_next = *b;
	*b = s;
	s->next = NULL;
	*(l->last_set ? &l->last_set->next : &l->first_set) = s;
	l->last_set = s;
}

struct tset *set_find(struct lower *l, uint8_t family, const char *table, const char *name)
{
	const struct bc_set *b;
	struct tset *s;

	for (s = *bucket(l, family, table, name); s; s = s->hash_next)
		if (s->family == family && !strcmp(s->table, table) && !strcmp(s->name, name))
			return s;
	b = l->env && l->env->set ? l->env->set(l->env->ctx, family, table, name) : NULL;
	s = b ? set_from_target(l, family, b) : NULL;
	if (s) {
		s->table = arena_strdup(l->a, table);
		s->name = arena_strdup(l->a, name);
		set_add(l, s);
	}
	return s;
}

void set_missing(struct lower *l, uint8_t family, const char *table, const char *name, struct place at)
{
	const char *names[64], *near, *in_table = table;
	uint8_t in_family = family;
	size_t n = 0;

	for (struct tset *s = l->first_set; s && n < ARRAY_SIZE(names); s = s->next)
		names[n++] = s->name;
	near = n ? diag_nearest(name, names, n) : NULL;
	for (struct tset *s = near ? l->first_set : NULL; s; s = s->next)
		if (!strcmp(s->name, near)) {
			in_family = s->family;
			in_table = s->table;
			break;
		}
	if (!near && l->env && l->env->near_set)
		near = l->env->near_set(l->env->ctx, family, name, &in_family, &in_table);
	if (near)
		diag_error(l->d, at, "No such file or directory; did you mean set ‘%s’ in table %s ‘%s’?", near, names_name(names_family, in_family),
			   in_table);
	else
		diag_error(l->d, at, "No such file or directory");
}

static bool wipes(const struct wiped *w, uint8_t family, const char *table, const char *name)
{
	return (!w->family || w->family == family) && (!w->table || !strcmp(w->table, table)) && (!w->name || !strcmp(w->name, name));
}

void sets_wipe(struct lower *l, uint8_t family, const char *table, const char *name)
{
	struct wiped *w = arena_new_of(l->a, struct wiped);

	*w = (struct wiped){ .next = l->wiped, .family = family, .table = table, .name = name };
	l->wiped = w;
	for (struct tset *s = l->first_set; s; s = s->next) {
		if (!wipes(w, s->family, s->table, s->name))
			continue;
		have_free(s->have);
		s->have = NULL;
		s->filled = false;
		s->init = NULL;
	}
}

bool set_wiped(const struct lower *l, uint8_t family, const char *table, const char *name)
{
	for (const struct wiped *w = l->wiped; w; w = w->next)
		if (wipes(w, family, table, name))
			return true;
	return false;
}

/* ---- from the target ------------------------------------------------------------------------------------ */

static struct tx *value_of_type(struct eval *v, uint32_t id, uint32_t bytes)
{
	const struct datatype *t = datatype_by_id(id);

	if (!t)
		return NULL;
	return tx_value(v, (struct place){ 0 }, t, t->byteorder ? t->byteorder : BO_BIG, t->bits ? t->bits : bytes * 8, 0);
}

/* A type number as parts, six bits each; lengths that the types do not say come from typeof. */
static struct tx *type_of_number(struct eval *v, uint32_t id, uint32_t bytes, struct bc_bytes ud, uint8_t tlv)
{
	struct bc_bytes typeof_tlv;
	struct tx *t = NULL, **tail, *p;
	int n = 0;

	if (bc_ud_get(ud, tlv, &typeof_tlv))
		t = typeof_get(v, typeof_tlv.p, typeof_tlv.len);
	if (t && tx_type_id(t) == id && tx_bytes(t) <= bytes)
		return t;
	if (id < TYPE_MAX)
		return value_of_type(v, id, bytes);
	t = tx_new(v, TX_CONCAT, (struct place){ 0 }, &type_invalid, BO_INVALID, 0);
	tail = &t->parts;
	for (int shift = 30; shift >= 0; shift -= TYPE_BITS) {
		uint32_t part = id >> shift & TYPE_MASK;

		if (!part && !n)
			continue;
		p = value_of_type(v, part, 0);
		if (!p || !p->bits)
			return NULL;
		*tail = p;
		tail = &p->next;
		t->bits += (p->bits + 31) & ~31u;
		t->n_parts++;
		n++;
	}
	return t;
}

static void order_from(struct tx *t, struct bc_bytes ud, uint8_t tlv)
{
	struct bc_bytes b;
	uint32_t bo;

	if (!t || t->kind != TX_VALUE || !bc_ud_get(ud, tlv, &b) || b.len != sizeof(bo))
		return;
	memcpy(&bo, b.p, sizeof(bo));
	if (bo == BO_HOST || bo == BO_BIG)
		t->bo = (uint8_t)bo;
}

struct tset *set_from_target(struct lower *l, uint8_t family, const struct bc_set *b)
{
	struct tset *s = arena_new_of(l->a, struct tset);
	struct bc_bytes ud = { 0 }, merge;
	struct eval v;

	eval_init(&v, l->a, l->d, l->types, NULL, family, b->table);
	if (BC_HAS(b, NFTA_SET_USERDATA))
		ud = b->userdata;
	s->family = family;
	s->table = b->table;
	s->name = b->name;
	s->flags = b->flags;
	s->from_target = true;
	s->key = type_of_number(&v, b->key_type, b->key_len, ud, BC_UD_SET_KEY_TYPEOF);
	order_from(s->key, ud, BC_UD_SET_KEYBYTEORDER);
	if (BC_HAS(b, NFTA_SET_OBJ_TYPE))
		s->obj_type = b->obj_type;
	if (b->flags & NFT_SET_MAP) {
		if (b->data_type == NFT_DATA_VERDICT)
			s->data = tx_new(&v, TX_VERDICT, (struct place){ 0 }, &type_verdict, BO_INVALID, 0);
		else
			s->data = type_of_number(&v, b->data_type, b->data_len, ud, BC_UD_SET_DATA_TYPEOF);
		order_from(s->data, ud, BC_UD_SET_DATABYTEORDER);
		if (!s->data)
			return NULL;
	}
	s->automerge = bc_ud_get(ud, BC_UD_SET_MERGE_ELEMENTS, &merge);
	if (bc_ud_get(ud, BC_UD_SET_DATA_INTERVAL, &merge) && merge.len == 4)
		s->data_interval = merge.p[0] != 0;
	return s->key ? s : NULL;
}

/* ---- the message ------------------------------------------------------------------------------------------- */

static void put_typeof(struct buf *ud, uint8_t tlv, const struct tx *of)
{
	buf_auto b = { 0 };

	if (of && typeof_put(&b, of) && b.len < 256)
		bc_ud_put(ud, tlv, b.p, b.len);
}

static uint32_t order_of(const struct tx *t)
{
	return t->kind == TX_CONCAT || t->kind == TX_VERDICT ? BO_INVALID : t->bo;
}

static void userdata(struct lower *l, const struct tset *s, const char *comment, struct bc_set *b)
{
	buf_auto ud = { 0 };

	bc_ud_put_u32(&ud, BC_UD_SET_KEYBYTEORDER, s->key_order ? s->key_order : order_of(s->key));
	if (s->data)
		bc_ud_put_u32(&ud, BC_UD_SET_DATABYTEORDER, order_of(s->data));
	if (s->automerge)
		bc_ud_put_u32(&ud, BC_UD_SET_MERGE_ELEMENTS, 1);
	put_typeof(&ud, BC_UD_SET_KEY_TYPEOF, s->key_of);
	if (s->key_of && s->data_of)
		put_typeof(&ud, BC_UD_SET_DATA_TYPEOF, s->data_of);
	if (s->data || s->obj_type)
		bc_ud_put_u32(&ud, BC_UD_SET_DATA_INTERVAL, s->data_interval);
	if (comment)
		bc_ud_put_str(&ud, BC_UD_SET_COMMENT, comment);
	BC_MARK(b, NFTA_SET_USERDATA);
	b->userdata = (struct bc_bytes){ (const uint8_t *)arena_memdup(l->scratch, ud.p, ud.len), (uint32_t)ud.len };
}

/* The lengths of a concatenation's fields, which sets of ranges need. */
static void fields(struct lower *l, const struct tx *key, struct bc_set *b)
{
	struct bc_node **tail = &b->desc.concat;

	for (const struct tx *p = key->parts; p; p = p->next) {
		struct bc_set_field *f = bc_node_add(l->scratch, &tail, sizeof(*f));

		BC_SET(f, NFTA_SET_FIELD_LEN, len, (p->bits + 7) / 8);
	}
	BC_MARK(&b->desc, NFTA_SET_DESC_CONCAT);
	BC_MARK(b, NFTA_SET_DESC);
}

void set_message(struct lower *l, const struct tset *s, const char *comment, struct bc_set *b)
{
	uint32_t bytes;

	BC_SET(b, NFTA_SET_TABLE, table, s->table);
	BC_SET(b, NFTA_SET_NAME, name, s->name);
	BC_SET(b, NFTA_SET_FLAGS, flags, s->flags);
	BC_SET(b, NFTA_SET_KEY_TYPE, key_type, tx_type_id(s->key));
	BC_SET(b, NFTA_SET_KEY_LEN, key_len, tx_bytes(s->key));
	if (s->data) {
		bytes = tx_bytes(s->data) * (s->data_interval ? 2 : 1);
		BC_SET(b, NFTA_SET_DATA_TYPE, data_type, s->data->kind == TX_VERDICT ? NFT_DATA_VERDICT : tx_type_id(s->data));
		BC_SET(b, NFTA_SET_DATA_LEN, data_len, s->data->kind == TX_VERDICT ? 0 : bytes);
	}
	if (s->obj_type)
		BC_SET(b, NFTA_SET_OBJ_TYPE, obj_type, s->obj_type);
	BC_SET(b, NFTA_SET_ID, id, s->id);
	if (s->flags & NFT_SET_CONCAT)
		fields(l, s->key, b);
	userdata(l, s, comment, b);
}

int set_emit_anonymous(struct lower *l, struct tset *s)
{
	struct bc_set b = { 0 };
	bool intervals = (s->flags & NFT_SET_INTERVAL) && !(s->flags & NFT_SET_CONCAT);

	if (intervals && intervals_prepare(l, s, &s->elems, !s->data && !s->obj_type))
		return -1;
	set_message(l, s, NULL, &b);
	if (l->debug)
		bc_dump_set(l->debug, s->family, &b);
	emit(l, NFT_MSG_NEWSET, s->family, NLM_F_CREATE, &bc_set_msg_desc, &b, s->at);
	return elems_emit(l, s, &s->elems, NFT_MSG_NEWSETELEM, NLM_F_CREATE, true, s->at);
}

/* ---- declarations --------------------------------------------------------------------------------------------- */

static int flags_of(struct lower *l, const struct ast_obj *o, uint32_t *flags)
{
	uint64_t bit;

	for (const struct ast_opt *p = o->set.opts; p; p = p->next) {
		const struct ast_expr *i = eval_deref(p->val);

		if (strcmp(p->name, "flags") || !i)
			continue;
		for (i = i->kind == AST_LIST ? i->items : i; i; i = i->next) {
			if (!i->text || !names_value(names_set_flag, i->text, &bit))
				return diag_error(l->d, i->at, "unknown set flag '%s'", i->text ? i->text : "");
			*flags |= (uint32_t)bit;
		}
	}
	return 0;
}

static int time_of(struct lower *l, const struct ast_opt *opts, const char *name, uint64_t *ms, bool *has)
{
	const struct ast_opt *o = ast_opt_find(opts, name);
	const char *text = opt_text(opts, name), *why = NULL;

	*has = o;
	if (o && (!text || duration_parse(text, ms, &why)))
		return diag_error(l->d, o->val ? o->val->at : o->at, "%s", why ? why : "wrong time format");
	return 0;
}

static int data_of(struct eval *v, const struct ast_obj *o, struct tset *s)
{
	uint64_t type;

	if (!o->set.is_map)
		return 0;
	s->data_interval = o->set.data_interval;
	if (o->set.obj_type) {
		if (!names_value(names_object, o->set.obj_type, &type))
			return diag_error(v->d, o->at, "unknown object type %s", o->set.obj_type);
		s->obj_type = (uint32_t)type;
		s->flags |= NFT_SET_OBJECT;
		return 0;
	}
	if (!o->set.data_type)
		return diag_error(v->d, o->at, "map definition does not specify mapping data type");
	s->data = eval_set_type(v, o->set.data_type, o->set.is_typeof != o->set.data_otherwise, &s->data_of);
	if (!s->data)
		return -1;
	s->flags |= NFT_SET_MAP;
	if (s->data->kind == TX_VALUE && !s->data->bits)
		return diag_error(v->d, o->set.data_type->at, "unqualified key type %s specified in map definition. Try \"typeof expression\" instead of \"type datatype\".",
				  s->data->type->name);
	return 0;
}

static int types_of(struct lower *l, const struct ast_obj *o, struct tset *s)
{
	struct eval_world w = { .stmt = stmt_by_name, .ctx = l };
	struct eval v;

	eval_init(&v, l->a, l->d, l->types, &w, s->family, s->table);
	if (!o->set.key_type)
		return diag_error(l->d, o->at, "%s definition does not specify key", o->set.is_map ? "map" : "set");
	s->key = eval_set_type(&v, o->set.key_type, o->set.is_typeof, &s->key_of);
	if (!s->key)
		return -1;
	if (s->key->kind == TX_VERDICT || !tx_bytes(s->key))
		return diag_error(l->d, o->set.key_type->at,
				  "unqualified type %s specified in %s definition. Try \"typeof expression\" instead of \"type datatype\".",
				  s->key->type->name, o->set.is_map ? "map" : "set");
	if (s->key->kind == TX_CONCAT && tx_bytes(s->key) > 64)
		return diag_error(l->d, o->set.key_type->at, "key is too long, 64 bytes at most");
	if (s->key->kind == TX_CONCAT && !s->key_of)
		s->key_of = tx_new(&v, TX_CONCAT, o->at, &type_invalid, BO_INVALID, 0);
	if (data_of(&v, o, s))
		return -1;
	if (s->data && s->data->kind == TX_CONCAT && !s->data_of)
		s->data_of = tx_new(&v, TX_CONCAT, o->at, &type_invalid, BO_INVALID, 0);
	return 0;
}

static struct bc_expr *statements(struct lower *l, const struct ast_obj *o, unsigned *n)
{
	struct eval_world w = { .stmt = stmt_by_name, .ctx = l };
	struct tstmt t = { 0 };
	struct eval v;
	struct gen g;

	eval_init(&v, l->a, l->d, l->types, &w, family_of(&o->h), o->h.table);
	gen_init(&g, l->a, v.family, v.table);
	*n = 0;
	for (const struct ast_stmt *s = o->set.stmts; s; s = s->next) {
		if (eval_stmt(&v, s, &t))
			return NULL;
		if (!t.type->stateful) {
			diag_error(l->d, s->at, "set statement must be stateful");
			return NULL;
		}
		t.type->lower(&g, &t);
		++*n;
	}
	return g.first;
}

static int add_statements(struct lower *l, const struct ast_obj *o, struct tset *s, struct bc_set *b)
{
	struct bc_expr *list;
	unsigned n;

	if (!o->set.stmts)
		return 0;
	list = statements(l, o, &n);
	if (!list)
		return -1;
	if (n == 1) {
		BC_SET(b, NFTA_SET_EXPR, expr, list);
	} else {
		BC_SET(b, NFTA_SET_EXPRESSIONS, exprs, list);
		s->flags |= NFT_SET_EXPR;
		b->flags |= NFT_SET_EXPR;
	}
	return 0;
}

static int options(struct lower *l, const struct ast_obj *o, struct bc_set *b)
{
	uint64_t size = 0, timeout = 0, gc = 0, policy;
	const char *word = opt_text(o->set.opts, "policy");
	bool has_timeout, has_gc;
	struct eval v = { .d = l->d };

	if (opt_number(&v, o->set.opts, "size", UINT32_MAX, &size) || time_of(l, o->set.opts, "timeout", &timeout, &has_timeout) ||
	    time_of(l, o->set.opts, "gc-interval", &gc, &has_gc))
		return -1;
	if (word && names_value(names_set_policy, word, &policy))
		BC_SET(b, NFTA_SET_POLICY, policy, (uint32_t)policy);
	if (size) {
		BC_SET(&b->desc, NFTA_SET_DESC_SIZE, size, (uint32_t)size);
		BC_MARK(b, NFTA_SET_DESC);
	}
	if (timeout)
		BC_SET(b, NFTA_SET_TIMEOUT, timeout, timeout);
	if (gc)
		BC_SET(b, NFTA_SET_GC_INTERVAL, gc_interval, (uint32_t)gc);
	return 0;
}

static int add_set(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct tset *s = arena_new_of(l->a, struct tset);
	const struct ast_opt *comment = ast_opt_find(o->set.opts, "comment");
	struct bc_set b = { 0 };

	s->family = family_of(&o->h);
	s->table = o->h.table;
	s->name = o->h.name;
	s->at = o->at;
	s->automerge = ast_opt_find(o->set.opts, "auto-merge");
	if (flags_of(l, o, &s->flags) || types_of(l, o, s))
		return -1;
	if (ast_opt_find(o->set.opts, "timeout"))
		s->flags |= NFT_SET_TIMEOUT;
	if ((s->flags & NFT_SET_INTERVAL) && s->key->kind == TX_CONCAT)
		s->flags |= NFT_SET_CONCAT;
	if (comment && strlen(opt_text(o->set.opts, "comment") ? opt_text(o->set.opts, "comment") : "") > 128)
		return diag_error(l->d, comment->at, "comment too long, 128 characters maximum allowed");
	s->id = ++l->set_id;
	s->key_order = order_of(s->key);
	if ((s->flags & NFT_SET_INTERVAL))
		set_big_endian(s->key);
	set_message(l, s, opt_text(o->set.opts, "comment"), &b);
	if (options(l, o, &b) || add_statements(l, o, s, &b))
		return -1;
	set_add(l, s);
	if (l->debug)
		bc_dump_set(l->debug, s->family, &b);
	emit(l, NFT_MSG_NEWSET, s->family, op_flags(op), &bc_set_msg_desc, &b, o->at);
	if (!l->depth)
		arena_reset(l->scratch);
	return 0;
}

static int remove_set(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct bc_set b = { 0 };

	BC_SET(&b, NFTA_SET_TABLE, table, o->h.table);
	if (o->h.has_handle)
		BC_SET(&b, NFTA_SET_HANDLE, handle, o->h.handle);
	else
		BC_SET(&b, NFTA_SET_NAME, name, o->h.name);
	emit(l, op_type(op, 0, NFT_MSG_DELSET, NFT_MSG_DESTROYSET), family_of(&o->h), 0, &bc_set_msg_desc, &b, o->at);
	if (!o->h.has_handle)
		sets_wipe(l, family_of(&o->h), o->h.table, o->h.name);
	return 0;
}

int lower_set(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	if (op == AST_DELETE || op == AST_DESTROY)
		return remove_set(l, op, o);
	if (add_set(l, op, o))
		return -1;
	return l->cmd && l->cmd->obj == o ? lower_set_elements(l, o) : 0;
}

struct tset *set_meter(struct lower *l, uint8_t family, const char *table, const struct ast_expr *name, const struct tx *key, uint32_t size,
		       bool timeout)
{
	struct tset *s = set_find(l, family, table, name->text);
	struct eval keep = { .a = l->a };
	struct bc_set b = { 0 };

	if (s) {
		if (tx_same_type(s->key, key))
			return s;
		diag_error(l->d, name->at, "datatype mismatch, meter %s is of %s, not %s", name->text, tx_type_desc(l->a, s->key), tx_type_desc(l->a, key));
		return NULL;
	}
	s = arena_new_of(l->a, struct tset);
	s->family = family;
	s->table = table;
	s->name = arena_strdup(l->a, name->text);
	s->at = name->at;
	s->id = ++l->set_id;
	s->flags = NFT_SET_EVAL | (timeout ? NFT_SET_TIMEOUT : 0);
	s->key = eval_template(&keep, key);
	if (key->kind == TX_CONCAT)
		s->key_of = key;
	set_message(l, s, NULL, &b);
	s->key_of = NULL; /* ends with the rule */
	BC_SET(&b.desc, NFTA_SET_DESC_SIZE, size, size);
	BC_MARK(&b, NFTA_SET_DESC);
	set_add(l, s);
	if (l->debug)
		bc_dump_set(l->debug, family, &b);
	emit(l, NFT_MSG_NEWSET, family, NLM_F_CREATE, &bc_set_msg_desc, &b, name->at);
	return s;
}
