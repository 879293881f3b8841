/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields as JSON: one function per head that has a form of its own, the rest are header fields. */
#include "src/raise/json_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "src/types/proto.h"

static const char *word(const struct ast_field *f, unsigned i)
{
	return i < f->n_words ? f->words[i].text : "";
}

static bool is_digit(const char *s)
{
	return *s >= '0' && *s <= '9';
}

static json_t *meta(const struct ast_expr *e)
{
	return json_pack("{s:{s:s}}", "meta", "key", word(e->field, 0));
}

/* { dir, key }, the key with its family before it */
static json_t *ct(const struct ast_expr *e)
{
	const struct ast_field *f = e->field;
	const char *first = word(f, 0), *dir = NULL;
	unsigned i = 0;
	char key[64];
	json_t *o;

	if (f->n_words > 1 && (!strcmp(first, "original") || !strcmp(first, "reply"))) {
		dir = first;
		i++;
	}
	snprintf(key, sizeof(key), f->n_words - i > 1 ? "%s %s" : "%s", word(f, i), word(f, i + 1));
	o = json_pack("{s:s}", "key", f->result ? f->result : key);
	if (dir)
		json_object_set_new(o, "dir", json_string(dir));
	return json_pack("{s:o}", "ct", o);
}

static json_t *option(const char *head, const struct ast_expr *e, unsigned len)
{
	const struct ast_field *f = e->field;
	const char *name = word(f, 0);

	if (*name == '@')
		return json_pack("{s:{s:i, s:i, s:i}}", head, "base", atoi(word(f, 1)), "offset", atoi(word(f, 2)), "len",
				 atoi(word(f, 3)));
	if (is_digit(name) && !strcmp(head, "tcp option"))
		return json_pack("{s:{s:i, s:i, s:i}}", head, "base", atoi(name), "offset", 0, "len", len);
	if (is_digit(name))
		return json_pack("{s:{s:i}}", head, "type", atoi(name));
	if (f->n_words == 1)
		return json_pack("{s:{s:s}}", head, "name", name);
	return json_pack("{s:{s:s, s:s}}", head, "name", name, "field", word(f, 1));
}

static json_t *tcp_option(const struct ast_expr *e)
{
	return option("tcp option", e, 8);
}

json_t *json_reset(const struct ast_expr *e)
{
	return option("tcp option", e, 0);
}

static json_t *ip_option(const struct ast_expr *e)
{
	return option("ip option", e, 8);
}

static json_t *sctp_chunk(const struct ast_expr *e)
{
	return option("sctp chunk", e, 8);
}

static json_t *dccp_option(const struct ast_expr *e)
{
	return option("dccp option", e, 8);
}

static json_t *exthdr(const struct ast_expr *e)
{
	return json_pack("{s:{s:s}}", "exthdr", "name", word(e->field, 0));
}

static json_t *exthdr_field(const struct ast_expr *e)
{
	return json_pack("{s:{s:s, s:s}}", "exthdr", "name", e->field->head, "field", word(e->field, 0));
}

/* Routing, or a field of the routing header. */
static json_t *rt(const struct ast_expr *e)
{
	const struct ast_field *f = e->field;
	const char *key = word(f, f->n_words - 1);

	if (f->n_words == 2)
		return json_pack("{s:{s:s, s:s}}", "rt", "key", key, "family", word(f, 0));
	if (!strcmp(key, "classid") || !strcmp(key, "mtu") || !strcmp(key, "ipsec") || !strcmp(key, "nexthop"))
		return json_pack("{s:{s:s}}", "rt", "key", key);
	return exthdr_field(e);
}

static json_t *fib(const struct ast_expr *e)
{
	json_t *flags = json_array();

	for (unsigned i = 0; i < e->field->n_words; i++)
		json_array_append_new(flags, json_string(word(e->field, i)));
	return json_pack("{s:{s:s, s:o}}", "fib", "result", e->field->result, "flags", flags);
}

/* "check" is oif, and that there is one: nft writes it so where a match asks for nothing else. */
json_t *json_match_left(const struct ast_expr *e)
{
	json_t *j = json_expr(e);

	if (e->kind == AST_FIELD && !strcmp(e->field->head, "fib") && !strcmp(e->field->result, "check"))
		json_object_set_new(json_object_get(j, "fib"), "result", json_string("oif"));
	return j;
}

static json_t *socket_key(const struct ast_expr *e)
{
	json_t *o = json_pack("{s:s}", "key", word(e->field, 0));

	if (e->field->n_words == 3)
		json_object_set_new(o, "level", json_integer(atoi(word(e->field, 2))));
	return json_pack("{s:o}", "socket", o);
}

