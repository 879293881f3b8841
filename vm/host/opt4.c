/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 options on the way (ip_options_compile, ip_forward_options): checked and stamped on receipt, after routing; stamped again on
 * forwarding. Source routes are refused, as the kernel does unless told otherwise.
 *
 * A record route option 07 07 04 00000000 takes the host's address on receipt: 07 07 08 c0000201, and on forwarding the
 * address of the device it leaves by, in the same place.
 */
#include "vm/host/pkt.h"

enum { OPT_END = 0, OPT_NOOP = 1, OPT_RR = 7, OPT_TS = 68, OPT_LSRR = 131, OPT_RA = 148, OPT_SSRR = 137 };
enum { TS_ONLY = 0, TS_ADDR = 1, TS_PRESPEC = 3 };

/* The address by which the sender knows this host (fib_compute_spec_dst). */
static void own_address(const struct pkt *p, const uint8_t *ip, uint8_t out[4])
{
	const struct host *h = pkt_host(p);
	struct host_flow flow = { 0 };
	struct host_route rt;

	memset(out, 0, 4);
	if (p->rt.type == RTN_LOCAL) {
		memcpy(out, ip + 16, 4);
		return;
	}
	memcpy(flow.dst, ip + 12, 4);
	if (!be32_load(ip + 12) || host_fib4(h, &flow, &rt)) {
		host_saddr4(h, p->v.iif, ip + 12, out);
		return;
	}
	if (be32_load(rt.prefsrc))
		memcpy(out, rt.prefsrc, 4);
	else
		host_saddr4(h, rt.oif, rt.via, out);
}

static void put_time(const struct pkt *p, uint8_t *to)
{
	be32_store(to, (uint32_t)(p->v.time_ns / 1000000 % (24u * 3600 * 1000)));
}

/* Each returns 0, or the offset within the option of what is wrong, plus one. */
static int record_route(struct pkt *p, uint8_t *ip, uint8_t *o, unsigned len)
{
	if (p->opt.rr)
		return 1;
	if (len < 3)
		return 2;
	if (o[2] < 4)
		return 3;
	if (o[2] <= len) {
		if (o[2] + 3u > len)
			return 3;
		own_address(p, ip, &o[o[2] - 1]);
		p->opt.changed = true;
		o[2] += 4;
		p->opt.rr_needaddr = true;
	}
	p->opt.rr = (uint8_t)(o - ip);
	return 0;
}

static int timestamp_room(struct pkt *p, uint8_t *ip, uint8_t *o, unsigned len)
{
	unsigned at = o[2];

	if (at + 3 > len)
		return 3;
	switch (o[3] & 15) {
	case TS_ONLY:
		put_time(p, &o[at - 1]);
		p->opt.ts_needtime = true;
		o[2] += 4;
		break;
	case TS_ADDR:
		if (at + 7 > len)
			return 3;
		own_address(p, ip, &o[at - 1]);
		put_time(p, &o[at + 3]);
		p->opt.ts_needaddr = p->opt.ts_needtime = true;
		o[2] += 8;
		break;
	case TS_PRESPEC:
		if (at + 7 > len)
			return 3;
		if (host_addr_type4(pkt_host(p), &o[at - 1], 0) == RTN_UNICAST)
			return 0;
		put_time(p, &o[at + 3]);
		p->opt.ts_needtime = true;
		o[2] += 8;
		break;
	default:
		return 0;
	}
	p->opt.changed = true;
	return 0;
}

static int timestamp(struct pkt *p, uint8_t *ip, uint8_t *o, unsigned len)
{
	int err = 0;

	if (p->opt.ts)
		return 1;
	if (len < 4)
		return 2;
	if (o[2] < 5)
		return 3;
	if (o[2] <= len) {
		err = timestamp_room(p, ip, o, len);
	} else if ((o[3] & 15) != TS_PRESPEC) {
		if (o[3] >> 4 == 15)
			return 4;
		o[3] += 0x10;
		p->opt.changed = true;
	}
	p->opt.ts = (uint8_t)(o - ip);
	return err;
}

static int source_route(struct pkt *p, uint8_t *ip, uint8_t *o, unsigned len)
{
	if (len < 3)
		return 2;
	if (o[2] < 4)
		return 3;
	if (p->opt.srr)
		return 1;
	p->opt.srr = (uint8_t)(o - ip);
	return 0;
}

static int one_option(struct pkt *p, uint8_t *ip, uint8_t *o, unsigned len)
{
	switch (o[0]) {
	case OPT_LSRR:
	case OPT_SSRR:
		return source_route(p, ip, o, len);
	case OPT_RR:
		return record_route(p, ip, o, len);
	case OPT_TS:
		return timestamp(p, ip, o, len);
	case OPT_RA:
		if (len < 4)
			return 2;
		p->opt.router_alert = !o[2] && !o[3];
		return 0;
	}
	return 0;
}

