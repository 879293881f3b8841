/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random commands: what they are made of, tables, chains, objects, flowtables, questions. */
#include "tests/kernel/control/control.h"

#include <stdio.h>
#include <string.h>

static const uint8_t families[] = { NFPROTO_IPV4, NFPROTO_INET,   NFPROTO_IPV4,   NFPROTO_INET,
				    NFPROTO_IPV6, NFPROTO_NETDEV, NFPROTO_BRIDGE, NFPROTO_ARP };

/* ---- bytes ---- */

bool wrong(struct maker *m)
{
	return rng_in(m->r, m->rate);
}

void msg_begin(struct maker *m, uint16_t type, uint8_t family, uint16_t flags)
{
	struct nlmsghdr h = { .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | type,
			      .nlmsg_flags = NLM_F_REQUEST | flags,
			      .nlmsg_seq = ++m->seq };
	struct nfgenmsg g = { .nfgen_family = family };

	m->msg = m->out->len;
	buf_put(m->out, &h, sizeof(h));
	buf_put(m->out, &g, sizeof(g));
}

void msg_end(struct maker *m)
{
	uint32_t len = (uint32_t)(m->out->len - m->msg);

	memcpy(m->out->p + m->msg, &len, sizeof(len));
	if (rng_in(m->r, 3 * m->rate))
		mutate(m->r, m->out, m->msg);
}

size_t nest_begin(struct maker *m, uint16_t type)
{
	struct nlattr a = { .nla_type = type | NLA_F_NESTED };
	size_t at = m->out->len;

	buf_put(m->out, &a, sizeof(a));
	return at;
}

void nest_end(struct maker *m, size_t at)
{
	uint16_t len = (uint16_t)(m->out->len - at);

	memcpy(m->out->p + at, &len, sizeof(len));
}

void put(struct maker *m, uint16_t type, const void *p, size_t len)
{
	struct nlattr a = { .nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = type };

	buf_put(m->out, &a, sizeof(a));
	if (len)
		buf_put(m->out, p, len);
	while (m->out->len & 3)
		buf_putc(m->out, 0);
}

void put_str(struct maker *m, uint16_t type, const char *s)
{
	if (s) /* some chains have only a number yet */
		put(m, type, s, strlen(s) + 1);
}

void put_be32(struct maker *m, uint16_t type, uint32_t v)
{
	uint8_t b[4];

	be32_store(b, v);
	put(m, type, b, sizeof(b));
}

void put_be64(struct maker *m, uint16_t type, uint64_t v)
{
	uint8_t b[8];

	be64_store(b, v);
	put(m, type, b, sizeof(b));
}

void put_be16(struct maker *m, uint16_t type, uint16_t v)
{
	uint8_t b[2];

	be16_store(b, v);
	put(m, type, b, sizeof(b));
}

void put_u8(struct maker *m, uint16_t type, uint8_t v)
{
	put(m, type, &v, 1);
}

/* ---- choices ---- */

const char *name_of(struct maker *m, char prefix)
{
	static const char *const odd[] = { "", "a name of more words", "x%d", "%", "0123456789012345678901234567890" };

	if (rng_in(m->r, 40))
		return odd[rng_below(m->r, 5)];
	return arena_printf(m->w->arena, "%c%u", prefix, rng_below(m->r, 5));
}

uint64_t some_handle(struct maker *m)
{
	return rng_below(m->r, rng_in(m->r, 20) ? 1000000 : 24);
}

int pick_table(struct maker *m, uint8_t *family, const char **name)
{
	if (m->w->n_tables && !wrong(m)) {
		int i = (int)rng_below(m->r, m->w->n_tables);

		*family = m->w->tables[i].family;
		m->no_ct = *family == NFPROTO_BRIDGE;
		*name = m->w->tables[i].name;
		return i;
	}
	*family = families[rng_below(m->r, sizeof(families))];
	*name = name_of(m, 't');
	m->no_ct = *family == NFPROTO_BRIDGE;
	return world_table(m->w, *family, *name);
}

