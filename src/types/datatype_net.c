/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in network and transport headers, but for protocols and services (datatype_service.c) and ICMP (datatype_icmp.c). */
#include "src/types/datatype.h"

/* RFC 2474, 2597, 3246, 5865, 8622. */
static const struct symbol dscps[] = {
	{ "cs0", 0x00 },  { "cs1", 0x08 },  { "cs2", 0x10 },  { "cs3", 0x18 },  { "cs4", 0x20 },   { "cs5", 0x28 },
	{ "cs6", 0x30 },  { "cs7", 0x38 },  { "df", 0x00 },   { "be", 0x00 },   { "lephb", 0x01 }, { "af11", 0x0a },
	{ "af12", 0x0c }, { "af13", 0x0e }, { "af21", 0x12 }, { "af22", 0x14 }, { "af23", 0x16 },  { "af31", 0x1a },
	{ "af32", 0x1c }, { "af33", 0x1e }, { "af41", 0x22 }, { "af42", 0x24 }, { "af43", 0x26 },  { "va", 0x2c },
	{ "ef", 0x2e },   { NULL, 0 },
};

const struct datatype type_dscp = {
	.id = TYPE_DSCP,
	.name = "dscp",
	.desc = "Differentiated Services Code Point",
	.byteorder = BO_BIG,
	.bits = 6,
	.base = &type_integer,
	.symbols = dscps,
	.hex = 2,
	.describe_hex = true,
};

/* RFC 3168. */
static const struct symbol ecns[] = {
	{ "not-ect", 0 }, { "ect1", 1 }, { "ect0", 2 }, { "ce", 3 }, { NULL, 0 },
};

const struct datatype type_ecn = {
	.id = TYPE_ECN,
	.name = "ecn",
	.desc = "Explicit Congestion Notification",
	.byteorder = BO_BIG,
	.bits = 2,
	.base = &type_integer,
	.symbols = ecns,
	.hex = 1,
	.describe_hex = true,
};

static const struct symbol tcp_flags[] = {
	{ "fin", 0x01 }, { "syn", 0x02 }, { "rst", 0x04 }, { "psh", 0x08 }, { "ack", 0x10 },
	{ "urg", 0x20 }, { "ecn", 0x40 }, { "cwr", 0x80 }, { NULL, 0 },
};

const struct datatype type_tcp_flag = {
	.id = TYPE_TCP_FLAG,
	.name = "tcp_flag",
	.desc = "TCP flag",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_bitmask,
	.bitmask = true,
	.symbols = tcp_flags,
	.describe_hex = true,
};

/* RFC 4340 §5.1. */
static const struct symbol dccp_types[] = {
	{ "request", 0 }, { "response", 1 }, { "data", 2 }, { "ack", 3 },     { "dataack", 4 }, { "closereq", 5 },
	{ "close", 6 },   { "reset", 7 },    { "sync", 8 }, { "syncack", 9 }, { NULL, 0 },
};

const struct datatype type_dccp_pkttype = {
	.id = TYPE_DCCP_PKTTYPE,
	.name = "dccp_pkttype",
	.desc = "DCCP packet type",
	.bits = 4,
	.base = &type_integer,
	.symbols = dccp_types,
	.describe_hex = true,
};

/* RFC 6275 §6.1. */
static const struct symbol mh_types[] = {
	{ "binding-refresh-request", 0 },
	{ "home-test-init", 1 },
	{ "careof-test-init", 2 },
	{ "home-test", 3 },
	{ "careof-test", 4 },
	{ "binding-update", 5 },
	{ "binding-acknowledgement", 6 },
	{ "binding-error", 7 },
	{ "fast-binding-update", 8 },
	{ "fast-binding-acknowledgement", 9 },
	{ "fast-binding-advertisement", 10 },
	{ "experimental-mobility-header", 11 },
	{ "home-agent-switch-message", 12 },
	{ NULL, 0 },
};

const struct datatype type_mh_type = {
	.id = TYPE_MH_TYPE,
	.name = "mh_type",
	.desc = "Mobility Header Type",
	.byteorder = BO_BIG,
	.bits = 8,
	.base = &type_integer,
	.symbols = mh_types,
};

/* RFC 8684 §8.1. */
static const struct symbol mptcp_subtypes[] = {
	{ "mp-capable", 0 }, { "mp-join", 1 }, { "dss", 2 },          { "add-addr", 3 },  { "remove-addr", 4 },
	{ "mp-prio", 5 },    { "mp-fail", 6 }, { "mp-fastclose", 7 }, { "mp-tcprst", 8 }, { NULL, 0 },
};

/* Has no name of its own: it is an integer to sets and to `describe`. */
const struct datatype type_mptcp_subtype = {
	.id = TYPE_INTEGER,
	.name = "integer",
	.desc = "mptcp option subtype",
	.bits = 4,
	.base = &type_integer,
	.symbols = mptcp_subtypes,
};

static const struct symbol fib_types[] = {
	{ "unspec", 0 },    { "unicast", 1 },   { "local", 2 },       { "broadcast", 3 }, { "anycast", 4 },
	{ "multicast", 5 }, { "blackhole", 6 }, { "unreachable", 7 }, { "prohibit", 8 },  { NULL, 0 },
};

/* The kernel's RTN_*. */
const struct datatype type_fib_addrtype = {
	.id = TYPE_FIB_ADDR,
	.name = "fib_addrtype",
	.desc = "fib address type",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_integer,
	.symbols = fib_types,
};
