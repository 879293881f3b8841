/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session with a target. See client.h. */
#include "src/client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/msg.h"
#include "parser/parse.h"
#include "src/client/echo.h"
#include "src/client/env.h"
#include "src/client/json_echo.h"
#include "src/client/list.h"
#include "src/client/query.h"
#include "src/lower/lower.h"
#include "src/optimize/optimize.h"
#include "src/types/proto.h"

struct client {
	struct client_options o;
	struct transport *t;
	struct arena *a;          /* of the session: texts' names, defines */
	struct texts *texts;
	struct diag diag;
	struct parse *parse;
};

/* One text on its way. */
struct run {
	struct client *c;
	struct arena *a;
	struct env *env;
	struct bc_batch batch;
	struct lower *lower;
	struct buf debug;      /* --debug=netlink */
	struct echo *echo;
	bool asked;            /* questions have been answered */
};

static void say(struct client *c)
{
	buf_auto text = { 0 };

	diag_print(&c->diag, &text);
	fputs(buf_str(&text), c->o.err);
	diag_clear(&c->diag);
}

static int set_up(struct client *c)
{
	for (const char *const *d = c->o.include_dirs; d && *d; d++)
		parse_include_path(c->parse, *d);
	for (const char *const *d = c->o.defines; d && *d; d++) {
		char *name = arena_strdup(c->a, *d), *eq = strchr(name, '=');

		if (!eq || eq == name) {
			fprintf(c->o.err, "Error: -D wants name=value, not '%s'\n", *d);
			return -1;
		}
		*eq = 0;
		if (parse_define(c->parse, name, eq + 1)) {
			say(c);
			return -1;
		}
	}
	return 0;
}

int client_new(const struct client_options *o, struct transport *t, struct client **out)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return -1;
	c->o = *o;
	c->t = t;
	c->a = arena_new();
	c->texts = texts_new();
	diag_init(&c->diag, c->texts, c->a);
	c->parse = parse_new(c->a, c->texts, &c->diag, &types_words);
	parse_fold(c->parse, !o->optimize); /* which looks at rules side by side */
	if (o->json)
		parse_accept_json(c->parse, o->echo);
	if (set_up(c)) {
		client_free(&c);
		return -1;
	}
	*out = c;
	return 0;
}

void client_free(struct client **cp)
{
	struct client *c = *cp;

	if (!c)
		return;
	parse_free(&c->parse);
	texts_free(&c->texts);
	arena_free(&c->a);
	free(c);
	*cp = NULL;
}

void client_complete(struct client *c, struct arena *a, const char *text, struct completions *out)
{
	complete(c->parse, c->t, a, text, out);
}

bool client_read_json(const struct client *c)
{
	return parse_was_json(c->parse);
}

const struct texts *client_texts(const struct client *c)
{
	return c->texts;
}

static bool asks(const struct ast_cmd *cmd)
{
	switch (cmd->op) {
	case AST_GET:
	case AST_LIST_CMD:
	case AST_RESET:
	case AST_MONITOR:
	case AST_DESCRIBE:
	case AST_EXPORT:
		return true;
	default:
		return false;
	}
}

static void take_echo(void *ctx, const struct lower_mark *mark, uint16_t type, uint8_t family, const void *s)
{
	struct run *r = ctx;

	if (r->c->o.echo)
		json_echo_take(mark, type, s);
	if (r->c->o.added)
		r->c->o.added(r->c->o.ctx, mark, type, family, s);
}

static void take_event(void *ctx, const struct event *e)
{
	struct run *r = ctx;

	if (r->c->o.echo && !parse_json_kept(r->c->parse))
		echo_take(r->echo, e);
}

static int commit(struct run *r)
{
	struct client *c = r->c;
	struct commit job = { .t = c->t, .batch = &r->batch, .lower = r->lower, .diag = &c->diag, .a = r->a, .echo = take_echo, .event = take_event,
			      .ctx = r };
	int ret;

	if (!c->o.check)
		bc_batch_end(&r->batch);
	ret = commit_run(&job);
	if (ret)
		return ret;
	if (c->o.echo && parse_json_kept(c->parse))
		json_echo_print(parse_json_kept(c->parse), c->o.out);
	else if (c->o.echo)
		echo_print(r->echo);
	return 0;
}

