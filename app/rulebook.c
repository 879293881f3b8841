/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules with their places and hits. See rulebook.h. */
#include "app/rulebook.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/msg.h"

const char *family_name(uint8_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_ARP:
		return "arp";
	case NFPROTO_NETDEV:
		return "netdev";
	case NFPROTO_BRIDGE:
		return "bridge";
	case NFPROTO_IPV6:
		return "ip6";
	}
	return "?";
}

struct rulebook *rulebook_new(void)
{
	struct arena *a = arena_new();
	struct rulebook *b = arena_new_of(a, struct rulebook);

	b->a = a;
	b->rules_tail = &b->rules;
	b->chains_tail = &b->chains;
	return b;
}

void rulebook_free(struct rulebook **b)
{
	struct arena *a = *b ? (*b)->a : NULL;

	if (*b)
		free((*b)->buckets);
	arena_free(&a);
	*b = NULL;
}

static size_t hash(uint8_t family, const char *table, uint64_t handle)
{
	uint64_t h = handle * 0x9e3779b97f4a7c15u + family;

	for (; *table; table++)
		h = (h ^ (uint8_t)*table) * 0x100000001b3u;
	return h >> 20;
}

/* Doubles the buckets when there are more rules than buckets. */
static void make_room(struct rulebook *b)
{
	if (b->n_rules < b->n_buckets)
		return;
	b->n_buckets = b->n_buckets ? b->n_buckets * 2 : 256;
	free(b->buckets);
	b->buckets = calloc(b->n_buckets, sizeof(*b->buckets));
	if (!b->buckets)
		abort();
	for (struct book_rule *r = b->rules; r; r = r->next) {
		struct book_rule **slot = &b->buckets[hash(r->family, r->table, r->handle) % b->n_buckets];

		r->same_hash = *slot;
		*slot = r;
	}
}

struct book_rule *rulebook_find(const struct rulebook *b, uint8_t family, const char *table, uint64_t handle)
{
	if (!b->n_buckets)
		return NULL;
	for (struct book_rule *r = b->buckets[hash(family, table, handle) % b->n_buckets]; r; r = r->same_hash)
		if (r->handle == handle && r->family == family && !strcmp(r->table, table))
			return r;
	return NULL;
}

static struct book_chain *find_chain(struct rulebook *b, uint8_t family, const char *table, const char *name)
{
	for (struct book_chain *c = b->chains; c; c = c->next)
		if (c->family == family && !strcmp(c->name, name) && !strcmp(c->table, table))
			return c;
	return NULL;
}

static void add_rule(struct rulebook *b, const struct lower_mark *mark, uint8_t family, const struct bc_rule *s)
{
	struct book_rule *r = arena_new_of(b->a, struct book_rule), **slot;

	r->family = family;
	r->table = arena_strdup(b->a, s->table);
	r->chain = arena_strdup(b->a, s->chain);
	r->handle = s->handle;
	if (mark)
		r->at = mark->rule ? mark->rule->at : mark->at;
	make_room(b);
	slot = &b->buckets[hash(family, r->table, r->handle) % b->n_buckets];
	r->same_hash = *slot;
	*slot = r;
	*b->rules_tail = r;
	b->rules_tail = &r->next;
	b->n_rules++;
}

static void add_chain(struct rulebook *b, uint8_t family, const struct bc_chain *s)
{
	struct book_chain *c;

	if (!BC_HAS(s, NFTA_CHAIN_HOOK) || find_chain(b, family, s->table, s->name))
		return;
	c = arena_new_of(b->a, struct book_chain);
	c->family = family;
	c->table = arena_strdup(b->a, s->table);
	c->name = arena_strdup(b->a, s->name);
	c->type = arena_strdup(b->a, s->type ? s->type : "filter");
	c->hook = s->hook.hooknum;
	c->priority = (int32_t)s->hook.priority;
	*b->chains_tail = c;
	b->chains_tail = &c->next;
}

void rulebook_added(void *book, const struct lower_mark *mark, uint16_t type, uint8_t family, const void *s)
{
	const struct bc_rule *r = s;
	const struct bc_chain *c = s;

	if (type == NFT_MSG_NEWRULE && r->table && r->chain)
		add_rule(book, mark, family, s);
	else if (type == NFT_MSG_NEWCHAIN && c->table && c->name)
		add_chain(book, family, s);
}

static void count_chain(struct rulebook *b, const struct nfvm_step *s)
{
	struct book_chain *c = find_chain(b, s->family, s->table, s->chain);
	unsigned v = s->verdict == NF_ACCEPT ? 0 : s->verdict == NF_DROP ? 1 : 2;

	if (!c)
		return;
	c->packets[v]++;
	c->bytes[v] += s->len;
	c->by_policy += s->policy;
}

struct book_rule *rulebook_step(struct rulebook *b, const struct nfvm_step *s)
{
	struct book_rule *r;

	if (!s->handle)
		return count_chain(b, s), NULL;
	r = rulebook_find(b, s->family, s->table, s->handle);
	if (r) {
		r->packets++;
		r->bytes += s->len;
	}
	return r;
}

void book_rule_text(const struct texts *t, const struct book_rule *r, size_t max, struct buf *out)
{
	size_t start = out->len, len = 0;
	const char *text = r->at.text ? texts_bytes(t, r->at.text, &len) : NULL;
	bool blank = false;

	if (!text || (size_t)r->at.off + r->at.len > len) {
		buf_printf(out, "rule of %s %s %s, handle %llu", family_name(r->family), r->table, r->chain, (unsigned long long)r->handle);
		return;
	}
	for (const char *p = text + r->at.off, *end = p + r->at.len; p < end && out->len - start < max; p++) {
		if (isspace((unsigned char)*p)) {
			blank = out->len > start;
			continue;
		}
		if (blank)
			buf_putc(out, ' ');
		blank = false;
		buf_putc(out, *p);
	}
	if (out->len - start >= max) {
		buf_cut(out, start + max - 3);
		buf_puts(out, "...");
	}
}

void book_rule_place(const struct texts *t, const struct book_rule *r, struct buf *out)
{
	uint32_t line = 0, col, last;
	const char *name, *slash;

	if (!r->at.text)
		return;
	texts_resolve(t, r->at, &line, &col, &last);
	name = texts_name(t, r->at.text);
	slash = strrchr(name, '/');
	buf_printf(out, "%s:%u", slash ? slash + 1 : name, line);
}
