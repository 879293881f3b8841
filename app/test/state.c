/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read over the engine's netlink socket, as any client would. See state.h. */
#include "app/test/state.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/expr.h"
#include "src/client/snapshot.h"
#include "src/raise/raise.h"

static struct snapshot *snapshot(struct check *c, unsigned what)
{
	struct snap_scope scope = { .what = what };
	struct snapshot *s = NULL;
	int err = snapshot_read(c->s->t, &scope, &s);

	if (err)
		check_fail(c, "the ruleset cannot be read: %s", strerror(-err));
	return s;
}

static bool counts(struct check *c, const struct step *s, const struct bc_counter *got)
{
	if (s->has_packets && got->packets != s->packets)
		return check_fail(c, "expected: counter %s packets %llu\nactual:   packets %llu", s->name, (unsigned long long)s->packets,
				  (unsigned long long)got->packets);
	if (s->has_bytes && got->bytes != s->bytes)
		return check_fail(c, "expected: counter %s bytes %llu\nactual:   bytes %llu", s->name, (unsigned long long)s->bytes,
				  (unsigned long long)got->bytes);
	return true;
}

bool state_counter(struct check *c, const struct step *s)
{
	struct snapshot *snap = snapshot(c, SNAP_OBJS);
	const struct bc_counter *found = NULL;
	bool ok;

	if (!snap)
		return false;
	for (const struct snap_table *t = snap->tables; t; t = t->next)
		for (const struct snap_obj *o = t->objs; o; o = o->next)
			if (o->o->type == NFT_OBJECT_COUNTER && !strcmp(o->o->name, s->name))
				found = o->o->data;
	ok = found ? counts(c, s, found) : check_fail(c, "there is no counter '%s'", s->name);
	snapshot_free(&snap);
	return ok;
}

/* ---- elements -------------------------------------------------------------------------------------------- */

static bool is_element(const struct ast_expr *e, const char *want)
{
	static const struct ast_print_opts plain;
	buf_auto text = { 0 };

	if (e->kind == AST_MAPPING || e->kind == AST_ELEM)
		return is_element(e->a, want);
	ast_print_expr(&text, e, &plain);
	return !strcmp(buf_str(&text), want);
}

static bool has_element(const struct snap_table *t, const struct snap_set *set, struct snapshot *snap, const char *want)
{
	static const struct type_ctx types;
	struct raise_ctx rc = { .a = snap->a, .types = &types };
	const struct ast_obj *o = raise_set(&rc, t->family, set->s, set->elems);

	if (o && o->set.elems)
		for (const struct ast_expr *e = o->set.elems->items; e; e = e->next)
			if (is_element(e, want))
				return true;
	return false;
}

bool state_set(struct check *c, const struct step *s)
{
	struct snapshot *snap = snapshot(c, SNAP_SETS | SNAP_ELEMS);
	bool found = false, has = false, ok;

	if (!snap)
		return false;
	for (const struct snap_table *t = snap->tables; t; t = t->next) {
		const struct snap_set *set = snap_set(t, s->name);

		if (!set)
			continue;
		found = true;
		has |= has_element(t, set, snap, s->element);
	}
	snapshot_free(&snap);
	if (!found)
		return check_fail(c, "there is no set '%s'", s->name);
	ok = has != s->absent;
	return ok || check_fail(c, "expected: set %s %s %s\nactual:   it %s", s->name, s->absent ? "lacks" : "has", s->element, has ? "has" : "lacks");
}

/* ---- connections ------------------------------------------------------------------------------------------- */

static bool holds(const json_t *side, const char *key, const struct check *c, const char *field)
{
	static const struct proto *const headers[] = { &proto_ip, &proto_ip6, &proto_tcp, &proto_udp, &proto_sctp };
	static const struct type_ctx plain;
	const char *want = json_string_value(json_object_get(side, key));
	u128 v;

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		const struct proto_field *f = proto_field_by_name(headers[i], field);
		buf_auto text = { 0 };

		if (!f || !packet_read((const uint8_t *)c->frame.p, c->frame.len, headers[i], f, &v))
			continue;
		datatype_print(f->type, &plain, v, f->len, &text);
		return want && !strcmp(want, buf_str(&text));
	}
	return !want;
}

static bool is_flow(const json_t *flow, const struct check *c)
{
	const json_t *o = json_object_get(flow, "orig"), *r = json_object_get(flow, "reply");

	for (int i = 0; i < 2; i++, o = r)
		if (holds(o, "src", c, "saddr") && holds(o, "dst", c, "daddr") && holds(o, "sport", c, "sport") && holds(o, "dport", c, "dport"))
			return true;
	return false;
}

bool state_ct_mark(struct check *c, uint32_t want)
{
	char *text = nfvm_conntrack_json(c->s->engine);
	json_t *flows = text ? json_loads(text, 0, NULL) : NULL, *flow;
	bool found = false;
	uint32_t mark = 0;
	size_t i;

	json_array_foreach(flows, i, flow) {
		const char *m = json_string_value(json_object_get(flow, "mark"));

		if (!is_flow(flow, c))
			continue;
		found = true;
		mark = m ? (uint32_t)strtoul(m, NULL, 0) : 0;
	}
	json_decref(flows);
	free(text);
	if (!found)
		return check_fail(c, "expected: ct mark 0x%x\nactual:   the packet has no connection", want);
	return mark == want || check_fail(c, "expected: ct mark 0x%x\nactual:   ct mark 0x%x", want, mark);
}
