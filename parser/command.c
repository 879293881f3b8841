/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: [add|…] kind [family] table [name] body. Without a word of command it is "add", without a kind a rule.
 */
#include "parser/parse_priv.h"

/* NFPROTO_* of the families by name. */
static const struct {
	const char *name;
	uint8_t family;
} families[] = { { "ip", 2 }, { "ip6", 10 }, { "inet", 1 }, { "arp", 3 }, { "bridge", 7 }, { "netdev", 5 } };

bool family_by_name(const char *name, uint8_t *family)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (strcmp(families[i].name, name) == 0) {
			*family = families[i].family;
			return true;
		}
	}
	return false;
}

bool accept_family(struct parse *p, uint8_t *family)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (accept_word(p, families[i].name)) {
			*family = families[i].family;
			return true;
		}
	}
	return false;
}

/* A family's name is no name of a table or chain, unless in quotes. */
static const char *name_but_family(struct parse *p, const char *what)
{
	const struct token *t = tok(p);

	for (size_t i = 0; i < ARRAY_SIZE(families) && !is_cursor(t); i++) {
		if (token_word_is(t, families[i].name)) {
			unexpected(p, what);
			return "";
		}
	}
	return identifier(p, what);
}

/* ---- handles ------------------------------------------------------------------------------------------------- */

static void family_spec(struct parse *p, struct ast_handle *h)
{
	struct place at = tok(p)->at;

	if (accept_family(p, &h->family)) {
		h->family_given = true;
		h->family_at = at;
	}
}

static bool handle_spec(struct parse *p, struct ast_handle *h)
{
	if (!is_word(p, "handle"))
		return false;
	tok_take(p);
	h->handle = expect_number(p, "a handle");
	h->handle_at = p->last; /* the number alone, as nft points at it */
	h->has_handle = true;
	return true;
}

static void rule_position(struct parse *p, struct ast_handle *h)
{
	struct place at = tok(p)->at;

	if (handle_spec(p, h))
		return;
	if (accept_word(p, "position")) {
		h->position = expect_number(p, "a handle");
		h->has_position = true;
	} else if (accept_word(p, "index")) {
		h->index = expect_number(p, "an index");
		h->has_index = true;
	} else {
		return;
	}
	h->position_at = place_span(at, p->last);
}

static void chain_name(struct parse *p, struct ast_handle *h)
{
	offer_object(p, AST_CHAIN);
	h->chain = name_but_family(p, "name of a chain");
	h->chain_at = p->last;
}

static void name_spec(struct parse *p, struct ast_handle *h, enum ast_obj_kind kind)
{
	if (kind == AST_CHAIN) {
		chain_name(p, h);
		return;
	}
	offer_object(p, kind);
	h->name = identifier(p, "a name");
	h->name_at = p->last;
}

/* [family] table, then what the kind is named by. by_handle: `handle N` may stand for the name. */
static void object_spec(struct parse *p, struct ast_obj *o, bool by_handle)
{
	p->within = &o->h;
	family_spec(p, &o->h);
	offer_object(p, AST_TABLE);
	if (o->kind == AST_TABLE && by_handle && handle_spec(p, &o->h))
		return;
	o->h.table = name_but_family(p, "name of a table");
	o->h.table_at = p->last;
	if (o->kind == AST_TABLE)
		return;
	if (o->kind == AST_RULE) {
		chain_name(p, &o->h);
		rule_position(p, &o->h);
		return;
	}
	if (!by_handle || !handle_spec(p, &o->h))
		name_spec(p, &o->h, o->kind);
}

static struct ast_obj *new_object(struct parse *p, enum ast_obj_kind kind)
{
	struct ast_obj *o = arena_new_of(p->arena, struct ast_obj);

	o->kind = kind;
	o->at = tok(p)->at;
	return o;
}

static void unknown_kind(struct parse *p, const char *what)
{
	const char *words[32];
	size_t n = 0;

	for (const struct obj_kind *k = obj_kinds; k->word && n < ARRAY_SIZE(words) - 1; k++)
		words[n++] = k->word;
	words[n++] = "ruleset";
	unexpected_word(p, what, words, n);
}

/* ---- add, create, insert, replace ------------------------------------------------------------------------------ */

static void rule_body(struct parse *p, struct ast_obj *o)
{
	o->rule = parse_line_rule(p);
}

static void add_body(struct parse *p, struct ast_obj *o, const struct obj_kind *k)
{
	object_spec(p, o, false);
	if (k->kind == AST_CHAIN && !tok_is(p, TOK_LBRACE))
		return;
	if (k->body)
		k->body(p, o);
}

