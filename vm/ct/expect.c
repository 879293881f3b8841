/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expectations: a small hash table by destination under one spin lock; see help.h. Reference: net/netfilter/nf_conntrack_expect.c.
 */
#include "vm/ct/help.h"

#include <errno.h>
#include <stdlib.h>

enum { BUCKETS = 256, POOL = 4096 };

struct ct_expects {
	_Atomic uint32_t lock;
	_Atomic uint32_t count;
	uint32_t max, free;
	uint32_t bucket[BUCKETS];
	struct ct_expect pool[POOL]; /* [0] is never used */
};

int ct_expects_new(struct ct_table *t, uint32_t max)
{
	struct ct_expects *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	x->max = max < POOL ? max : POOL - 1;
	for (uint32_t i = POOL - 1; i; i--) {
		x->pool[i].next = x->free;
		x->free = i;
	}
	t->expects = x;
	return 0;
}

void ct_expects_free(struct ct_table *t)
{
	free(t->expects);
	t->expects = NULL;
}

static void lock(struct ct_expects *x)
{
	while (atomic_exchange_explicit(&x->lock, 1, memory_order_acquire)) /* release: unlock */
		;
}

static void unlock(struct ct_expects *x)
{
	atomic_store_explicit(&x->lock, 0, memory_order_release);
}

static uint32_t *bucket_of(const struct ct_table *t, const struct ct_tuple *k)
{
	struct ct_tuple dst = *k;

	memset(dst.src, 0, sizeof(dst.src));
	dst.sport = 0;
	dst.zone = 0;
	return &t->expects->bucket[ct_hash(t, &dst) >> 24];
}

static struct ct_help *help_of_master(const struct ct_table *t, const struct ct_expect *x)
{
	return &t->help[x->master];
}

/* ---- in and out, under the lock ---- */

static void unlink_from(struct ct_expects *x, uint32_t *head, uint32_t index, bool of_master)
{
	for (; *head && *head != index; head = of_master ? &x->pool[*head].next_of_master : &x->pool[*head].next)
		;
	if (*head)
		*head = of_master ? x->pool[index].next_of_master : x->pool[index].next;
}

static void take_out(struct ct_table *t, uint32_t index)
{
	struct ct_expects *x = t->expects;
	struct ct_expect *e = &x->pool[index];
	struct ct_help *h = help_of_master(t, e);

	unlink_from(x, bucket_of(t, &e->tuple), index, false);
	unlink_from(x, &h->first, index, true);
	h->expecting[e->class]--;
	e->used = 0;
	e->next = x->free;
	x->free = index;
	atomic_fetch_sub_explicit(&x->count, 1, memory_order_relaxed);
}

static void put_in(struct ct_table *t, const struct ct_expect *e)
{
	struct ct_expects *x = t->expects;
	uint32_t index = x->free, *bucket = bucket_of(t, &e->tuple);
	struct ct_help *h = help_of_master(t, e);

	x->free = x->pool[index].next;
	x->pool[index] = *e;
	x->pool[index].used = 1;
	x->pool[index].next = *bucket;
	x->pool[index].next_of_master = h->first;
	*bucket = h->first = index;
	h->expecting[e->class]++;
	atomic_fetch_add_explicit(&x->count, 1, memory_order_relaxed);
}

/* ---- comparing ---- */

/* nf_ct_tuple_mask_cmp; addresses and port of the source count where the mask has bits. */
static bool fits(const struct ct_tuple *k, const struct ct_tuple *to, const uint8_t src_mask[16], be16 sport_mask)
{
	if (memcmp(k->dst, to->dst, 16) || k->dport != to->dport || k->proto != to->proto || k->l3 != to->l3 ||
	    ((k->sport ^ to->sport) & sport_mask))
		return false;
	for (unsigned i = 0; i < 16; i++)
		if ((k->src[i] ^ to->src[i]) & src_mask[i])
			return false;
	return true;
}

static uint16_t zone_of(const struct ct_table *t, const struct ct_expect *e)
{
	return t->entries[e->master].zone;
}

static bool same(const struct ct_table *t, const struct ct_expect *a, const struct ct_expect *b)
{
	return a->helper == b->helper && !memcmp(&a->tuple, &b->tuple, sizeof(a->tuple)) && !memcmp(a->src_mask, b->src_mask, 16) &&
	       a->sport_mask == b->sport_mask && zone_of(t, a) == zone_of(t, b);
}

static bool clash(const struct ct_table *t, const struct ct_expect *a, const struct ct_expect *b)
{
	uint8_t mask[16];

	for (unsigned i = 0; i < 16; i++)
		mask[i] = a->src_mask[i] & b->src_mask[i];
	return zone_of(t, a) == zone_of(t, b) && fits(&a->tuple, &b->tuple, mask, a->sport_mask & b->sport_mask);
}

/* ---- what helpers and packets do ---- */

