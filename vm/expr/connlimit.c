/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "connlimit" (`ct count`): how many connections have come by here and still live. Reference: net/netfilter/nft_connlimit.c, nf_conncount.c.
 *
 * State is a list of connections in fixed room, behind the state itself: a word each, the address of the entry and 16 bits of its number,
 * since an entry's memory serves many connections one after the other. A packet scans the words in use, drops those whose connection
 * has ended, and takes a free one for its own where that is not among them:
 *
 *     63        48 47                0
 *     | number   |  struct ct_entry |      0: free
 *
 * There is room for four times the limit and some, up to what a connection table may hold. Connections beyond it are not remembered; the
 * limit is long passed then.
 * Differs from the kernel, which adds a connection again where it has cleaned its list in the same jiffy.
 *
 * Concurrency: workers, without locks; words change by compare-and-swap. Entries of connections stay readable memory.
 */
#include <errno.h>

#include "vm/ct/ct.h"
#include "vm/expr/expr.h"

#define ADDRESS UINT64_C(0x0000ffffffffffff)

enum { ROOM_MORE = 64, ROOM_TIMES = 4, ROOM_MAX = 1 << 16, ROOM_END = 1 << 22 };

struct state {
	uint32_t limit, room;
	bool invert;
	_Atomic uint32_t used;   /* words below this have been in use */
	_Atomic uint64_t word[]; /* room of them */
};

/* Words for a limit. */
static uint32_t room_of(uint32_t limit)
{
	uint64_t n = (uint64_t)limit * ROOM_TIMES + ROOM_MORE;

	if (n <= ROOM_MAX)
		return n;
	return limit < ROOM_MAX ? ROOM_MAX : limit < ROOM_END ? limit + ROOM_MORE : ROOM_END;
}

static uint64_t word_of(const struct ct_entry *ct)
{
	return (uint64_t)(uintptr_t)ct | (uint64_t)ct->id << 48;
}

/* The connection of a word is still the same, and not closed (already_closed()). */
static bool lives(uint64_t w)
{
	const struct ct_entry *ct = (const struct ct_entry *)(uintptr_t)(w & ADDRESS);
	uint32_t life = atomic_load_explicit(&ct->life, memory_order_acquire);

	if (word_of(ct) != w || (life != CT_UNCONFIRMED && life != CT_PENDING && life != CT_CONFIRMED))
		return false;
	if (ct_tuple(ct, CT_ORIG)->proto != IPPROTO_TCP)
		return true;
	return ct->proto.tcp.state != TCP_CONNTRACK_TIME_WAIT && ct->proto.tcp.state != TCP_CONNTRACK_CLOSE;
}

/* Living connections of the list; drops the others. *own: whether `mine` is among them. */
static uint32_t count(struct state *s, uint64_t mine, bool *own)
{
	uint32_t used = atomic_load_explicit(&s->used, memory_order_acquire), n = 0;

	*own = false;
	for (uint32_t i = 0; i < used; i++) {
		uint64_t w = atomic_load_explicit(&s->word[i], memory_order_relaxed);

		if (!w)
			continue;
		if (w == mine)
			*own = true;
		else if (!lives(w)) {
			atomic_compare_exchange_strong(&s->word[i], &w, 0);
			continue;
		}
		n++;
	}
	return n;
}

static void add(struct state *s, uint64_t mine)
{
	for (uint32_t i = 0; i < s->room; i++) {
		uint32_t used = atomic_load(&s->used);
		uint64_t none = 0;

		if (i >= used && !atomic_compare_exchange_strong(&s->used, &used, i + 1) && used <= i)
			i--;
		else if (atomic_compare_exchange_strong(&s->word[i], &none, mine))
			return;
	}
}

static void eval(void *state, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct state *s = state;
	struct ct_tuple t;
	uint32_t n;
	bool own;

	if (!pkt->ct && !ct_pkt_tuple(pkt, &t)) {
		regs->verdict.code = NF_DROP;
		return;
	}
	n = count(s, pkt->ct ? word_of(pkt->ct) : 0, &own);
	if (!own) {
		n++;
		if (pkt->ct)
			add(s, word_of(pkt->ct));
	}
	if ((n > s->limit) != s->invert)
		vm_break(regs);
}

static size_t room(const void *body)
{
	return room_of(((const struct bc_connlimit *)body)->count) * sizeof(uint64_t);
}

static int init(struct expr_build *b, void *state, const void *body, bool element)
{
	const struct bc_connlimit *x = body;
	struct state *s = state;

	if (!BC_HAS(x, NFTA_CONNLIMIT_COUNT))
		return -EINVAL;
	if (x->flags & ~(uint32_t)NFT_CONNLIMIT_F_INV)
		return -EOPNOTSUPP;
	if (!expr_has_ct(b->family))
		return -EPROTO;
	s->limit = x->count;
	s->room = room_of(x->count);
	s->invert = x->flags & NFT_CONNLIMIT_F_INV;
	return 0;
}

static void clone(void *to, const void *from)
{
	const struct state *f = from;
	struct state *s = to;

	s->limit = f->limit;
	s->room = f->room;
	s->invert = f->invert;
}

static bool idle(void *state)
{
	bool own;

	return !count(state, 0, &own);
}

static void dump(struct vm_engine *e, void *state, struct arena *a, void *body, bool reset)
{
	const struct state *s = state;
	struct bc_connlimit *x = body;

	BC_SET(x, NFTA_CONNLIMIT_COUNT, count, s->limit);
	if (s->invert)
		BC_SET(x, NFTA_CONNLIMIT_FLAGS, flags, NFT_CONNLIMIT_F_INV);
}

static const struct vm_stateful_ops ops = {
	.size = sizeof(struct state), .needs_gc = true, .needs_ct = true, .object = NFT_OBJECT_CONNLIMIT, .room = room, .init = init,
	.clone = clone, .eval = eval, .idle = idle, .dump = dump,
};

const struct vm_expr vm_expr_connlimit = {
	.name = "connlimit", .kernel_size = 16, .build = expr_stateful_build, .exec = expr_stateful_exec, .dump = expr_stateful_dump,
	.destroy = expr_stateful_destroy, .stateful = &ops,
};
