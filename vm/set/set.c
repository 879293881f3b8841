/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which backend holds a set, and lookups with the catch-all element behind.
 *
 * The kernel chooses among its own backends by features, then by lookup and space class or, with policy memory and a size, by bytes
 * (nft_select_set_ops). What it would have chosen shows (NFTA_SET_TYPE, dump order, whether packets can write it), so the same
 * choice is made here; several of its backends are one of ours under different names.
 */
#include "vm/set/impl.h"

enum { CLASS_1, CLASS_LOG_N, CLASS_N };

enum { FEATURES = NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_TIMEOUT | NFT_SET_OBJECT | NFT_SET_EVAL };

static uint64_t buckets(uint64_t size)
{
	uint64_t n = 1;

	while (n < size * 4 / 3)
		n *= 2;
	return n;
}

static bool estimate_sized_hash(const struct set_desc *d, struct set_estimate *out)
{
	*out = (struct set_estimate){ 32 + buckets(d->size) * 8 + (uint64_t)d->size * 24, CLASS_1, CLASS_N };
	return d->size && !(d->flags & FEATURES & ~(NFT_SET_MAP | NFT_SET_OBJECT));
}

bool set_estimate_hash_fast(const struct set_desc *d, struct set_estimate *out)
{
	return d->key_len == 4 && estimate_sized_hash(d, out);
}

bool set_estimate_hash(const struct set_desc *d, struct set_estimate *out)
{
	return d->key_len != 4 && estimate_sized_hash(d, out);
}

bool set_estimate_rhash(const struct set_desc *d, struct set_estimate *out)
{
	*out = (struct set_estimate){ UINT64_MAX, CLASS_1, CLASS_N };
	return !(d->flags & NFT_SET_INTERVAL);
}

bool set_estimate_bitmap(const struct set_desc *d, struct set_estimate *out)
{
	if (d->key_len > 2 || d->has_expr || d->flags & FEATURES)
		return false;
	*out = (struct set_estimate){ 24 + (UINT64_C(2) << d->key_len * 8) / 8, CLASS_1, CLASS_1 };
	return true;
}

static bool estimate_rbtree(const struct set_desc *d, struct set_estimate *out)
{
	*out = (struct set_estimate){ 64 + (uint64_t)d->size * 32, CLASS_LOG_N, CLASS_N };
	return d->n_fields <= 1 && !(d->flags & NFT_SET_EVAL);
}

bool set_estimate_rbtree_exact(const struct set_desc *d, struct set_estimate *out)
{
	return !(d->flags & NFT_SET_INTERVAL) && estimate_rbtree(d, out);
}

bool set_estimate_interval(const struct set_desc *d, struct set_estimate *out)
{
	return d->flags & NFT_SET_INTERVAL && estimate_rbtree(d, out);
}

bool set_estimate_pipapo(const struct set_desc *d, struct set_estimate *out)
{
	*out = (struct set_estimate){ UINT64_MAX, CLASS_LOG_N, CLASS_N };
	return d->flags & NFT_SET_INTERVAL && d->n_fields >= 2 && !(d->flags & NFT_SET_EVAL);
}

static bool better(const struct set_desc *d, const struct set_estimate *a, const struct set_estimate *b)
{
	if (d->policy != NFT_SET_POL_MEMORY)
		return a->lookup < b->lookup || (a->lookup == b->lookup && a->space < b->space);
	if (d->size)
		return a->bytes < b->bytes;
	return a->space < b->space || (a->space == b->space && a->lookup < b->lookup);
}

const struct set_ops *set_choose(const struct set_desc *d)
{
	/* in the kernel's order: the first of equals is taken */
	static const struct set_ops *const all[] = {
		&set_hash_fast_ops,   &set_hash_fixed_ops, &set_hash_rhash_ops, &set_hash_bitmap_ops,
		&set_hash_rbtree_ops, &set_interval_ops,   &set_concat_ops,
	};
	const struct set_ops *best = NULL;
	struct set_estimate x, best_x;

	for (unsigned i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i]->estimate(d, &x) && (!best || better(d, &x, &best_x))) {
			best = all[i];
			best_x = x;
		}
	return best;
}

bool set_too_large(const struct set_ops *ops, const struct set_desc *d)
{
	enum { HEAD = 352 }; /* struct nft_set and nft_hash */

	if (ops != &set_hash_fast_ops && ops != &set_hash_fixed_ops)
		return false;
	return HEAD + 8 * buckets((uint32_t)(d->size * UINT64_C(4)) / 4) > INT32_MAX;
}

bool set_collects(const struct set_ops *ops)
{
	return ops == &set_hash_rhash_ops || ops == &set_interval_ops || ops == &set_hash_rbtree_ops || ops == &set_concat_ops;
}

struct vm_elem *set_lookup(const struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns)
{
	struct vm_elem *e = s->ops->lookup(s, cursor, key, now_ns);

	if (e)
		return e;
	e = atomic_load_explicit(&s->catchall[cursor], memory_order_acquire);
	return e && set_elem_live(e, cursor, now_ns) ? e : NULL;
}