void ct_expect_init(struct ct_expect *x, const struct ct_table *t, const struct ct_entry *master, const uint8_t *src,
		    const uint8_t *dst, uint8_t l3, uint8_t proto, be16 dport)
{
	unsigned n = l3 == NFPROTO_IPV4 ? 4 : 16;

	memset(x, 0, sizeof(*x));
	x->master = ct_index(t, master);
	x->tuple.l3 = l3;
	x->tuple.proto = proto;
	x->tuple.dport = dport;
	memcpy(x->tuple.dst, dst, n);
	if (src) {
		memcpy(x->tuple.src, src, n);
		memset(x->src_mask, 0xff, n);
	}
}

/* The oldest of its class makes room. */
static void evict_oldest(struct ct_table *t, const struct ct_help *h, uint8_t class)
{
	uint32_t oldest = 0;

	for (uint32_t i = h->first; i; i = t->expects->pool[i].next_of_master)
		if (t->expects->pool[i].class == class)
			oldest = i;
	if (oldest)
		take_out(t, oldest);
}

/* __nf_ct_expect_check */
static int check(struct ct_pkt *p, const struct ct_expect *e)
{
	struct ct_table *t = p->t;
	struct ct_expects *x = t->expects;
	struct ct_help *h = help_of_master(t, e);
	const struct ct_helper *helper = ct_helper(t->entries[e->master].helper);
	uint32_t next;

	for (uint32_t i = *bucket_of(t, &e->tuple); i; i = next) {
		const struct ct_expect *other = &x->pool[i];

		next = other->next;
		if (other->expires_ns <= p->now_ns) {
			take_out(t, i);
		} else if (other->master == e->master && same(t, other, e)) {
			if (other->class != e->class)
				return -EALREADY;
			take_out(t, i);
			break;
		} else if (clash(t, other, e)) {
			return -EBUSY;
		}
	}
	if (helper && helper->max_expected[e->class] && h->expecting[e->class] >= helper->max_expected[e->class])
		evict_oldest(t, h, e->class);
	return x->free && atomic_load_explicit(&x->count, memory_order_relaxed) < x->max ? 0 : -EMFILE;
}

int ct_expect_add(struct ct_pkt *p, const struct ct_expect *e)
{
	struct ct_table *t = p->t;
	const struct ct_helper *helper = ct_helper(t->entries[e->master].helper);
	struct ct_expect copy = *e;
	int err;

	ct_help_of(t, &t->entries[e->master]);
	if (helper)
		copy.expires_ns = p->now_ns + helper->timeout_s[e->class] * UINT64_C(1000000000);
	lock(t->expects);
	err = check(p, &copy);
	if (!err)
		put_in(t, &copy);
	unlock(t->expects);
	return err;
}

void ct_expect_remove(struct ct_table *t, const struct ct_expect *e)
{
	lock(t->expects);
	for (uint32_t i = *bucket_of(t, &e->tuple); i; i = t->expects->pool[i].next) {
		if (t->expects->pool[i].master == e->master && same(t, &t->expects->pool[i], e)) {
			take_out(t, i);
			break;
		}
	}
	unlock(t->expects);
}

static bool take(struct ct_pkt *p, const struct ct_tuple *k, uint16_t zone, struct ct_expect *out)
{
	struct ct_table *t = p->t;
	uint32_t next;

	for (uint32_t i = *bucket_of(t, k); i; i = next) {
		const struct ct_expect *e = &t->expects->pool[i];

		next = e->next;
		if (e->expires_ns <= p->now_ns) {
			take_out(t, i);
			continue;
		}
		if (zone_of(t, e) != zone || !fits(k, &e->tuple, e->src_mask, e->sport_mask))
			continue;
		if (atomic_load_explicit(&t->entries[e->master].life, memory_order_acquire) != CT_CONFIRMED)
			return false;
		*out = *e;
		take_out(t, i);
		return true;
	}
	return false;
}

bool ct_expect_take(struct ct_pkt *p, const struct ct_tuple *k, uint16_t zone, struct ct_expect *out)
{
	bool found;

	if (!atomic_load_explicit(&p->t->expects->count, memory_order_relaxed))
		return false;
	lock(p->t->expects);
	found = take(p, k, zone, out);
	unlock(p->t->expects);
	return found;
}

void ct_expect_master_gone(struct ct_table *t, struct ct_entry *master)
{
	struct ct_help *h = &t->help[ct_index(t, master)];

	if (!(atomic_load_explicit(&master->has, memory_order_relaxed) & CT_HAS_HELP))
		return;
	lock(t->expects);
	while (h->first)
		take_out(t, h->first);
	unlock(t->expects);
}

void ct_expect_collect(struct ct_table *t, uint64_t now_ns)
{
	if (!atomic_load_explicit(&t->expects->count, memory_order_relaxed))
		return;
	lock(t->expects);
	for (uint32_t i = 1; i < POOL; i++)
		if (t->expects->pool[i].used && t->expects->pool[i].expires_ns <= now_ns)
			take_out(t, i);
	unlock(t->expects);
}
