/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes gone wrong: one error in a message that was right. */
#include "tests/kernel/control/control.h"

#include <string.h>

enum { MAX = 256, HEAD = NLMSG_HDRLEN + sizeof(struct nfgenmsg) };

struct places {
	size_t at[MAX];
	unsigned n;
};

static struct nlattr *attr_at(struct buf *b, size_t at)
{
	return (struct nlattr *)(void *)(b->p + at);
}

/* All attributes between two offsets, and those nested in them. */
static void find(struct buf *b, size_t from, size_t to, struct places *p)
{
	while (from + NLA_HDRLEN <= to) {
		struct nlattr *a = attr_at(b, from);

		if (a->nla_len < NLA_HDRLEN || from + a->nla_len > to || p->n == MAX)
			return;
		p->at[p->n++] = from;
		if (a->nla_type & NLA_F_NESTED)
			find(b, from + NLA_HDRLEN, from + a->nla_len, p);
		from += (a->nla_len + 3u) & ~3u;
	}
}

static bool is_text(const struct nlattr *a)
{
	const char *s = (const char *)(a + 1);

	return a->nla_len > NLA_HDRLEN + 1 && s[0] >= 'a' && s[0] <= 'z';
}

/* The names of expressions and extensions stay: what some of them do with nonsense is not for kernels that others use. */
void mutate(struct rng *r, struct buf *b, size_t msg)
{
	struct places p = { .n = 0 };
	struct nlattr *a;
	size_t len;

	find(b, msg + HEAD, b->len, &p);
	if (!p.n)
		return;
	a = attr_at(b, p.at[rng_below(r, p.n)]);
	len = a->nla_len - NLA_HDRLEN;
	switch (rng_below(r, 7)) {
	case 0: /* another attribute */
		a->nla_type ^= (uint16_t)(1 + rng_below(r, 15));
		break;
	case 1: /* one that nobody knows, so that it is missing */
		a->nla_type = (a->nla_type & NLA_F_NESTED) | 60;
		break;
	case 2: /* a byte of it; of numbers the lower ones, since some are sizes for which the kernel takes memory */
		if (len && !is_text(a))
			((uint8_t *)(a + 1))[len == 4 ? 2 + rng_below(r, 2) : rng_below(r, (uint32_t)len)] ^=
				(uint8_t)(1u << rng_below(r, 8));
		break;
	case 3: /* shorter, the rest of its place unused */
		if (len && !(a->nla_type & NLA_F_NESTED))
			a->nla_len = (uint16_t)(NLA_HDRLEN + ((len - 1) & ~(size_t)3) +
						rng_below(r, (uint32_t)(len - ((len - 1) & ~(size_t)3))));
		break;
	case 4: /* the flag of nests */
		a->nla_type ^= NLA_F_NESTED;
		break;
	case 5: /* length beyond the end, or below the least */
		a->nla_len = (uint16_t)RNG_OF(r, 0, 3, 4, 1000, a->nla_len + 1);
		break;
	case 6: /* all bits */
		if (!is_text(a) && !(a->nla_type & NLA_F_NESTED))
			memset(a + 1, rng_below(r, 2) ? 0xff : 0, len);
		break;
	}
}
