/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers that can be compared: the messages as they are, but for what two right answers may differ in. Ports are told by whose
 * they are, the process behind a generation is left out, what is left of an element's time is rounded (all times here are multiples
 * of 100 s), and elements of hashed sets, which the kernel tells in an order of its own, are sorted.
 */
#include "tests/kernel/control/control.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = NLMSG_HDRLEN + sizeof(struct nfgenmsg), ROUND_MS = 100000 };

struct canon {
	const struct target *t;
	const struct world *now, *before;
};

static uint32_t port_of(const struct canon *c, uint32_t port)
{
	for (uint32_t i = 0; port && i < N_SOCKS; i++)
		if (c->t->port[i] == port)
			return i + 1;
	return port ? 99 : 0;
}

#define EACH_ATTR(a, p, len)                                                                                                       \
	for (struct nlattr *a = (void *)(p); (char *)a + NLA_HDRLEN <= (char *)(p) + (len) && a->nla_len >= NLA_HDRLEN;            \
	     a = (void *)((char *)a + ((a->nla_len + 3) & ~3)))

static struct nlattr *attr(void *p, size_t len, uint16_t type)
{
	EACH_ATTR(a, p, len)
	if ((a->nla_type & NLA_TYPE_MASK) == type)
		return a;
	return NULL;
}

static const char *text(void *p, size_t len, uint16_t type)
{
	struct nlattr *a = attr(p, len, type);

	return a ? (const char *)(a + 1) : NULL;
}

static bool unordered(const struct w_set *s)
{
	return !s->type || strstr(s->type, "hash") || strstr(s->type, "bitmap");
}

static bool hashed(const struct canon *c, uint8_t family, const char *table, const char *set)
{
	const struct w_set *a = world_set(c->now, family, table, set), *b = world_set(c->before, family, table, set);

	if (!a && !b)
		return true;
	return (a && unordered(a)) || (b && unordered(b));
}

static void round_time(struct nlattr *elem)
{
	struct nlattr *x = attr(elem + 1, elem->nla_len - NLA_HDRLEN, NFTA_SET_ELEM_EXPIRATION);

	if (x)
		be64_store(x + 1, (be64_load(x + 1) + ROUND_MS / 2) / ROUND_MS);
}

static int by_bytes(const void *a, const void *b)
{
	const struct nlattr *x = *(struct nlattr *const *)a, *y = *(struct nlattr *const *)b;
	int ret = memcmp(x, y, x->nla_len < y->nla_len ? x->nla_len : y->nla_len);

	return ret ? ret : x->nla_len - y->nla_len;
}

static void sort_elems(struct nlattr *list)
{
	size_t len = list->nla_len - NLA_HDRLEN, n = 0, at = 0;
	struct nlattr **all = calloc(len / NLA_HDRLEN + 1, sizeof(*all));
	char *copy = malloc(len + 1);

	memcpy(copy, list + 1, len);
	EACH_ATTR(a, copy, len)
	all[n++] = a;
	qsort(all, n, sizeof(*all), by_bytes);
	for (size_t i = 0; i < n && at + all[i]->nla_len <= len; i++) {
		memcpy((char *)(list + 1) + at, all[i], all[i]->nla_len);
		at += (all[i]->nla_len + 3u) & ~3u;
	}
	free(all);
	free(copy);
}

/*
 * The order of attributes of different types says nothing (that of a list's elements, which are of one type, does), and neither
 * does the flag of nests, which the kernel sets where its code is young.
 */
static void normal(const struct bc_desc *d, const struct bc_attr *each, char *p, size_t len);

static void normal_data(char *p, size_t len)
{
	struct nlattr *a = attr(p, len, NFTA_DATA_VERDICT);

	if (a)
		normal(NULL, NULL, (char *)(a + 1), a->nla_len - NLA_HDRLEN);
	normal(NULL, NULL, p, len);
}

static void normal_expr(char *p, size_t len)
{
	struct nlattr *name = attr(p, len, NFTA_EXPR_NAME), *data = attr(p, len, NFTA_EXPR_DATA);
	const struct bc_expr_type *t = name ? bc_expr_type((const char *)(name + 1)) : NULL;

	if (t && data)
		normal(t->desc, NULL, (char *)(data + 1), data->nla_len - NLA_HDRLEN);
	normal(NULL, NULL, p, len);
}

