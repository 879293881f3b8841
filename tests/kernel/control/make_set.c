/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random sets of every description, and their elements. */
#include "tests/kernel/control/control.h"

#include <string.h>

/* ---- sets ---- */

static void describe(struct maker *m, struct w_set *s, uint32_t flags)
{
	static const uint8_t lens[] = { 4, 4, 4, 2, 16, 1, 4, 8, 6 };

	s->flags = flags;
	if (flags == UINT32_MAX) {
		s->flags = 0;
		if (rng_in(m->r, 4))
			s->flags |= NFT_SET_TIMEOUT;
		if (rng_in(m->r, 3))
			s->flags |= NFT_SET_EVAL;
		if (rng_in(m->r, 20))
			s->flags |= NFT_SET_CONSTANT;
	}
	if (rng_in(m->r, 3))
		s->flags |= NFT_SET_INTERVAL;
	if (rng_in(m->r, 3))
		s->flags |= NFT_SET_MAP;
	else if (rng_in(m->r, 6))
		s->flags |= NFT_SET_OBJECT;
	if (s->flags & NFT_SET_EVAL && s->flags & NFT_SET_INTERVAL && rng_below(m->r, 3))
		s->flags &= ~(uint32_t)NFT_SET_INTERVAL;
	s->key_len = lens[rng_below(m->r, sizeof(lens))];
	s->key_type = 7 + rng_below(m->r, 10);
	if (rng_in(m->r, 4)) {
		s->flags |= NFT_SET_CONCAT;
		s->n_fields = (uint8_t)(2 + rng_below(m->r, 2));
		s->key_len = 0;
		for (unsigned i = 0; i < s->n_fields; i++) {
			s->field_len[i] = (uint8_t)RNG_OF(m->r, 4, 2, 1, 4, 16);
			s->key_len += (s->field_len[i] + 3u) & ~3u;
		}
	}
	if (s->flags & NFT_SET_MAP) {
		s->data_type = rng_in(m->r, 2) ? NFT_DATA_VERDICT : 7;
		s->data_len = s->data_type == NFT_DATA_VERDICT ? 16 : (uint32_t)RNG_OF(m->r, 4, 2, 16, 4);
	}
	if (s->flags & NFT_SET_OBJECT)
		s->obj_type = (uint32_t)RNG_OF(m->r, 1, 1, 2, 4, 8, 3);
}

static void put_desc(struct maker *m, const struct w_set *s)
{
	size_t desc, concat, field;

	desc = nest_begin(m, NFTA_SET_DESC);
	if (rng_in(m->r, 2))
		put_be32(m, NFTA_SET_DESC_SIZE, (uint32_t)RNG_OF(m->r, 1, 2, 3, 5, 100, 65535, wrong(m) ? 0xffffffff : 4));
	if (s->n_fields && !wrong(m)) {
		concat = nest_begin(m, NFTA_SET_DESC_CONCAT);
		for (unsigned i = 0; i < s->n_fields; i++) {
			field = nest_begin(m, NFTA_LIST_ELEM);
			put_be32(m, NFTA_SET_FIELD_LEN, wrong(m) ? rng_below(m->r, 300) : s->field_len[i]);
			nest_end(m, field);
		}
		nest_end(m, concat);
	}
	nest_end(m, desc);
}

static void put_exprs(struct maker *m, struct w_set *s)
{
	size_t list;

	if (rng_in(m->r, 2)) {
		make_stateful(m, NFTA_SET_EXPR, rng_below(m->r, N_STATEFUL));
		s->n_exprs = 1;
		return;
	}
	if (!wrong(m))
		s->flags |= NFT_SET_EXPR;
	list = nest_begin(m, NFTA_SET_EXPRESSIONS);
	s->n_exprs = 1 + rng_below(m->r, wrong(m) ? 4 : 2);
	for (unsigned i = 0; i < s->n_exprs; i++)
		make_stateful(m, NFTA_LIST_ELEM, i < N_STATEFUL ? i : 0);
	nest_end(m, list);
}

