/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_GETSETELEM and its RESET: single elements, and all of a set, as many to a message as fit. Control thread. */
#include "vm/state/internal.h"

/* ---- all ---- */

/* The message that is being filled: its head and the list of elements, both open. */
struct open_list {
	size_t msg, list;
};

static size_t nest_begin(struct buf *b, uint16_t type)
{
	struct nlattr a = { .nla_type = type | NLA_F_NESTED };
	size_t at = b->len;

	buf_put(b, &a, sizeof(a));
	return at;
}

static void nest_end(struct buf *b, size_t at)
{
	((struct nlattr *)(b->p + at))->nla_len = b->len - at;
}

static struct open_list list_begin(const struct dump *x, struct buf *b)
{
	struct fill f = dump_fill(x, NFT_MSG_NEWSETELEM, 0);
	struct bc_elems m = { 0 };
	struct open_list o;

	o.msg = nl_begin(b, NFNL_SUBSYS_NFTABLES << 8 | f.msg, f.flags, f.seq, f.port, x->set->table->family,
			 (uint16_t)state_genid(f.e));
	BC_SET(&m, NFTA_SET_ELEM_LIST_TABLE, table, x->set->table->h.name);
	BC_SET(&m, NFTA_SET_ELEM_LIST_SET, set, x->set->h.name);
	bc_encode(b, &bc_elems_desc, &m);
	o.list = nest_begin(b, NFTA_SET_ELEM_LIST_ELEMENTS);
	return o;
}

static void list_end(struct buf *b, struct open_list o)
{
	nest_end(b, o.list);
	nl_end(b, o.msg);
}

static void put_elem(struct dump *x, struct buf *b, struct vm_elem *e, uint64_t now)
{
	struct bc_elem m;
	size_t at = nest_begin(b, NFTA_LIST_ELEM);

	elem_dump(x->set, e, x->arena, now, x->reset, &m);
	bc_encode(b, &bc_elem_desc, &m);
	nest_end(b, at);
	arena_reset(x->arena);
}

static int part(struct dump *x, struct buf *out, size_t room)
{
	unsigned cursor = state_cursor(x->s->e);
	uint64_t now = vm_now(x->s->e);
	struct open_list o;
	size_t first;
	bool more;

	if (!state_active(&x->set->h, cursor))
		return -ENOENT;
	/* the last message has no elements but the catch-all one, and the end with it */
	more = x->kept.len || x->i < x->n;
	o = list_begin(x, out);
	first = out->len;
	if (x->kept.len) {
		buf_put(out, x->kept.p, x->kept.len);
		buf_free(&x->kept);
	}
	for (; x->i < x->n; x->i++) {
		struct vm_elem *e = x->item[x->i];
		size_t mark = out->len;

		if (!vm_elem_active(e, cursor) || vm_elem_expired(e, now))
			continue;
		put_elem(x, out, e, now);
		if (out->len <= room || mark == first)
			continue;
		buf_put(&x->kept, out->p + mark, out->len - mark);
		buf_cut(out, mark);
		break;
	}
	x->i += x->kept.len != 0;
	if (!more) {
		struct vm_elem *e = catchall_find(x->set, cursor, now);

		if (e)
			put_elem(x, out, e, now);
	}
	list_end(out, o);
	return more;
}

static int gather(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	struct dump *x = ctx;

	return vm_elem_active(e, state_cursor(x->s->e)) ? dump_add(x, e) : 0;
}

static int elems_dump(struct nl_req *q, struct vm_set *s)
{
	struct dump *x = dump_new(q, NULL);
	int err;

	if (!x)
		return -ENOMEM;
	x->part = part;
	x->set = s;
	x->reset = q->msg == NFT_MSG_GETSETELEM_RESET;
	err = s->ops->walk(s, gather, x);
	if (err) {
		dump_free(x);
		return err;
	}
	return dump_start(q, x);
}

/* ---- single ones ---- */

static int elem_get(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, unsigned cursor)
{
	struct fill f = reply_fill(q, NFT_MSG_NEWSETELEM);
	struct vm_elem *probe, *x;
	struct buf b = { 0 };
	int err = elem_parse_key(q, s, m, true, &probe);

	if (err)
		return err;
	if (probe->flags & NFT_SET_ELEM_CATCHALL)
		x = catchall_find(s, cursor, vm_now(q->e));
	else
		x = s->ops->get(s, probe, cursor, vm_now(q->e));
	if (!x)
		return -ENOENT;
	f.reset = q->msg == NFT_MSG_GETSETELEM_RESET;
	err = fill_elem(&b, &f, s, x);
	if (!err)
		reply(q, &b);
	return err;
}

int elems_get(struct nl_req *q)
{
	const struct bc_elems *m = q->body;
	unsigned cursor = state_cursor(q->e);
	struct vm_table *tb;
	struct vm_set *s;
	bool dump = nl_flags(q) & NLM_F_DUMP;
	int err;

	if (!dump && !BC_HAS(m, NFTA_SET_ELEM_LIST_ELEMENTS))
		return -EINVAL;
	err = find_table(q->e->state, q->family, m->table, cursor, 0, &tb);
	if (err)
		return nl_bad(q, NFTA_SET_ELEM_LIST_TABLE, err);
	s = m->set ? find_set(tb, m->set, cursor) : NULL;
	if (!s)
		return nl_bad(q, NFTA_SET_ELEM_LIST_SET, m->set ? -ENOENT : -EINVAL);
	if (dump)
		return elems_dump(q, s);
	if (!BC_HAS(m, NFTA_SET_ELEM_LIST_ELEMENTS))
		return -EINVAL;
	for (const struct bc_node *n = m->elems; n; n = n->next) {
		err = elem_get(q, s, BC_BODY(n, struct bc_elem), cursor);
		if (err) {
			q->err->at = n->at;
			return err;
		}
	}
	return 0;
}
