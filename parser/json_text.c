/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of JSON input: { "nftables": [ command, … ] }. The brackets around the commands are read here, every value by jansson.
 *
 * jansson says where a text is wrong, but not where a value stands in it. So each command that it has accepted is walked once more,
 * beside its tree, and the place of every value is kept until the command is done: errors point at what they mean, those of the
 * target too.
 */
#include "parser/json.h"

#include <stdlib.h>

enum { NODES_KEPT = 4096, KEY_MAX = 64 };

bool jp_begins(const char *bytes, size_t len)
{
	while (len && strchr(" \t\r\n", *bytes))
		bytes++, len--;
	return len && (*bytes == '{' || *bytes == '[');
}

/* ---- places ------------------------------------------------------------------------------------------------ */

static struct jp_node *slot(const struct jp *j, const json_t *v)
{
	uint64_t h = ((uint64_t)(uintptr_t)v >> 4) * 0x9e3779b97f4a7c15ull;

	for (uint32_t i = (uint32_t)(h >> 32);; i++) {
		struct jp_node *n = &j->nodes[i & (j->cap_nodes - 1)];

		if (!n->v || n->v == v)
			return n;
	}
}

static void grow(struct jp *j)
{
	struct jp_node *old = j->nodes;
	uint32_t cap = j->cap_nodes;

	j->cap_nodes = cap ? cap * 2 : 256;
	j->nodes = calloc(j->cap_nodes, sizeof(*j->nodes));
	if (!j->nodes)
		abort();
	for (uint32_t i = 0; i < cap; i++)
		if (old[i].v)
			*slot(j, old[i].v) = old[i];
	free(old);
}

static void keep(struct jp *j, const json_t *v, size_t off, size_t end)
{
	struct jp_node *n;

	if (!v || json_is_boolean(v) || json_is_null(v))
		return;
	if (j->n_nodes * 2 >= j->cap_nodes)
		grow(j);
	n = slot(j, v);
	j->n_nodes += !n->v;
	*n = (struct jp_node){ v, (uint32_t)off, (uint32_t)(end - off) };
}

/* A large command's table is not swept again for each small one behind it. */
static void forget(struct jp *j)
{
	if (j->cap_nodes > NODES_KEPT) {
		free(j->nodes);
		j->nodes = NULL;
		j->cap_nodes = 0;
	} else if (j->n_nodes) {
		memset(j->nodes, 0, j->cap_nodes * sizeof(*j->nodes));
	}
	j->n_nodes = 0;
}

struct place jp_place(const struct jp *j, const json_t *v)
{
	const struct jp_node *n = v && j->cap_nodes ? slot(j, v) : NULL;

	return n && n->v ? (struct place){ j->text, n->off, n->len } : j->at;
}

static size_t skip_space(const struct jp *j, size_t i)
{
	while (i < j->len && strchr(" \t\r\n", j->bytes[i]) && j->bytes[i])
		i++;
	return i;
}

/* Past the closing quote of the string at i. */
static size_t skip_string(const struct jp *j, size_t i)
{
	for (i++; i < j->len && j->bytes[i] != '"'; i++)
		i += j->bytes[i] == '\\';
	return i < j->len ? i + 1 : j->len;
}

static size_t walk(struct jp *j, size_t i, const json_t *v);

/* The value of the key between the quotes at from and to; a key with escapes is none of ours. */
static const json_t *member(const struct jp *j, const json_t *v, size_t from, size_t to)
{
	char key[KEY_MAX];
	size_t n = to - from - 2;

	if (!json_is_object(v) || n >= sizeof(key))
		return NULL;
	memcpy(key, j->bytes + from + 1, n);
	key[n] = 0;
	return strchr(key, '\\') ? NULL : json_object_get(v, key);
}

static size_t walk_object(struct jp *j, size_t i, const json_t *v)
{
	for (i = skip_space(j, i + 1); i < j->len && j->bytes[i] == '"'; i = skip_space(j, i)) {
		size_t key = i, end = skip_string(j, i);

		i = skip_space(j, end) + 1; /* the colon */
		i = skip_space(j, walk(j, skip_space(j, i), member(j, v, key, end)));
		if (i < j->len && j->bytes[i] == ',')
			i++;
	}
	return i + 1;
}

static size_t walk_array(struct jp *j, size_t i, const json_t *v)
{
	bool is_array = json_is_array(v);

	i = skip_space(j, i + 1);
	for (size_t n = 0; i < j->len && j->bytes[i] != ']'; n++) {
		i = skip_space(j, walk(j, i, is_array ? json_array_get(v, n) : NULL));
		if (i < j->len && j->bytes[i] == ',')
			i = skip_space(j, i + 1);
	}
	return i + 1;
}