/* A line that was taken for a rule and failed: perhaps its first word was meant as a kind of object, or as a command. */
static void hint_command(struct parse *p, const char *word, bool bare)
{
	static const char *const verbs[] = { "add",   "create", "insert", "replace", "delete",  "destroy",  "get",    "list", "flush",
					     "reset", "rename", "monitor", "describe", "export", "import", "define", "include" };
	const char *names[ARRAY_SIZE(verbs) + 20];
	size_t n = 0;

	for (const struct obj_kind *k = obj_kinds; k->word && n < 20; k++)
		names[n++] = k->word;
	if (bare) {
		memcpy(names + n, verbs, sizeof(verbs));
		n += ARRAY_SIZE(verbs);
	}
	hint_near(p, word, names, n);
}

static void add(struct parse *p, struct ast_cmd *c, bool bare)
{
	unsigned errors = p->diag->errors;
	const struct obj_kind *k;
	char word[MAX_WORD + 1];

	c->obj = new_object(p, AST_RULE);
	word_peek(tok(p), word);
	k = accept_obj_kind(p);
	if (k && k->kind == AST_METER) {
		fail(p, p->last, "meters cannot be added by themselves");
	} else if (k && k->kind != AST_RULE) {
		c->obj->kind = k->kind;
		add_body(p, c->obj, k);
	} else if (c->op == AST_CREATE) {
		unknown_kind(p, "table, chain, set or another object");
	} else {
		object_spec(p, c->obj, false);
		rule_body(p, c->obj);
		if (!k && p->failed && p->diag->errors == errors + 1)
			hint_command(p, word, bare);
	}
}

/* add [kind] …; without a kind a rule */
static void cmd_add(struct parse *p, struct ast_cmd *c)
{
	add(p, c, false);
}

/* insert and replace: rules only */
static void cmd_insert(struct parse *p, struct ast_cmd *c)
{
	c->obj = new_object(p, AST_RULE);
	accept_word(p, "rule");
	object_spec(p, c->obj, false);
	if (c->op == AST_REPLACE && !c->obj->h.has_handle)
		unexpected(p, "'handle'");
	rule_body(p, c->obj);
}

/* ---- delete, destroy, get ---------------------------------------------------------------------------------------- */

static void cmd_delete(struct parse *p, struct ast_cmd *c)
{
	const struct obj_kind *k;

	c->obj = new_object(p, AST_RULE);
	k = accept_obj_kind(p);
	if (!k || k->kind == AST_METER) {
		/* `delete filter input handle 4` */
		if (!k && tok_is(p, TOK_WORD) && tok_ahead(p, 1)->type == TOK_WORD) {
			object_spec(p, c->obj, true);
			if (!c->obj->h.has_handle)
				unexpected(p, "'handle'");
			return;
		}
		unknown_kind(p, "table, chain, rule, set or another object");
		return;
	}
	c->obj->kind = k->kind;
	object_spec(p, c->obj, true);
	if (k->kind == AST_RULE && !c->obj->h.has_handle && !c->obj->h.has_index)
		unexpected(p, "'handle'");
	if (k->kind == AST_ELEMENT || ((k->kind == AST_CHAIN || k->kind == AST_FLOWTABLE) && tok_is(p, TOK_LBRACE)))
		k->body(p, c->obj);
}

static void cmd_get(struct parse *p, struct ast_cmd *c)
{
	c->obj = new_object(p, AST_ELEMENT);
	if (!expect_word(p, "element"))
		return;
	object_spec(p, c->obj, false);
	obj_elements(p, c->obj);
}

/* ---- list, reset, flush ------------------------------------------------------------------------------------------ */

/* The kind whose plural the current tokens are: "counters", "ct helpers". Taken. */
static const struct obj_kind *accept_plural(struct parse *p)
{
	for (const struct obj_kind *k = obj_kinds; k->word; k++) {
		if (!k->plural)
			continue;
		if (!k->word2) {
			if (accept_word(p, k->plural))
				return k;
		} else if (is_word(p, k->word) && token_word_is(tok_ahead(p, 1), k->plural)) {
			tok_take(p);
			tok_take(p);
			return k;
		}
	}
	return NULL;
}

/* [table|chain] [family] [table [chain]] */
static void scope_spec(struct parse *p, struct ast_obj *o)
{
	bool need_chain = false;

	if (tok_ahead(p, 1)->type == TOK_WORD && !accept_word(p, "table"))
		need_chain = o->kind == AST_RULES && accept_word(p, "chain");
	p->within = &o->h;
	family_spec(p, &o->h);
	if (at_end(p))
		return;
	offer_object(p, AST_TABLE);
	o->h.table = name_but_family(p, "name of a table");
	o->h.table_at = p->last;
	if (o->kind == AST_RULES && (need_chain || !at_end(p)))
		chain_name(p, &o->h);
}

/* list hooks [family] [device NAME] */
static void list_hooks(struct parse *p, struct ast_cmd *c)
{
	c->obj->kind = AST_HOOKS;
	family_spec(p, &c->obj->h);
	if (accept_word(p, "device") || accept_word(p, "devices")) {
		offer_object(p, AST_HOOKS);
		c->expr = parse_symbol(p);
	}
}

