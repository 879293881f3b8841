/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stateful objects: one function for each kind's data. Tunnels: object_tunnel.c. */
#include "src/lower/object.h"

#include <string.h>

#include "src/types/time.h"

/* ---- what several kinds share ------------------------------------------------------------------ */

int object_l3proto(struct lower *l, const struct ast_obj *o, uint16_t *out)
{
	const struct ast_opt *p = ast_opt_find(o->opts, "l3proto");
	const char *text = opt_text(o->opts, "l3proto");
	uint64_t family = family_of(&o->h);

	if (p && (!text || !(!strcmp(text, "ip") || !strcmp(text, "ip6") || !strcmp(text, "inet") || !strcmp(text, "arp") ||
			     !strcmp(text, "bridge") || !strcmp(text, "netdev"))))
		return diag_error(l->d, p->at, "unknown family '%s'", text ? text : "");
	if (p && !names_value(names_family, text, &family))
		return diag_error(l->d, p->at, "unknown family '%s'", text);
	*out = (uint16_t)family;
	return 0;
}

static int l4proto(struct lower *l, const struct ast_obj *o, uint8_t *out)
{
	const struct ast_opt *p = ast_opt_find(o->opts, "protocol");
	const char *text = opt_text(o->opts, "protocol"), *why = NULL;
	u128 n;

	if (!p)
		return diag_error(l->d, o->at, "%s needs a protocol", o->h.name);
	if (!text || datatype_parse(&type_inet_protocol, l->types, text, 8, &n, l->a, &why))
		return diag_error(l->d, p->at, "%s", why ? why : "unknown protocol");
	*out = (uint8_t)n;
	return 0;
}

/* ---- kinds ---------------------------------------------------------------------------------------- */

static int counter(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_counter *c = *data = arena_new_of(l->a, struct bc_counter);

	return lower_counter_config(v, o->opts, c);
}

static int quota(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_quota *q = *data = arena_new_of(l->a, struct bc_quota);

	return lower_quota_config(v, o->opts, o->at, q);
}

static int limit(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_limit *m = *data = arena_new_of(l->a, struct bc_limit);

	return lower_limit_config(v, o->opts, o->at, m);
}

static int synproxy(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_synproxy_obj *s = *data = arena_new_of(l->a, struct bc_synproxy_obj);
	struct bc_synproxy b = { 0 };

	if (lower_synproxy_config(v, o->opts, &b))
		return -1;
	BC_SET(s, NFTA_SYNPROXY_MSS, mss, b.mss);
	BC_SET(s, NFTA_SYNPROXY_WSCALE, wscale, b.wscale);
	BC_SET(s, NFTA_SYNPROXY_FLAGS, flags, b.flags);
	return 0;
}

static int secmark(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_secmark_obj *s = *data = arena_new_of(l->a, struct bc_secmark_obj);
	const char *text = opt_text(o->opts, "secctx");

	if (text)
		BC_SET(s, NFTA_SECMARK_CTX, ctx, text);
	return 0;
}

static int ct_helper(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_ct_helper_obj *h = *data = arena_new_of(l->a, struct bc_ct_helper_obj);
	const char *type = opt_text(o->opts, "type");

	if (!type)
		return diag_error(l->d, o->at, "ct helper needs a type");
	BC_SET(h, NFTA_CT_HELPER_NAME, name, type);
	BC_MARK(h, NFTA_CT_HELPER_L4PROTO);
	BC_MARK(h, NFTA_CT_HELPER_L3PROTO);
	return l4proto(l, o, &h->l4proto) || object_l3proto(l, o, &h->l3proto) ? -1 : 0;
}