/* All changes are lowered before any is sent; then the questions are asked, in order, of the state before the change: as nft does. */
static int run_cmds(struct run *r, const struct ast_cmd *cmds)
{
	struct client *c = r->c;
	struct list_ctx ask = { .o = &c->o, .t = c->t, .diag = &c->diag, .a = r->a, .lower = r->lower };
	bool changes = false;

	for (const struct ast_cmd *cmd = cmds; cmd; cmd = cmd->next) {
		if (asks(cmd))
			continue;
		changes = true;
		if (lower_cmd(r->lower, cmd) && c->diag.errors >= 10)
			break;
	}
	if (c->diag.errors)
		return -1;
	if (r->debug.len)
		fputs(buf_str(&r->debug), c->o.out);
	for (const struct ast_cmd *cmd = cmds; cmd; cmd = cmd->next)
		if (asks(cmd) && !r->asked && list_cmd(&ask, cmd))
			return -1;
	return changes ? commit(r) : 0;
}

/* whole, guessed: see lower_whole(). */
static int run_once(struct client *c, struct arena *a, const struct ast_cmd *cmds, bool whole, bool again, bool *guessed)
{
	struct run r = { .c = c, .a = a, .asked = again };
	uint32_t gen = 0;
	int ret;

	r.env = env_new(r.a, c->t);
	r.echo = echo_new(r.a, &c->o, c->t);
	if (c->t && query_gen(c->t, &gen))
		gen = 0;
	bc_batch_begin(&r.batch, 1, gen);
	r.lower = lower_new(r.a, c->texts, &c->diag, &c->o.types, env_lower(r.env), &r.batch);
	lower_parse(r.lower, c->parse);
	if (c->o.debug & CLIENT_DEBUG_NETLINK)
		lower_debug(r.lower, &r.debug);
	if (c->o.echo || c->o.added)
		lower_flags(r.lower, NLM_F_ECHO);
	if (whole)
		lower_whole(r.lower);
	ret = run_cmds(&r, cmds);
	*guessed = lower_guessed(r.lower);
	lower_free(&r.lower);
	bc_batch_free(&r.batch);
	buf_free(&r.debug);
	return ret;
}

static void optimize_cmds(struct client *c, struct arena *a, struct ast_cmd *cmds)
{
	buf_auto said = { 0 };

	optimize(a, c->texts, &c->o.types, cmds, &said);
	fputs(buf_str(&said), c->o.err);
}

/* Again where the target has changed since it was asked, and where too little was asked. */
static int run(struct client *c, struct arena *a, const struct ast_cmd *cmds)
{
	enum { TRIES = 100 };
	bool whole = false, guessed;
	int ret;

	for (unsigned tries = 0; tries < TRIES; tries++) {
		ret = run_once(c, a, cmds, whole, tries > 0, &guessed);
		if (ret == -ERESTART)
			continue;
		if (!ret || !guessed || whole)
			return ret;
		whole = true;
		diag_clear(&c->diag);
	}
	return diag_error(&c->diag, cmds->at, "The ruleset of %s keeps changing", c->t ? c->t->name : "the target");
}

static int finish(struct client *c, int parsed, struct ast_cmd *cmds)
{
	struct arena *a = arena_new();
	int ret;

	if (c->o.optimize && !parsed)
		optimize_cmds(c, a, cmds);
	ret = parsed ? -1 : run(c, a, cmds);
	say(c);
	arena_free(&a);
	return ret;
}

int client_file(struct client *c, const char *path)
{
	struct ast_cmd *cmds = NULL;
	int parsed = parse_file(c->parse, path, &cmds);

	return finish(c, parsed, cmds);
}

int client_text(struct client *c, const char *name, const char *text)
{
	struct ast_cmd *cmds = NULL;
	int parsed = parse_string(c->parse, name, text, &cmds);

	return finish(c, parsed, cmds);
}