static json_t *osf(const struct ast_expr *e)
{
	const struct ast_field *f = e->field;
	json_t *o = json_pack("{s:s}", "key", word(f, f->n_words - 1));

	if (f->n_words == 3)
		json_object_set_new(o, "ttl", json_string(word(f, 1)));
	return json_pack("{s:o}", "osf", o);
}

/* in [spnum N] [ip] key */
static json_t *ipsec(const struct ast_expr *e)
{
	const struct ast_field *f = e->field;
	const char *family = NULL;
	int spnum = 0;
	unsigned i = 1;
	json_t *o;

	if (!strcmp(word(f, i), "spnum")) {
		spnum = atoi(word(f, i + 1));
		i += 2;
	}
	if (f->n_words - i == 2)
		family = word(f, i++);
	o = json_pack("{s:s, s:s, s:i}", "key", word(f, i), "dir", word(f, 0), "spnum", spnum);
	if (family)
		json_object_set_new(o, "family", json_string(family));
	return json_pack("{s:o}", "ipsec", o);
}

static json_t *numgen(const struct ast_expr *e)
{
	return json_pack("{s:{s:s, s:I, s:I}}", "numgen", "mode", word(e->field, 0), "mod", (json_int_t)e->num, "offset",
			 (json_int_t)e->num2);
}

static json_t *hash(const struct ast_expr *e)
{
	json_t *o = json_pack("{s:I}", "mod", (json_int_t)e->num);

	if (e->num2)
		json_object_set_new(o, "offset", json_integer((json_int_t)e->num2));
	if (e->a)
		json_object_set_new(o, "expr", json_expr(e->a));
	if (e->field->has_seed)
		json_object_set_new(o, "seed", json_integer(e->field->seed));
	return json_pack("{s:o}", e->field->head, o);
}

static json_t *tunnel(const struct ast_expr *e)
{
	return json_pack("{s:{s:s}}", "tunnel", "key", word(e->field, 0));
}

json_t *json_raw(const struct ast_expr *e, const char *tunnel_name)
{
	json_t *o = json_pack("{s:s, s:I, s:I}", "base", e->text, "offset", (json_int_t)e->num, "len", (json_int_t)e->num2);

	if (tunnel_name)
		json_object_set_new(o, "tunnel", json_string(tunnel_name));
	return json_pack("{s:o}", "payload", o);
}

static json_t *header(const struct ast_expr *e, const char *tunnel_name)
{
	const struct ast_field *f = e->field;
	char field[64];
	json_t *o;

	snprintf(field, sizeof(field), f->n_words > 1 ? "%s %s" : "%s", word(f, 0), word(f, 1));
	o = json_pack("{s:s, s:s}", "protocol", f->head, "field", field);
	if (tunnel_name)
		json_object_set_new(o, "tunnel", json_string(tunnel_name));
	return json_pack("{s:o}", "payload", o);
}

/* vxlan vni, vxlan ip saddr */
static json_t *inner(const struct ast_expr *e)
{
	if (!e->a)
		return header(e, e->field->head);
	return e->a->kind == AST_RAW ? json_raw(e->a, e->field->head) : header(e->a, e->field->head);
}

static const struct {
	const char *head;
	json_t *(*fn)(const struct ast_expr *e);
} heads[] = {
	{ "meta", meta },
	{ "ct", ct },
	{ "tcp option", tcp_option },
	{ "ip option", ip_option },
	{ "sctp chunk", sctp_chunk },
	{ "dccp option", dccp_option },
	{ "exthdr", exthdr },
	{ "rt", rt },
	{ "fib", fib },
	{ "socket", socket_key },
	{ "osf", osf },
	{ "ipsec", ipsec },
	{ "numgen", numgen },
	{ "jhash", hash },
	{ "symhash", hash },
	{ "tunnel", tunnel },
	{ "vxlan", inner },
	{ "geneve", inner },
};

json_t *json_field(const struct ast_expr *e)
{
	const struct proto *p;

	for (unsigned i = 0; i < ARRAY_SIZE(heads); i++)
		if (!strcmp(heads[i].head, e->field->head))
			return heads[i].fn(e);
	if (e->a) /* gre, gretap: only with an inner header */
		return inner(e);
	p = proto_by_name(e->field->head);
	return p && p->kind == PROTO_EXTHDR ? exthdr_field(e) : header(e, NULL);
}
