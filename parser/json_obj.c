/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects in JSON: tables, chains, rules, sets, elements, flowtables. Their names are read in json_cmd.c. */
#include "parser/json.h"

/* ---- tables ---------------------------------------------------------------------------------------------------- */

void jp_obj_table(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const flags[] = { "dormant", "owner", "persist", NULL };
	struct ast_opt **tail = &o->table.opts;

	jp_opt_list(j, &tail, v, "flags", "dormant, owner or persist", flags);
	jp_opt(j, &tail, v, "comment", "comment");
}

/* ---- chains ---------------------------------------------------------------------------------------------------- */

static void add_device(struct jp *j, struct ast_expr *list, const json_t *v)
{
	struct ast_expr *e;

	if (!json_is_string(v)) {
		jp_fail(j, v, "the name of a device expected, not %s", jp_kind(v));
		return;
	}
	e = ast_symbol(j->a, jp_text_of(j, v), jp_place(j, v));
	e->quoted = true;
	ast_list_add(list, e);
}

/* A name, or an array of them. */
struct ast_expr *jp_devices(struct jp *j, json_t *v)
{
	struct ast_expr *list = ast_expr(j->a, AST_LIST, jp_place(j, v));

	if (!json_is_array(v))
		add_device(j, list, v);
	else
		for (size_t i = 0; i < json_array_size(v); i++)
			add_device(j, list, json_array_get(v, i));
	return list;
}

/* A number, as listings have it, or a name. */
static void priority(struct jp *j, const json_t *v, const char **name, int32_t *num)
{
	if (json_is_string(v))
		*name = jp_text_of(j, v);
	else if (!json_is_integer(v))
		jp_fail(j, v, "prio: a number expected, not %s", jp_kind(v));
	else if (json_integer_value(v) > INT32_MAX || json_integer_value(v) < INT32_MIN)
		jp_fail(j, v, "priority: a number of 32 bits, with sign");
	else
		*num = (int32_t)json_integer_value(v);
}

static void base_chain(struct jp *j, struct ast_chain *c, json_t *v)
{
	static const char *const types[] = { "filter", "nat", "route", NULL };
	const json_t *type = jp_need(j, v, "type"), *hook = jp_need(j, v, "hook"), *prio = jp_need(j, v, "prio");
	const char *word;

	if (!type || !hook || !prio)
		return;
	c->is_base = true;
	c->type_at = jp_place(j, type);
	c->hook_at = jp_place(j, hook);
	c->prio_at = jp_place(j, prio);
	word = jp_word(j, type, "chain type filter, nat or route", types);
	c->type = word ? word : "";
	word = jp_string(j, v, "hook");
	c->hook = word ? word : "";
	priority(j, prio, &c->prio_name, &c->prio_num);
	c->prio = c->prio_name ? ast_symbol(j->a, c->prio_name, c->prio_at)
			       : ast_number(j->a, (unsigned __int128)(__int128)c->prio_num, c->prio_at);
	c->prio->text = c->prio_name ? c->prio_name : arena_printf(j->a, "%d", c->prio_num);
}

void jp_obj_chain(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const policies[] = { "accept", "drop", NULL }, *const flags[] = { "offload", NULL };
	struct ast_opt **tail = &o->chain.opts;
	json_t *policy = json_object_get(v, "policy"), *dev = json_object_get(v, "dev");

	if (json_object_get(v, "type") || json_object_get(v, "hook") || json_object_get(v, "prio"))
		base_chain(j, &o->chain, v);
	if (dev)
		o->chain.devices = jp_devices(j, dev);
	if (policy) {
		o->chain.policy = jp_word(j, policy, "policy accept or drop", policies);
		o->chain.policy_at = jp_place(j, policy);
	}
	jp_opt_list(j, &tail, v, "flags", "offload", flags);
	jp_opt(j, &tail, v, "comment", "comment");
}

/* ---- rules ----------------------------------------------------------------------------------------------------- */

void jp_obj_rule(struct jp *j, struct ast_obj *o, json_t *v)
{
	struct ast_rule *r = arena_new_of(j->a, struct ast_rule);
	json_t *expr = jp_need(j, v, "expr");

	o->rule = r;
	r->at = o->at;
	if (expr && !json_is_array(expr))
		jp_fail(j, expr, "expr: an array of statements expected, not %s", jp_kind(expr));
	else if (expr)
		r->stmts = jp_stmts(j, expr);
	r->comment = jp_string(j, v, "comment");
	r->comment_at = jp_place(j, json_object_get(v, "comment"));
}

/* ---- sets ------------------------------------------------------------------------------------------------------ */

static struct ast_expr *type_name(struct jp *j, const json_t *v)
{
	if (!json_is_string(v))
		jp_fail(j, v, "the name of a type expected, not %s", jp_kind(v));
	return ast_symbol(j->a, json_is_string(v) ? jp_text_of(j, v) : "", jp_place(j, v));
}

