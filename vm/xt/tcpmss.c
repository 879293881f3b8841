/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -j TCPMSS: lowers the maximum segment size of a SYN, or adds one where there is none. Reference: net/netfilter/xt_TCPMSS.c.
 *
 * The option goes right behind the fixed header, so that the rest moves: header 20 → 24 bytes, options and what follows 4 bytes on.
 */
#include "vm/xt/xt.h"

#include <linux/netfilter.h>
#include <linux/netfilter/xt_TCPMSS.h>

#include "vm/expr/csum.h"
#include "vm/host/host.h"

enum {
	TCP_BYTES = 20,
	TCP_MAX = 60,
	IP6_BYTES = 40,
	CSUM_AT = 16,
	OPT_MSS = 2,
	MSS_BYTES = 4,
	ASSUMED4 = 536 /* RFC 1122, 4.2.2.6 */,
	ASSUMED6 = 1220 /* RFC 8200, 8.3 */,
	CLAMP_HOOKS = 1 << NF_INET_FORWARD | 1 << NF_INET_LOCAL_OUT | 1 << NF_INET_POST_ROUTING,
};

/* The checksum at p after a change of the sum of what it covers; pseudo: of the pseudo-header, which a partial one holds as well.
 */
static void repair(const struct vm_pkt *pkt, uint8_t *p, uint32_t from, uint32_t to, bool pseudo)
{
	uint16_t sum;

	if (pkt->csum_partial && !pseudo)
		return;
	memcpy(&sum, p, 2);
	if (pkt->csum_partial)
		sum = ~csum_fold((uint64_t)sum + (uint32_t)~from + to);
	else
		sum = csum_fold((uint64_t) ~(uint32_t)sum + (uint32_t)~from + to);
	memcpy(p, &sum, 2);
}

static void repair16(const struct vm_pkt *pkt, uint8_t *p, uint16_t from, uint16_t to, bool pseudo)
{
	repair(pkt, p, __builtin_bswap16(from), __builtin_bswap16(to), pseudo);
}

/* Where its MSS option is in the header, 0: none. */
static uint32_t find(const uint8_t *h, uint32_t header)
{
	for (uint32_t i = TCP_BYTES; i + MSS_BYTES <= header;) {
		if (h[i] == OPT_MSS && h[i + 1] == MSS_BYTES)
			return i;
		i += h[i] <= 1 || !h[i + 1] ? 1 : h[i + 1];
	}
	return 0;
}

static void lower(struct vm_pkt *p, uint8_t *h, uint32_t at, uint16_t mss)
{
	uint16_t old = be16_load(h + at + 2);

	if (old <= mss)
		return;
	be16_store(h + at + 2, mss);
	repair16(p, h + CSUM_AT, old, mss, false);
}

/* True: the packet is four bytes longer. */
static bool add(struct vm_pkt *p, uint8_t *h, uint32_t len, uint16_t mss)
{
	uint8_t *o = h + TCP_BYTES;
	uint16_t assumed = xt_is_v6(p) ? ASSUMED6 : ASSUMED4, old, now;
	uint32_t opt;

	if (p->tailroom < MSS_BYTES)
		return false;
	if (mss > assumed)
		mss = assumed;
	memmove(o + MSS_BYTES, o, len - TCP_BYTES);
	p->len += MSS_BYTES;
	p->tailroom -= MSS_BYTES;
	repair16(p, h + CSUM_AT, len, len + MSS_BYTES, true);
	o[0] = OPT_MSS;
	o[1] = MSS_BYTES;
	be16_store(o + 2, mss);
	memcpy(&opt, o, 4);
	repair(p, h + CSUM_AT, 0, opt, false);
	memcpy(&old, h + 12, 2);
	h[12] += 1 << 4;
	memcpy(&now, h + 12, 2);
	repair(p, h + CSUM_AT, old, now, false);
	return true;
}

static void lengthen(struct vm_pkt *p)
{
	uint8_t *ip = p->data + p->l3;
	uint16_t at = xt_is_v6(p) ? 4 : 2, len = be16_load(ip + at), sum;

	if (xt_is_v6(p)) {
		if (len)
			be16_store(ip + at, len + MSS_BYTES);
		return;
	}
	be16_store(ip + at, len + MSS_BYTES);
	memcpy(&sum, ip + 10, 2);
	sum = csum_fold((uint64_t)(uint16_t)~sum + (uint16_t)~__builtin_bswap16(len) +
			__builtin_bswap16((uint16_t)(len + MSS_BYTES)));
	memcpy(ip + 10, &sum, 2);
}

static int32_t run(const void *info, void *state, struct vm_pkt *p)
{
	uint16_t mss = ((const struct xt_tcpmss_info *)info)->mss;
	uint32_t len, header, at;
	uint8_t *h;

	if (p->fragoff)
		return NFT_CONTINUE;
	h = xt_l4(p, 0, TCP_BYTES);
	if (!h)
		return NF_DROP;
	len = p->len - p->l4;
	header = (h[12] >> 4) * 4;
	if (header < TCP_BYTES || len < header)
		return NF_DROP;
	if (mss == XT_TCPMSS_CLAMP_PMTU) {
		/* headers in front of TCP's count, which host_rt_tcpmss() does not know */
		uint32_t ext = xt_is_v6(p) ? p->l4 - p->l3 - IP6_BYTES : 0;

		mss = host_rt_tcpmss(p);
		if (mss <= ext)
			return NF_DROP;
		mss -= ext;
	}
	at = find(h, header);
	if (at)
		lower(p, h, at, mss);
	else if (len == header && header < TCP_MAX && add(p, h, len, mss))
		lengthen(p);
	return NFT_CONTINUE;
}

static int check(const struct xt_check *c, void *info, void *state)
{
	const struct xt_tcpmss_info *t = info;

	return t->mss == XT_TCPMSS_CLAMP_PMTU && c->hooks & ~(uint32_t)CLAMP_HOOKS ? -EINVAL : 0;
}

const struct vm_xt xt_tcpmss_rows[] = {
	{ .name = "TCPMSS",
	  .target = true,
	  .family = NFPROTO_IPV4,
	  .size = sizeof(struct xt_tcpmss_info),
	  .proto = IPPROTO_TCP,
	  .check = check,
	  .run = run },
	{ .name = "TCPMSS",
	  .target = true,
	  .family = NFPROTO_IPV6,
	  .size = sizeof(struct xt_tcpmss_info),
	  .proto = IPPROTO_TCP,
	  .check = check,
	  .run = run },
	{ 0 },
};
