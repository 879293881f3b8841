/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rt expression asks of a packet's route (nft_rt.c). */
#include "vm/host/pkt.h"

enum { TCP_HDR = 20, MSS_DEFAULT = 536 };

bool host_rt_nexthop(const struct vm_pkt *v, uint8_t family, uint8_t *addr)
{
	bool four = family == AF_INET;

	if (!v->route || v->route->family != family || (v->route->gateway && v->route->via_family != family))
		return false;
	memcpy(addr, v->route->gateway ? v->route->via : v->data + v->l3 + (four ? 16 : 24), four ? 4 : 16);
	return true;
}

static uint32_t mtu_of(const struct host *h, const struct host_route *rt)
{
	const struct host_dev *d = host_dev(h, rt->oif);

	return rt->mtu ? rt->mtu : d ? d->mtu : 1500;
}

uint16_t host_rt_tcpmss(const struct vm_pkt *v)
{
	const struct host *h = v->w->e->host;
	const uint8_t *ip = v->data + v->l3;
	bool four = v->pf == NFPROTO_IPV4;
	uint32_t headers = (four ? IP4_HDR : IP6_HDR) + TCP_HDR, mtu, back = 0;
	uint8_t src[16] = { 0 };
	struct host_route rt;

	if (!v->route)
		return MSS_DEFAULT;
	mtu = mtu_of(h, v->route);
	if (four ? !route4_output(h, src, ip + 12, 0, 0, 0, &rt) : !route6_output(h, src, ip + 8, 0, 0, &rt))
		back = mtu_of(h, &rt);
	if (back && back < mtu)
		mtu = back;
	return mtu <= headers || mtu > UINT16_MAX ? MSS_DEFAULT : (uint16_t)(mtu - headers);
}