static int ct_expectation(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_ct_expect_obj *x = *data = arena_new_of(l->a, struct bc_ct_expect_obj);
	const char *dport = opt_text(o->opts, "dport"), *timeout = opt_text(o->opts, "timeout"), *why = NULL;
	uint64_t size = 0, ms = 0;
	u128 n = 0;

	if (dport && datatype_parse(&type_inet_service, l->types, dport, 16, &n, l->a, &why))
		return diag_error(l->d, ast_opt_find(o->opts, "dport")->at, "%s", why);
	if (timeout && duration_parse(timeout, &ms, &why))
		return diag_error(l->d, ast_opt_find(o->opts, "timeout")->at, "%s", why);
	if (opt_number(v, o->opts, "size", UINT8_MAX, &size) || l4proto(l, o, &x->l4proto) || object_l3proto(l, o, &x->l3proto))
		return -1;
	BC_MARK(x, NFTA_CT_EXPECT_L3PROTO);
	BC_MARK(x, NFTA_CT_EXPECT_L4PROTO);
	BC_SET(x, NFTA_CT_EXPECT_DPORT, dport, (uint16_t)n);
	BC_SET(x, NFTA_CT_EXPECT_TIMEOUT, timeout, (uint32_t)ms);
	BC_SET(x, NFTA_CT_EXPECT_SIZE, size, (uint8_t)size);
	return 0;
}

static int ct_timeout(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_ct_timeout_obj *t = *data = arena_new_of(l->a, struct bc_ct_timeout_obj);

	if (l4proto(l, o, &t->l4proto))
		return -1;
	BC_MARK(t, NFTA_CT_TIMEOUT_L4PROTO);
	if (ast_opt_find(o->opts, "l3proto")) {
		if (object_l3proto(l, o, &t->l3proto))
			return -1;
		BC_MARK(t, NFTA_CT_TIMEOUT_L3PROTO);
	}
	return object_timeout_policy(l, o, t);
}

static const struct {
	enum ast_obj_kind kind;
	uint32_t type;
	int (*data)(struct lower *l, struct eval *v, const struct ast_obj *o, void **data);
} kinds[] = {
	{ AST_COUNTER, NFT_OBJECT_COUNTER, counter },
	{ AST_QUOTA, NFT_OBJECT_QUOTA, quota },
	{ AST_LIMIT, NFT_OBJECT_LIMIT, limit },
	{ AST_SYNPROXY, NFT_OBJECT_SYNPROXY, synproxy },
	{ AST_SECMARK, NFT_OBJECT_SECMARK, secmark },
	{ AST_CT_HELPER, NFT_OBJECT_CT_HELPER, ct_helper },
	{ AST_CT_TIMEOUT, NFT_OBJECT_CT_TIMEOUT, ct_timeout },
	{ AST_CT_EXPECTATION, NFT_OBJECT_CT_EXPECT, ct_expectation },
	{ AST_TUNNEL, NFT_OBJECT_TUNNEL, object_tunnel },
};

int lower_object(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct eval v = { .a = l->a, .d = l->d, .types = l->types };
	bool adds = op == AST_ADD || op == AST_CREATE, has;
	struct bc_obj b = { 0 };
	size_t i = 0;

	while (i < ARRAY_SIZE(kinds) && kinds[i].kind != o->kind)
		i++;
	if (i == ARRAY_SIZE(kinds))
		return diag_error(l->d, o->at, "unknown kind of object");
	BC_SET(&b, NFTA_OBJ_TABLE, table, o->h.table);
	if (o->h.has_handle)
		BC_SET(&b, NFTA_OBJ_HANDLE, handle, o->h.handle);
	else
		BC_SET(&b, NFTA_OBJ_NAME, name, o->h.name);
	BC_SET(&b, NFTA_OBJ_TYPE, type, kinds[i].type);
	if (adds) {
		BC_MARK(&b, NFTA_OBJ_DATA);
		if (kinds[i].data(l, &v, o, &b.data) || put_comment(l, o->opts, BC_UD_OBJ_COMMENT, &b.userdata, &has))
			return -1;
		if (has)
			BC_MARK(&b, NFTA_OBJ_USERDATA);
	}
	emit(l, op_type(op, NFT_MSG_NEWOBJ, NFT_MSG_DELOBJ, NFT_MSG_DESTROYOBJ), family_of(&o->h), op_flags(op), &bc_obj_desc, &b, o->at);
	return 0;
}