static void cmd_list(struct parse *p, struct ast_cmd *c)
{
	const struct obj_kind *k;

	c->obj = new_object(p, AST_RULESET);
	if (accept_word(p, "ruleset")) {
		family_spec(p, &c->obj->h);
	} else if (c->op == AST_LIST_CMD && accept_word(p, "hooks")) {
		list_hooks(p, c);
	} else if ((k = accept_plural(p))) {
		c->obj->kind = k->kind_all;
		scope_spec(p, c->obj);
	} else if ((k = accept_obj_kind(p))) {
		c->obj->kind = k->kind;
		/* `list ct helper table t` is the old form of `list ct helpers t` */
		if (k->word2 && is_word(p, "table") && tok_ahead(p, 1)->type == TOK_WORD) {
			c->obj->kind = k->kind_all;
			scope_spec(p, c->obj);
			return;
		}
		object_spec(p, c->obj, false);
		if (k->kind == AST_ELEMENT)
			obj_elements(p, c->obj);
	} else {
		unknown_kind(p, "ruleset, table, chain, set or another object");
	}
}

/* ---- rename, describe, monitor ----------------------------------------------------------------------------------- */

static void cmd_rename(struct parse *p, struct ast_cmd *c)
{
	struct place at;

	c->obj = new_object(p, AST_CHAIN);
	if (!expect_word(p, "chain"))
		return;
	object_spec(p, c->obj, false);
	at = tok(p)->at;
	c->expr = ast_symbol(p->arena, identifier(p, "the new name"), at);
}

static void cmd_describe(struct parse *p, struct ast_cmd *c)
{
	offer_names(p, NAMES_TYPES, NULL);
	if (tok_is(p, TOK_WORD) && (at_field(p, false) || tok_ahead(p, 1)->type == TOK_WORD))
		c->expr = parse_concat(p, LEFT);
	else
		c->expr = parse_symbol(p);
}

/* monitor [new|destroy] [tables|…|trace] [json|xml] */
static void cmd_monitor(struct parse *p, struct ast_cmd *c)
{
	static const char *const events[] = { "new", "destroy", NULL };
	static const char *const objects[] = { "ruleset", "tables", "chains", "sets", "rules", "elements", "trace", NULL };
	static const char *const formats[] = { "vm", "json", "xml", NULL };
	struct ast_opt **tail = &c->opts;

	accept_flag_opt(p, &tail, events);
	accept_flag_opt(p, &tail, objects);
	while (accept_flag_opt(p, &tail, formats))
		;
	if (!at_end(p))
		unexpected_word(p, "new, destroy, ruleset, tables, chains, sets, rules, elements or trace", objects, ARRAY_SIZE(objects) - 1);
}

/* export [ruleset] [vm] json, import …: words as they are */
static void cmd_export(struct parse *p, struct ast_cmd *c)
{
	static const char *const words[] = { "ruleset", "vm", "json", "xml", NULL };
	struct ast_opt **tail = &c->opts;

	while (accept_flag_opt(p, &tail, words))
		;
}

/* ---- all ------------------------------------------------------------------------------------------------------------ */

static const struct command {
	const char *word;
	enum ast_cmd_op op;
	void (*parse)(struct parse *p, struct ast_cmd *c);
} commands[] = {
	{ "add", AST_ADD, cmd_add },
	{ "create", AST_CREATE, cmd_add },
	{ "insert", AST_INSERT, cmd_insert },
	{ "replace", AST_REPLACE, cmd_insert },
	{ "delete", AST_DELETE, cmd_delete },
	{ "destroy", AST_DESTROY, cmd_delete },
	{ "get", AST_GET, cmd_get },
	{ "list", AST_LIST_CMD, cmd_list },
	{ "flush", AST_FLUSH, cmd_list },
	{ "reset", AST_RESET, cmd_list },
	{ "rename", AST_RENAME, cmd_rename },
	{ "monitor", AST_MONITOR, cmd_monitor },
	{ "describe", AST_DESCRIBE, cmd_describe },
	{ "export", AST_EXPORT, cmd_export },
	{ "import", AST_IMPORT, cmd_export },
};

struct ast_cmd *parse_command(struct parse *p)
{
	const struct command *cmd = NULL;
	struct ast_cmd *c;

	if (parse_define_line(p) || parse_include_line(p))
		return NULL;
	c = arena_new_of(p->arena, struct ast_cmd);
	c->at = tok(p)->at;
	c->op = AST_ADD;
	for (size_t i = 0; i < ARRAY_SIZE(commands) && !cmd; i++) {
		if (accept_word(p, commands[i].word))
			cmd = &commands[i];
	}
	if (cmd) {
		c->op = cmd->op;
		cmd->parse(p, c);
	} else {
		add(p, c, true);
	}
	c->at = place_span(c->at, p->last);
	if (c->obj)
		c->obj->at = place_span(c->obj->at, p->last);
	return c;
}