/* One of a list that fits, each as likely. */
#define PICK(m, list, T, x, fits)                                                                                                  \
	do {                                                                                                                       \
		const struct T *chosen = NULL;                                                                                     \
		uint32_t seen = 0;                                                                                                 \
		for (uint32_t i = 0; i < (m)->w->n_##list; i++) {                                                                  \
			const struct T *x = &(m)->w->list[i];                                                                      \
			if ((fits) && rng_in((m)->r, ++seen))                                                                      \
				chosen = x;                                                                                        \
		}                                                                                                                  \
		return chosen;                                                                                                     \
	} while (0)

const struct w_chain *pick_chain(struct maker *m, int table, bool regular)
{
	PICK(m, chains, w_chain, x, x->table == (uint32_t)table && !(regular && x->base));
}

const struct w_set *pick_set(struct maker *m, int table, uint32_t with, uint32_t without)
{
	PICK(m, sets, w_set, x, x->table == (uint32_t)table && (x->flags & with) == with && !(x->flags & without));
}

const struct w_obj *pick_obj(struct maker *m, int table, uint32_t type)
{
	PICK(m, objs, w_obj, x, x->table == (uint32_t)table && (!type || x->type == type));
}

static const struct w_flowtable *pick_flowtable(struct maker *m, int table)
{
	PICK(m, flowtables, w_flowtable, x, x->table == (uint32_t)table);
}

static const struct w_rule *pick_rule(struct maker *m, int table)
{
	PICK(m, rules, w_rule, x, x->table == (uint32_t)table);
}

static const struct w_elem *pick_elem(struct maker *m, uint32_t set)
{
	PICK(m, elems, w_elem, x, x->set == set);
}

uint16_t new_flags(struct maker *m)
{
	uint16_t f = wrong(m) ? 0 : NLM_F_CREATE;

	if (rng_in(m->r, 6))
		f |= NLM_F_EXCL;
	if (rng_in(m->r, 30))
		f |= NLM_F_REPLACE;
	if (rng_in(m->r, 6))
		f |= NLM_F_ECHO;
	return f | (rng_in(m->r, 3) ? 0 : NLM_F_ACK);
}

static uint16_t del_flags(struct maker *m)
{
	uint16_t f = rng_in(m->r, 3) ? 0 : NLM_F_ACK;

	if (rng_in(m->r, 8))
		f |= NLM_F_NONREC;
	if (rng_in(m->r, 6))
		f |= NLM_F_ECHO;
	return f;
}

uint16_t one_type(struct maker *m, uint16_t a, uint16_t b)
{
	return rng_in(m->r, 3) ? b : a;
}

void make_userdata(struct maker *m, uint16_t type)
{
	static const uint8_t bytes[300] = { 0, 8, 'c', 'o', 'm', 'm', 'e', 'n', 't' };

	if (rng_in(m->r, 6))
		put(m, type, bytes, (size_t)RNG_OF(m->r, 10, 10, 10, 1, 0, 256, 257, 128));
}

/* ---- tables ---- */

void make_table(struct maker *m)
{
	uint8_t family = families[rng_below(m->r, sizeof(families))];
	const char *name = name_of(m, 't');
	int t = -1;

	if (rng_below(m->r, 10) < 6) {
		struct w_table *x;

		if (rng_in(m->r, 3))
			t = pick_table(m, &family, &name);
		msg_begin(m, NFT_MSG_NEWTABLE, wrong(m) ? (uint8_t)rng_below(m->r, 14) : family, new_flags(m));
		put_str(m, NFTA_TABLE_NAME, name);
		if (rng_in(m->r, 3) || t >= 0)
			put_be32(m, NFTA_TABLE_FLAGS, (uint32_t)RNG_OF(m->r, 0, 1, 0, 1, 2, 3, 4, 6, 8));
		make_userdata(m, NFTA_TABLE_USERDATA);
		msg_end(m);
		if (t < 0 && world_table(m->w, family, name) < 0) {
			x = W_ADD(m->w, tables);
			*x = (struct w_table){ family, name, 0, 0 };
		}
		return;
	}
	t = pick_table(m, &family, &name);
	msg_begin(m, one_type(m, NFT_MSG_DELTABLE, NFT_MSG_DESTROYTABLE), rng_in(m->r, 20) ? 0 : family, del_flags(m));
	if (rng_in(m->r, 4))
		put_be64(m, NFTA_TABLE_HANDLE, t >= 0 && !wrong(m) ? m->w->tables[t].handle : some_handle(m));
	else if (!rng_in(m->r, 20))
		put_str(m, NFTA_TABLE_NAME, name);
	msg_end(m);
}

