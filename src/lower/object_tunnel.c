/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnel objects: what a packet's tunnel header is to say. Options: parser/obj_tunnel.c. */
#include <stdio.h>
#include <string.h>

#include "src/lower/object.h"

static int number(struct lower *l, const struct ast_obj *o, const char *name, uint64_t max, uint64_t *out, bool *has)
{
	struct eval v = { .d = l->d };

	*has = ast_opt_find(o->opts, name);
	return opt_number(&v, o->opts, name, max, out);
}

static int address(struct lower *l, const struct ast_obj *o, const char *name, const struct datatype *type, struct bc_bytes *out, bool *has)
{
	const struct ast_opt *p = ast_opt_find(o->opts, name);
	const char *text = opt_text(o->opts, name), *why = NULL;
	uint8_t *bytes;
	u128 n;

	*has = p;
	if (!p)
		return 0;
	if (!text || datatype_parse(type, l->types, text, type->bits, &n, l->a, &why))
		return diag_error(l->d, p->at, "%s", why ? why : "expected an address");
	bytes = arena_alloc(l->a, type->bits / 8);
	value_store(n, type->bits / 8, BO_BIG, bytes);
	*out = (struct bc_bytes){ bytes, type->bits / 8 };
	return 0;
}

static int addresses(struct lower *l, const struct ast_obj *o, struct bc_tunnel_obj *t)
{
	bool src, dst, src6, dst6;

	if (address(l, o, "ip saddr", &type_ipaddr, &t->ip.src, &src) || address(l, o, "ip daddr", &type_ipaddr, &t->ip.dst, &dst) ||
	    address(l, o, "ip6 saddr", &type_ip6addr, &t->ip6.src, &src6) || address(l, o, "ip6 daddr", &type_ip6addr, &t->ip6.dst, &dst6))
		return -1;
	if ((src || dst) && (src6 || dst6))
		return diag_error(l->d, o->at, "a tunnel has addresses of one family");
	if (src)
		BC_MARK(&t->ip, NFTA_TUNNEL_KEY_IP_SRC);
	if (dst)
		BC_MARK(&t->ip, NFTA_TUNNEL_KEY_IP_DST);
	if (src || dst)
		BC_MARK(t, NFTA_TUNNEL_KEY_IP);
	if (src6)
		BC_MARK(&t->ip6, NFTA_TUNNEL_KEY_IP6_SRC);
	if (dst6)
		BC_MARK(&t->ip6, NFTA_TUNNEL_KEY_IP6_DST);
	if (src6 || dst6)
		BC_MARK(t, NFTA_TUNNEL_KEY_IP6);
	return 0;
}

static int header(struct lower *l, const struct ast_obj *o, struct bc_tunnel_obj *t)
{
	uint64_t id = 0, sport = 0, dport = 0, ttl = 0, tos = 0;
	bool has;

	if (number(l, o, "id", UINT32_MAX, &id, &has))
		return -1;
	if (has)
		BC_SET(t, NFTA_TUNNEL_KEY_ID, id, (uint32_t)id);
	if (number(l, o, "sport", UINT16_MAX, &sport, &has))
		return -1;
	if (has)
		BC_SET(t, NFTA_TUNNEL_KEY_SPORT, sport, (uint16_t)sport);
	if (number(l, o, "dport", UINT16_MAX, &dport, &has))
		return -1;
	if (has)
		BC_SET(t, NFTA_TUNNEL_KEY_DPORT, dport, (uint16_t)dport);
	if (number(l, o, "tos", UINT8_MAX, &tos, &has))
		return -1;
	if (has)
		BC_SET(t, NFTA_TUNNEL_KEY_TOS, tos, (uint8_t)tos);
	if (number(l, o, "ttl", UINT8_MAX, &ttl, &has))
		return -1;
	if (has)
		BC_SET(t, NFTA_TUNNEL_KEY_TTL, ttl, (uint8_t)ttl);
	return 0;
}

static int hex_bytes(struct lower *l, const struct ast_expr *e, struct bc_bytes *out)
{
	const char *s = e && e->text ? e->text : "";
	size_t n = strlen(s);
	uint8_t *p;
	unsigned byte;

	if (n < 4 || n % 2 || strncmp(s, "0x", 2) || n / 2 - 1 > 124 || strspn(s + 2, "0123456789abcdefABCDEF") != n - 2)
		return diag_error(l->d, e ? e->at : (struct place){ 0 }, "expected bytes in hexadecimal: \"0x1234\"");
	p = arena_alloc(l->a, n / 2 - 1);
	for (size_t i = 0; i < n / 2 - 1; i++) {
		sscanf(s + 2 + 2 * i, "%2x", &byte);
		p[i] = (uint8_t)byte;
	}
	*out = (struct bc_bytes){ p, (uint32_t)(n / 2 - 1) };
	return 0;
}

