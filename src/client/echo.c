/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Echoed messages are kept in order; anonymous sets and their elements are not shown by themselves but in the rule that uses
 * them. See echo.h.
 */
#include "src/client/echo.h"

#include <stdlib.h>
#include <string.h>

#include "src/raise/json.h"
#include "src/raise/raise.h"

struct message {
	struct message *next;
	uint16_t type;
	uint8_t family;
	const void *s;
	struct bc_node *elems, **elems_tail; /* of a set */
};

struct echo {
	struct arena *a;
	const struct client_options *o;
	struct message *first, **last;
	struct raise_ctx raise;
};

static struct message *find_set(struct echo *e, uint8_t family, const char *table, const char *name)
{
	for (struct message *m = e->first; m; m = m->next) {
		const struct bc_set *s = m->s;

		if (m->type == NFT_MSG_NEWSET && m->family == family && !strcmp(s->name, name) && !strcmp(s->table, table))
			return m;
	}
	return NULL;
}

static const struct bc_set *ask_set(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems)
{
	struct message *m = find_set(ctx, family, table, name);

	if (elems)
		*elems = m ? m->elems : NULL;
	return m ? m->s : NULL;
}

struct echo *echo_new(struct arena *a, const struct client_options *o)
{
	struct echo *e = arena_new_of(a, struct echo);

	e->a = a;
	e->o = o;
	e->last = &e->first;
	e->raise = (struct raise_ctx){ .a = a, .types = &o->types, .set = ask_set, .ctx = e };
	return e;
}

void echo_take(struct echo *e, uint16_t type, uint8_t family, const void *s)
{
	const struct bc_elems *elems = s;
	struct message *set = type == NFT_MSG_NEWSETELEM ? find_set(e, family, elems->table, elems->set) : NULL;
	struct message *m;

	if (set && ((const struct bc_set *)set->s)->flags & NFT_SET_ANONYMOUS) {
		*set->elems_tail = elems->elems;
		while (*set->elems_tail)
			set->elems_tail = &(*set->elems_tail)->next;
		return;
	}
	m = arena_new_of(e->a, struct message);
	*m = (struct message){ .type = type, .family = family, .s = s };
	m->elems_tail = &m->elems;
	*e->last = m;
	e->last = &m->next;
}

static struct ast_obj *rule_object(struct echo *e, const struct message *m)
{
	const struct bc_rule *r = m->s;
	struct ast_obj *o = arena_new_of(e->a, struct ast_obj);

	o->kind = AST_RULE;
	o->h.family = m->family;
	o->h.table = r->table;
	o->h.chain = r->chain;
	o->rule = raise_rule(&e->raise, m->family, r);
	return o->rule ? o : NULL;
}

static struct ast_obj *elements_object(struct echo *e, const struct message *m)
{
	const struct bc_elems *el = m->s;
	struct message *set = find_set(e, m->family, el->table, el->set);

	return set ? raise_elements(&e->raise, m->family, set->s, el->elems) : NULL;
}

static struct ast_obj *object(struct echo *e, const struct message *m)
{
	const struct bc_set *set = m->s;

	switch (m->type) {
	case NFT_MSG_NEWTABLE:
		return raise_table(&e->raise, m->family, m->s);
	case NFT_MSG_NEWCHAIN:
		return raise_chain(&e->raise, m->family, m->s);
	case NFT_MSG_NEWRULE:
		return rule_object(e, m);
	case NFT_MSG_NEWSET:
		return set->flags & NFT_SET_ANONYMOUS ? NULL : raise_set(&e->raise, m->family, set, NULL);
	case NFT_MSG_NEWSETELEM:
		return elements_object(e, m);
	case NFT_MSG_NEWOBJ:
		return raise_obj(&e->raise, m->family, m->s);
	case NFT_MSG_NEWFLOWTABLE:
		return raise_flowtable(&e->raise, m->family, m->s);
	}
	return NULL;
}

void echo_print(struct echo *e)
{
	json_t *list, *root = e->o->json ? json_ruleset(&list) : NULL;
	buf_auto text = { 0 };

	for (const struct message *m = e->first; m; m = m->next) {
		struct ast_cmd cmd = { .op = AST_ADD, .obj = object(e, m) };
		json_t *j = cmd.obj && root ? json_cmd(&cmd, &e->o->print) : NULL;

		if (cmd.obj && !root)
			ast_print_cmd(&text, &cmd, &e->o->print);
		else if (j)
			json_array_append_new(list, j);
	}
	if (root) {
		char *dump = json_dumps(root, 0);

		fprintf(e->o->out, "%s\n", dump);
		free(dump);
		json_decref(root);
	}
	fputs(buf_str(&text), e->o->out);
}
