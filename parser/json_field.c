/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields in JSON, one function per name. Only their words are collected, as for text (field.c): what means something is for
 * src/types to say, but for header fields, whose heads must be known to be told from all else.
 */
#include "parser/json.h"

#include <stdio.h>

typedef void field_fn(struct jp *j, struct ast_expr *e, json_t *v);

/* ---- words --------------------------------------------------------------------------------------------------- */

static void add_word(struct jp *j, struct ast_expr *e, const char *word, struct place at)
{
	struct place whole = e->at;

	if (e->field->n_words < UINT8_MAX - 4)
		ast_field_word(j->a, e, word, at);
	e->at = whole;
}

/* A member as a word; a number as its digits. True if it is there. */
static bool add(struct jp *j, struct ast_expr *e, const json_t *v, const char *key)
{
	const json_t *m = json_object_get(v, key);
	char digits[24];

	if (!m)
		return false;
	if (json_is_string(m)) {
		add_word(j, e, jp_text_of(j, m), jp_place(j, m));
	} else if (json_is_integer(m) && json_integer_value(m) >= 0) {
		snprintf(digits, sizeof(digits), "%lld", (long long)json_integer_value(m));
		add_word(j, e, intern(j->p, digits), jp_place(j, m));
	} else {
		jp_fail(j, m, "%s: a string or number expected, not %s", key, jp_kind(m));
	}
	return true;
}

static void need(struct jp *j, struct ast_expr *e, const json_t *v, const char *key)
{
	if (jp_need(j, v, key))
		add(j, e, v, key);
}

/* "ip saddr" is two words. */
static void add_words(struct jp *j, struct ast_expr *e, const json_t *m)
{
	const char *s = jp_text_of(j, m);

	for (size_t n; *s; s += n + (s[n] == ' ')) {
		n = strcspn(s, " ");
		add_word(j, e, name_of(j->p, s, (uint32_t)n)->text, jp_place(j, m));
	}
}

/* ---- headers --------------------------------------------------------------------------------------------------- */

static void unknown(struct jp *j, const json_t *v, const char *head, const char *name)
{
	if (head)
		jp_fail(j, v, "unknown field '%.40s' of %s", name, head);
	else
		jp_fail(j, v, "unknown header '%.40s'", name);
	hint_field(j->p, head, name);
}

static void raw(struct jp *j, struct ast_expr *e, const json_t *v)
{
	const char *base = jp_need_string(j, v, "base");
	uint64_t offset = 0, len = 0;

	e->kind = AST_RAW;
	e->text = base ? base : "";
	if (jp_need(j, v, "offset"))
		jp_number(j, v, "offset", UINT32_MAX, &offset);
	if (jp_need(j, v, "len"))
		jp_number(j, v, "len", UINT32_MAX, &len);
	e->num = offset;
	e->num2 = len;
}

static void header(struct jp *j, struct ast_expr *e, const json_t *v)
{
	const char *head = jp_need_string(j, v, "protocol"), *field = head ? jp_need_string(j, v, "field") : NULL;

	if (!field)
		return;
	e->field->head = head;
	e->field->head_at = jp_place(j, json_object_get(v, "protocol"));
	if (!j->p->words->is_header(head))
		unknown(j, json_object_get(v, "protocol"), NULL, head);
	else if (!j->p->words->is_field(head, field))
		unknown(j, json_object_get(v, "field"), head, field);
	else
		add_words(j, e, json_object_get(v, "field"));
}

static void payload(struct jp *j, struct ast_expr *e, json_t *v)
{
	const char *tunnel = json_is_object(v) ? jp_string(j, v, "tunnel") : NULL,
		   *protocol = json_is_object(v) ? jp_string(j, v, "protocol") : NULL;
	struct ast_expr *in = e;

	if (tunnel && !j->p->words->is_header(tunnel)) {
		unknown(j, json_object_get(v, "tunnel"), NULL, tunnel);
		return;
	}
	/* "vxlan vni" is the tunnel's own */
	if (tunnel && (!protocol || strcmp(protocol, tunnel))) {
		e->field->head = tunnel;
		e->a = in = ast_field(j->a, "", e->at);
	}
	if (json_is_object(v) && json_object_get(v, "base"))
		raw(j, in, v);
	else
		header(j, in, v);
}

