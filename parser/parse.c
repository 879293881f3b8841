/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions: texts in, commands out. See parse.h. */
#include "parser/json.h"

#include <stdlib.h>

struct parse *parse_new(struct arena *a, struct texts *t, struct diag *d, const struct parse_words *w)
{
	struct parse *p = arena_new_of(a, struct parse);

	p->arena = p->name_arena = a;
	p->texts = t;
	p->diag = d;
	p->words = w;
	p->scope = &p->global;
	return p;
}

void parse_free(struct parse **pp)
{
	if (!*pp)
		return;
	input_close_all(*pp);
	unfold_free(*pp);
	arena_free(&(*pp)->own_names);
	json_decref((*pp)->json_kept);
	free((*pp)->paths);
	*pp = NULL;
}

void parse_accept_json(struct parse *p, bool keep)
{
	p->json = true;
	p->json_keep = keep;
}

bool parse_was_json(const struct parse *p)
{
	return p->was_json;
}

struct json_t *parse_json_kept(struct parse *p)
{
	return p->json_kept;
}

void parse_include_path(struct parse *p, const char *dir)
{
	const char **paths = realloc(p->paths, (p->n_paths + 1) * sizeof(*paths));

	if (!paths)
		return;
	p->paths = paths;
	p->paths[p->n_paths++] = arena_strdup(p->arena, dir);
}

/* Before each text. Variables stay. */
static void begin(struct parse *p)
{
	p->first = p->n = 0;
	p->last = (struct place){ 0 };
	p->failed = p->stopped = false;
	p->braces = p->in_set = p->nest = p->operators = 0;
	p->scope = &p->global;
}

/* Commands until the end of all inputs. One that failed is skipped to its end, and left out. */
static void parse_all(struct parse *p, struct ast_cmd **tail)
{
	for (skip_ends(p); !tok_is(p, TOK_EOF) && !p->stopped; skip_ends(p)) {
		struct ast_cmd *c;

		p->operators = 0;
		c = parse_command(p);
		if (c)
			expect_end(p);
		if (p->failed) {
			recover(p, 0);
			p->nest = 0;
			if (tok_is(p, TOK_RBRACE))
				tok_take(p);
		} else if (c) {
			*tail = c;
			tail = &c->next;
		}
	}
}

static void parse_input(struct parse *p, struct ast_cmd **tail)
{
	size_t len;
	const char *bytes = texts_bytes(p->texts, input_text(p), &len);

	json_decref(p->json_kept);
	p->json_kept = NULL;
	p->was_json = p->json && bytes && jp_begins(bytes, len);
	if (!p->was_json) {
		parse_all(p, tail);
		return;
	}
	if (p->json_keep)
		p->json_kept = json_array();
	jp_text(p, input_text(p), tail);
}

static int finish(struct parse *p, unsigned errors)
{
	input_close_all(p);
	p->failed = p->stopped = false;
	return p->diag->errors == errors ? 0 : -1;
}

int parse_file(struct parse *p, const char *path, struct ast_cmd **cmds)
{
	unsigned errors = p->diag->errors;

	*cmds = NULL;
	begin(p);
	if (input_open(p, path) == 0)
		parse_input(p, cmds);
	return finish(p, errors);
}

int parse_string(struct parse *p, const char *name, const char *text, struct ast_cmd **cmds)
{
	unsigned errors = p->diag->errors;

	*cmds = NULL;
	begin(p);
	p->file_dir = NULL;
	if (input_string(p, name, text, strlen(text)) == 0)
		parse_input(p, cmds);
	return finish(p, errors);
}

int parse_define(struct parse *p, const char *name, const char *value)
{
	buf_auto b = { 0 };
	unsigned errors = p->diag->errors;
	int rc;

	buf_printf(&b, "redefine %s = %s", name, value);
	begin(p);
	rc = input_string(p, "<cmdline>", b.p, b.len);
	if (rc == 0 && !parse_define_line(p))
		unexpected(p, "name=value");
	if (rc == 0 && !p->failed && !tok_is(p, TOK_EOF))
		unexpected(p, "name=value");
	return finish(p, errors);
}
