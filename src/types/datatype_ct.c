/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection tracking: states, status bits, directions, events. Labels: datatype_label.c. */
#include "src/types/datatype.h"

/* Bits are 1 << enum ip_conntrack_info and its siblings; a list of them is printed from the lowest. */
static const struct symbol states[] = {
	{ "invalid", 0x01 }, { "new", 0x08 }, { "established", 0x02 }, { "related", 0x04 }, { "untracked", 0x40 }, { NULL, 0 },
};

const struct datatype type_ct_state = {
	.id = TYPE_CT_STATE,
	.name = "ct_state",
	.desc = "conntrack state",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_bitmask,
	.bitmask = true,
	.symbols = states,
	.describe_hex = true,
};

static const struct symbol directions[] = {
	{ "original", 0 },
	{ "reply", 1 },
	{ NULL, 0 },
};

const struct datatype type_ct_dir = {
	.id = TYPE_CT_DIR,
	.name = "ct_dir",
	.desc = "conntrack direction",
	.byteorder = BO_INVALID,
	.bits = 8,
	.base = &type_integer,
	.symbols = directions,
};

/* The kernel's IPS_*. */
static const struct symbol statuses[] = {
	{ "expected", 0x0001 },   { "seen-reply", 0x0002 },    { "assured", 0x0004 },
	{ "confirmed", 0x0008 },  { "snat", 0x0010 },          { "dnat", 0x0020 },
	{ "seq-adjust", 0x0040 }, { "snat-done", 0x0080 },     { "dnat-done", 0x0100 },
	{ "dying", 0x0200 },      { "fixed-timeout", 0x0400 }, { "helper", 0x2000 },
	{ "offload", 0x4000 },    { "hw-offload", 0x8000 },    { NULL, 0 },
};

const struct datatype type_ct_status = {
	.id = TYPE_CT_STATUS,
	.name = "ct_status",
	.desc = "conntrack status",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_bitmask,
	.bitmask = true,
	.symbols = statuses,
	.describe_hex = true,
};

/* 1 << the kernel's IPCT_*. */
static const struct symbol events[] = {
	{ "new", 0x001 },     { "related", 0x002 },   { "destroy", 0x004 }, { "reply", 0x008 },
	{ "assured", 0x010 }, { "protoinfo", 0x020 }, { "helper", 0x040 },  { "mark", 0x080 },
	{ "seqadj", 0x100 },  { "secmark", 0x200 },   { "label", 0x400 },   { NULL, 0 },
};

const struct datatype type_ct_event = {
	.id = TYPE_CT_EVENTBIT,
	.name = "ct_event",
	.desc = "conntrack event bits",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_bitmask,
	.bitmask = true,
	.symbols = events,
	.describe_hex = true,
};