/* Only a name: is there one? Of rt0, addresses are numbered. */
static void exthdr(struct jp *j, struct ast_expr *e, json_t *v)
{
	const char *name = jp_need_string(j, v, "name"), *field = name ? jp_string(j, v, "field") : NULL;
	uint64_t n;

	if (!name)
		return;
	if (!field) {
		e->field->head = "exthdr";
		add_word(j, e, name, jp_place(j, json_object_get(v, "name")));
		return;
	}
	e->field->head = name;
	if (jp_number(j, v, "offset", UINT8_MAX, &n))
		field = intern(j->p, arena_printf(j->a, "%.40s[%u]", field, (unsigned)n));
	if (!j->p->words->is_header(name))
		unknown(j, json_object_get(v, "name"), NULL, name);
	else if (!j->p->words->is_field(name, field))
		unknown(j, json_object_get(v, "field"), name, field);
	else
		add_word(j, e, field, jp_place(j, json_object_get(v, "field")));
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

enum { KIND_BITS = 8 };

/* name and field, or base, offset and len: the kind alone asks whether there is one */
static void option(struct jp *j, struct ast_expr *e, json_t *v)
{
	uint64_t offset = 1, len = 0;

	if (!json_is_object(v) || !json_object_get(v, "base")) {
		need(j, e, v, json_object_get(v, "type") ? "type" : "name");
		add(j, e, v, "field");
		return;
	}
	jp_number(j, v, "offset", UINT32_MAX, &offset);
	jp_number(j, v, "len", UINT32_MAX, &len);
	if (!offset && (len == KIND_BITS || !len)) {
		add(j, e, v, "base");
		return;
	}
	add_word(j, e, "@", e->at);
	add(j, e, v, "base");
	need(j, e, v, "offset");
	need(j, e, v, "len");
}

static void dccp_option(struct jp *j, struct ast_expr *e, json_t *v)
{
	need(j, e, v, "type");
}

/* ---- surroundings ------------------------------------------------------------------------------------------------ */

static void key(struct jp *j, struct ast_expr *e, json_t *v)
{
	need(j, e, v, "key");
}

static void meta(struct jp *j, struct ast_expr *e, json_t *v)
{
	const char *name = jp_need_string(j, v, "key");

	if (!name)
		return;
	if (j->p->words->is_meta_key(name, false)) {
		add(j, e, v, "key");
		return;
	}
	jp_fail(j, json_object_get(v, "key"), "unknown meta key '%.40s'", name);
	hint_field(j->p, "meta", name);
}

/* [dir] [family] key, where the key may have its family before it */
static void ct(struct jp *j, struct ast_expr *e, json_t *v)
{
	const char *name = jp_need_string(j, v, "key"), *last;

	if (!name)
		return;
	add(j, e, v, "dir");
	add(j, e, v, "family");
	last = strrchr(name, ' ') ? strrchr(name, ' ') + 1 : name;
	if (j->p->words->is_ct_key(last) || !strcmp(name, "timeout") || !strcmp(name, "expectation")) {
		add_words(j, e, json_object_get(v, "key"));
		return;
	}
	jp_fail(j, json_object_get(v, "key"), "unknown ct key '%.40s'", name);
	hint_field(j->p, "ct", last);
}

static void rt(struct jp *j, struct ast_expr *e, json_t *v)
{
	if (jp_need(j, v, "key"))
		add(j, e, v, "family");
	add(j, e, v, "key");
}

struct fib_ctx {
	struct jp *j;
	struct ast_expr *e;
};

static void add_flag(void *ctx, const char *w, struct place at)
{
	struct fib_ctx *c = ctx;

	add_word(c->j, c->e, w, at);
}

static void fib(struct jp *j, struct ast_expr *e, json_t *v)
{
	static const char *const flags[] = { "saddr", "daddr", "mark", "iif", "oif", NULL };
	static const char *const results[] = { "oif", "oifname", "type", "check", NULL };
	struct fib_ctx ctx = { j, e };
	json_t *result = jp_need(j, v, "result"), *list = result ? jp_need(j, v, "flags") : NULL;

	e->field->result = result ? jp_word(j, result, "oif, oifname, type or check", results) : NULL;
	if (list && json_array_size(list) <= 16)
		jp_each_word(j, list, "saddr, daddr, mark, iif or oif", flags, add_flag, &ctx);
	else if (list)
		jp_fail(j, list, "too many flags");
}

static void socket(struct jp *j, struct ast_expr *e, json_t *v)
{
	need(j, e, v, "key");
	if (json_object_get(v, "level")) {
		add_word(j, e, "level", jp_place(j, json_object_get(v, "level")));
		add(j, e, v, "level");
	}
}

static void osf(struct jp *j, struct ast_expr *e, json_t *v)
{
	if (jp_need(j, v, "key") && json_object_get(v, "ttl")) {
		add_word(j, e, "ttl", jp_place(j, json_object_get(v, "ttl")));
		add(j, e, v, "ttl");
	}
	add(j, e, v, "key");
}

static void ipsec(struct jp *j, struct ast_expr *e, json_t *v)
{
	uint64_t spnum = 0;

	if (!jp_need(j, v, "key") || !jp_need(j, v, "dir"))
		return;
	add(j, e, v, "dir");
	if (jp_number(j, v, "spnum", UINT32_MAX, &spnum) && spnum) {
		add_word(j, e, "spnum", jp_place(j, json_object_get(v, "spnum")));
		add(j, e, v, "spnum");
	}
	add(j, e, v, "family");
	add(j, e, v, "key");
}

/* ---- generators -------------------------------------------------------------------------------------------------- */

static void modulus(struct jp *j, struct ast_expr *e, json_t *v)
{
	uint64_t n = 0, offset = 0;

	if (jp_need(j, v, "mod"))
		jp_number(j, v, "mod", UINT32_MAX, &n);
	jp_number(j, v, "offset", UINT32_MAX, &offset);
	e->num = n;
	e->num2 = offset;
}

static void numgen(struct jp *j, struct ast_expr *e, json_t *v)
{
	need(j, e, v, "mode");
	if (json_is_object(v))
		modulus(j, e, v);
}

static void symhash(struct jp *j, struct ast_expr *e, json_t *v)
{
	modulus(j, e, v);
}

static void jhash(struct jp *j, struct ast_expr *e, json_t *v)
{
	json_t *of = jp_need(j, v, "expr");
	uint64_t seed;

	e->a = of ? jp_expr(j, of) : ast_symbol(j->a, "", e->at);
	if (!of)
		return;
	modulus(j, e, v);
	if (jp_number(j, v, "seed", UINT32_MAX, &seed)) {
		e->field->seed = (uint32_t)seed;
		e->field->has_seed = true;
	}
}

/* ---- all ----------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	field_fn *fn;
} fields[] = {
	{ "payload", payload },
	{ "exthdr", exthdr },
	{ "tcp option", option },
	{ "ip option", option },
	{ "sctp chunk", option },
	{ "dccp option", dccp_option },
	{ "meta", meta },
	{ "ct", ct },
	{ "rt", rt },
	{ "fib", fib },
	{ "socket", socket },
	{ "osf", osf },
	{ "ipsec", ipsec },
	{ "tunnel", key },
	{ "numgen", numgen },
	{ "jhash", jhash },
	{ "symhash", symhash },
};

struct ast_expr *jp_field(struct jp *j, const char *name, json_t *v, struct place at)
{
	struct ast_expr *e;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strcmp(fields[i].name, name))
			continue;
		e = ast_field(j->a, fields[i].name, at);
		fields[i].fn(j, e, v);
		return e;
	}
	return NULL;
}

struct ast_expr *jp_field_of(struct jp *j, const char *head, const char *word, struct place at)
{
	struct ast_expr *e = ast_field(j->a, head, at);

	ast_field_word(j->a, e, word, at);
	return e;
}
