/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parser asks of words: is this a header, a field of it, a meta key, a ct key? Answered from the tables. */
#include <string.h>

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
	{ "tcp option", PROTO_TCPOPT }, { "ip option", PROTO_IPOPT }, { "sctp chunk", PROTO_SCTP_CHUNK },
};

/* Of a header; or, where header is "tcp option" and the like, an option's name; or a field of any of its options. */
static bool is_field(const char *header, const char *word)
{
	const struct proto *p = proto_by_name(header);

	if (p)
		return proto_field_by_name(p, word) != NULL;
	for (unsigned i = 0; i < sizeof(option_heads) / sizeof(option_heads[0]); i++) {
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
	return ct_key_by_name(word, NULL) || !strcmp(word, "count") || !strcmp(word, "timeout") || !strcmp(word, "expectation");
}

const struct parse_words types_words = { is_header, is_field, is_meta_key, is_ct_key };
