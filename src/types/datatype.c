/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datatypes: the registry, and reading and printing along the chain type → base type.
 *
 * A type is data (datatype_*.c); only those whose text is neither a name nor a number bring functions of their own.
 * Pure but for the tables that are read from files of this machine once; not for several threads at a time.
 */
#include "src/types/datatype.h"

#include <string.h>

#include "base/bytes.h"
#include "src/types/number.h"

static const struct datatype *const types[TYPE_MAX] = {
	[TYPE_INVALID] = &type_invalid,
	[TYPE_VERDICT] = &type_verdict,
	[TYPE_NFPROTO] = &type_nfproto,
	[TYPE_BITMASK] = &type_bitmask,
	[TYPE_INTEGER] = &type_integer,
	[TYPE_STRING] = &type_string,
	[TYPE_LLADDR] = &type_lladdr,
	[TYPE_IPADDR] = &type_ipaddr,
	[TYPE_IP6ADDR] = &type_ip6addr,
	[TYPE_ETHERADDR] = &type_etheraddr,
	[TYPE_ETHERTYPE] = &type_ethertype,
	[TYPE_ARPOP] = &type_arpop,
	[TYPE_INET_PROTOCOL] = &type_inet_protocol,
	[TYPE_INET_SERVICE] = &type_inet_service,
	[TYPE_ICMP_TYPE] = &type_icmp_type,
	[TYPE_TCP_FLAG] = &type_tcp_flag,
	[TYPE_DCCP_PKTTYPE] = &type_dccp_pkttype,
	[TYPE_MH_TYPE] = &type_mh_type,
	[TYPE_TIME] = &type_time,
	[TYPE_MARK] = &type_mark,
	[TYPE_IFINDEX] = &type_ifindex,
	[TYPE_ARPHRD] = &type_arphrd,
	[TYPE_REALM] = &type_realm,
	[TYPE_CLASSID] = &type_classid,
	[TYPE_UID] = &type_uid,
	[TYPE_GID] = &type_gid,
	[TYPE_CT_STATE] = &type_ct_state,
	[TYPE_CT_DIR] = &type_ct_dir,
	[TYPE_CT_STATUS] = &type_ct_status,
	[TYPE_ICMP6_TYPE] = &type_icmpv6_type,
	[TYPE_CT_LABEL] = &type_ct_label,
	[TYPE_PKTTYPE] = &type_pkttype,
	[TYPE_ICMP_CODE] = &type_icmp_code,
	[TYPE_ICMPV6_CODE] = &type_icmpv6_code,
	[TYPE_ICMPX_CODE] = &type_icmpx_code,
	[TYPE_DEVGROUP] = &type_devgroup,
	[TYPE_DSCP] = &type_dscp,
	[TYPE_ECN] = &type_ecn,
	[TYPE_FIB_ADDR] = &type_fib_addrtype,
	[TYPE_BOOLEAN] = &type_boolean,
	[TYPE_CT_EVENTBIT] = &type_ct_event,
	[TYPE_IFNAME] = &type_ifname,
	[TYPE_IGMP_TYPE] = &type_igmp_type,
	[TYPE_TIME_DATE] = &type_date,
	[TYPE_TIME_HOUR] = &type_hour,
	[TYPE_TIME_DAY] = &type_day,
	[TYPE_CGROUPV2] = &type_cgroupv2,
};

const struct datatype *datatype_by_id(uint32_t id)
{
	return id < TYPE_MAX ? types[id] : NULL;
}

const struct datatype *datatype_by_name(const char *name)
{
	for (uint32_t i = TYPE_VERDICT; i < TYPE_MAX; i++)
		if (!strcmp(types[i]->name, name))
			return types[i];
	return NULL;
}

bool datatype_is(const struct datatype *t, const struct datatype *base)
{
	for (; t; t = t->base)
		if (t == base)
			return true;
	return false;
}

static const struct symbol *symbols_of(const struct datatype *t)
{
	return t->host_symbols ? t->host_symbols() : t->symbols;
}

