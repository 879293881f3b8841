/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARP over Ethernet and IPv4 (RFC 826). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("htype", integer, 0, 16),     F("ptype", ethertype, 16, 16),        F("hlen", integer, 32, 8),
	F("plen", integer, 40, 8),      F("operation", arpop, 48, 16),        F("saddr ether", etheraddr, 64, 48),
	F("saddr ip", ipaddr, 112, 32), F("daddr ether", etheraddr, 144, 48), F("daddr ip", ipaddr, 192, 32),
};

const struct proto proto_arp = {
	.name = "arp",
	.kind = PROTO_HEADER,
	.base = PROTO_NH,
	FIELDS(fields),
	.bits = 224,
	NO_CHECKSUM,
};
