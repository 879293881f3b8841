/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parser asks of words: is this a header, a field of it, a meta key, a ct key, and which are there? Answered from the
 * tables. */
#include <string.h>

#include "base/bytes.h"
#include "base/diag.h"
#include "bytecode/nf.h"
#include "parser/parse.h"
#include "src/types/describe.h"
#include "src/types/hooks.h"
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

typedef void word_fn(void *ctx, const char *word);

static void each_field(const struct proto *p, word_fn *fn, void *ctx)
{
	for (unsigned i = 0; p && i < p->n_fields; i++)
		fn(ctx, p->fields[i].name);
}

static void each_head(word_fn *fn, void *ctx)
{
	static const char *const heads[] = { "meta",   "ct",     "fib",   "socket",  "osf",   "ipsec",
					     "tunnel", "numgen", "jhash", "symhash", "exthdr" };

	for (unsigned i = 0; i < ARRAY_SIZE(heads); i++)
		fn(ctx, heads[i]);
	for (const struct proto *const *p = proto_all(); *p; p++)
		fn(ctx, (*p)->name);
	for (const struct meta_key *k = meta_keys; k->name; k++)
		if (k->unqualified)
			fn(ctx, k->name);
}

/* head "tcp option": the options; "tcp option maxseg": the fields of that one. */
static void each_option(const char *head, word_fn *fn, void *ctx)
{
	for (unsigned i = 0; i < ARRAY_SIZE(option_heads); i++) {
		size_t n = strlen(option_heads[i].prefix);

		if (strncmp(option_heads[i].prefix, head, n))
			continue;
		if (head[n] == ' ')
			each_field(proto_option_by_name(option_heads[i].kind, head + n + 1), fn, ctx);
		for (const struct proto *p = proto_options(option_heads[i].kind); !head[n] && p->name; p++)
			fn(ctx, p->name);
	}
}

static void each_name_of_head(const char *head, word_fn *fn, void *ctx)
{
	if (!head) {
		each_head(fn, ctx);
	} else if (!strcmp(head, "meta")) {
		for (const struct meta_key *k = meta_keys; k->name; k++)
			fn(ctx, k->name);
	} else if (!strcmp(head, "ct")) {
		for (const struct ct_key *k = ct_keys; k->name; k++)
			fn(ctx, k->name);
	} else {
		each_field(proto_by_name(head), fn, ctx);
		each_option(head, fn, ctx);
	}
}

static void each_type(word_fn *fn, void *ctx)
{
	for (uint32_t i = TYPE_VERDICT; i < TYPE_MAX; i++)
		if (datatype_by_id(i))
			fn(ctx, datatype_by_id(i)->name);
}

static void each_hook(uint8_t family, word_fn *fn, void *ctx)
{
	for (const struct symbol *h = hooks_of(family); h && h->name; h++)
		fn(ctx, h->name);
}

static void each(enum parse_names what, const char *of, uint8_t family, word_fn *fn, void *ctx)
{
	int hook;

	if (family == NFPROTO_UNSPEC)
		family = NFPROTO_IPV4;
	switch (what) {
	case NAMES_FIELDS:
		each_name_of_head(of, fn, ctx);
		break;
	case NAMES_TYPES:
		each_type(fn, ctx);
		break;
	case NAMES_HOOKS:
		each_hook(family, fn, ctx);
		break;
	case NAMES_PRIORITIES:
		hook = hook_by_name(family, of);
		if (hook >= 0)
			priority_each(family, (uint32_t)hook, fn, ctx);
		break;
	}
}

static void each_value(const struct ast_expr *field, word_fn *fn, void *ctx)
{
	struct field_info info;

	if (field->kind == AST_FIELD && field->a)
		each_value(field->a, fn, ctx);
	else if (field->kind == AST_FIELD && field_info(field->field, &info))
		datatype_each_name(info.type, fn, ctx);
}

/* Words gathered to find the nearest among them. */
struct gathered {
	const char *w[192];
	size_t n;
};

static void gather(void *ctx, const char *word)
{
	struct gathered *all = ctx;

	if (all->n < ARRAY_SIZE(all->w))
		all->w[all->n++] = word;
}

static const char *near(const char *head, const char *word)
{
	struct gathered all = { .n = 0 };

	each_name_of_head(head, gather, &all);
	return diag_nearest(word, all.w, all.n);
}

const struct parse_words types_words = {
	.is_header = is_header,
	.is_field = is_field,
	.is_meta_key = is_meta_key,
	.is_ct_key = is_ct_key,
	.near = near,
	.each = each,
	.each_value = each_value,
};
