/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: any bytes are parsed or refused. What is parsed prints, and if it prints without variables, that text parses and prints as
 * itself. Files are not opened: a text that includes any is passed over. Every text can be completed, too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/parser-util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_print_as_itself(struct session *s)
{
	char *first = strdup(s->out.p);

	if (strcmp(session_parse(s, first), first) != 0) {
		fprintf(stderr, "--- first\n%s--- then\n%s", first, buf_str(&s->out));
		abort();
	}
	free(first);
}

static void take_word(void *ctx, const char *word)
{
	*(size_t *)ctx += strlen(word);
}

static void take_name(void *ctx, enum ast_obj_kind kind, const struct ast_handle *h)
{
	*(size_t *)ctx += h->table ? strlen(h->table) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct session s;

	memcpy(text, data, size);
	text[size] = 0;
	if (!strstr(text, "include")) {
		size_t offered = 0;

		session_begin(&s);
		if (parse_complete(s.parse, text, &(struct parse_offers){ take_word, take_name, &offered }) > strlen(text))
			abort();
		session_parse(&s, text);
		if (s.diag.errors == 0 && s.out.len && !strchr(s.out.p, '$'))
			must_print_as_itself(&s);
		session_end(&s);
	}
	free(text);
	return 0;
}
