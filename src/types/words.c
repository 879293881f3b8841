/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parser asks of words: is this a header, a field of it, a meta key, a ct key? Answered from the tables. */
#include <string.h>

#include "base/bytes.h"
#include "base/diag.h"
#include "parser/parse.h"
#include "src/types/proto.h"

static bool is_header(const char *word)
{
	return proto_by_name(word) != NULL;
}

static const struct {
	const char *prefix;
	enum proto_kind kind;
} option_heads[] = {
	{ "tcp option", PROTO_TCPOPT },
	{ "ip option", PROTO_IPOPT },
	{ "sctp chunk", PROTO_SCTP_CHUNK },
};

/* Of a header; or, where header is "tcp option" and the like, an option's name; or a field of any of its options. */
static bool is_field(const char *header, const char *word)
{
	const struct proto *p = proto_by_name(header);

	if (p)
		return proto_field_by_name(p, word) != NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(option_heads); i++) {
		if (strcmp(option_heads[i].prefix, header))
			continue;
		if (proto_option_by_name(option_heads[i].kind, word))
			return true;
		for (p = proto_options(option_heads[i].kind); p->name; p++)
			if (proto_field_by_name(p, word))
				return true;
	}
	return false;
}

static bool is_meta_key(const char *word, bool unqualified)
{
	const struct meta_key *k = meta_key_by_name(word);

	return k && (!unqualified || k->unqualified);
}

static bool is_ct_key(const char *word)
{
	return ct_key_by_name(word, NULL) != NULL;
}

/* Words gathered to find the nearest among them. */
struct words {
	const char *w[192];
	size_t n;
};

static void add(struct words *all, const char *word)
{
	if (all->n < ARRAY_SIZE(all->w))
		all->w[all->n++] = word;
}

static void add_fields(struct words *all, const struct proto *p)
{
	for (unsigned i = 0; p && i < p->n_fields; i++)
		add(all, p->fields[i].name);
}

static void add_heads(struct words *all)
{
	static const char *const heads[] = { "meta",   "ct",     "fib",   "socket",  "osf",   "ipsec",
					     "tunnel", "numgen", "jhash", "symhash", "exthdr" };

	for (unsigned i = 0; i < ARRAY_SIZE(heads); i++)
		add(all, heads[i]);
	for (const struct proto *const *p = proto_all(); *p; p++)
		add(all, (*p)->name);
	for (const struct meta_key *k = meta_keys; k->name; k++)
		if (k->unqualified)
			add(all, k->name);
}

static void add_options(struct words *all, const char *head)
{
	for (unsigned i = 0; i < ARRAY_SIZE(option_heads); i++)
		if (!strcmp(option_heads[i].prefix, head))
			for (const struct proto *p = proto_options(option_heads[i].kind); p->name; p++)
				add(all, p->name);
}

static const char *near(const char *head, const char *word)
{
	struct words all = { .n = 0 };

	if (!head) {
		add_heads(&all);
	} else if (!strcmp(head, "meta")) {
		for (const struct meta_key *k = meta_keys; k->name; k++)
			add(&all, k->name);
	} else if (!strcmp(head, "ct")) {
		for (const struct ct_key *k = ct_keys; k->name; k++)
			add(&all, k->name);
	} else {
		add_fields(&all, proto_by_name(head));
		add_options(&all, head);
	}
	return diag_nearest(word, all.w, all.n);
}

const struct parse_words types_words = {
	.is_header = is_header,
	.is_field = is_field,
	.is_meta_key = is_meta_key,
	.is_ct_key = is_ct_key,
	.near = near,
};