/* A name, an array of names, or { "typeof": expression }. */
static struct ast_expr *type_of(struct jp *j, json_t *v, bool *is_typeof)
{
	struct ast_expr *list;
	json_t *of;

	*is_typeof = json_is_object(v);
	if (json_is_object(v)) {
		of = jp_need(j, v, "typeof");
		if (of && json_is_array(of))
			return jp_concat(j, of);
		return of ? jp_expr(j, of) : ast_symbol(j->a, "", jp_place(j, v));
	}
	if (!json_is_array(v) || json_array_size(v) < 2)
		return type_name(j, json_is_array(v) ? json_array_get(v, 0) : v);
	list = ast_expr(j->a, AST_CONCAT, jp_place(j, v));
	for (size_t i = 0; i < json_array_size(v); i++)
		ast_list_add(list, type_name(j, json_array_get(v, i)));
	return list;
}

static void data_type(struct jp *j, struct ast_setobj *s, json_t *v)
{
	static const char *const objects[] = { "counter", "quota",     "limit",      "secmark",        "synproxy",
					       "tunnel",  "ct helper", "ct timeout", "ct expectation", NULL };
	bool is_typeof;

	for (const char *const *w = objects; json_is_string(v) && *w; w++)
		if (!strcmp(*w, json_string_value(v)))
			s->obj_type = *w;
	if (s->obj_type)
		return;
	s->data_type = type_of(j, v, &is_typeof);
	s->data_otherwise = is_typeof != s->is_typeof;
}

/* Data that are ranges make a map of them: nothing else in JSON says so. */
static bool is_span(const struct ast_expr *e)
{
	if (e->kind == AST_CONCAT)
		for (const struct ast_expr *i = e->items; i; i = i->next)
			if (is_span(i))
				return true;
	return e->kind == AST_PREFIX || e->kind == AST_RANGE;
}

static bool has_spans(const struct ast_expr *set)
{
	for (const struct ast_expr *e = set->items; e; e = e->next)
		if (e->kind == AST_MAPPING && is_span(e->b))
			return true;
	return false;
}

void jp_obj_set(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const flags[] = { "constant", "interval", "timeout", "dynamic", NULL };
	static const char *const policies[] = { "performance", "memory", NULL };
	json_t *type = jp_need(j, v, "type"), *map = json_object_get(v, "map"), *elem = json_object_get(v, "elem");
	struct ast_opt **tail = &o->set.opts;

	if (type)
		o->set.key_type = type_of(j, type, &o->set.is_typeof);
	if (map)
		o->kind = AST_MAPOBJ; /* whatever the object's name says */
	o->set.is_map = o->kind == AST_MAPOBJ;
	if (o->set.is_map && (map || jp_need(j, v, "map")))
		data_type(j, &o->set, map);
	jp_opt_word(j, &tail, v, "policy", "policy", "performance or memory", policies);
	jp_opt_list(j, &tail, v, "flags", "constant, interval, timeout or dynamic", flags);
	jp_opt(j, &tail, v, "timeout", "timeout");
	jp_opt(j, &tail, v, "gc-interval", "gc-interval");
	jp_opt(j, &tail, v, "size", "size");
	if (jp_true(j, v, "auto-merge"))
		jp_add_opt(j, &tail, "auto-merge", NULL, o->at);
	jp_opt(j, &tail, v, "comment", "comment");
	if (json_object_get(v, "stmt"))
		o->set.stmts = jp_stmts(j, json_object_get(v, "stmt"));
	if (elem)
		o->set.elems = jp_set(j, elem);
	o->set.data_interval = o->set.data_type && elem && has_spans(o->set.elems);
}

void jp_obj_element(struct jp *j, struct ast_obj *o, json_t *v)
{
	json_t *elem = jp_need(j, v, "elem");

	o->elems = elem ? jp_set(j, elem) : ast_expr(j->a, AST_SET, o->at);
}

/* ---- flowtables -------------------------------------------------------------------------------------------------- */

void jp_obj_flowtable(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const hooks[] = { "ingress", NULL }, *const flags[] = { "offload", "counter", NULL };
	const json_t *prio = json_object_get(v, "prio");
	json_t *dev = json_object_get(v, "dev");
	struct ast_opt **tail = &o->opts;
	const char *name = NULL;
	int32_t num = 0;

	jp_opt_word(j, &tail, v, "hook", "hook", "hook ingress", hooks);
	if (prio) {
		priority(j, prio, &name, &num);
		jp_add_opt(j, &tail, "priority",
			   name ? ast_symbol(j->a, name, jp_place(j, prio))
				: ast_number(j->a, (unsigned __int128)(__int128)num, jp_place(j, prio)),
			   jp_place(j, prio));
	}
	if (dev)
		jp_add_opt(j, &tail, "devices", jp_devices(j, dev), jp_place(j, dev));
	jp_opt_list(j, &tail, v, "flags", "offload or counter", flags);
	jp_opt(j, &tail, v, "comment", "comment");
}
