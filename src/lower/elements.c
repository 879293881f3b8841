/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements: evaluated records to messages, and the commands that add and delete them. */
#include <string.h>

#include "src/lower/lower_priv.h"

enum { PARTS = 16, KEY_MAX = 64 };

/* How a record's bytes become those of the wire: parts in host order are turned round. */
struct layout {
	unsigned n;
	uint32_t bytes[PARTS], off[PARTS];
	bool turn[PARTS], any;
	uint32_t len;
};

static void layout_part(struct layout *y, const struct tx *p, uint32_t room, const struct tset *s)
{
	uint32_t bytes = (p->bits + 7) / 8;

	y->bytes[y->n] = bytes;
	y->off[y->n] = y->len;
	y->turn[y->n] = p->bo == BO_HOST && type_root(p->type) != &type_string && !(s->flags & NFT_SET_INTERVAL);
	y->any |= y->turn[y->n];
	y->len += room;
	y->n++;
}

static void layout_of(const struct tset *s, const struct tx *t, struct layout *y)
{
	*y = (struct layout){ 0 };
	if (t->kind != TX_CONCAT) {
		layout_part(y, t, tx_bytes(t), s);
		return;
	}
	for (const struct tx *p = t->parts; p && y->n < PARTS; p = p->next)
		layout_part(y, p, ((p->bits + 7) / 8 + 3) & ~3u, s);
}

static const uint8_t *arranged(const struct layout *y, const uint8_t *in, uint8_t *out)
{
	if (!y->any)
		return in;
	memcpy(out, in, y->len);
	for (unsigned i = 0; i < y->n; i++)
		for (uint32_t b = 0; y->turn[i] && b < y->bytes[i]; b++)
			out[y->off[i] + b] = in[y->off[i] + y->bytes[i] - 1 - b];
	return out;
}

static void shape_of(const struct layout *y, const struct tx *t, struct bc_shape *sh)
{
	sh->n = t->kind == TX_CONCAT ? (uint8_t)y->n : 0;
	for (unsigned i = 0; i < y->n; i++) {
		sh->len[i] = (uint8_t)y->bytes[i];
		if (y->turn[i])
			sh->host_order |= (uint16_t)(1u << i);
	}
}

/* ---- data and properties ------------------------------------------------------------------------------ */

static void put_verdict(const struct tx *v, struct bc_data *d)
{
	*d = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = v->verdict, .chain = v->chain, .has_chain_id = v->chain_id != 0,
			       .chain_id = v->chain_id };
}

static void put_data(struct lower *l, const struct tset *s, const struct tx *t, struct bc_data *d)
{
	uint32_t n = tx_bytes(t);
	uint8_t *p;

	if (t->kind == TX_VERDICT) {
		put_verdict(t, d);
		return;
	}
	p = arena_alloc(l->scratch, n * 2);
	tx_store(t, false, p);
	if (s->data_interval)
		tx_store(t, true, p + n);
	*d = (struct bc_data){ .kind = BC_DATA_VALUE, .len = s->data_interval ? 2 * n : n, .value = p,
			       .host_order = t->kind != TX_CONCAT && t->bo == BO_HOST && type_root(t->type) != &type_string };
}

static void put_userdata(struct lower *l, const char *comment, bool open_end, struct bc_elem *e)
{
	buf_auto b = { 0 };

	if (comment)
		bc_ud_put_str(&b, BC_UD_ELEM_COMMENT, comment);
	if (open_end)
		bc_ud_put_u32(&b, BC_UD_ELEM_FLAGS, 1);
	if (!b.len)
		return;
	BC_MARK(e, NFTA_SET_ELEM_USERDATA);
	e->userdata = (struct bc_bytes){ (const uint8_t *)arena_memdup(l->scratch, b.p, b.len), (uint32_t)b.len };
}

static void put_stmts(struct lower *l, const struct tset *s, const struct tstmt *st, struct bc_elem *e)
{
	struct gen g;

	gen_init(&g, l->scratch, s->family, s->table);
	for (const struct tstmt *t = st; t; t = t->next)
		t->type->lower(&g, t);
	if (!st->next)
		BC_SET(e, NFTA_SET_ELEM_EXPR, expr, g.first);
	else
		BC_SET(e, NFTA_SET_ELEM_EXPRESSIONS, exprs, g.first);
}