static void normal_value(const struct bc_attr *k, struct nlattr *a)
{
	static const struct bc_attr one = { .kind = BC_EXPR };
	struct bc_attr each = { .kind = BC_NEST, .sub = k->sub };
	char *p = (char *)(a + 1);
	size_t len = a->nla_len - NLA_HDRLEN;

	switch ((enum bc_kind)k->kind) {
	case BC_NEST:
	case BC_ATTRS:
		normal(k->sub, NULL, p, len);
		break;
	case BC_LIST:
		normal(NULL, &each, p, len);
		break;
	case BC_EXPRS:
		normal(NULL, &one, p, len);
		break;
	case BC_EXPR:
		normal_expr(p, len);
		break;
	case BC_DATA:
		normal_data(p, len);
		break;
	case BC_VERDICT:
		normal(NULL, NULL, p, len);
		break;
	default:
		break;
	}
}

static void normal(const struct bc_desc *d, const struct bc_attr *each, char *p, size_t len)
{
	struct nlattr *all[64];
	size_t n = 0, at = 0;
	char *copy = malloc(len + 4);

	EACH_ATTR(a, p, len)
	{
		const struct bc_attr *k = each;

		a->nla_type &= NLA_TYPE_MASK;
		for (unsigned i = 0; d && i < d->n; i++)
			if (d->attrs[i].type == a->nla_type)
				k = &d->attrs[i];
		if (k)
			normal_value(k, a);
	}
	memcpy(copy, p, len);
	EACH_ATTR(a, copy, len)
	{
		size_t i = n++;

		if (n > 64) {
			free(copy);
			return;
		}
		for (; i && all[i - 1]->nla_type > a->nla_type; i--)
			all[i] = all[i - 1];
		all[i] = a;
	}
	for (size_t i = 0; i < n; i++) {
		size_t size = (all[i]->nla_len + 3u) & ~3u;

		memcpy(p + at, all[i], at + size <= len ? size : all[i]->nla_len);
		at += size;
	}
	free(copy);
}

static void normal_msg(uint8_t type, char *attrs, size_t len)
{
	struct nlattr *t = attr(attrs, len, NFTA_OBJ_TYPE), *data = attr(attrs, len, NFTA_OBJ_DATA);

	if (type >= NFT_MSG_NEWOBJ && t && data && bc_msg_desc(type) == bc_msg_desc(NFT_MSG_NEWOBJ))
		normal(bc_obj_data_desc(be32_load(t + 1)), NULL, (char *)(data + 1), data->nla_len - NLA_HDRLEN);
	normal(bc_msg_desc(type), NULL, attrs, len);
}

static void canon_elems(const struct canon *c, uint8_t family, void *attrs, size_t len)
{
	struct nlattr *list = attr(attrs, len, NFTA_SET_ELEM_LIST_ELEMENTS);

	if (!list)
		return;
	EACH_ATTR(a, list + 1, list->nla_len - NLA_HDRLEN)
	round_time(a);
	if (hashed(c, family, text(attrs, len, NFTA_SET_ELEM_LIST_TABLE), text(attrs, len, NFTA_SET_ELEM_LIST_SET)))
		sort_elems(list);
}

/* Takes an attribute out of a message. */
static void take_out(struct nlmsghdr *h, struct nlattr *a)
{
	char *next = (char *)a + ((a->nla_len + 3u) & ~3u), *end = (char *)h + h->nlmsg_len;

	if (next > end)
		next = end;
	h->nlmsg_len -= (uint32_t)(next - (char *)a);
	memmove(a, next, (size_t)(end - next));
}

static void canon_msg(const struct canon *c, struct nlmsghdr *h)
{
	struct nfgenmsg *g = NLMSG_DATA(h);
	char *attrs = (char *)h + HEAD;
	size_t len = h->nlmsg_len > HEAD ? h->nlmsg_len - HEAD : 0;
	struct nlattr *a;

	h->nlmsg_pid = port_of(c, h->nlmsg_pid);
	if (h->nlmsg_type < NLMSG_MIN_TYPE)
		return;
	normal_msg((uint8_t)NFNL_MSG_TYPE(h->nlmsg_type), attrs, len);
	switch (NFNL_MSG_TYPE(h->nlmsg_type)) {
	case NFT_MSG_NEWTABLE:
	case NFT_MSG_DELTABLE:
		a = attr(attrs, len, NFTA_TABLE_OWNER);
		if (a)
			be32_store(a + 1, port_of(c, be32_load(a + 1)));
		break;
	case NFT_MSG_NEWSET: /* the kernel may print its type's address only: backends_agree() */
		a = attr(attrs, len, NFTA_SET_TYPE);
		if (a)
			take_out(h, a);
		break;
	case NFT_MSG_NEWGEN:
		a = attr(attrs, len, NFTA_GEN_PROC_PID);
		if (a) {
			h->nlmsg_len = (uint32_t)((char *)a - (char *)h);
		}
		break;
	case NFT_MSG_NEWSETELEM:
	case NFT_MSG_DELSETELEM:
	case NFT_MSG_DESTROYSETELEM:
		canon_elems(c, g->nfgen_family, attrs, len);
		break;
	}
}