/* The value at i, which jansson has accepted and made v of (NULL: another of the same key took its place). Returns where it ends.
 */
static size_t walk(struct jp *j, size_t i, const json_t *v)
{
	size_t from = i;

	if (i >= j->len)
		return j->len;
	switch (j->bytes[i]) {
	case '{':
		i = walk_object(j, i, v);
		break;
	case '[':
		i = walk_array(j, i, v);
		break;
	case '"':
		i = skip_string(j, i);
		break;
	default:
		while (i < j->len && !strchr(",]} \t\r\n", j->bytes[i]))
			i++;
	}
	keep(j, v, from, i);
	return i;
}

/* ---- the brackets around --------------------------------------------------------------------------------------- */

static void wrong(struct jp *j, size_t at, const char *why)
{
	if (at >= j->len)
		at = j->len ? j->len - 1 : 0;
	diag_error(j->p->diag, (struct place){ j->text, (uint32_t)at, 1 }, "JSON: %s", why);
}

/* The value at *i, which moves behind it. NULL: it is wrong, which is said. */
static json_t *value(struct jp *j, size_t *i)
{
	json_error_t err;
	json_t *v = json_loadb(j->bytes + *i, j->len - *i, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &err);

	if (v)
		*i += (size_t)err.position;
	else
		wrong(j, *i + (size_t)(err.position > 0 ? err.position - 1 : 0), err.text);
	return v;
}

static bool take(struct jp *j, size_t *i, char c)
{
	*i = skip_space(j, *i);
	if (*i >= j->len || j->bytes[*i] != c)
		return false;
	++*i;
	return true;
}

static bool need(struct jp *j, size_t *i, char c, const char *what)
{
	if (take(j, i, c))
		return true;
	wrong(j, *i, what);
	return false;
}

static struct ast_cmd *one(struct jp *j, json_t *v, size_t from, size_t to)
{
	unsigned errors = j->p->diag->errors;
	struct ast_cmd *c;

	j->at = (struct place){ j->text, (uint32_t)from, (uint32_t)(to - from) };
	j->nest = 0;
	walk(j, from, v);
	c = jp_command(j, v);
	forget(j);
	return j->p->diag->errors == errors ? c : NULL;
}

static bool commands(struct jp *j, size_t *i, struct ast_cmd ***tail)
{
	if (take(j, i, ']'))
		return true;
	do {
		size_t from = *i = skip_space(j, *i);
		json_t *v = value(j, i);
		struct ast_cmd *c = v ? one(j, v, from, *i) : NULL;

		if (c) {
			**tail = c;
			*tail = &c->next;
		}
		if (c && j->p->json_kept) {
			json_array_append(j->p->json_kept, v);
			c->json = v;
		}
		json_decref(v);
		if (!v || jp_stopped(j))
			return false;
	} while (take(j, i, ','));
	return need(j, i, ']', "',' or ']' expected");
}

/* Members beside "nftables" are passed over, as nft does. */
static bool top(struct jp *j, size_t *i, struct ast_cmd ***tail)
{
	bool found = false, ok = need(j, i, '{', "an object expected, { \"nftables\": [ … ] }");

	if (ok && take(j, i, '}'))
		return wrong(j, *i - 1, "a member \"nftables\" expected"), false;
	while (ok) {
		json_t *key, *v;
		bool ours;

		*i = skip_space(j, *i);
		if (*i >= j->len || j->bytes[*i] != '"')
			return wrong(j, *i, "a member \"nftables\" expected"), false;
		key = value(j, i);
		ours = key && !strcmp(json_string_value(key), "nftables");
		json_decref(key);
		if (!key || !need(j, i, ':', "':' expected"))
			return false;
		*i = skip_space(j, *i);
		if (ours) {
			found = true;
			ok = need(j, i, '[', "an array of commands expected") && commands(j, i, tail);
		} else {
			v = value(j, i);
			ok = v;
			json_decref(v);
		}
		if (ok && !take(j, i, ','))
			break;
	}
	if (!ok || !need(j, i, '}', "',' or '}' expected"))
		return false;
	if (!found)
		wrong(j, *i - 1, "a member \"nftables\" expected");
	return found;
}

void jp_text(struct parse *p, uint32_t text, struct ast_cmd **tail)
{
	struct jp j = { .p = p, .a = p->arena, .text = text };
	size_t i = 0;

	j.bytes = texts_bytes(p->texts, text, &j.len);
	texts_describe(p->texts, text, jp_path);
	if (top(&j, &i, &tail) && skip_space(&j, i) < j.len)
		wrong(&j, skip_space(&j, i), "nothing expected behind the closing brace");
	free(j.nodes);
}
