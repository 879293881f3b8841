/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects in JSON with a state or a configuration: counter, quota, limit, secmark, synproxy, ct helper, timeout, expectation,
 * tunnel. */
#include "parser/json.h"

static void comment(struct jp *j, struct ast_opt ***tail, json_t *v)
{
	jp_opt(j, tail, v, "comment", "comment");
}

/* Members that are options of the same names. */
static void plain(struct jp *j, struct ast_opt ***tail, json_t *v, const char *const *names)
{
	for (; *names; names++)
		jp_opt(j, tail, v, *names, *names);
}

void jp_obj_counter(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const names[] = { "packets", "bytes", "comment", NULL };
	struct ast_opt **tail = &o->opts;

	plain(j, &tail, v, names);
}

void jp_obj_quota(struct jp *j, struct ast_obj *o, json_t *v)
{
	struct ast_opt **tail = &o->opts;

	if (jp_true(j, v, "inv"))
		jp_add_opt(j, &tail, "over", NULL, o->at);
	jp_opt(j, &tail, v, "bytes", "amount");
	jp_opt(j, &tail, v, "used", "used");
	comment(j, &tail, v);
}

void jp_obj_limit(struct jp *j, struct ast_obj *o, json_t *v)
{
	struct ast_opt **tail = &o->opts;

	jp_limit_opts(j, &tail, v);
	comment(j, &tail, v);
}

void jp_obj_secmark(struct jp *j, struct ast_obj *o, json_t *v)
{
	struct ast_opt **tail = &o->opts;

	jp_opt(j, &tail, v, "context", "secctx");
	comment(j, &tail, v);
}

void jp_obj_synproxy(struct jp *j, struct ast_obj *o, json_t *v)
{
	struct ast_opt **tail = &o->opts;

	jp_synproxy_opts(j, &tail, v);
	comment(j, &tail, v);
}

void jp_obj_ct_helper(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const names[] = { "type", "protocol", "l3proto", "comment", NULL };
	struct ast_opt **tail = &o->opts;

	plain(j, &tail, v, names);
}

/* { "established": 100, … } as a set of mappings; or one "state" and its "value" */
static struct ast_expr *policy(struct jp *j, json_t *states)
{
	struct ast_expr *set = ast_expr(j->a, AST_SET, jp_place(j, states)), *e;
	const char *key;
	json_t *value;

	if (!json_is_object(states)) {
		jp_fail(j, states, "policy: an object of states and their times expected, not %s", jp_kind(states));
		return set;
	}
	json_object_foreach(states, key, value)
	{
		e = ast_expr(j->a, AST_MAPPING, jp_place(j, value));
		e->a = ast_symbol(j->a, arena_printf(j->a, "%.64s", key), jp_place(j, value));
		e->b = jp_scalar(j, value);
		ast_list_add(set, e);
	}
	return set;
}

static struct ast_expr *one_state(struct jp *j, json_t *v)
{
	struct ast_expr *set = ast_expr(j->a, AST_SET, jp_place(j, v)), *e = ast_expr(j->a, AST_MAPPING, jp_place(j, v));

	e->a = jp_scalar(j, json_object_get(v, "state"));
	e->b = jp_need(j, v, "value") ? jp_scalar(j, json_object_get(v, "value")) : e->a;
	ast_list_add(set, e);
	return set;
}

void jp_obj_ct_timeout(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const names[] = { "protocol", "l3proto", "comment", NULL };
	json_t *states = json_object_get(v, "policy");
	struct ast_opt **tail = &o->opts;

	plain(j, &tail, v, names);
	if (states && (!json_is_object(states) || json_object_size(states)))
		jp_add_opt(j, &tail, "policy", policy(j, states), jp_place(j, states));
	else if (json_object_get(v, "state"))
		jp_add_opt(j, &tail, "policy", one_state(j, v), jp_place(j, v));
}

/* The timeout is in milliseconds. */
void jp_obj_ct_expectation(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const char *const names[] = { "l3proto", "protocol", "dport", "size", "comment", NULL };
	const json_t *timeout = json_object_get(v, "timeout");
	struct ast_opt **tail = &o->opts;
	uint64_t ms;

	plain(j, &tail, v, names);
	if (json_is_string(timeout))
		jp_opt(j, &tail, v, "timeout", "timeout");
	else if (jp_number(j, v, "timeout", UINT32_MAX, &ms))
		jp_add_opt(j, &tail, "timeout",
			   ast_symbol(j->a, arena_printf(j->a, "%llums", (unsigned long long)ms), jp_place(j, timeout)),
			   jp_place(j, timeout));
}

/* ---- tunnels ------------------------------------------------------------------------------------------------------- */

static void inner(struct jp *j, struct ast_opt ***tail, json_t *v, const char *block, const char *const (*names)[2])
{
	jp_add_opt(j, tail, block, NULL, jp_place(j, v));
	if (!json_is_object(v)) {
		jp_fail(j, v, "%s: an object expected, not %s", block, jp_kind(v));
		return;
	}
	for (; (*names)[0]; names++)
		jp_opt(j, tail, v, (*names)[0], intern(j->p, arena_printf(j->a, "%s %s", block, (*names)[1])));
}

static void tunnel_kind(struct jp *j, struct ast_opt ***tail, json_t *v)
{
	static const char *const vxlan[][2] = { { "gbp", "gbp" }, { NULL, NULL } };
	static const char *const erspan[][2] = {
		{ "version", "version" }, { "index", "index" }, { "dir", "direction" }, { "direction", "direction" },
		{ "hwid", "id" },         { "id", "id" },       { NULL, NULL }
	};
	static const char *const geneve[][2] = {
		{ "class", "class" }, { "opt-type", "opt-type" }, { "data", "data" }, { NULL, NULL }
	};
	static const char *const kinds[] = { "vxlan", "erspan", "geneve", NULL };
	const char *kind = jp_word(j, json_object_get(v, "type"), "vxlan, erspan or geneve", kinds);
	json_t *of = kind ? jp_need(j, v, "tunnel") : NULL;

	if (!of)
		return;
	if (!strcmp(kind, "vxlan"))
		inner(j, tail, of, kind, vxlan);
	else if (!strcmp(kind, "erspan"))
		inner(j, tail, of, kind, erspan);
	else if (!json_is_array(of))
		inner(j, tail, of, kind, geneve);
	else
		for (size_t i = 0; i < json_array_size(of); i++)
			inner(j, tail, json_array_get(of, i), kind, geneve);
}

void jp_obj_tunnel(struct jp *j, struct ast_obj *o, json_t *v)
{
	static const struct {
		const char *key, *name;
	} names[] = { { "id", "id" },
		      { "sport", "sport" },
		      { "dport", "dport" },
		      { "tos", "tos" },
		      { "ttl", "ttl" },
		      { "src-ipv4", "ip saddr" },
		      { "dst-ipv4", "ip daddr" },
		      { "src-ipv6", "ip6 saddr" },
		      { "dst-ipv6", "ip6 daddr" } };
	struct ast_opt **tail = &o->opts;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		jp_opt(j, &tail, v, names[i].key, names[i].name);
	if (json_object_get(v, "type"))
		tunnel_kind(j, &tail, v);
	comment(j, &tail, v);
}