/* ---- runs of messages about elements ---- */

static bool same_elems(const struct canon *c, const struct nlmsghdr *a, const struct nlmsghdr *b)
{
	const struct nfgenmsg *ga = NLMSG_DATA(a), *gb = NLMSG_DATA(b);
	void *pa = (char *)a + HEAD, *pb = (char *)b + HEAD;
	const char *ta, *tb, *sa, *sb;

	if (a->nlmsg_type != b->nlmsg_type || a->nlmsg_type < NLMSG_MIN_TYPE || ga->nfgen_family != gb->nfgen_family ||
	    a->nlmsg_flags & NLM_F_MULTI)
		return false;
	switch (NFNL_MSG_TYPE(a->nlmsg_type)) {
	case NFT_MSG_NEWSETELEM:
	case NFT_MSG_DELSETELEM:
	case NFT_MSG_DESTROYSETELEM:
		break;
	default:
		return false;
	}
	ta = text(pa, a->nlmsg_len - HEAD, NFTA_SET_ELEM_LIST_TABLE);
	tb = text(pb, b->nlmsg_len - HEAD, NFTA_SET_ELEM_LIST_TABLE);
	sa = text(pa, a->nlmsg_len - HEAD, NFTA_SET_ELEM_LIST_SET);
	sb = text(pb, b->nlmsg_len - HEAD, NFTA_SET_ELEM_LIST_SET);
	return ta && tb && sa && sb && !strcmp(ta, tb) && !strcmp(sa, sb) && hashed(c, ga->nfgen_family, ta, sa);
}

static int by_msg(const void *a, const void *b)
{
	const struct nlmsghdr *x = *(struct nlmsghdr *const *)a, *y = *(struct nlmsghdr *const *)b;
	int ret = memcmp(x, y, x->nlmsg_len < y->nlmsg_len ? x->nlmsg_len : y->nlmsg_len);

	return ret ? ret : (x->nlmsg_len > y->nlmsg_len) - (x->nlmsg_len < y->nlmsg_len);
}

void canon(const struct target *t, const struct world *w, const struct world *before, const struct buf *b, struct buf *out)
{
	struct canon c = { t, w, before };
	struct nlmsghdr **all = calloc(b->len / NLMSG_HDRLEN + 1, sizeof(*all));
	size_t n = 0;
	struct buf copy = { 0 };

	buf_cut(out, 0);
	buf_put(&copy, b->p ? b->p : "", b->len);
	for (size_t at = 0; at + NLMSG_HDRLEN <= copy.len;) {
		struct nlmsghdr *h = (void *)(copy.p + at);

		if (h->nlmsg_len < NLMSG_HDRLEN)
			break;
		at += NLMSG_ALIGN(h->nlmsg_len);
		all[n++] = h;
	}
	for (size_t i = 0; i < n; i++)
		canon_msg(&c, all[i]);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && same_elems(&c, all[i], all[j]); j++)
			;
		if (j > i + 1)
			qsort(&all[i], j - i, sizeof(*all), by_msg);
	}
	for (size_t i = 0; i < n; i++) {
		buf_put(out, all[i], all[i]->nlmsg_len);
		while (out->len & 3)
			buf_putc(out, 0);
	}
	free(all);
	buf_free(&copy);
}

void canon_differ(const struct buf *a, const struct buf *b, struct buf *out)
{
	size_t at = 0;

	for (;;) {
		const struct nlmsghdr *x = at < a->len ? (const void *)(a->p + at) : NULL;
		const struct nlmsghdr *y = at < b->len ? (const void *)(b->p + at) : NULL;

		if (x && y && x->nlmsg_len == y->nlmsg_len && !memcmp(x, y, x->nlmsg_len)) {
			at += NLMSG_ALIGN(x->nlmsg_len);
			continue;
		}
		buf_puts(out, "#   kernel: ");
		if (x)
			show_msg(out, x, x->nlmsg_len);
		buf_puts(out, "\n#   engine: ");
		if (y)
			show_msg(out, y, y->nlmsg_len);
		buf_putc(out, '\n');
		return;
	}
}
