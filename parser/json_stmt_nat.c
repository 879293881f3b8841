/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements in JSON that send packets elsewhere: snat, dnat, masquerade, redirect, tproxy, dup, fwd. */
#include "parser/json.h"

static const char *const families[] = { "ip", "ip6", NULL };

static bool properties(struct jp *j, const struct ast_stmt *s, const json_t *v, bool null)
{
	if (json_is_object(v))
		return true;
	if (!null || !json_is_null(v))
		jp_fail(j, v, "%s: an object expected, not %s", s->name, jp_kind(v));
	return false;
}

static struct ast_expr *maybe_expr(struct jp *j, const json_t *v, const char *key)
{
	json_t *m = json_object_get(v, key);

	return m ? jp_expr(j, m) : NULL;
}

struct nat_ctx {
	struct jp *j;
	struct ast_stmt *s;
};

/* Once, though both a flag and the kind of map may say it. */
static void add_once(void *ctx, const char *w, struct place at)
{
	struct nat_ctx *c = ctx;
	const char *name = !strcmp(w, "netmap") ? "prefix" : !strcmp(w, "concat") ? "addr.port" : w;
	struct ast_opt **tail = &c->s->opts;

	if (ast_opt_find(c->s->opts, name))
		return;
	while (*tail)
		tail = &(*tail)->next;
	jp_add_opt(c->j, &tail, name, NULL, at);
}

void jp_nat(struct jp *j, struct ast_stmt *s, json_t *v)
{
	static const char *const flags[] = { "random", "fully-random", "persistent", "netmap", NULL };
	static const char *const kinds[] = { "interval", "prefix", "concat", NULL };
	bool address = !strcmp(s->name, "snat") || !strcmp(s->name, "dnat");
	struct nat_ctx ctx = { j, s };
	struct ast_opt **tail = &s->opts;

	if (!properties(j, s, v, !address))
		return;
	jp_opt_word(j, &tail, v, "family", "family", "ip or ip6", families);
	if (address)
		s->a = maybe_expr(j, v, "addr");
	s->b = maybe_expr(j, v, "port");
	if (json_object_get(v, "flags"))
		jp_each_word(j, json_object_get(v, "flags"), "random, fully-random, persistent or netmap", flags, add_once, &ctx);
	if (json_object_get(v, "type_flags"))
		jp_each_word(j, json_object_get(v, "type_flags"), "interval, prefix or concat", kinds, add_once, &ctx);
	if (address && !s->a && !s->b)
		jp_fail(j, v, "%s: \"addr\" is missing", s->name);
}

void jp_tproxy(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_opt **tail = &s->opts;

	if (!properties(j, s, v, false))
		return;
	jp_opt_word(j, &tail, v, "family", "family", "ip or ip6", families);
	s->a = maybe_expr(j, v, "addr");
	s->b = maybe_expr(j, v, "port");
}

void jp_dup(struct jp *j, struct ast_stmt *s, json_t *v)
{
	json_t *addr = jp_need(j, v, "addr");

	if (!addr)
		return;
	s->a = jp_expr(j, addr);
	s->b = maybe_expr(j, v, "dev");
}

/* to a device; of a family, to an address through it */
void jp_fwd(struct jp *j, struct ast_stmt *s, json_t *v)
{
	json_t *dev = jp_need(j, v, "dev"), *family = dev ? json_object_get(v, "family") : NULL,
	       *addr = dev ? json_object_get(v, "addr") : NULL;
	struct ast_opt **tail = &s->opts;

	if (!dev)
		return;
	if (!family != !addr) {
		jp_fail(j, v, "\"%s\" is missing: family and addr are given together", family ? "addr" : "family");
		return;
	}
	s->a = jp_expr(j, addr ? addr : dev);
	if (!addr)
		return;
	s->b = jp_expr(j, dev);
	jp_opt_word(j, &tail, v, "family", "family", "ip or ip6", families);
}