/* w must be what the message says; flags may be mended behind the name. */
static void put_set(struct maker *m, struct w_set *s, bool again)
{
	size_t flags;

	flags = m->out->len;
	put_be32(m, NFTA_SET_FLAGS, 0);
	put_be32(m, NFTA_SET_KEY_TYPE, s->key_type);
	if (!rng_in(m->r, 60))
		put_be32(m, NFTA_SET_KEY_LEN, wrong(m) ? rng_below(m->r, 70) : s->key_len);
	if (s->flags & NFT_SET_MAP) {
		put_be32(m, NFTA_SET_DATA_TYPE, s->data_type);
		if (!wrong(m))
			put_be32(m, NFTA_SET_DATA_LEN, wrong(m) ? rng_below(m->r, 70) : s->data_len);
	}
	if (s->flags & NFT_SET_OBJECT)
		put_be32(m, NFTA_SET_OBJ_TYPE, wrong(m) ? rng_below(m->r, 12) : s->obj_type);
	if (!rng_in(m->r, 60))
		put_be32(m, NFTA_SET_ID, s->id);
	if (rng_in(m->r, 6))
		put_be32(m, NFTA_SET_POLICY, rng_below(m->r, wrong(m) ? 3 : 2));
	if (s->n_fields || rng_in(m->r, 3))
		put_desc(m, s);
	if (s->flags & NFT_SET_TIMEOUT ? rng_in(m->r, 2) : rng_in(m->r, 60))
		put_be64(m, NFTA_SET_TIMEOUT, 100000 * (uint64_t)RNG_OF(m->r, 1, 2, 5, 100, wrong(m) ? INT64_MAX / 100000 : 3));
	if (s->flags & NFT_SET_TIMEOUT ? rng_in(m->r, 3) : rng_in(m->r, 60))
		put_be32(m, NFTA_SET_GC_INTERVAL, 1000 * rng_below(m->r, 1000));
	make_userdata(m, NFTA_SET_USERDATA);
	if (again ? s->n_exprs : rng_in(m->r, 5))
		put_exprs(m, s);
	be32_store(m->out->p + flags + NLA_HDRLEN, s->flags);
}

int make_set_in(struct maker *m, int table, uint32_t flags)
{
	const struct w_table t = m->w->tables[table];
	bool anonymous = flags != UINT32_MAX && flags & NFT_SET_ANONYMOUS;
	struct w_set s = { .table = (uint32_t)table, .id = ++m->id };

	describe(m, &s, flags);
	s.name = anonymous ? wrong(m) ? "__map" : rng_in(m->r, 2) ? "__set%d" : "__map%d" : name_of(m, 's');
	msg_begin(m, NFT_MSG_NEWSET, t.family, new_flags(m));
	if (!rng_in(m->r, 60))
		put_str(m, NFTA_SET_TABLE, t.name);
	if (!rng_in(m->r, 60))
		put_str(m, NFTA_SET_NAME, s.name);
	put_set(m, &s, false);
	msg_end(m);
	*W_ADD(m->w, sets) = s;
	return (int)m->w->n_sets - 1;
}

/* One that is there, said again: an update, or a complaint. */
static void again(struct maker *m, int t)
{
	const struct w_set *old = pick_set(m, t, 0, 0);
	struct w_set s;

	if (!old)
		return;
	s = *old;
	s.id = ++m->id;
	msg_begin(m, NFT_MSG_NEWSET, m->w->tables[t].family, new_flags(m) & (uint16_t)~NLM_F_EXCL);
	put_str(m, NFTA_SET_TABLE, m->w->tables[t].name);
	put_str(m, NFTA_SET_NAME, s.name);
	if (wrong(m))
		s.key_len = 4;
	put_set(m, &s, true);
	msg_end(m);
}

void make_set(struct maker *m)
{
	const struct w_set *s;
	uint8_t family;
	const char *tname;
	int t = pick_table(m, &family, &tname), set;

	if (rng_below(m->r, 10) < 6) {
		if (t < 0)
			return;
		if (rng_in(m->r, 4)) {
			again(m, t);
			return;
		}
		set = make_set_in(m, t, rng_in(m->r, 30) ? rng_below(m->r, 1024) : UINT32_MAX);
		if (rng_in(m->r, 2))
			make_elems_of(m, set, 1 + rng_below(m->r, 6));
		return;
	}
	s = t >= 0 && !wrong(m) ? pick_set(m, t, 0, 0) : NULL;
	msg_begin(m, one_type(m, NFT_MSG_DELSET, NFT_MSG_DESTROYSET), family,
		  (rng_in(m->r, 3) ? 0 : NLM_F_ACK) | (rng_in(m->r, 6) ? NLM_F_NONREC : 0) | (rng_in(m->r, 6) ? NLM_F_ECHO : 0));
	put_str(m, NFTA_SET_TABLE, tname);
	if (rng_in(m->r, 3))
		put_be64(m, NFTA_SET_HANDLE, s && s->handle ? s->handle : some_handle(m));
	else if (!rng_in(m->r, 30))
		put_str(m, NFTA_SET_NAME, s ? s->name : name_of(m, 's'));
	msg_end(m);
}

