/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages out: the common head, replies, and dumps. Control thread. */
#include "vm/state/internal.h"

int fill_put(struct buf *out, const struct fill *f, const struct bc_desc *d, const void *body)
{
	return bc_msg(out, NFNL_SUBSYS_NFTABLES, f->msg, f->family, f->flags, f->seq, f->port, (uint16_t)state_genid(f->e), d,
		      body);
}

struct fill reply_fill(const struct nl_req *q, uint16_t msg)
{
	return (struct fill){
		.e = q->e, .msg = msg, .family = q->family, .seq = q->nlh->nlmsg_seq, .port = nfvm_socket_port(q->sock)
	};
}

void reply(struct nl_req *q, struct buf *b)
{
	nl_answer(q->sock, b);
}

/* ---- dumps ---- */

static int part(struct nl_dump *d, struct buf *out, size_t room)
{
	struct dump *x = (struct dump *)d;

	if (x->part)
		return x->part(x, out, room);
	if (x->kept.len) {
		buf_put(out, x->kept.p, x->kept.len);
		buf_free(&x->kept);
	}
	while (x->i < x->n) {
		size_t mark = out->len;
		int err = x->put(x, out, x->item[x->i]);

		if (err)
			return err;
		arena_reset(x->arena);
		x->i++;
		if (out->len > room && mark) {
			buf_put(&x->kept, out->p + mark, out->len - mark);
			buf_cut(out, mark);
			break;
		}
	}
	return out->len != 0;
}

void dump_free(struct dump *x)
{
	x->s->pins--;
	free(x->item);
	buf_free(&x->kept);
	arena_free(&x->arena);
	state_drain(x->s);
	free(x);
}

static void done(struct nl_dump *d)
{
	dump_free((struct dump *)d);
}

struct dump *dump_new(struct nl_req *q, int (*put)(struct dump *, struct buf *, void *))
{
	struct dump *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->d.part = part;
	x->d.done = done;
	x->s = q->e->state;
	x->family = q->family;
	x->put = put;
	x->arena = arena_new();
	x->s->pins++;
	return x;
}

int dump_add(struct dump *x, void *item)
{
	if (x->n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 64;
		void **p = realloc(x->item, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		x->item = p;
		x->cap = cap;
	}
	x->item[x->n++] = item;
	return 0;
}

int dump_start(struct nl_req *q, struct dump *x)
{
	return nl_dump_start(q, &x->d);
}

struct fill dump_fill(const struct dump *x, uint16_t msg, uint16_t flags)
{
	return (struct fill){
		.e = x->s->e,
		.msg = msg,
		.flags = flags | NLM_F_MULTI | (x->d.intr ? NLM_F_DUMP_INTR : 0),
		.seq = x->d.seq,
		.port = x->d.port,
		.reset = x->reset,
	};
}
