/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft's numbers in the userdata of sets, by tables. See udata.h. Pure. */
#include "src/types/udata.h"

#include <string.h>

#include "base/bytes.h"

static const struct proto *const headers[] = {
	NULL,        &proto_ah,    &proto_esp,   &proto_comp,   &proto_icmp, &proto_igmp,   &proto_udp,    &proto_udplite,
	&proto_tcp,  &proto_dccp,  &proto_sctp,  &proto_th,     &proto_ip,   &proto_ip6,    &proto_icmpv6, &proto_arp,
	&proto_vlan, &proto_ether, &proto_vxlan, &proto_geneve, &proto_gre,  &proto_gretap,
};
static const struct proto *const exthdrs[] = {
	NULL, &proto_hbh, &proto_rt, &proto_rt0, &proto_rt2, &proto_srh, &proto_frag, &proto_dst, &proto_mh,
};

uint32_t udata_desc(const struct proto *p)
{
	const struct proto *const *t = p->kind == PROTO_EXTHDR ? exthdrs : headers;
	uint32_t n = p->kind == PROTO_EXTHDR ? ARRAY_SIZE(exthdrs) : ARRAY_SIZE(headers);

	if (p->kind != PROTO_EXTHDR && p->kind != PROTO_HEADER)
		return p->number;
	for (uint32_t i = 1; i < n; i++)
		if (t[i] == p)
			return i;
	return 0;
}

const struct proto *udata_proto(enum proto_kind kind, uint32_t desc)
{
	if (kind == PROTO_EXTHDR)
		return desc < ARRAY_SIZE(exthdrs) ? exthdrs[desc] : NULL;
	return desc < ARRAY_SIZE(headers) ? headers[desc] : NULL;
}

/* Where our rows do not stand in nft's order. */
static const struct {
	const struct proto *p;
	const char *field;
	uint8_t number;
} odd[] = {
	{ &proto_igmp, "checksum", 2 }, { &proto_igmp, "mrt", 3 },  { &proto_vlan, "cfi", 3 },
	{ &proto_vlan, "id", 4 },       { &proto_vlan, "type", 5 },
};

static bool odd_number(const struct proto *p, const struct proto_field *f, uint32_t *number)
{
	for (unsigned i = 0; i < ARRAY_SIZE(odd); i++)
		if (odd[i].p == p && !strcmp(odd[i].field, f->name)) {
			*number = odd[i].number;
			return true;
		}
	return false;
}

/* The first number of a table: nft keeps 0 free in most. */
static uint32_t first_number(const struct proto *p)
{
	if (p == &proto_rt0 || p == &proto_rt2)
		return 2;
	return (p->kind == PROTO_HEADER || p->kind == PROTO_EXTHDR) && p != &proto_srh;
}

/* nft has the blocks of sack in one table, and three fields of the type byte in each IPv4 option's. */
static uint32_t option_number(const struct proto *p, uint32_t i)
{
	if (p->kind == PROTO_TCPOPT && !strncmp(p->name, "sack", 4) && p->name[4] >= '0' && p->name[4] <= '3' && i >= 2)
		return i + 2 * (p->name[4] - '0');
	return p->kind == PROTO_IPOPT && i ? i + 2 : i;
}

uint32_t udata_field_number(const struct proto *p, const struct proto_field *f)
{
	uint32_t n = first_number(p);

	if (odd_number(p, f, &n))
		return n;
	for (const struct proto_field *i = p->fields; i < f; i++)
		n += !(i->flags & PROTO_F_ALIAS);
	if (f->flags & PROTO_F_ALIAS && n)
		n--;
	return option_number(p, n);
}

const struct proto_field *udata_field(const struct proto *p, uint32_t number)
{
	for (unsigned i = 0; i < p->n_fields; i++)
		if (udata_field_number(p, &p->fields[i]) == number)
			return &p->fields[i];
	return NULL;
}