/* ---- elements ---- */

static void put_value(struct maker *m, uint16_t type, const uint8_t *p, uint32_t len)
{
	size_t nest = nest_begin(m, type);

	put(m, NFTA_DATA_VALUE, p, len);
	nest_end(m, nest);
}

/* Few values, so that they meet: a number n in each field. */
static void key_of(const struct w_set *s, uint8_t *key, uint32_t n, struct maker *m)
{
	uint32_t at = 0;

	memset(key, 0, 64);
	if (!s->n_fields) {
		key[s->key_len ? s->key_len - 1 : 0] = (uint8_t)n;
		return;
	}
	for (unsigned i = 0; i < s->n_fields; i++) {
		key[at + (s->field_len[i] ? s->field_len[i] : 1) - 1] = (uint8_t)(rng_in(m->r, 3) ? n + 1 : n);
		at += (s->field_len[i] + 3u) & ~3u;
	}
}

static void put_elem_times(struct maker *m, const struct w_set *s)
{
	uint64_t timeout = 100000 * (uint64_t)RNG_OF(m->r, 1, 2, 3, 50, wrong(m) ? 0 : 7);

	if (s->flags & NFT_SET_TIMEOUT ? rng_in(m->r, 2) : rng_in(m->r, 60))
		put_be64(m, NFTA_SET_ELEM_TIMEOUT, timeout);
	if (s->flags & NFT_SET_TIMEOUT ? rng_in(m->r, 4) : rng_in(m->r, 60))
		put_be64(m, NFTA_SET_ELEM_EXPIRATION, wrong(m) ? 100000 * (uint64_t)rng_below(m->r, 100) : timeout);
}

static void put_elem_data(struct maker *m, const struct w_set *s)
{
	uint8_t bytes[64] = { (uint8_t)rng_below(m->r, 3) };

	if (s->data_type == NFT_DATA_VERDICT)
		make_verdict(m, NFTA_SET_ELEM_DATA, (int)s->table, true);
	else
		put_value(m, NFTA_SET_ELEM_DATA, bytes, s->data_len && s->data_len <= 64 && !wrong(m) ? s->data_len : 4);
}

static void put_elem_exprs(struct maker *m, const struct w_set *s)
{
	size_t list;

	if (s->n_exprs > 1) {
		list = nest_begin(m, NFTA_SET_ELEM_EXPRESSIONS);
		for (unsigned i = 0; i < s->n_exprs - wrong(m); i++)
			make_stateful(m, NFTA_LIST_ELEM, i < N_STATEFUL ? i : 0);
		nest_end(m, list);
	} else {
		make_stateful(m, NFTA_SET_ELEM_EXPR, rng_below(m->r, N_STATEFUL));
	}
}

static void put_elem(struct maker *m, const struct w_set *s, uint32_t n, bool end)
{
	const struct w_obj *o = pick_obj(m, (int)s->table, s->obj_type);
	bool both = s->flags & NFT_SET_CONCAT && s->flags & NFT_SET_INTERVAL, all = !end && rng_in(m->r, 20);
	uint32_t flags = end ? NFT_SET_ELEM_INTERVAL_END : all ? NFT_SET_ELEM_CATCHALL : 0;
	size_t elem = nest_begin(m, NFTA_LIST_ELEM);
	uint8_t key[64];

	if (flags || wrong(m))
		put_be32(m, NFTA_SET_ELEM_FLAGS, wrong(m) ? rng_below(m->r, 5) : flags);
	key_of(s, key, n, m);
	if (!all || wrong(m))
		put_value(m, NFTA_SET_ELEM_KEY, key, s->key_len && s->key_len <= 64 && !wrong(m) ? s->key_len : 4);
	if (both ? !all && rng_below(m->r, 5) : rng_in(m->r, 100)) {
		key_of(s, key, n + rng_below(m->r, 4), m);
		put_value(m, NFTA_SET_ELEM_KEY_END, key, s->key_len && s->key_len <= 64 ? s->key_len : 4);
	}
	if (!end || wrong(m)) {
		if (s->flags & NFT_SET_MAP ? !wrong(m) : rng_in(m->r, 100))
			put_elem_data(m, s);
		if (s->flags & NFT_SET_OBJECT ? !wrong(m) : rng_in(m->r, 100))
			put_str(m, NFTA_SET_ELEM_OBJREF, o ? o->name : name_of(m, 'o'));
		put_elem_times(m, s);
		if (s->n_exprs ? rng_in(m->r, 2) : rng_in(m->r, 12))
			put_elem_exprs(m, s);
		make_userdata(m, NFTA_SET_ELEM_USERDATA);
	}
	nest_end(m, elem);
}