/* ---- chains ---- */

static const char *const devices[] = { "lo", "eth0", "eth1", "d0", "d1", "", "adevicenametoolong" };

static void put_devices(struct maker *m, uint16_t one, uint16_t list)
{
	size_t nest;

	if (one && rng_in(m->r, 2)) {
		put_str(m, one, devices[rng_below(m->r, wrong(m) ? 7 : 5)]);
		return;
	}
	if (wrong(m))
		return;
	nest = nest_begin(m, list);
	for (unsigned n = 1 + rng_below(m->r, 3); n; n--)
		put_str(m, rng_in(m->r, 8) ? NFTA_DEVICE_PREFIX : NFTA_DEVICE_NAME, devices[rng_below(m->r, wrong(m) ? 7 : 5)]);
	nest_end(m, nest);
}

static uint32_t hook_for(struct maker *m, uint8_t family, const char *type)
{
	if (family == NFPROTO_NETDEV || family == NFPROTO_ARP)
		return rng_below(m->r, wrong(m) ? 6 : 2);
	if (!strcmp(type, "route"))
		return wrong(m) ? rng_below(m->r, 6) : 3;
	return rng_below(m->r, wrong(m) ? 8 : family == NFPROTO_INET ? 6 : 5);
}

static bool wants_devices(uint8_t family, uint32_t hook)
{
	return family == NFPROTO_NETDEV || (family == NFPROTO_INET && hook == 5);
}

static void put_hook(struct maker *m, uint8_t family, const char *type, const struct w_chain *old)
{
	uint32_t hook = old && old->base && !wrong(m) ? old->hook : hook_for(m, family, type);
	uint32_t priority = old && old->base && !wrong(m) ? (uint32_t)old->priority
							  : (uint32_t)RNG_OF(m->r, 0, 0, 10, -100, -200, -300, 100, 5);
	size_t nest = nest_begin(m, NFTA_CHAIN_HOOK);

	if (!wrong(m))
		put_be32(m, NFTA_HOOK_HOOKNUM, hook);
	if (!wrong(m))
		put_be32(m, NFTA_HOOK_PRIORITY, priority);
	if (wants_devices(family, hook) != wrong(m))
		put_devices(m, NFTA_HOOK_DEV, NFTA_HOOK_DEVS);
	nest_end(m, nest);
}

static void put_counters(struct maker *m)
{
	size_t nest = nest_begin(m, NFTA_CHAIN_COUNTERS);

	if (!wrong(m))
		put_be64(m, NFTA_COUNTER_PACKETS, rng_below(m->r, 100));
	if (!wrong(m))
		put_be64(m, NFTA_COUNTER_BYTES, rng_below(m->r, 10000));
	nest_end(m, nest);
}

