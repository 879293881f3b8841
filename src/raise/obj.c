/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stateful objects. One function per type, in the table at the end; options by the names of parser/obj_*.c. */
#include <netinet/in.h>
#include <stdio.h>

#include "src/raise/rx.h"
#include "src/types/names.h"

#include <linux/netfilter/nfnetlink_cttimeout.h>

typedef void obj_fn(struct raise *r, struct ast_opt ***tail, const void *data);

static void add(struct raise *r, struct ast_opt ***tail, const char *name, struct ast_expr *val)
{
	ast_opt(r->a, tail, name, val, (struct place){});
}

static void add_number(struct raise *r, struct ast_opt ***tail, const char *name, uint64_t n)
{
	add(r, tail, name, raise_number(r, n));
}

static void counter(struct raise *r, struct ast_opt ***tail, const void *data)
{
	const struct bc_counter *c = data;

	add_number(r, tail, "packets", c->packets);
	add_number(r, tail, "bytes", c->bytes);
}

static void quota(struct raise *r, struct ast_opt ***tail, const void *data)
{
	raise_quota_opts(r, tail, data);
}

static void limit(struct raise *r, struct ast_opt ***tail, const void *data)
{
	raise_limit_opts(r, tail, data, true);
}

static void secmark(struct raise *r, struct ast_opt ***tail, const void *data)
{
	const struct bc_secmark_obj *s = data;

	add(r, tail, "secctx", ast_string(r->a, arena_strdup(r->a, s->ctx ? s->ctx : ""), (struct place){}));
}

static void synproxy(struct raise *r, struct ast_opt ***tail, const void *data)
{
	const struct bc_synproxy_obj *s = data;

	raise_synproxy_opts(r, tail, s->mss, s->wscale, s->flags);
}

/* ---- connection tracking ---------------------------------------------------------------------------------- */

/* Always by name: the language has no numbers here. */
static void protocol(struct raise *r, struct ast_opt ***tail, uint8_t l4proto)
{
	const struct rtype t = { &type_inet_protocol, 8, BO_BIG, 0 };
	const char *name = datatype_symbol(&type_inet_protocol, &(struct type_ctx){ 0 }, l4proto);

	add(r, tail, "protocol", name ? raise_symbol(r, name) : raise_typed(r, &t, l4proto));
}

static void l3proto(struct raise *r, struct ast_opt ***tail, uint16_t family)
{
	const char *name = names_name(names_family, family);

	add(r, tail, "l3proto", raise_symbol(r, name ? name : "ip"));
}

static void ct_helper(struct raise *r, struct ast_opt ***tail, const void *data)
{
	const struct bc_ct_helper_obj *h = data;

	add(r, tail, "type", ast_string(r->a, arena_strdup(r->a, h->name ? h->name : ""), (struct place){}));
	protocol(r, tail, h->l4proto);
	l3proto(r, tail, h->l3proto);
}

/* What the kernel has where a policy says nothing, in seconds: such states are not listed. */
static const uint32_t tcp_defaults[] = {
	[CTA_TIMEOUT_TCP_SYN_SENT] = 120,  [CTA_TIMEOUT_TCP_SYN_RECV] = 60,   [CTA_TIMEOUT_TCP_ESTABLISHED] = 432000,
	[CTA_TIMEOUT_TCP_FIN_WAIT] = 120,  [CTA_TIMEOUT_TCP_CLOSE_WAIT] = 60, [CTA_TIMEOUT_TCP_LAST_ACK] = 30,
	[CTA_TIMEOUT_TCP_TIME_WAIT] = 120, [CTA_TIMEOUT_TCP_CLOSE] = 10,      [CTA_TIMEOUT_TCP_SYN_SENT2] = 120,
	[CTA_TIMEOUT_TCP_RETRANS] = 300,   [CTA_TIMEOUT_TCP_UNACK] = 300,
};
static const uint32_t udp_defaults[] = { [CTA_TIMEOUT_UDP_UNREPLIED] = 30, [CTA_TIMEOUT_UDP_REPLIED] = 120 };

static void state(struct raise *r, struct ast_expr *set, const char *name, uint32_t seconds)
{
	struct ast_expr *m = ast_expr(r->a, AST_MAPPING, (struct place){});

	m->a = raise_symbol(r, name);
	m->b = raise_time(r, (uint64_t)seconds * 1000);
	ast_list_add(set, m);
}

static void ct_timeout(struct raise *r, struct ast_opt ***tail, const void *data)
{
	const struct bc_ct_timeout_obj *t = data;
	const struct symbol *s = t->l4proto == IPPROTO_TCP ? names_ct_timeout_tcp : names_ct_timeout_udp;
	const uint32_t *defaults = t->l4proto == IPPROTO_TCP ? tcp_defaults : udp_defaults;
	struct ast_expr *set = ast_expr(r->a, AST_SET, (struct place){});

	protocol(r, tail, t->l4proto);
	l3proto(r, tail, t->l3proto);
	for (; s->name; s++) {
		const struct nlattr *a = bc_find(t->policy.p, t->policy.len, s->value);
		uint32_t v;

		if (!a || a->nla_len < NLA_HDRLEN + sizeof(v))
			continue;
		v = be32_load((const char *)a + NLA_HDRLEN);
		if (v != defaults[s->value])
			state(r, set, s->name, v);
	}
	if (set->items)
		add(r, tail, "policy", set);
}

static void ct_expectation(struct raise *r, struct ast_opt ***tail, const void *data)
{
	const struct bc_ct_expect_obj *e = data;

	protocol(r, tail, e->l4proto);
	add_number(r, tail, "dport", e->dport);
	add(r, tail, "timeout", raise_time_ms(r, e->timeout));
	add_number(r, tail, "size", e->size);
	l3proto(r, tail, e->l3proto);
}