static const struct symbol *symbol_named(const struct datatype *t, const char *name)
{
	const struct symbol *s = symbols_of(t);

	for (; s && s->name; s++)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

const char *datatype_symbol(const struct datatype *t, const struct type_ctx *c, u128 v)
{
	const struct symbol *s = symbols_of(t);

	if (c && c->numeric_all)
		return NULL;
	for (; s && s->name; s++)
		if (s->value == v)
			return s->name;
	return NULL;
}

void datatype_each_name(const struct datatype *t, void (*fn)(void *ctx, const char *name), void *ctx)
{
	for (; t; t = t->base)
		for (const struct symbol *s = symbols_of(t); s && s->name; s++)
			fn(ctx, s->name);
}

struct gathered {
	const char *words[256];
	size_t n;
};

static void gather(void *ctx, const char *name)
{
	struct gathered *g = ctx;

	if (g->n < ARRAY_SIZE(g->words))
		g->words[g->n++] = name;
}

const char *datatype_near(const struct datatype *t, const char *text)
{
	struct gathered g = { .n = 0 };

	datatype_each_name(t, gather, &g);
	return diag_nearest(text, g.words, g.n);
}

static int fits(u128 v, unsigned bits, struct arena *a, const char **why)
{
	char num[NUMBER_TEXT], max[NUMBER_TEXT];

	if (!bits || bits >= 128 || !(v >> bits))
		return 0;
	*why = arena_printf(a, "Value %s exceeds valid range 0-%s", number_text(v, num), number_text(((u128)1 << bits) - 1, max));
	return -1;
}

int datatype_parse(const struct datatype *t, const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a,
		   const char **why)
{
	const struct datatype *d = t;
	const struct symbol *s;
	u128 v;

	if (!bits)
		bits = t->bits;
	for (; d; d = d->base) {
		if (d->parse) {
			if (d->parse(c, text, bits, &v, a, why))
				return -1;
			break;
		}
		s = symbol_named(d, text);
		if (s) {
			v = s->value;
			break;
		}
		if (d == &type_integer) {
			if (!number_parse(text, &v)) {
				*why = arena_printf(a, "Could not parse %s", t->desc);
				return -1;
			}
			break;
		}
	}
	if (!d) {
		*why = arena_printf(a, "Can't parse symbolic %s expressions", t->desc);
		return -1;
	}
	if (fits(v, bits, a, why))
		return -1;
	*out = v;
	return 0;
}

static void print_number(const struct datatype *t, u128 v, struct buf *out)
{
	char text[NUMBER_TEXT];

	for (; t && !t->hex; t = t->base)
		;
	if (t)
		buf_puts(out, number_hex(v, t->hex, text));
	else
		buf_puts(out, number_text(v, text));
}

void datatype_print(const struct datatype *t, const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	const struct datatype *d = t;
	const char *name;

	for (; d; d = d->base) {
		if (d->print) {
			d->print(c, v, bits ? bits : t->bits, out);
			return;
		}
		name = datatype_symbol(d, c, v);
		if (name) {
			buf_printf(out, d->quote ? "\"%s\"" : "%s", name);
			return;
		}
	}
	print_number(t, v, out);
}

bool datatype_json_number(const struct datatype *t, const struct type_ctx *c, u128 v, unsigned bits, uint64_t *n)
{
	buf_auto text = { 0 };
	u128 shown;

	for (const struct datatype *d = t; d; d = d->base)
		if (d->json_string)
			return false;
	datatype_print(t, c, v, bits, &text);
	if (t == &type_time) {
		*n = (uint64_t)(v / 1000);
		return true;
	}
	if (!number_parse(buf_str(&text), &shown) || shown > UINT64_MAX)
		return false;
	*n = (uint64_t)shown;
	return true;
}

void value_store(u128 v, unsigned bytes, enum byteorder bo, void *out)
{
	uint8_t *p = out;

	for (unsigned i = 0; i < bytes; i++, v >>= 8)
		p[bo == BO_BIG ? bytes - 1 - i : i] = (uint8_t)v;
}

u128 value_load(const void *p, unsigned bytes, enum byteorder bo)
{
	const uint8_t *b = p;
	u128 v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | b[bo == BO_BIG ? i : bytes - 1 - i];
	return v;
}