/* n elements; of sets of intervals, beginnings and ends. */
static void put_elems(struct maker *m, const struct w_set *s, unsigned n)
{
	bool pairs = s->flags & NFT_SET_INTERVAL && !(s->flags & NFT_SET_CONCAT);
	size_t list = nest_begin(m, NFTA_SET_ELEM_LIST_ELEMENTS);

	for (; n; n--) {
		uint32_t at = rng_below(m->r, pairs ? 60 : 8);

		if (pairs && rng_in(m->r, 12))
			put_elem(m, s, rng_in(m->r, 2) ? 0 : at, true);
		put_elem(m, s, at, false);
		if (pairs && !rng_in(m->r, 12))
			put_elem(m, s, at + 1 + rng_below(m->r, 6), true);
	}
	nest_end(m, list);
}

void make_elems_of(struct maker *m, int set, unsigned n)
{
	const struct w_set s = m->w->sets[set];

	if (m->plain) { /* the list alone */
		put_elems(m, &s, n);
		return;
	}
	msg_begin(m, NFT_MSG_NEWSETELEM, m->w->tables[s.table].family, new_flags(m));
	put_str(m, NFTA_SET_ELEM_LIST_TABLE, m->w->tables[s.table].name);
	if (!rng_in(m->r, 60))
		put_str(m, NFTA_SET_ELEM_LIST_SET, s.name);
	if (s.id)
		put_be32(m, NFTA_SET_ELEM_LIST_SET_ID, s.id);
	put_elems(m, &s, n);
	msg_end(m);
}

static void del_there(struct maker *m, const struct w_set *s, uint32_t index)
{
	size_t list = nest_begin(m, NFTA_SET_ELEM_LIST_ELEMENTS), elem;

	for (uint32_t i = 0; i < m->w->n_elems; i++) {
		const struct bc_elem *e = &m->w->elems[i].m;

		if (m->w->elems[i].set != index || rng_in(m->r, 3))
			continue;
		elem = nest_begin(m, NFTA_LIST_ELEM);
		if (e->flags)
			put_be32(m, NFTA_SET_ELEM_FLAGS, e->flags);
		if (BC_HAS(e, NFTA_SET_ELEM_KEY))
			put_value(m, NFTA_SET_ELEM_KEY, e->key.value, e->key.len);
		if (BC_HAS(e, NFTA_SET_ELEM_KEY_END) && !wrong(m))
			put_value(m, NFTA_SET_ELEM_KEY_END, e->key_end.value, e->key_end.len);
		nest_end(m, elem);
	}
	nest_end(m, list);
	(void)s;
}

void make_elems(struct maker *m)
{
	const struct w_set *s;
	struct w_set copy;
	uint8_t family;
	const char *tname;
	int t = pick_table(m, &family, &tname);
	uint32_t index;

	s = t >= 0 ? pick_set(m, t, 0, wrong(m) ? 0 : NFT_SET_ANONYMOUS) : NULL;
	if (!s)
		return;
	index = (uint32_t)(s - m->w->sets);
	copy = *s;
	if (rng_below(m->r, 10) < 7) {
		make_elems_of(m, (int)index, 1 + rng_below(m->r, 5));
		return;
	}
	msg_begin(m, one_type(m, NFT_MSG_DELSETELEM, NFT_MSG_DESTROYSETELEM), family,
		  (rng_in(m->r, 3) ? 0 : NLM_F_ACK) | (rng_in(m->r, 6) ? NLM_F_ECHO : 0));
	put_str(m, NFTA_SET_ELEM_LIST_TABLE, tname);
	put_str(m, NFTA_SET_ELEM_LIST_SET, copy.name);
	if (rng_in(m->r, 6))
		; /* all of them */
	else if (rng_in(m->r, 3))
		put_elems(m, &copy, 1 + rng_below(m->r, 3));
	else
		del_there(m, &copy, index);
	msg_end(m);
}