static void new_chain(struct maker *m, uint8_t family, const char *tname, int t)
{
	const struct w_chain *old = rng_in(m->r, 4) && t >= 0 ? pick_chain(m, t, false) : NULL;
	bool base = old ? old->base && rng_in(m->r, 2) : rng_in(m->r, 2), by_id = !old && rng_in(m->r, 6);
	const char *type = (const char *[]){ "filter", "filter", "nat", "route", "none" }[rng_below(m->r, wrong(m) ? 5 : 4)];
	struct w_chain x = { .table = (uint32_t)t, .name = old ? old->name : name_of(m, 'c'), .base = base };
	uint16_t flags = new_flags(m);

	if (family != NFPROTO_IPV4 && family != NFPROTO_IPV6 && family != NFPROTO_INET && !wrong(m))
		type = "filter";
	if (old && old->type && !wrong(m))
		type = old->type;
	if (old)
		flags &= (uint16_t)~NLM_F_EXCL;
	msg_begin(m, NFT_MSG_NEWCHAIN, family, flags);
	if (!rng_in(m->r, 60))
		put_str(m, NFTA_CHAIN_TABLE, tname);
	if (old && rng_in(m->r, 2))
		put_be64(m, NFTA_CHAIN_HANDLE, wrong(m) ? some_handle(m) : old->handle);
	if (old && rng_in(m->r, 2))
		put_str(m, NFTA_CHAIN_NAME, rng_in(m->r, 2) ? name_of(m, 'c') : old->name);
	else if (!(by_id && rng_in(m->r, 2)))
		put_str(m, NFTA_CHAIN_NAME, x.name);
	else
		x.name = NULL;
	if (by_id || !x.name)
		put_be32(m, NFTA_CHAIN_ID, x.id = ++m->id);
	if (base) {
		put_hook(m, family, type, old);
		if (rng_below(m->r, 4))
			put_str(m, NFTA_CHAIN_TYPE, type);
	}
	if (base ? rng_in(m->r, 2) : wrong(m))
		put_be32(m, NFTA_CHAIN_POLICY, (uint32_t)RNG_OF(m->r, 0, 1, 1, wrong(m) ? 2 : 0));
	if (base ? rng_in(m->r, 6) : wrong(m))
		put_counters(m);
	if (by_id || wrong(m))
		put_be32(m, NFTA_CHAIN_FLAGS,
			 x.flags = (uint32_t)RNG_OF(m->r, 4, 4, 4, 0, 1, 8, 5)); /* not 2: this needs devices that offload */
	make_userdata(m, NFTA_CHAIN_USERDATA);
	msg_end(m);
	if (!old && t >= 0)
		*W_ADD(m->w, chains) = x;
}

void make_chain(struct maker *m)
{
	const struct w_chain *c;
	uint8_t family;
	const char *tname;
	int t = pick_table(m, &family, &tname);

	if (rng_below(m->r, 10) < 6) {
		new_chain(m, family, tname, t);
		return;
	}
	c = t >= 0 && !wrong(m) ? pick_chain(m, t, false) : NULL;
	msg_begin(m, one_type(m, NFT_MSG_DELCHAIN, NFT_MSG_DESTROYCHAIN), family, del_flags(m));
	put_str(m, NFTA_CHAIN_TABLE, tname);
	if (c && c->handle && rng_in(m->r, 3))
		put_be64(m, NFTA_CHAIN_HANDLE, c->handle);
	else if (!rng_in(m->r, 30))
		put_str(m, NFTA_CHAIN_NAME, c && c->name ? c->name : name_of(m, 'c'));
	else if (rng_in(m->r, 2))
		put_be64(m, NFTA_CHAIN_HANDLE, some_handle(m));
	if (c && c->base && wants_devices(family, c->hook) && rng_in(m->r, 2))
		put_hook(m, family, "filter", c);
	msg_end(m);
}

/* ---- objects ---- */

enum { CTA_TIMEOUT_UDP_UNREPLIED = 1 };

static void put_ct_object(struct maker *m, uint32_t type)
{
	size_t nest;

	switch (type) {
	case NFT_OBJECT_CT_HELPER:
		put_str(m, NFTA_CT_HELPER_NAME, wrong(m) ? "none" : (const char *[]){ "ftp", "sip", "tftp" }[rng_below(m->r, 3)]);
		if (rng_in(m->r, 2))
			put_be16(m, NFTA_CT_HELPER_L3PROTO, (uint16_t)RNG_OF(m->r, 1, 2, 10, 7, 0));
		put_u8(m, NFTA_CT_HELPER_L4PROTO, (uint8_t)RNG_OF(m->r, 6, 17, 6, 17, 1, 0));
		break;
	case NFT_OBJECT_CT_TIMEOUT:
		if (rng_in(m->r, 2))
			put_be16(m, NFTA_CT_TIMEOUT_L3PROTO, (uint16_t)RNG_OF(m->r, 2, 10, 1, 0));
		put_u8(m, NFTA_CT_TIMEOUT_L4PROTO, (uint8_t)RNG_OF(m->r, 17, 17, 6, 1, 132, 99, 47, 58, 33));
		nest = nest_begin(m, NFTA_CT_TIMEOUT_DATA);
		for (uint16_t i = 0; i < 3; i++)
			if (rng_in(m->r, 2))
				put_be32(m, i, rng_below(m->r, 1000));
		nest_end(m, nest);
		break;
	case NFT_OBJECT_CT_EXPECT:
		if (rng_in(m->r, 2))
			put_be16(m, NFTA_CT_EXPECT_L3PROTO, (uint16_t)RNG_OF(m->r, 2, 10, 1, 0));
		put_u8(m, NFTA_CT_EXPECT_L4PROTO, (uint8_t)RNG_OF(m->r, 6, 17, 132, 33, 1));
		put_be16(m, NFTA_CT_EXPECT_DPORT, (uint16_t)rng_below(m->r, 65536));
		put_be32(m, NFTA_CT_EXPECT_TIMEOUT, rng_below(m->r, 100000));
		if (!wrong(m))
			put_u8(m, NFTA_CT_EXPECT_SIZE, (uint8_t)rng_below(m->r, 256));
		break;
	}
}