static void put_props(struct lower *l, const struct tset *s, const struct telem_props *p, struct bc_elem *e)
{
	if (p->data) {
		BC_MARK(e, NFTA_SET_ELEM_DATA);
		put_data(l, s, p->data, &e->data);
	}
	if (p->obj)
		BC_SET(e, NFTA_SET_ELEM_OBJREF, objref, p->obj);
	if (p->has_timeout)
		BC_SET(e, NFTA_SET_ELEM_TIMEOUT, timeout, p->timeout_ms);
	if (p->has_expires)
		BC_SET(e, NFTA_SET_ELEM_EXPIRATION, expiration, p->expires_ms);
	if (p->stmts)
		put_stmts(l, s, p->stmts, e);
}

/* ---- messages -------------------------------------------------------------------------------------------- */

struct emitter {
	struct lower *l;
	const struct tset *s;
	struct layout y;
	struct bc_elem_writer w;
	struct bc_elems head;
	struct bc_node **text;       /* for the debug text; NULL: not wanted */
	uint32_t last_seq;
	struct place at;
	/* looking for an element instead of writing them */
	bool seeking;
	uint32_t left;
	struct place record_at, found;
	/* or giving them to another */
	lower_key_fn *each;
	void *each_ctx;
};

static void put(struct emitter *m, const struct bc_elem *e)
{
	uint32_t seq;

	if (m->seeking) {
		if (!m->left--)
			m->found = m->record_at;
		return;
	}
	if (m->each) {
		m->each(m->each_ctx, e, m->record_at);
		return;
	}
	seq = bc_elems_put(&m->w, e);
	if (seq != m->last_seq) {
		mark(m->l, seq, m->at);
		m->last_seq = seq;
	}
	if (m->text)
		*(struct bc_elem *)bc_node_add(m->l->scratch, &m->text, sizeof(*e)) = *(const struct bc_elem *)bc_copy(m->l->scratch, &bc_elem_desc, e);
}

static struct bc_data bytes_of(const struct emitter *m, const uint8_t *in, uint8_t *room)
{
	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = m->y.len, .value = arranged(&m->y, in, room) };
}

static void put_bound(struct emitter *m, const uint8_t *key, uint32_t flags)
{
	struct bc_elem e = { 0 };
	uint8_t room[KEY_MAX];

	BC_SET(&e, NFTA_SET_ELEM_KEY, key, bytes_of(m, key, room));
	if (flags)
		BC_SET(&e, NFTA_SET_ELEM_FLAGS, flags, flags);
	put(m, &e);
}

static void put_record(struct emitter *m, const struct telem *r, const struct telems *list, bool open_end)
{
	uint8_t room[KEY_MAX], room_end[KEY_MAX];
	struct bc_elem e = { 0 };

	m->record_at = r->at;
	if (r->flags & ELEM_CATCHALL) {
		BC_SET(&e, NFTA_SET_ELEM_FLAGS, flags, NFT_SET_ELEM_CATCHALL);
	} else {
		BC_SET(&e, NFTA_SET_ELEM_KEY, key, bytes_of(m, r->key, room));
		if (m->s->flags & NFT_SET_CONCAT)
			BC_SET(&e, NFTA_SET_ELEM_KEY_END, key_end, bytes_of(m, r->key + list->klen, room_end));
	}
	if (r->props)
		put_props(m->l, m->s, r->props, &e);
	if (open_end || (r->props && r->props->comment))
		put_userdata(m->l, r->props ? r->props->comment : NULL, open_end, &e);
	put(m, &e);
}

static bool all_bytes(const uint8_t *p, uint32_t n, uint8_t what)
{
	for (uint32_t i = 0; i < n; i++)
		if (p[i] != what)
			return false;
	return true;
}

/* key + 1 */
static void successor(const uint8_t *key, uint32_t n, uint8_t *out)
{
	memcpy(out, key, n);
	while (n-- && !++out[n])
		;
}

/* The highest key of the set's width: a range up to it has no end. Names narrower than their room end with it, too. */
static bool is_last(const struct tset *s, const uint8_t *key, uint32_t n)
{
	uint32_t spare = (8 - s->key->bits % 8) % 8;

	if (!spare)
		return all_bytes(key, n, 0xff);
	return key[0] == 0xff >> spare && all_bytes(key + 1, n - 1, 0xff);
}

/*
 * Each interval as its first key, and the first key behind it marked as an end. In anonymous sets, which never change, not where the
 * next interval begins.
 */
