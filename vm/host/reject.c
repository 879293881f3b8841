/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `reject`: from the kind of answer a rule names to the one that the packet's family has (nft_reject_*.c). */
#include "vm/host/pkt.h"

/* nft_reject_icmp_code, nft_reject_icmpv6_code */
static uint8_t code4(uint8_t icmpx)
{
	static const uint8_t code[] = { [NFT_REJECT_ICMPX_NO_ROUTE] = ICMP_NET_UNREACH,
					[NFT_REJECT_ICMPX_PORT_UNREACH] = ICMP_PORT_UNREACH,
					[NFT_REJECT_ICMPX_HOST_UNREACH] = ICMP_HOST_UNREACH,
					[NFT_REJECT_ICMPX_ADMIN_PROHIBITED] = ICMP_PKT_FILTERED };

	return icmpx < ARRAY_SIZE(code) ? code[icmpx] : ICMP_NET_UNREACH;
}

static uint8_t code6(uint8_t icmpx)
{
	static const uint8_t code[] = { [NFT_REJECT_ICMPX_NO_ROUTE] = ICMPV6_NOROUTE,
					[NFT_REJECT_ICMPX_PORT_UNREACH] = ICMPV6_PORT_UNREACH,
					[NFT_REJECT_ICMPX_HOST_UNREACH] = ICMPV6_ADDR_UNREACH,
					[NFT_REJECT_ICMPX_ADMIN_PROHIBITED] = ICMPV6_ADM_PROHIBITED };

	return icmpx < ARRAY_SIZE(code) ? code[icmpx] : ICMPV6_NOROUTE;
}

void host_reject(struct vm_pkt *v, uint32_t type, uint8_t code)
{
	struct pkt *p = pkt_of(v);

	switch (v->pf) {
	case NFPROTO_IPV4:
		if (type == NFT_REJECT_TCP_RST)
			reject4_reset(p);
		else
			reject4_unreach(p, type == NFT_REJECT_ICMPX_UNREACH ? code4(code) : code);
		break;
	case NFPROTO_IPV6:
		if (type == NFT_REJECT_TCP_RST)
			reject6_reset(p);
		else
			reject6_unreach(p, type == NFT_REJECT_ICMPX_UNREACH ? code6(code) : code);
		break;
	case NFPROTO_BRIDGE:
	case NFPROTO_NETDEV:
		if (v->protocol == __builtin_bswap16(ETH_P_IP))
			reject_l2_4(p, type == NFT_REJECT_TCP_RST, type == NFT_REJECT_ICMPX_UNREACH ? code4(code) : code);
		else if (v->protocol == __builtin_bswap16(ETH_P_IPV6))
			reject_l2_6(p, type == NFT_REJECT_TCP_RST, type == NFT_REJECT_ICMPX_UNREACH ? code6(code) : code);
		break;
	}
}