static void put_tunnel(struct maker *m)
{
	static const uint8_t addr[16] = { 192, 0, 2, 1 };
	size_t nest, opt;

	put_be32(m, NFTA_TUNNEL_KEY_ID, rng_below(m->r, 1000));
	if (rng_below(m->r, 10)) {
		nest = nest_begin(m, NFTA_TUNNEL_KEY_IP);
		if (rng_below(m->r, 3))
			put(m, 1, addr, 4);
		if (!wrong(m))
			put(m, 2, addr, 4);
		nest_end(m, nest);
	}
	if (rng_in(m->r, 10)) {
		nest = nest_begin(m, NFTA_TUNNEL_KEY_IP6);
		put(m, 1, addr, 16);
		put(m, 2, addr, 16);
		put_be32(m, 3, rng_below(m->r, 1 << 20));
		nest_end(m, nest);
	}
	if (rng_in(m->r, 2))
		put_be32(m, NFTA_TUNNEL_KEY_FLAGS, rng_below(m->r, wrong(m) ? 20 : 8));
	if (rng_in(m->r, 2))
		put_u8(m, NFTA_TUNNEL_KEY_TOS, (uint8_t)rng_below(m->r, 256));
	if (rng_in(m->r, 2))
		put_u8(m, NFTA_TUNNEL_KEY_TTL, (uint8_t)rng_below(m->r, 256));
	if (rng_in(m->r, 2))
		put_be16(m, NFTA_TUNNEL_KEY_SPORT, (uint16_t)rng_below(m->r, 65536));
	if (rng_in(m->r, 2))
		put_be16(m, NFTA_TUNNEL_KEY_DPORT, (uint16_t)rng_below(m->r, 65536));
	if (rng_in(m->r, 2))
		return;
	nest = nest_begin(m, NFTA_TUNNEL_KEY_OPTS);
	for (unsigned n = 1 + rng_in(m->r, 4); n; n--) {
		uint16_t kind = (uint16_t)RNG_OF(m->r, 1, 2, 3, 3);

		opt = nest_begin(m, kind);
		if (kind == 1) {
			put_be32(m, 1, rng_below(m->r, 1000));
		} else if (kind == 2) {
			put_be32(m, 1, (uint32_t)RNG_OF(m->r, 1, 2, 1, 2, 3));
			put_be32(m, 2, rng_below(m->r, 1000));
			put_u8(m, 3, (uint8_t)rng_below(m->r, 256));
			put_u8(m, 4, (uint8_t)rng_below(m->r, 2));
		} else {
			put_be16(m, 1, (uint16_t)rng_below(m->r, 65536));
			put_u8(m, 2, (uint8_t)rng_below(m->r, 256));
			put(m, 3, addr, (size_t)RNG_OF(m->r, 4, 8, 12, wrong(m) ? 5 : 4));
		}
		nest_end(m, opt);
	}
	nest_end(m, nest);
}

