/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Echoed messages are kept in order, and worded when all have come. See echo.h. */
#include "src/client/echo.h"

#include <stdlib.h>

#include "src/raise/json.h"

struct message {
	struct message *next;
	struct event e;
};

struct echo {
	struct arena *a;
	const struct client_options *o;
	struct transport *t;
	struct message *first, **last;
	struct buf text;
	json_t *list;
};

struct echo *echo_new(struct arena *a, const struct client_options *o, struct transport *t)
{
	struct echo *e = arena_new_of(a, struct echo);

	*e = (struct echo){ .a = a, .o = o, .t = t };
	e->last = &e->first;
	return e;
}

void echo_take(struct echo *e, const struct event *ev)
{
	struct message *m = arena_new_of(e->a, struct message);

	m->e = *ev;
	*e->last = m;
	e->last = &m->next;
}

static void show(void *ctx, const struct ast_cmd *cmd)
{
	struct echo *e = ctx;
	json_t *j = e->list ? json_cmd(cmd, &e->o->print) : NULL;

	if (!e->list)
		ast_print_cmd(&e->text, cmd, &e->o->print);
	else if (j)
		json_array_append_new(e->list, j);
}

static void read_all(struct echo *e)
{
	struct event_ctx c = { .book = setbook_new(e->t), .types = &e->o->types, .json = e->o->json, .fn = show, .ctx = e };
	struct arena *a = arena_new();

	for (const struct message *m = e->first; m; m = m->next) {
		if (m->e.type != NFT_MSG_NEWGEN)
			event_read(&c, a, &m->e);
		else if (!e->list)
			event_generation(m->e.s, &e->text);
		arena_reset(a);
	}
	arena_free(&a);
	setbook_free(&c.book);
}

void echo_print(struct echo *e)
{
	json_t *root = e->o->json ? json_commands(&e->list) : NULL;
	char *dump;

	read_all(e);
	dump = root ? json_dumps(root, 0) : NULL;
	if (dump)
		fprintf(e->o->out, "%s\n", dump);
	fputs(buf_str(&e->text), e->o->out);
	free(dump);
	json_decref(root);
	buf_free(&e->text);
}
