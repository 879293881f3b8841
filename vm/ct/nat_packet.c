/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets rewritten as their connection's mappings say: addresses, ports, ids, keys, and the checksums over them, changed by what
 * has changed, so that a wrong one stays wrong. Also the packet that an ICMP error quotes. Reference: net/netfilter/nf_nat_proto.c.
 */
#include "vm/ct/nat_impl.h"

#include "vm/host/csum.h"
#include "vm/host/crc32c.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>

enum { TCP_HDR = 20, UDP_HDR = 8, SCTP_HDR = 12, GUARANTEED = 8, ND_REDIRECT = 137 };

/* A header being rewritten. */
struct header {
	struct vm_pkt *v;
	uint8_t *ip, *l4;
	uint32_t len;             /* bytes from l4 on */
	const struct ct_tuple *k; /* what it is to look like */
	enum ct_manip m;
};

/* ---- checksums ---- */

/* Ones' complement with 32 bits: the carry comes round. */
static uint32_t add(uint32_t a, uint32_t b)
{
	a += b;
	return a + (a < b);
}

/* Words under the checksum changed (inet_proto_csum_replace4). pseudo: they are the pseudo-header's, which a partial checksum sums
 * up already. */
static void replace(const struct vm_pkt *v, uint8_t *check, uint32_t from, uint32_t to, bool pseudo)
{
	uint16_t c;

	memcpy(&c, check, 2);
	if (!v->csum_partial)
		c = csum_fold(add(add(~(uint32_t)c, ~from), to));
	else if (pseudo)
		c = (uint16_t)~csum_fold(add(add(c, ~from), to));
	memcpy(check, &c, 2);
}

static unsigned addr_bytes(const struct ct_tuple *k)
{
	return k->l3 == NFPROTO_IPV4 ? 4 : 16;
}

static uint8_t *address(const struct header *h)
{
	unsigned n = addr_bytes(h->k), at = h->k->l3 == NFPROTO_IPV4 ? 12 : 8;

	return h->ip + at + (h->m == CT_MANIP_SRC ? 0 : n);
}

static const uint8_t *new_address(const struct header *h)
{
	return h->m == CT_MANIP_SRC ? h->k->src : h->k->dst;
}

/* nf_csum_update: the transport checksum for the address that is about to change. */
static void update_for_address(const struct header *h, uint8_t *check)
{
	for (unsigned i = 0; i < addr_bytes(h->k); i += 4) {
		uint32_t from, to;

		memcpy(&from, address(h) + i, 4);
		memcpy(&to, new_address(h) + i, 4);
		replace(h->v, check, from, to, true);
	}
}

/* ---- protocols; false: the packet is dropped ---- */

static void set_port(const struct header *h)
{
	memcpy(h->l4 + (h->m == CT_MANIP_SRC ? 0 : 2), h->m == CT_MANIP_SRC ? &h->k->sport : &h->k->dport, 2);
}

static void update_for_port(const struct header *h, uint8_t *check)
{
	uint16_t from;

	memcpy(&from, h->l4 + (h->m == CT_MANIP_SRC ? 0 : 2), 2);
	replace(h->v, check, from, h->m == CT_MANIP_SRC ? h->k->sport : h->k->dport, false);
}

/* What an error quotes may end behind the ports. */
static bool rewrite_tcp(const struct header *h)
{
	if (h->len < GUARANTEED)
		return false;
	if (h->len >= TCP_HDR) {
		update_for_address(h, h->l4 + 16);
		update_for_port(h, h->l4 + 16);
	}
	set_port(h);
	return true;
}

static bool rewrite_udp(const struct header *h)
{
	uint8_t *check = h->l4 + 6;

	if (h->len < UDP_HDR)
		return false;
	if (check[0] || check[1] || h->v->csum_partial || h->k->proto == IPPROTO_UDPLITE) {
		update_for_address(h, check);
		update_for_port(h, check);
		if (!check[0] && !check[1])
			memset(check, 0xff, 2);
	}
	set_port(h);
	return true;
}

static bool rewrite_sctp(const struct header *h)
{
	uint32_t crc;

	if (h->len < GUARANTEED)
		return false;
	set_port(h);
	if (h->len < SCTP_HDR || h->v->csum_partial)
		return true;
	memset(h->l4 + 8, 0, 4);
	crc = ~crc32c(~0u, h->l4, h->len);
	for (unsigned i = 0; i < 4; i++)
		h->l4[8 + i] = (uint8_t)(crc >> 8 * i);
	return true;
}

static void set_id(const struct header *h)
{
	uint16_t from;

	memcpy(&from, h->l4 + 4, 2);
	replace(h->v, h->l4 + 2, from, h->k->sport, false);
	memcpy(h->l4 + 4, &h->k->sport, 2);
}

static bool rewrite_icmp(const struct header *h)
{
	if (h->len < GUARANTEED)
		return false;
	switch (h->l4[0]) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMPREPLY:
	case ICMP_INFO_REQUEST:
	case ICMP_INFO_REPLY:
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY:
		set_id(h);
	}
	return true;
}

static bool rewrite_icmpv6(const struct header *h)
{
	if (h->len < GUARANTEED)
		return false;
	update_for_address(h, h->l4 + 2);
	if (h->l4[0] == ICMPV6_ECHO_REQUEST || h->l4[0] == ICMPV6_ECHO_REPLY)
		set_id(h);
	return true;
}

/* The source's key is not in the packet; plain GRE has none. */
static bool rewrite_gre(const struct header *h)
{
	if (h->len < GUARANTEED)
		return false;
	if (h->m != CT_MANIP_DST)
		return true;
	switch (h->l4[1] & 7) {
	case 0:
		return true;
	case 1:
		memcpy(h->l4 + 6, &h->k->dport, 2);
		return true;
	}
	return false;
}