static void put_object_data(struct maker *m, uint32_t type)
{
	size_t nest = nest_begin(m, NFTA_OBJ_DATA);

	switch (type) {
	case NFT_OBJECT_COUNTER:
		if (rng_in(m->r, 2))
			put_be64(m, NFTA_COUNTER_BYTES, rng_below(m->r, 10000));
		if (rng_in(m->r, 2))
			put_be64(m, NFTA_COUNTER_PACKETS, rng_below(m->r, 100));
		break;
	case NFT_OBJECT_QUOTA:
		if (!wrong(m))
			put_be64(m, NFTA_QUOTA_BYTES, rng_below(m->r, 1000000));
		if (rng_in(m->r, 2))
			put_be32(m, NFTA_QUOTA_FLAGS, rng_below(m->r, wrong(m) ? 4 : 2));
		if (rng_in(m->r, 3))
			put_be64(m, NFTA_QUOTA_CONSUMED, rng_below(m->r, 1000));
		break;
	case NFT_OBJECT_LIMIT:
		put_be64(m, NFTA_LIMIT_RATE, (uint64_t)RNG_OF(m->r, 1, 10, 1000, wrong(m) ? 0 : 5));
		put_be64(m, NFTA_LIMIT_UNIT, (uint64_t)RNG_OF(m->r, 1, 60, 3600, wrong(m) ? 0 : 86400));
		if (rng_in(m->r, 2))
			put_be32(m, NFTA_LIMIT_BURST, rng_below(m->r, 20));
		if (rng_in(m->r, 2))
			put_be32(m, NFTA_LIMIT_TYPE, rng_below(m->r, wrong(m) ? 4 : 2));
		if (rng_in(m->r, 2))
			put_be32(m, NFTA_LIMIT_FLAGS, rng_below(m->r, 2));
		break;
	case NFT_OBJECT_CONNLIMIT:
		put_be32(m, 1, rng_below(m->r, 100));
		if (rng_in(m->r, 2))
			put_be32(m, 2, rng_below(m->r, wrong(m) ? 4 : 2));
		break;
	case NFT_OBJECT_SECMARK:
		put_str(m, 1, "system_u:object_r:ssh_server_packet_t:s0");
		break;
	case NFT_OBJECT_SYNPROXY:
		put_be16(m, 1, 1460);
		put_u8(m, 2, 7);
		put_be32(m, 3, rng_below(m->r, wrong(m) ? 64 : 32));
		break;
	case NFT_OBJECT_TUNNEL:
		put_tunnel(m);
		break;
	default:
		put_ct_object(m, type);
	}
	nest_end(m, nest);
}

void make_obj(struct maker *m)
{
	uint32_t type = (uint32_t)RNG_OF(m->r, NFT_OBJECT_COUNTER, NFT_OBJECT_COUNTER, NFT_OBJECT_QUOTA, NFT_OBJECT_LIMIT,
					 NFT_OBJECT_CONNLIMIT, NFT_OBJECT_CT_HELPER, NFT_OBJECT_CT_TIMEOUT, NFT_OBJECT_CT_EXPECT,
					 NFT_OBJECT_SYNPROXY, NFT_OBJECT_TUNNEL);
	const struct w_obj *o;
	uint8_t family;
	const char *tname;
	int t = pick_table(m, &family, &tname);

	if (rng_in(m->r, 30))
		type = (uint32_t)RNG_OF(m->r, 0, 11, 12, 255, 3, 6);
	if (family == NFPROTO_BRIDGE && type > NFT_OBJECT_QUOTA) /* connections of bridges are an option of kernels */
		type = NFT_OBJECT_LIMIT;
	o = t >= 0 && rng_in(m->r, 2) ? pick_obj(m, t, 0) : NULL;
	if (o && (family == NFPROTO_BRIDGE || !wrong(m)))
		type = o->type;
	if (rng_below(m->r, 10) < 6) {
		const char *name = o ? o->name : name_of(m, 'o');

		msg_begin(m, NFT_MSG_NEWOBJ, family, new_flags(m));
		put_str(m, NFTA_OBJ_TABLE, tname);
		if (!rng_in(m->r, 60))
			put_str(m, NFTA_OBJ_NAME, name);
		put_be32(m, NFTA_OBJ_TYPE, type);
		if (!rng_in(m->r, 60))
			put_object_data(m, type);
		make_userdata(m, NFTA_OBJ_USERDATA);
		msg_end(m);
		if (!o && t >= 0)
			*W_ADD(m->w, objs) = (struct w_obj){ (uint32_t)t, name, type, 0 };
		return;
	}
	msg_begin(m, one_type(m, NFT_MSG_DELOBJ, NFT_MSG_DESTROYOBJ), family, del_flags(m));
	put_str(m, NFTA_OBJ_TABLE, tname);
	if (!rng_in(m->r, 60))
		put_be32(m, NFTA_OBJ_TYPE, type);
	if (rng_in(m->r, 3))
		put_be64(m, NFTA_OBJ_HANDLE, o && o->handle ? o->handle : some_handle(m));
	else if (!rng_in(m->r, 30))
		put_str(m, NFTA_OBJ_NAME, o ? o->name : name_of(m, 'o'));
	msg_end(m);
}

