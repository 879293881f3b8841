/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP, ICMPv6, IGMP: types and codes. A code's name depends on its type, so codes print as numbers; the names that
 * `reject with` uses are still read.
 */
#include "src/types/datatype.h"
#include "src/types/number.h"
#include "src/types/reject.h"

static const struct symbol icmp_types[] = {
	{ "echo-reply", 0 },         { "destination-unreachable", 3 }, { "source-quench", 4 },        { "redirect", 5 },
	{ "echo-request", 8 },       { "router-advertisement", 9 },    { "router-solicitation", 10 }, { "time-exceeded", 11 },
	{ "parameter-problem", 12 }, { "timestamp-request", 13 },      { "timestamp-reply", 14 },     { "info-request", 15 },
	{ "info-reply", 16 },        { "address-mask-request", 17 },   { "address-mask-reply", 18 },  { NULL, 0 },
};

const struct datatype type_icmp_type = {
	.id = TYPE_ICMP_TYPE,
	.name = "icmp_type",
	.desc = "ICMP type",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.symbols = icmp_types,
};

static const struct symbol icmpv6_types[] = {
	{ "destination-unreachable", 1 }, { "packet-too-big", 2 },
	{ "time-exceeded", 3 },           { "parameter-problem", 4 },
	{ "echo-request", 128 },          { "echo-reply", 129 },
	{ "mld-listener-query", 130 },    { "mld-listener-report", 131 },
	{ "mld-listener-done", 132 },     { "mld-listener-reduction", 132 },
	{ "nd-router-solicit", 133 },     { "nd-router-advert", 134 },
	{ "nd-neighbor-solicit", 135 },   { "nd-neighbor-advert", 136 },
	{ "nd-redirect", 137 },           { "router-renumbering", 138 },
	{ "ind-neighbor-solicit", 141 },  { "ind-neighbor-advert", 142 },
	{ "mld2-listener-report", 143 },  { NULL, 0 },
};

const struct datatype type_icmpv6_type = {
	.id = TYPE_ICMP6_TYPE,
	.name = "icmpv6_type",
	.desc = "ICMPv6 type",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.symbols = icmpv6_types,
};

static const struct symbol igmp_types[] = {
	{ "membership-query", 0x11 },     { "membership-report-v1", 0x12 }, { "membership-report-v2", 0x16 },
	{ "membership-report-v3", 0x22 }, { "leave-group", 0x17 },          { NULL, 0 },
};

const struct datatype type_igmp_type = {
	.id = TYPE_IGMP_TYPE,
	.name = "igmp_type",
	.desc = "IGMP type",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.symbols = igmp_types,
};

const struct symbol reject_icmp_codes[] = {
	{ "net-unreachable", 0 },   { "host-unreachable", 1 }, { "prot-unreachable", 2 },
	{ "port-unreachable", 3 },  { "net-prohibited", 9 },   { "host-prohibited", 10 },
	{ "admin-prohibited", 13 }, { "frag-needed", 4 },      { NULL, 0 },
};

const struct symbol reject_icmpv6_codes[] = {
	{ "no-route", 0 },
	{ "admin-prohibited", 1 },
	{ "addr-unreachable", 3 },
	{ "port-unreachable", 4 },
	{ "policy-fail", 5 },
	{ "reject-route", 6 },
	{ NULL, 0 },
};

const struct symbol reject_icmpx_codes[] = {
	{ "port-unreachable", 1 }, { "admin-prohibited", 3 }, { "no-route", 0 }, { "host-unreachable", 2 }, { NULL, 0 },
};

static int code_parse(const struct symbol *s, const char *desc, const char *text, u128 *out, struct arena *a, const char **why)
{
	for (; s->name; s++)
		if (!strcmp(s->name, text)) {
			*out = s->value;
			return 0;
		}
	if (number_parse(text, out))
		return 0;
	*why = arena_printf(a, "Could not parse %s", desc);
	return -1;
}

static int icmp_code_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	return code_parse(reject_icmp_codes, "icmp code", text, out, a, why);
}

const struct datatype type_icmp_code = {
	.id = TYPE_ICMP_CODE,
	.name = "icmp_code",
	.desc = "icmp code",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.parse = icmp_code_parse,
};

const struct datatype type_reject_icmp_code = {
	.id = TYPE_ICMP_CODE,
	.name = "icmp_code",
	.desc = "icmp code",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.symbols = reject_icmp_codes,
};

static int icmpv6_code_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a,
			     const char **why)
{
	return code_parse(reject_icmpv6_codes, "icmpv6 code", text, out, a, why);
}

const struct datatype type_icmpv6_code = {
	.id = TYPE_ICMPV6_CODE,
	.name = "icmpv6_code",
	.desc = "icmpv6 code",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.parse = icmpv6_code_parse,
};

const struct datatype type_reject_icmpv6_code = {
	.id = TYPE_ICMPV6_CODE,
	.name = "icmpv6_code",
	.desc = "icmpv6 code",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.symbols = reject_icmpv6_codes,
};

static int icmpx_code_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	return code_parse(reject_icmpx_codes, "icmpx code", text, out, a, why);
}

const struct datatype type_icmpx_code = {
	.id = TYPE_ICMPX_CODE,
	.name = "icmpx_code",
	.desc = "icmpx code",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.parse = icmpx_code_parse,
};

const struct datatype type_reject_icmpx_code = {
	.id = TYPE_ICMPX_CODE,
	.name = "icmpx_code",
	.desc = "icmpx code",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.symbols = reject_icmpx_codes,
};
