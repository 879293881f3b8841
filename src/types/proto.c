/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protocol tables, found by name, number and place. Pure. */
#include "src/types/proto.h"

#include <net/if_arp.h>
#include <string.h>

#include "base/bytes.h"
#include "bytecode/nf.h"

/* Each ends with a NULL name. */
extern const struct proto proto_tcpopts[], proto_ipopts[], proto_sctp_chunks[];

static const struct proto *const protos[] = {
	&proto_ether, &proto_vlan, &proto_arp,     &proto_ip,    &proto_icmp,   &proto_igmp, &proto_ip6, &proto_icmpv6,
	&proto_tcp,   &proto_udp,  &proto_udplite, &proto_sctp,  &proto_dccp,   &proto_esp,  &proto_ah,  &proto_comp,
	&proto_th,    &proto_gre,  &proto_gretap,  &proto_vxlan, &proto_geneve, &proto_hbh,  &proto_rt,  &proto_rt0,
	&proto_rt2,   &proto_srh,  &proto_frag,    &proto_dst,   &proto_mh,     NULL,
};

const struct proto *const *proto_all(void)
{
	return protos;
}

const struct proto *proto_by_name(const char *name)
{
	for (unsigned i = 0; protos[i]; i++)
		if (*protos[i]->name == *name && !strcmp(protos[i]->name, name))
			return protos[i];
	return NULL;
}

const struct proto *proto_options(enum proto_kind kind)
{
	static const struct proto none[] = { { .name = NULL } };

	switch (kind) {
	case PROTO_TCPOPT:
		return proto_tcpopts;
	case PROTO_IPOPT:
		return proto_ipopts;
	case PROTO_SCTP_CHUNK:
		return proto_sctp_chunks;
	default:
		return none;
	}
}

const struct proto *proto_option_by_name(enum proto_kind kind, const char *name)
{
	if (kind == PROTO_TCPOPT && !strcmp(name, "noop"))
		name = "nop";
	if (kind == PROTO_TCPOPT && !strcmp(name, "sack-permitted"))
		name = "sack-perm";
	for (const struct proto *p = proto_options(kind); p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

const struct proto *proto_option_by_number(enum proto_kind kind, uint8_t number)
{
	for (const struct proto *p = proto_options(kind); p->name; p++)
		if (p->number == number)
			return p;
	return NULL;
}

const struct proto_field *proto_field_by_name(const struct proto *p, const char *name)
{
	for (unsigned i = 0; i < p->n_fields; i++)
		if (!strcmp(p->fields[i].name, name))
			return &p->fields[i];
	return NULL;
}

static bool exists_with(const struct proto *p, const struct proto_field *f, int type)
{
	const struct proto_dep *d = f->dep ? &p->deps[f->dep] : NULL;

	if (!d || type < 0)
		return true;
	for (unsigned i = 0; i < d->n; i++)
		if (d->type[i] == type)
			return true;
	return false;
}

const struct proto_field *proto_field_at(const struct proto *p, unsigned off, unsigned len, int type)
{
	for (unsigned i = 0; i < p->n_fields; i++) {
		const struct proto_field *f = &p->fields[i];

		if (f->off == off && f->len == len && exists_with(p, f, type))
			return f;
	}
	return NULL;
}

const struct proto *proto_upper(const struct proto *p, uint32_t num)
{
	for (const struct proto_up *u = p->up; u && u->proto; u++)
		if (u->num == num)
			return u->proto;
	return NULL;
}

int64_t proto_number_of(const struct proto *p, const struct proto *upper)
{
	for (const struct proto_up *u = p->up; u && u->proto; u++)
		if (u->proto == upper)
			return u->num;
	return -1;
}

const struct proto *proto_base_of_family(uint8_t family, enum proto_base *base)
{
	static const struct {
		uint8_t family, base;
		const struct proto *proto;
	} families[] = {
		{ NFPROTO_IPV4, PROTO_NH, &proto_ip },      { NFPROTO_IPV6, PROTO_NH, &proto_ip6 },
		{ NFPROTO_INET, PROTO_LL, &proto_inet },    { NFPROTO_ARP, PROTO_NH, &proto_arp },
		{ NFPROTO_BRIDGE, PROTO_LL, &proto_ether }, { NFPROTO_NETDEV, PROTO_LL, &proto_netdev },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(families); i++)
		if (families[i].family == family) {
			*base = families[i].base;
			return families[i].proto;
		}
	return NULL;
}

const struct proto *proto_of_arphrd(uint16_t arphrd)
{
	return arphrd == ARPHRD_ETHER ? &proto_ether : NULL;
}

int proto_arphrd(const struct proto *p)
{
	return p == &proto_ether ? ARPHRD_ETHER : -1;
}