static void put_intervals(struct emitter *m, const struct telems *list, bool fresh)
{
	uint32_t k = list->klen;
	uint8_t next[KEY_MAX];
	bool first = true;

	for (uint32_t i = 0; i < list->n; i++) {
		const struct telem *r = telem_at(list, i), *after = NULL;
		bool open_end;

		if (r->flags & ELEM_CATCHALL) {
			put_record(m, r, list, false);
			continue;
		}
		if (first && fresh && !all_bytes(r->key, k, 0)) {
			memset(next, 0, k);
			put_bound(m, next, NFT_SET_ELEM_INTERVAL_END);
		}
		first = false;
		open_end = is_last(m->s, r->key + k, k);
		put_record(m, r, list, open_end);
		if (open_end)
			continue;
		successor(r->key + k, k, next);
		if (i + 1 < list->n)
			after = telem_at(list, i + 1);
		if ((m->s->flags & NFT_SET_ANONYMOUS) && after && !(after->flags & ELEM_CATCHALL) && !memcmp(after->key, next, k))
			continue;
		put_bound(m, next, NFT_SET_ELEM_INTERVAL_END);
	}
}

static void put_all(struct emitter *m, const struct telems *list, bool fresh)
{
	if ((m->s->flags & NFT_SET_INTERVAL) && !(m->s->flags & NFT_SET_CONCAT)) {
		put_intervals(m, list, fresh);
		return;
	}
	for (uint32_t i = 0; i < list->n; i++)
		put_record(m, telem_at(list, i), list, false);
}

