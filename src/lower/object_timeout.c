/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct timeout: how long each state of a protocol lasts. All states are sent, those not named with nft's defaults. */
#include <arpa/inet.h>
#include <string.h>

#include "src/lower/object.h"
#include "src/types/time.h"

/* Seconds by state number, from 1. */
static const uint32_t tcp_defaults[] = { 0, 120, 60, 432000, 120, 60, 30, 120, 10, 120, 300, 300 };
static const uint32_t udp_defaults[] = { 0, 30, 120 };

static const struct {
	uint8_t l4proto;
	const struct symbol *names;
	const uint32_t *defaults;
	uint32_t n;
} protos[] = {
	{ IPPROTO_TCP, names_ct_timeout_tcp, tcp_defaults, ARRAY_SIZE(tcp_defaults) },
	{ IPPROTO_UDP, names_ct_timeout_udp, udp_defaults, ARRAY_SIZE(udp_defaults) },
};

static int state_of(struct lower *l, const struct ast_expr *e, const struct symbol *names, uint32_t *seconds, uint32_t n)
{
	const struct ast_expr *key, *val;
	const char *why = NULL;
	uint64_t state, ms;

	if (e->kind != AST_MAPPING)
		return diag_error(l->d, e->at, "expected STATE : TIMEOUT");
	key = eval_deref(e->a);
	val = eval_deref(e->b);
	if (!key->text || !names_value(names, key->text, &state) || state >= n)
		return diag_error(l->d, key->at, "timeout policy defines timeout for unknown state \"%s\"", key->text ? key->text : "");
	if (!val->text || duration_parse(val->text, &ms, &why))
		return diag_error(l->d, val->at, "%s", why ? why : "wrong time format");
	seconds[state] = (uint32_t)(ms / 1000);
	return 0;
}

static void put(struct buf *b, uint16_t type, uint32_t seconds)
{
	struct { uint16_t len, type; uint32_t value; } a = { 8, type, htonl(seconds) };

	buf_put(b, &a, sizeof(a));
}

int object_timeout_policy(struct lower *l, const struct ast_obj *o, struct bc_ct_timeout_obj *t)
{
	const struct ast_opt *policy = ast_opt_find(o->opts, "policy");
	const struct ast_expr *set = policy ? eval_deref(policy->val) : NULL;
	uint32_t seconds[16];
	buf_auto b = { 0 };
	size_t i = 0;

	while (i < ARRAY_SIZE(protos) && protos[i].l4proto != t->l4proto)
		i++;
	if (i == ARRAY_SIZE(protos))
		return diag_error(l->d, o->at, "ct timeout policies are for tcp and udp");
	memcpy(seconds, protos[i].defaults, protos[i].n * sizeof(*seconds));
	for (const struct ast_expr *e = set ? set->items : NULL; e; e = e->next)
		if (state_of(l, e, protos[i].names, seconds, protos[i].n))
			return -1;
	for (uint32_t s = 1; s < protos[i].n; s++)
		put(&b, (uint16_t)s, seconds[s]);
	BC_MARK(t, NFTA_CT_TIMEOUT_DATA);
	t->policy = (struct bc_bytes){ (const uint8_t *)arena_memdup(l->a, b.p, b.len), (uint32_t)b.len };
	return 0;
}
