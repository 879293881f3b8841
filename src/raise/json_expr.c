/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions and values as JSON. Fields are in json_field.c. */
#include "src/raise/json_priv.h"

#include <string.h>

/* Beyond 64 bits a string of hexadecimal digits. */
static json_t *number(unsigned __int128 n)
{
	char text[40];

	if (!(uint64_t)(n >> 64))
		return json_integer((json_int_t)(uint64_t)n);
	snprintf(text, sizeof(text), "0x%llx%016llx", (unsigned long long)(n >> 64), (unsigned long long)n);
	return json_string(text);
}

/* Each byte beyond ASCII becomes a replacement character. */
static json_t *replaced(const char *s)
{
	buf_auto text = { 0 };

	for (; *s; s++) {
		if ((unsigned char)*s < 0x80)
			buf_putc(&text, *s);
		else
			buf_puts(&text, "\xef\xbf\xbd");
	}
	return json_string(buf_str(&text));
}

json_t *json_text(const char *s)
{
	json_t *j = json_string(s);

	return j ? j : replaced(s);
}

static json_t *symbol(const struct ast_expr *e)
{
	if (!e->quoted && !strcmp(e->text, "exists"))
		return json_true();
	if (!e->quoted && !strcmp(e->text, "missing"))
		return json_false();
	return json_text(e->text);
}

json_t *json_items(const struct ast_expr *list)
{
	json_t *a = json_array();

	for (const struct ast_expr *i = list->items; i; i = i->next)
		json_array_append_new(a, json_expr(i));
	return a;
}

static const char *op_name(uint8_t op)
{
	switch (op) {
	case AST_OP_AND:
		return "&";
	case AST_OP_OR:
		return "|";
	case AST_OP_XOR:
		return "^";
	case AST_OP_LSHIFT:
		return "<<";
	default:
		return ">>";
	}
}

/* a | b | c is one array. */
static void operands(json_t *a, uint8_t op, const struct ast_expr *e)
{
	if (e->kind == AST_BINARY && e->op == op) {
		operands(a, op, e->a);
		operands(a, op, e->b);
	} else {
		json_array_append_new(a, json_expr(e));
	}
}

static json_t *binary(const struct ast_expr *e)
{
	json_t *a = json_array();

	operands(a, e->op, e);
	return json_pack("{s:o}", op_name(e->op), a);
}

/* JSON has no form for an anonymous chain: it is the text of a listing. */
static json_t *anonymous_chain(const struct ast_expr *e)
{
	static const struct ast_print_opts in_rule = { .indent = 2 };
	buf_auto text = { 0 };

	ast_print_expr(&text, e, &in_rule);
	return json_text(buf_str(&text));
}

json_t *json_verdict(const struct ast_expr *e)
{
	if (e->rules)
		return anonymous_chain(e);
	if (!e->a)
		return json_pack("{s:n}", e->text);
	return json_pack("{s:{s:o}}", e->text, "target", json_expr(e->a));
}

static json_t *element(const struct ast_expr *e)
{
	const struct ast_opt *timeout = ast_opt_find(e->opts, "timeout"), *expires = ast_opt_find(e->opts, "expires");
	const struct ast_opt *comment = ast_opt_find(e->opts, "comment");
	json_t *o = json_pack("{s:o}", "val", json_expr(e->a));

	if (timeout)
		json_object_set_new(o, "timeout", json_expr(timeout->val));
	if (expires)
		json_object_set_new(o, "expires", json_expr(expires->val));
	if (comment)
		json_object_set_new(o, "comment", json_expr(comment->val));
	for (const struct ast_stmt *s = e->stmts; s; s = s->next) {
		json_t *j = json_stmt(s, NULL);

		json_object_update(o, j);
		json_decref(j);
	}
	return json_pack("{s:o}", "elem", o);
}

static json_t *setref(const struct ast_expr *e)
{
	char name[260];

	snprintf(name, sizeof(name), "@%s", e->text);
	return json_text(name);
}

json_t *json_expr(const struct ast_expr *e)
{
	switch (e->kind) {
	case AST_SYMBOL:
		return symbol(e);
	case AST_STRING:
		return json_text(e->text);
	case AST_NUMBER:
		return e->a ? json_expr(e->a) : number(e->num);
	case AST_SETREF:
		return setref(e);
	case AST_WILDCARD:
		return json_string("*");
	case AST_FIELD:
		return json_field(e);
	case AST_RAW:
		return json_raw(e, NULL);
	case AST_BINARY:
		return binary(e);
	case AST_PREFIX:
		return json_pack("{s:{s:o, s:I}}", "prefix", "addr", json_expr(e->a), "len", (json_int_t)e->num);
	case AST_RANGE:
		return json_pack("{s:[o, o]}", "range", json_expr(e->a), json_expr(e->b));
	case AST_CONCAT:
		return json_pack("{s:o}", "concat", json_items(e));
	case AST_LIST:
		return json_items(e);
	case AST_SET:
		return json_pack("{s:o}", "set", json_items(e));
	case AST_ELEM:
		return element(e);
	case AST_MAPPING:
		return json_pack("[o, o]", json_expr(e->a), json_expr(e->b));
	case AST_MAP:
		return json_pack("{s:{s:o, s:o}}", "map", "key", json_expr(e->a), "data", json_expr(e->b));
	case AST_VERDICT:
		return json_verdict(e);
	default:
		return json_null();
	}
}
