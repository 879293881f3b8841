/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -m limit: a bucket of credits, filled by each jiffy, emptied by each packet that passes. As in the kernel, time counts in jiffies
 * of 4 ms. State is one word, {credit, jiffy of the last change}, changed by compare-and-swap. Reference: net/netfilter/xt_limit.c.
 */
#include "vm/xt/xt.h"

#include <linux/netfilter/xt_limit.h>
#include <stddef.h>

enum { HZ = 250, NS_PER_JIFFY = 1000000000 / HZ };
#define CREDITS_PER_JIFFY 128u /* the largest power of two below 2^32 / (HZ * a day's seconds) */

struct state {
	_Atomic uint64_t word; /* credit in the upper half, jiffies in the lower; 0: not begun */
};

static uint32_t jiffies(const struct vm_pkt *p)
{
	return (uint32_t)(p->w->now_ns / NS_PER_JIFFY);
}

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_rateinfo *r = info;
	struct state *s = state;
	uint64_t old = atomic_load_explicit(&s->word, memory_order_relaxed), now = jiffies(p), new;
	bool pass;

	do {
		uint64_t credit = old ? (old >> 32) + (uint64_t)(uint32_t)(now - (uint32_t)old) * CREDITS_PER_JIFFY : r->credit_cap;

		credit = credit > r->credit_cap ? r->credit_cap : credit;
		pass = credit >= r->cost;
		new = (pass ? credit - r->cost : credit) << 32 | now;
	} while (!atomic_compare_exchange_weak_explicit(&s->word, &old, new, memory_order_relaxed, memory_order_relaxed));
	return xt_if(pass);
}

static uint32_t credits(uint32_t user)
{
	if (user > UINT32_MAX / (HZ * CREDITS_PER_JIFFY))
		return user / XT_LIMIT_SCALE * HZ * CREDITS_PER_JIFFY;
	return user * HZ * CREDITS_PER_JIFFY / XT_LIMIT_SCALE;
}

static int check(const struct xt_check *c, void *info, void *state)
{
	struct xt_rateinfo *r = info;

	if (!r->burst || credits(r->avg * r->burst) < credits(r->avg))
		return -ERANGE;
	r->credit_cap = credits(r->avg * r->burst);
	r->cost = credits(r->avg);
	return 0;
}

const struct vm_xt xt_limit_rows[] = {
	{ .name = "limit",
	  .size = sizeof(struct xt_rateinfo),
	  .user = offsetof(struct xt_rateinfo, prev),
	  .state_size = sizeof(struct state),
	  .check = check,
	  .match = match },
	{ 0 },
};