/* ---- flowtables ---- */

void make_flowtable(struct maker *m)
{
	const struct w_flowtable *f;
	uint8_t family;
	const char *tname, *name;
	int t = pick_table(m, &family, &tname);
	bool fresh = rng_below(m->r, 10) < 6;
	size_t nest;

	f = t >= 0 ? pick_flowtable(m, t) : NULL;
	name = f && !wrong(m) ? f->name : name_of(m, 'f');
	msg_begin(m, fresh ? NFT_MSG_NEWFLOWTABLE : one_type(m, NFT_MSG_DELFLOWTABLE, NFT_MSG_DESTROYFLOWTABLE), family,
		  fresh ? new_flags(m) : del_flags(m));
	put_str(m, NFTA_FLOWTABLE_TABLE, tname);
	if (!fresh && f && rng_in(m->r, 3))
		put_be64(m, NFTA_FLOWTABLE_HANDLE, f->handle);
	else
		put_str(m, NFTA_FLOWTABLE_NAME, name);
	if (fresh || rng_in(m->r, 4)) {
		nest = nest_begin(m, NFTA_FLOWTABLE_HOOK);
		put_be32(m, NFTA_FLOWTABLE_HOOK_NUM, 0);
		put_be32(m, NFTA_FLOWTABLE_HOOK_PRIORITY, rng_below(m->r, 2));
		put_devices(m, 0, NFTA_FLOWTABLE_HOOK_DEVS);
		nest_end(m, nest);
	}
	if (fresh && rng_in(m->r, 3))
		put_be32(m, NFTA_FLOWTABLE_FLAGS, rng_below(m->r, 4));
	msg_end(m);
}

/* ---- questions ---- */

static void get_elem(struct maker *m, int t, const char *tname, bool dump)
{
	const struct w_set *s = t >= 0 ? pick_set(m, t, 0, 0) : NULL;
	const struct w_elem *e = s ? pick_elem(m, (uint32_t)(s - m->w->sets)) : NULL;
	size_t list, elem, key;

	put_str(m, NFTA_SET_ELEM_LIST_TABLE, tname);
	if (!rng_in(m->r, 30))
		put_str(m, NFTA_SET_ELEM_LIST_SET, s && !wrong(m) ? s->name : name_of(m, 's'));
	if (dump || rng_in(m->r, 30))
		return;
	if (s && rng_in(m->r, 6)) { /* others that are not there */
		make_elems_of(m, (int)(s - m->w->sets), 1);
		return;
	}
	list = nest_begin(m, NFTA_SET_ELEM_LIST_ELEMENTS);
	elem = nest_begin(m, NFTA_LIST_ELEM);
	if (e && e->m.flags)
		put_be32(m, NFTA_SET_ELEM_FLAGS, e->m.flags);
	if (e && BC_HAS(&e->m, NFTA_SET_ELEM_KEY)) {
		key = nest_begin(m, NFTA_SET_ELEM_KEY);
		put(m, NFTA_DATA_VALUE, e->m.key.value, e->m.key.len);
		nest_end(m, key);
	}
	if (e && BC_HAS(&e->m, NFTA_SET_ELEM_KEY_END) && rng_below(m->r, 4)) {
		key = nest_begin(m, NFTA_SET_ELEM_KEY_END);
		put(m, NFTA_DATA_VALUE, e->m.key_end.value, e->m.key_end.len);
		nest_end(m, key);
	}
	nest_end(m, elem);
	nest_end(m, list);
}