/* l4proto_manip_pkt; others go on with new addresses only */
static bool rewrite_l4(const struct header *h)
{
	switch (h->k->proto) {
	case IPPROTO_TCP:
		return rewrite_tcp(h);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return rewrite_udp(h);
	case IPPROTO_SCTP:
		return rewrite_sctp(h);
	case IPPROTO_ICMP:
		return rewrite_icmp(h);
	case IPPROTO_ICMPV6:
		return rewrite_icmpv6(h);
	case IPPROTO_GRE:
		return rewrite_gre(h);
	}
	return true;
}

static void set_address(const struct header *h)
{
	unsigned n = addr_bytes(h->k);
	uint32_t from, to;
	uint16_t check;

	if (n == 4) {
		memcpy(&from, address(h), 4);
		memcpy(&to, new_address(h), 4);
		memcpy(&check, h->ip + 10, 2);
		check = csum_fold(add(add(~(uint32_t)check, ~from), to));
		memcpy(h->ip + 10, &check, 2);
	}
	memcpy(address(h), new_address(h), n);
}

bool ct_nat_rewrite(struct vm_pkt *v, uint32_t at, const struct ct_tuple *k, enum ct_manip m)
{
	uint32_t have = v->len - v->l3 - at;
	struct header h = { .v = v, .ip = v->data + v->l3 + at, .k = k, .m = m };
	struct ct_l4 l4;

	if (at > v->len - v->l3 || have < (k->l3 == NFPROTO_IPV4 ? 20u : 40u))
		return false;
	/* an IPv6 packet whose headers end nowhere has an address only */
	if (ct_find_l4(k->l3, h.ip, have, &l4)) {
		h.l4 = h.ip + l4.off;
		h.len = l4.off < have ? have - l4.off : 0;
		if (!rewrite_l4(&h))
			return false;
	}
	set_address(&h);
	return true;
}

/* ---- packets ---- */

/* The bit of a connection's status that says that packets of this direction are changed at this hook. */
static uint32_t status_bit(const struct vm_pkt *v, enum ct_manip m)
{
	uint32_t bit = m == CT_MANIP_SRC ? IPS_SRC_NAT : IPS_DST_NAT;

	return ct_info_dir(v->ctinfo) == CT_REPLY ? bit ^ IPS_NAT_MASK : bit;
}

uint32_t ct_nat_packet(struct vm_pkt *v)
{
	enum ct_manip m = ct_nat_manip(v->hook);
	struct ct_tuple target;

	if (!(ct_status(v->ct) & status_bit(v, m)))
		return NF_ACCEPT;
	ct_invert(&target, &v->ct->dir[!ct_info_dir(v->ctinfo)].tuple);
	return ct_nat_rewrite(v, 0, &target, m) ? NF_ACCEPT : NF_DROP;
}

static bool checksum_ok(const struct vm_pkt *v, uint32_t l4)
{
	const uint8_t *ip = v->data + v->l3;
	uint32_t len = v->len - v->l3;

	if (v->csum_partial)
		return true;
	if (v->pf == NFPROTO_IPV4)
		return !csum_fold(csum_add(ip, len, 0)); /* the header counts for nothing, where its own checksum is right */
	return !csum_fold(csum_add(ip + l4, len - l4, csum_pseudo(ip + 8, ip + 24, 16, len - l4, IPPROTO_ICMPV6)));
}

static void new_checksum(struct vm_pkt *v, uint32_t l4)
{
	uint8_t *ip = v->data + v->l3;
	uint32_t len = v->len - v->l3 - l4, sum = 0;
	uint16_t check;

	if (v->csum_partial)
		return;
	memset(ip + l4 + 2, 0, 2);
	if (v->pf == NFPROTO_IPV6)
		sum = csum_pseudo(ip + 8, ip + 24, 16, len, IPPROTO_ICMPV6);
	check = csum_fold(csum_add(ip + l4, len, sum));
	memcpy(ip + l4 + 2, &check, 2);
}

/* A redirect may pass where nothing is translated, and that is known. */
static bool redirect_passes(const struct ct_entry *ct)
{
	uint32_t status = ct_status(ct);

	return (status & IPS_NAT_DONE_MASK) == IPS_NAT_DONE_MASK && !(status & IPS_NAT_MASK);
}

uint32_t ct_nat_icmp(struct vm_pkt *v, uint32_t l4)
{
	const struct ct_tuple *other = &v->ct->dir[!ct_info_dir(v->ctinfo)].tuple;
	enum ct_manip m = ct_nat_manip(v->hook), inner = m == CT_MANIP_SRC ? CT_MANIP_DST : CT_MANIP_SRC;
	bool four = v->pf == NFPROTO_IPV4;
	struct ct_tuple target;

	if (v->len - v->l3 < l4 + 8 + (four ? 20 : 40) || !checksum_ok(v, l4))
		return NF_DROP;
	if (v->data[v->l3 + l4] == (four ? ICMP_REDIRECT : ND_REDIRECT) && !redirect_passes(v->ct))
		return NF_DROP;
	if (!(ct_status(v->ct) & status_bit(v, m)))
		return NF_ACCEPT;
	if (!ct_nat_rewrite(v, l4 + 8, other, inner))
		return NF_DROP;
	new_checksum(v, l4);
	ct_invert(&target, other);
	target.proto = four ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	return ct_nat_rewrite(v, 0, &target, m) ? NF_ACCEPT : NF_DROP;
}
