/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the transport header is. Run before each base chain, as the kernel's nft_set_pktinfo_*: what one chain changes,
 * the next one sees. Worker's thread; reads the packet only.
 */
#include "vm/host/host.h"

#include <errno.h>
#include <linux/if_ether.h>

enum { IP6_HDR = 40 };

static bool is_ext6(uint8_t nexthdr)
{
	return nexthdr == IPPROTO_HOPOPTS || nexthdr == IPPROTO_ROUTING || nexthdr == IPPROTO_FRAGMENT || nexthdr == IPPROTO_AH ||
	       nexthdr == IPPROTO_NONE || nexthdr == IPPROTO_DSTOPTS;
}

int host_find_hdr6(const struct vm_pkt *pkt, uint32_t *off, int target, uint16_t *fragoff)
{
	const uint8_t *d = pkt->data;
	uint32_t at = pkt->l3 + IP6_HDR;
	uint8_t nexthdr;

	*fragoff = 0;
	if (at > pkt->len)
		return -EBADMSG;
	nexthdr = d[pkt->l3 + 6];
	for (;;) {
		bool found = nexthdr == target;
		const uint8_t *ext;

		if (!is_ext6(nexthdr) || nexthdr == IPPROTO_NONE) {
			if (target >= 0 && !found)
				return -ENOENT;
			break;
		}
		if (at + 2 > pkt->len || (nexthdr == IPPROTO_ROUTING && at + 4 > pkt->len))
			return -EBADMSG;
		if (nexthdr == IPPROTO_FRAGMENT) {
			uint16_t frag;

			if (at + 4 > pkt->len)
				return -EBADMSG;
			frag = be16_load(d + at + 2) & ~7;
			if (frag) { /* behind a later fragment's header there is nothing to read */
				if (target < 0 && (!is_ext6(d[at]) || d[at] == IPPROTO_NONE)) {
					*fragoff = frag;
					return d[at];
				}
				if (!found)
					return -ENOENT;
				*fragoff = frag;
				break;
			}
		}
		if (found || (nexthdr == IPPROTO_AH && target < 0))
			break;
		ext = d + at;
		at += nexthdr == IPPROTO_FRAGMENT ? 8 : nexthdr == IPPROTO_AH ? (ext[1] + 2u) * 4 : (ext[1] + 1u) * 8;
		nexthdr = ext[0];
	}
	*off = at;
	return nexthdr;
}

static void parse_none(struct vm_pkt *pkt)
{
	pkt->has_l4 = false;
	pkt->l4proto = 0;
	pkt->fragoff = 0;
	pkt->l4 = pkt->l3;
}

/* careful: the header has not been checked by ip_rcv. */
static void parse4(struct vm_pkt *pkt, bool careful)
{
	const uint8_t *ip = pkt->data + pkt->l3;
	uint32_t left = pkt->len - pkt->l3, ihl;

	if (left < 20)
		return parse_none(pkt);
	ihl = (ip[0] & 15) * 4u;
	if (careful && (ihl < 20 || ip[0] >> 4 != 4 || be16_load(ip + 2) > left || be16_load(ip + 2) < ihl))
		return parse_none(pkt);
	pkt->has_l4 = true;
	pkt->l4proto = ip[9];
	pkt->l4 = (uint16_t)(pkt->l3 + ihl);
	pkt->fragoff = be16_load(ip + 6) & 0x1fff;
}

static void parse6(struct vm_pkt *pkt, bool careful)
{
	const uint8_t *ip = pkt->data + pkt->l3;
	uint32_t left = pkt->len - pkt->l3, off = pkt->l3;
	uint16_t fragoff;
	int proto;

	if (left < IP6_HDR || (careful && (ip[0] >> 4 != 6 || be16_load(ip + 4) > left - IP6_HDR)))
		return parse_none(pkt);
	proto = host_find_hdr6(pkt, &off, -1, &fragoff);
	if (proto < 0 || off > UINT16_MAX)
		return parse_none(pkt);
	pkt->has_l4 = true;
	pkt->l4proto = (uint8_t)proto;
	/*
	 * ipv6_find_hdr leaves the offset at zero there: readers of an aligned word, who do not look at fragoff, find the fixed header, at egress the
	 * frame's.
	 */
	pkt->l4 = !fragoff ? (uint16_t)off : pkt->pf == NFPROTO_NETDEV && pkt->hook == NF_NETDEV_EGRESS ? 0 : pkt->l3;
	pkt->fragoff = fragoff;
}

void host_parse(struct vm_pkt *pkt)
{
	bool careful = pkt->hook == NF_INET_INGRESS; /* in front of ip_rcv */

	switch (pkt->pf) {
	case NFPROTO_IPV4:
		return parse4(pkt, careful);
	case NFPROTO_IPV6:
		return parse6(pkt, careful);
	case NFPROTO_ARP:
		return parse_none(pkt);
	}
	if (pkt->protocol == __builtin_bswap16(ETH_P_IP))
		parse4(pkt, true);
	else if (pkt->protocol == __builtin_bswap16(ETH_P_IPV6))
		parse6(pkt, true);
	else
		parse_none(pkt);
}
