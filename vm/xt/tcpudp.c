/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m tcp, -m udp, -m udplite. Reference: net/netfilter/xt_tcpudp.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter/xt_tcpudp.h>

enum { TCP_BYTES = 20, UDP_BYTES = 8 };

/* An option of TCP by its kind, among len bytes of options. */
static enum xt_says has_option(const struct vm_pkt *p, uint8_t kind, uint32_t len, bool invert)
{
	const uint8_t *o;

	if (!len)
		return xt_if(invert);
	o = xt_l4(p, TCP_BYTES, len);
	if (!o)
		return XT_HOTDROP;
	for (uint32_t i = 0; i < len;) {
		if (o[i] == kind)
			return xt_if(!invert);
		i += o[i] < 2 ? 1 : i + 1 < len && o[i + 1] ? o[i + 1] : 1;
	}
	return xt_if(invert);
}

static enum xt_says match_tcp(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_tcp *t = info;
	uint32_t header;
	const uint8_t *h;

	/* An attack that moves the flags (RFC 1858): the second fragment begins inside of the header. */
	if (p->fragoff)
		return p->fragoff == 1 ? XT_HOTDROP : XT_NO;
	h = xt_l4(p, 0, TCP_BYTES);
	if (!h)
		return XT_HOTDROP;
	if (!xt_in_range(be16_load(h), t->spts[0], t->spts[1], t->invflags & XT_TCP_INV_SRCPT) ||
	    !xt_in_range(be16_load(h + 2), t->dpts[0], t->dpts[1], t->invflags & XT_TCP_INV_DSTPT) ||
	    ((h[13] & t->flg_mask) == t->flg_cmp) == !!(t->invflags & XT_TCP_INV_FLAGS))
		return XT_NO;
	if (!t->option)
		return XT_YES;
	header = (h[12] >> 4) * 4;
	if (header < TCP_BYTES)
		return XT_HOTDROP;
	return has_option(p, t->option, header - TCP_BYTES, t->invflags & XT_TCP_INV_OPTION);
}

static enum xt_says match_udp(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_udp *u = info;
	const uint8_t *h;

	if (p->fragoff)
		return XT_NO;
	h = xt_l4(p, 0, UDP_BYTES);
	if (!h)
		return XT_HOTDROP;
	return xt_if(xt_in_range(be16_load(h), u->spts[0], u->spts[1], u->invflags & XT_UDP_INV_SRCPT) &&
		     xt_in_range(be16_load(h + 2), u->dpts[0], u->dpts[1], u->invflags & XT_UDP_INV_DSTPT));
}

static int check_tcp(const struct xt_check *c, void *info, void *state)
{
	return ((const struct xt_tcp *)info)->invflags & ~XT_TCP_INV_MASK ? -EINVAL : 0;
}

static int check_udp(const struct xt_check *c, void *info, void *state)
{
	return ((const struct xt_udp *)info)->invflags & ~XT_UDP_INV_MASK ? -EINVAL : 0;
}

#define TCP(f)                                                                                                                     \
	{                                                                                                                          \
		.name = "tcp", .family = f, .size = sizeof(struct xt_tcp), .proto = IPPROTO_TCP, .check = check_tcp,               \
		.match = match_tcp                                                                                                 \
	}
#define UDP(n, p, f)                                                                                                               \
	{                                                                                                                          \
		.name = n, .family = f, .size = sizeof(struct xt_udp), .proto = p, .check = check_udp, .match = match_udp          \
	}

const struct vm_xt xt_tcpudp_rows[] = {
	TCP(NFPROTO_IPV4),
	TCP(NFPROTO_IPV6),
	UDP("udp", IPPROTO_UDP, NFPROTO_IPV4),
	UDP("udp", IPPROTO_UDP, NFPROTO_IPV6),
	UDP("udplite", IPPROTO_UDPLITE, NFPROTO_IPV4),
	UDP("udplite", IPPROTO_UDPLITE, NFPROTO_IPV6),
	{ 0 },
};