/* ---- tunnel -------------------------------------------------------------------------------------------------- */

static void address(struct raise *r, struct ast_opt ***tail, const char *name, const struct datatype *type, struct bc_bytes b)
{
	const struct rtype t = { type, type->bits, BO_BIG, 0 };

	if (b.len >= raise_bytes(type->bits))
		add(r, tail, name, raise_value(r, &t, b.p, raise_bytes(type->bits)));
}

/* Classes and types of options are known by their hexadecimal numbers. */
static void add_hex(struct raise *r, struct ast_opt ***tail, const char *name, unsigned n)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%x", n);
	add(r, tail, name, raise_symbol(r, arena_strdup(r->a, text)));
}

static void geneve(struct raise *r, struct ast_opt ***tail, const struct bc_tunnel_geneve *g)
{
	buf_cut(&r->scratch, 0);
	buf_puts(&r->scratch, "0x");
	for (uint32_t i = 0; i < g->data.len; i++)
		buf_printf(&r->scratch, "%02x", g->data.p[i]);
	add_hex(r, tail, "geneve class", g->class);
	add_hex(r, tail, "geneve opt-type", g->type);
	add(r, tail, "geneve data", ast_string(r->a, arena_memdup(r->a, r->scratch.p, r->scratch.len), (struct place){}));
}

static void erspan(struct raise *r, struct ast_opt ***tail, const struct bc_tunnel_erspan *e)
{
	add(r, tail, "erspan", NULL);
	add_number(r, tail, "erspan version", e->version);
	if (e->version == 1) {
		add_number(r, tail, "erspan index", e->v1_index);
		return;
	}
	add(r, tail, "erspan direction", raise_symbol(r, e->v2_dir ? "egress" : "ingress"));
	add_number(r, tail, "erspan id", e->v2_hwid);
}

static void tunnel_opts(struct raise *r, struct ast_opt ***tail, const struct bc_node *opts)
{
	bool first = true;

	for (; opts; opts = opts->next) {
		const struct bc_tunnel_opt *o = BC_BODY(opts, struct bc_tunnel_opt);

		if (BC_HAS(o, NFTA_TUNNEL_KEY_OPTS_VXLAN)) {
			add(r, tail, "vxlan", NULL);
			add_number(r, tail, "vxlan gbp", o->vxlan.gbp);
		} else if (BC_HAS(o, NFTA_TUNNEL_KEY_OPTS_ERSPAN)) {
			erspan(r, tail, &o->erspan);
		} else if (BC_HAS(o, NFTA_TUNNEL_KEY_OPTS_GENEVE)) {
			if (first)
				add(r, tail, "geneve", NULL);
			first = false;
			geneve(r, tail, &o->geneve);
		}
	}
}

static void tunnel(struct raise *r, struct ast_opt ***tail, const void *data)
{
	const struct bc_tunnel_obj *t = data;

	add_number(r, tail, "id", t->id);
	if (BC_HAS(t, NFTA_TUNNEL_KEY_IP)) {
		address(r, tail, "ip saddr", &type_ipaddr, t->ip.src);
		address(r, tail, "ip daddr", &type_ipaddr, t->ip.dst);
	} else if (BC_HAS(t, NFTA_TUNNEL_KEY_IP6)) {
		address(r, tail, "ip6 saddr", &type_ip6addr, t->ip6.src);
		address(r, tail, "ip6 daddr", &type_ip6addr, t->ip6.dst);
	}
	if (t->sport)
		add_number(r, tail, "sport", t->sport);
	if (t->dport)
		add_number(r, tail, "dport", t->dport);
	if (t->tos)
		add_number(r, tail, "tos", t->tos);
	if (t->ttl)
		add_number(r, tail, "ttl", t->ttl);
	tunnel_opts(r, tail, t->opts);
}

/* ---- by type ------------------------------------------------------------------------------------------------- */

static const struct {
	enum ast_obj_kind kind;
	obj_fn *fn;
} types[] = {
	[NFT_OBJECT_COUNTER] = { AST_COUNTER, counter },
	[NFT_OBJECT_QUOTA] = { AST_QUOTA, quota },
	[NFT_OBJECT_LIMIT] = { AST_LIMIT, limit },
	[NFT_OBJECT_CT_HELPER] = { AST_CT_HELPER, ct_helper },
	[NFT_OBJECT_CT_TIMEOUT] = { AST_CT_TIMEOUT, ct_timeout },
	[NFT_OBJECT_CT_EXPECT] = { AST_CT_EXPECTATION, ct_expectation },
	[NFT_OBJECT_SECMARK] = { AST_SECMARK, secmark },
	[NFT_OBJECT_SYNPROXY] = { AST_SYNPROXY, synproxy },
	[NFT_OBJECT_TUNNEL] = { AST_TUNNEL, tunnel },
};

struct ast_obj *raise_obj(const struct raise_ctx *c, uint8_t family, const struct bc_obj *obj)
{
	struct ast_opt **tail;
	struct ast_obj *o;
	struct raise r;

	if (obj->type >= ARRAY_SIZE(types) || !types[obj->type].fn)
		return NULL;
	o = raise_obj_new(c, types[obj->type].kind, family, obj->table);
	raise_init(&r, c, family, o->h.table);
	o->h.name = raise_strdup(c->a, obj->name);
	o->h.handle = obj->handle;
	o->h.has_handle = BC_HAS(obj, NFTA_OBJ_HANDLE);
	tail = &o->opts;
	raise_comment_opt(&r, &tail, obj->userdata, BC_UD_OBJ_COMMENT);
	if (obj->data)
		types[obj->type].fn(&r, &tail, obj->data);
	raise_done(&r);
	return o;
}