static void get_rule(struct maker *m, int t, const char *tname, bool dump)
{
	const struct w_rule *r = t >= 0 ? pick_rule(m, t) : NULL;

	if (!dump || rng_below(m->r, 4))
		put_str(m, NFTA_RULE_TABLE, tname);
	if (!rng_in(m->r, dump ? 3 : 30))
		put_str(m, NFTA_RULE_CHAIN, r && r->chain && !wrong(m) ? r->chain : name_of(m, 'c'));
	if (!dump && !rng_in(m->r, 20))
		put_be64(m, NFTA_RULE_HANDLE, r && !wrong(m) ? r->handle : some_handle(m));
}

static void get_obj(struct maker *m, int t, const char *tname, bool dump)
{
	const struct w_obj *o = t >= 0 ? pick_obj(m, t, 0) : NULL;

	if (!dump || rng_in(m->r, 2))
		put_str(m, NFTA_OBJ_TABLE, tname);
	if (!dump)
		put_str(m, NFTA_OBJ_NAME, o && !wrong(m) ? o->name : name_of(m, 'o'));
	if (!rng_in(m->r, dump ? 2 : 30))
		put_be32(m, NFTA_OBJ_TYPE, o && !wrong(m) ? o->type : rng_below(m->r, 12));
}

void make_get(struct maker *m)
{
	static const uint16_t kinds[] = { NFT_MSG_GETTABLE,         NFT_MSG_GETCHAIN,  NFT_MSG_GETRULE,
					  NFT_MSG_GETRULE_RESET,    NFT_MSG_GETSET,    NFT_MSG_GETSETELEM,
					  NFT_MSG_GETSETELEM_RESET, NFT_MSG_GETOBJ,    NFT_MSG_GETOBJ_RESET,
					  NFT_MSG_GETFLOWTABLE,     NFT_MSG_GETSETELEM };
	uint16_t type = kinds[rng_below(m->r, sizeof(kinds) / 2)];
	const char *tname;
	uint8_t family;
	int t = pick_table(m, &family, &tname);
	bool dump = rng_in(m->r, 3);
	const struct w_chain *c = t >= 0 ? pick_chain(m, t, false) : NULL;
	const struct w_set *s = t >= 0 ? pick_set(m, t, 0, 0) : NULL;

	msg_begin(m, type, rng_in(m->r, 8) ? 0 : family, (dump ? NLM_F_DUMP : 0) | (rng_in(m->r, 4) ? NLM_F_ACK : 0));
	switch (type) {
	case NFT_MSG_GETTABLE:
		if (!dump)
			put_str(m, NFTA_TABLE_NAME, tname);
		break;
	case NFT_MSG_GETCHAIN:
		if (!dump || rng_in(m->r, 2))
			put_str(m, NFTA_CHAIN_TABLE, tname);
		if (!dump && !rng_in(m->r, 20))
			put_str(m, NFTA_CHAIN_NAME, c && c->name && !wrong(m) ? c->name : name_of(m, 'c'));
		break;
	case NFT_MSG_GETRULE:
	case NFT_MSG_GETRULE_RESET:
		get_rule(m, t, tname, dump);
		break;
	case NFT_MSG_GETSET:
		if (!dump || rng_in(m->r, 2))
			put_str(m, NFTA_SET_TABLE, tname);
		if (!dump && !rng_in(m->r, 20))
			put_str(m, NFTA_SET_NAME, s && !wrong(m) ? s->name : name_of(m, 's'));
		break;
	case NFT_MSG_GETOBJ:
	case NFT_MSG_GETOBJ_RESET:
		get_obj(m, t, tname, dump);
		break;
	case NFT_MSG_GETFLOWTABLE:
		if (!dump || rng_in(m->r, 2))
			put_str(m, NFTA_FLOWTABLE_TABLE, tname);
		if (!dump)
			put_str(m, NFTA_FLOWTABLE_NAME, name_of(m, 'f'));
		break;
	default:
		get_elem(m, t, tname, dump);
	}
	msg_end(m);
}