static int geneve(struct lower *l, const struct ast_obj *o, struct bc_node ***tail)
{
	struct bc_tunnel_opt *opt = NULL;
	struct eval v = { .d = l->d };
	uint64_t n;

	for (const struct ast_opt *p = o->opts; p; p = p->next) {
		const struct ast_opt one = { .name = p->name, .val = p->val, .at = p->at };

		n = 0;
		if (!strcmp(p->name, "geneve class")) {
			if (opt_number(&v, &one, p->name, UINT16_MAX, &n))
				return -1;
			opt = bc_node_add(l->a, tail, sizeof(*opt));
			BC_MARK(opt, NFTA_TUNNEL_KEY_OPTS_GENEVE);
			BC_SET(&opt->geneve, NFTA_TUNNEL_KEY_GENEVE_CLASS, class, (uint16_t)n);
		} else if (opt && !strcmp(p->name, "geneve opt-type")) {
			if (opt_number(&v, &one, p->name, UINT8_MAX, &n))
				return -1;
			BC_SET(&opt->geneve, NFTA_TUNNEL_KEY_GENEVE_TYPE, type, (uint8_t)n);
		} else if (opt && !strcmp(p->name, "geneve data")) {
			if (hex_bytes(l, eval_deref(p->val), &opt->geneve.data))
				return -1;
			BC_MARK(&opt->geneve, NFTA_TUNNEL_KEY_GENEVE_DATA);
		}
	}
	return 0;
}

static int erspan(struct lower *l, const struct ast_obj *o, struct bc_tunnel_erspan *e)
{
	const char *direction = opt_text(o->opts, "erspan direction");
	uint64_t version = 0, index = 0, id = 0;
	bool has;

	if (number(l, o, "erspan version", 2, &version, &has) || number(l, o, "erspan index", UINT32_MAX, &index, &has) ||
	    number(l, o, "erspan id", UINT8_MAX, &id, &has))
		return -1;
	BC_SET(e, NFTA_TUNNEL_KEY_ERSPAN_VERSION, version, (uint32_t)version);
	if (version != 2) {
		BC_SET(e, NFTA_TUNNEL_KEY_ERSPAN_V1_INDEX, v1_index, (uint32_t)index);
		return 0;
	}
	if (direction && strcmp(direction, "ingress") && strcmp(direction, "egress"))
		return diag_error(l->d, ast_opt_find(o->opts, "erspan direction")->at, "expected ingress or egress");
	BC_SET(e, NFTA_TUNNEL_KEY_ERSPAN_V2_HWID, v2_hwid, (uint8_t)id);
	BC_SET(e, NFTA_TUNNEL_KEY_ERSPAN_V2_DIR, v2_dir, direction && !strcmp(direction, "egress"));
	return 0;
}

static int inner(struct lower *l, const struct ast_obj *o, struct bc_tunnel_obj *t)
{
	struct bc_node **tail = &t->opts;
	struct bc_tunnel_opt *opt;
	uint64_t gbp = 0;
	bool has;

	if (ast_opt_find(o->opts, "vxlan")) {
		opt = bc_node_add(l->a, &tail, sizeof(*opt));
		if (number(l, o, "vxlan gbp", UINT32_MAX, &gbp, &has))
			return -1;
		BC_MARK(opt, NFTA_TUNNEL_KEY_OPTS_VXLAN);
		BC_SET(&opt->vxlan, NFTA_TUNNEL_KEY_VXLAN_GBP, gbp, (uint32_t)gbp);
	}
	if (ast_opt_find(o->opts, "erspan")) {
		opt = bc_node_add(l->a, &tail, sizeof(*opt));
		BC_MARK(opt, NFTA_TUNNEL_KEY_OPTS_ERSPAN);
		if (erspan(l, o, &opt->erspan))
			return -1;
	}
	if (geneve(l, o, &tail))
		return -1;
	if (t->opts)
		BC_MARK(t, NFTA_TUNNEL_KEY_OPTS);
	return 0;
}

int object_tunnel(struct lower *l, struct eval *v, const struct ast_obj *o, void **data)
{
	struct bc_tunnel_obj *t = *data = arena_new_of(l->a, struct bc_tunnel_obj);

	return header(l, o, t) || addresses(l, o, t) || inner(l, o, t) ? -1 : 0;
}