int elems_emit(struct lower *l, const struct tset *s, const struct telems *list, uint16_t type, uint16_t flags, bool fresh, struct place at)
{
	struct emitter m = { .l = l, .s = s, .at = at };
	struct bc_shape key_shape = { 0 }, data_shape = { 0 };
	struct bc_elems text = { 0 };
	struct layout data;

	layout_of(s, s->key, &m.y);
	BC_SET(&m.head, NFTA_SET_ELEM_LIST_TABLE, table, s->table);
	BC_SET(&m.head, NFTA_SET_ELEM_LIST_SET, set, s->name);
	if (s->id && !s->from_target)
		BC_SET(&m.head, NFTA_SET_ELEM_LIST_SET_ID, set_id, s->id);
	if (l->debug) {
		text = m.head;
		m.text = &text.elems;
		shape_of(&m.y, s->key, &key_shape);
		text.key_shape = &key_shape;
		if (s->data && s->data->kind != TX_VERDICT) {
			layout_of(&(struct tset){ .flags = 0 }, s->data, &data);
			shape_of(&data, s->data, &data_shape);
			if (s->data_interval && data.n <= PARTS / 2) {
				data_shape.n = data_shape.n ? data_shape.n : 1;
				memcpy(data_shape.len + data_shape.n, data_shape.len, data_shape.n);
				data_shape.n *= 2;
			}
			text.data_shape = &data_shape;
		}
	}
	bc_elems_open(&m.w, l->out, type, s->family, flags | (type == NFT_MSG_NEWSETELEM ? echo_flags(l) : 0), &m.head);
	put_all(&m, list, fresh);
	bc_elems_close(&m.w);
	if (l->debug)
		bc_dump_elems(l->debug, s->family, &text);
	return 0;
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

static bool removing(enum ast_cmd_op op)
{
	return op == AST_DELETE || op == AST_DESTROY;
}

/* In order, disjoint, not of a concatenation; maps never merge. */
static bool merging(const struct tset *s)
{
	return s->automerge && (s->flags & NFT_SET_INTERVAL) && !(s->flags & NFT_SET_CONCAT) && !s->data && !s->obj_type;
}

/* Commands that add to, or delete from, one set in a row are as one. */
static bool continues(const struct ast_cmd *a, const struct ast_cmd *b)
{
	const struct ast_handle *x, *y;

	if (!b || a->op != b->op || !b->obj || b->obj->kind != AST_ELEMENT || a->obj->elems->kind != AST_SET || b->obj->elems->kind != AST_SET)
		return false;
	x = &a->obj->h;
	y = &b->obj->h;
	return family_of(x) == family_of(y) && !strcmp(x->table, y->table) && !strcmp(x->name, y->name);
}

/* o: of a set, or of the first of such commands. */
static int evaluate(struct lower *l, const struct tset *s, const struct ast_obj *o, const struct ast_cmd *cmd, bool removes, struct telems *list)
{
	struct eval_world w = { .stmt = stmt_by_name, .ctx = l };
	struct eval v;

	eval_init(&v, l->scratch, l->d, l->types, &w, s->family, s->table);
	v.in_set = removes;
	if (o->kind != AST_ELEMENT)
		return eval_elems(&v, s, eval_deref(o->set.elems), NULL, list);
	do
		if (eval_elems(&v, s, eval_deref(cmd->obj->elems), NULL, list))
			return -1;
	while (continues(cmd, cmd->next) && (cmd = cmd->next));
	return 0;
}

static int prepare(struct lower *l, struct tset *s, const struct ast_obj *o, const struct ast_cmd *cmd, bool removes, struct telems *list)
{
	if (evaluate(l, s, o, cmd, removes, list))
		return -1;
	if ((s->flags & NFT_SET_INTERVAL) && !(s->flags & NFT_SET_CONCAT))
		return intervals_prepare(l, s, list, merging(s) && !removes);
	return 0;
}

static int send_added(struct lower *l, struct tset *s, struct telems *list, enum ast_cmd_op op, struct place at)
{
	struct telems purge = { 0 };

	if (merging(s))
		merge_add(l, s, list, op == AST_CREATE, &purge);
	if (purge.n)
		elems_emit(l, s, &purge, NFT_MSG_DELSETELEM, 0, false, at);
	if (list->n) {
		elems_emit(l, s, list, NFT_MSG_NEWSETELEM, op_flags(op), !s->filled && !s->from_target, at);
		s->filled = true;
	}
	telems_free(&purge);
	return 0;
}

static int send_deleted(struct lower *l, struct tset *s, struct telems *list, enum ast_cmd_op op, struct place at)
{
	struct telems rest = { 0 };

	if (merging(s) && merge_delete(l, s, list, op == AST_DESTROY, &rest)) {
		telems_free(&rest);
		return -1;
	}
	if (list->n)
		elems_emit(l, s, list, op_type(op, 0, NFT_MSG_DELSETELEM, NFT_MSG_DESTROYSETELEM), 0, false, at);
	if (rest.n)
		elems_emit(l, s, &rest, NFT_MSG_NEWSETELEM, NLM_F_CREATE, false, at);
	telems_free(&rest);
	return 0;
}

static int elements(struct lower *l, struct tset *s, const struct ast_obj *o, enum ast_cmd_op op)
{
	bool removes = removing(op);
	struct telems list = { 0 };
	int err;

	if (!removes && !s->init)
		s->init = eval_deref(o->kind == AST_ELEMENT ? o->elems : o->set.elems);
	err = prepare(l, s, o, l->cmd, removes, &list);
	if (!err)
		err = removes ? send_deleted(l, s, &list, op, o->at) : send_added(l, s, &list, op, o->at);
	telems_free(&list);
	if (!l->depth)
		arena_reset(l->scratch);
	return err;
}

int lower_set_elements(struct lower *l, const struct ast_obj *o)
{
	struct tset *s;

	if (!o->set.elems)
		return 0;
	s = set_find(l, family_of(&o->h), o->h.table, o->h.name);
	return s ? elements(l, s, o, AST_ADD) : -1;
}

int lower_elements(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	const struct ast_cmd *first = l->first_of_row ? l->first_of_row : l->cmd;
	struct tset *s;

	if (continues(l->cmd, l->cmd->next)) {
		l->first_of_row = first;
		return 0;
	}
	l->first_of_row = NULL;
	l->cmd = first;
	l->obj = o = first->obj;
	s = set_find(l, family_of(&o->h), o->h.table, o->h.name);
	if (s)
		return elements(l, s, o, op);
	set_missing(l, family_of(&o->h), o->h.table, o->h.name, o->h.name_at);
	return -1;
}

struct place element_place(struct lower *l, const struct ast_obj *o, const struct ast_cmd *cmd, uint32_t n)
{
	struct tset *s = set_find(l, family_of(&o->h), o->h.table, o->h.name);
	const struct ast_expr *items = eval_deref(o->kind == AST_ELEMENT ? o->elems : o->set.elems);
	struct emitter m = { .l = l, .s = s, .seeking = true, .left = n };
	struct telems list = { 0 };

	if (!s || !items)
		return (struct place){ 0 };
	layout_of(s, s->key, &m.y);
	if (!prepare(l, s, o, cmd, removing(cmd->op), &list))
		put_all(&m, &list, !removing(cmd->op) && s->init == items && !s->from_target);
	telems_free(&list);
	arena_reset(l->scratch);
	return m.found;
}

int lower_keys(struct lower *l, const struct ast_obj *o, lower_key_fn *fn, void *ctx)
{
	struct tset *s = set_find(l, family_of(&o->h), o->h.table, o->h.name);
	struct emitter m = { .l = l, .s = s, .each = fn, .each_ctx = ctx };
	struct ast_cmd alone = { .op = AST_GET, .obj = (struct ast_obj *)o };
	struct telems list = { 0 };
	int err;

	if (!s) {
		set_missing(l, family_of(&o->h), o->h.table, o->h.name, o->h.name_at);
		return -1;
	}
	layout_of(s, s->key, &m.y);
	err = evaluate(l, s, o, &alone, true, &list);
	for (uint32_t i = 0; !err && i < list.n; i++)
		telem_at(&list, i)->props = NULL;
	if (!err)
		put_all(&m, &list, false);
	telems_free(&list);
	arena_reset(l->scratch);
	return err;
}