bool opt4_parse(struct pkt *p)
{
	uint8_t *ip = pkt_l3(p), *o = ip + IP4_HDR, *end = ip + (ip[0] & 15) * 4;

	memset(&p->opt, 0, sizeof(p->opt));
	p->opt.len = (uint8_t)(end - o);
	while (o < end) {
		int wrong = 1;

		if (*o == OPT_END) {
			for (; o < end; *o++ = OPT_END)
				p->opt.changed |= *o != OPT_END;
			break;
		}
		if (*o == OPT_NOOP) {
			o++;
			continue;
		}
		if (end - o >= 2 && o[1] >= 2 && o[1] <= end - o)
			wrong = one_option(p, ip, o, o[1]);
		if (wrong) {
			icmp4_send(p, ICMP_PARAMETERPROB, 0, (uint32_t)(o + wrong - 1 - ip) << 24);
			return false;
		}
		o += o[1];
	}
	return !p->opt.srr;
}

/* ---- the answer's options (__ip_options_echo, ip_options_build) ---- */

struct echo {
	uint8_t *to;      /* of the answer: from its first option byte */
	unsigned len;
	uint8_t rr, ts;   /* offsets from its header, 0: not there */
	bool rr_needaddr, ts_needaddr, ts_needtime;
};

static bool echo_rr(const struct pkt *p, const uint8_t *ip, struct echo *e)
{
	const uint8_t *o = ip + p->opt.rr;
	uint8_t len = o[1], at = o[2], *to = e->to + e->len;

	e->rr = (uint8_t)(IP4_HDR + e->len);
	memcpy(to, o, len);
	if (p->opt.rr_needaddr && at <= len) {
		if (at + 3 > len)
			return false;
		to[2] = at + 4;
		e->rr_needaddr = true;
	}
	e->len += len;
	return true;
}

static bool echo_ts(const struct pkt *p, const uint8_t *ip, struct echo *e)
{
	const uint8_t *o = ip + p->opt.ts;
	uint8_t len = o[1], *to = e->to + e->len;
	unsigned at = o[2];

	e->ts = (uint8_t)(IP4_HDR + e->len);
	memcpy(to, o, len);
	e->len += len;
	if (at > len)
		return true;
	if (p->opt.ts_needaddr) {
		if (at + 3 > len)
			return false;
		e->ts_needaddr = true;
		at += 4;
	}
	if (p->opt.ts_needtime) {
		if (at + 3 > len)
			return false;
		if ((to[3] & 15) != TS_PRESPEC) {
			e->ts_needtime = true;
			at += 4;
		} else if (at + 7 <= len && host_addr_type4(pkt_host(p), to + at - 1, 0) != RTN_UNICAST) {
			e->ts_needtime = true;
			at += 8;
		}
	}
	to[2] = (uint8_t)at;
	return true;
}

int opt4_echo(struct pkt *p, uint8_t *ip, const uint8_t src[4])
{
	struct echo e = { .to = ip + IP4_HDR };

	if (!p->opt.len)
		return 0;
	if ((p->opt.rr && !echo_rr(p, pkt_l3(p), &e)) || (p->opt.ts && !echo_ts(p, pkt_l3(p), &e)))
		return -1;
	while (e.len & 3)
		e.to[e.len++] = OPT_END;
	if (e.rr_needaddr)
		memcpy(ip + e.rr + ip[e.rr + 2] - 5, src, 4);
	if (e.ts_needaddr)
		memcpy(ip + e.ts + ip[e.ts + 2] - 9, src, 4);
	if (e.ts_needtime)
		put_time(p, ip + e.ts + ip[e.ts + 2] - 5);
	return (int)e.len;
}

void opt4_forward(struct pkt *p)
{
	const struct host *h = pkt_host(p);
	uint8_t *ip = pkt_l3(p), src[4] = { 0 };
	uint16_t check;

	if (!be32_load(p->rt.prefsrc))
		host_saddr4(h, p->rt.oif, p->rt.via, src);
	else
		memcpy(src, p->rt.prefsrc, 4);
	if (p->opt.rr_needaddr)
		memcpy(ip + p->opt.rr + ip[p->opt.rr + 2] - 5, src, 4);
	if (p->opt.ts_needaddr)
		memcpy(ip + p->opt.ts + ip[p->opt.ts + 2] - 9, src, 4);
	if (!p->opt.changed)
		return;
	memset(ip + 10, 0, 2);
	check = csum_fold(csum_add(ip, (ip[0] & 15) * 4u, 0));
	memcpy(ip + 10, &check, 2);
}
