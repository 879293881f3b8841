/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet inside the host, and the worker's part of this room. For the files of vm/host only.
 *
 * Packets come from a pool of the worker, last in first out, so that few buffers stay in the cache. Whoever makes a packet (pkt_new) hands it
 * to one function that takes it; that function, or whom it hands it to, ends it with pkt_free. A function that "takes" p says so; one
 * that returns enum fate has ended p.
 */
#ifndef NFVM_VM_HOST_PKT_H
#define NFVM_VM_HOST_PKT_H

#include "vm/ct/ct.h"
#include "vm/engine.h"
#include "vm/host/csum.h"
#include "vm/host/model.h"
#include "vm/worker.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

enum {
	PKT_HEADROOM = 256,
	PKT_MAX = 1 << 17,              /* bytes of a frame; longer ones are errors */
	PKT_BUF = PKT_HEADROOM + PKT_MAX,
	PKT_POOL = 32,
	PKT_PIECES = 512,               /* fragments of a datagram whose boundaries are remembered */
	IP4_HDR = 20,
	IP6_HDR = 40,
};

/* What became of a packet. */
enum fate { FATE_NONE, FATE_SENT, FATE_DROPPED, FATE_QUEUED, FATE_STOLEN, FATE_ERROR };

/* IPv4 options that matter on the way (struct ip_options). Offsets from the network header, 0: not there. */
struct ip4_opts {
	uint8_t len;
	uint8_t srr, rr, ts;
	bool router_alert;
	bool rr_needaddr, ts_needaddr, ts_needtime;
	bool changed;                   /* the header checksum is to be made anew */
};

struct pkt {
	struct vm_pkt v;                /* first: container_of */
	struct host_route rt;           /* v.route points here where it is set */
	bool routed;
	bool rt_in;                     /* an input route: of a packet that came in */
	bool rt_guess;                  /* a route that reject needed before routing */
	int rt_error;                   /* why rt.type is RTN_UNREACHABLE */
	bool own;                       /* made by the host */
	bool looped;                    /* comes from the host itself, by a device that is not lo; it has no link-layer header */
	bool ignore_df;
	bool frag_pmtu;                 /* IPSKB_FRAG_PMTU */
	bool redirected;
	uint16_t csum_off;              /* v.csum_partial: where the checksum lies, from the transport header */
	uint32_t frag_max;              /* frag_max_size: the largest fragment of a reassembled datagram, 0: it was none */
	struct ip4_opts opt;
	uint32_t out_iif;               /* own packets: v.iif in postrouting */
	uint32_t iif6;                  /* IPv6: device it came in by, from ip6_rcv on; 0: none */
	uint8_t *buf;                   /* PKT_BUF bytes */
	struct pkt *next;
	uint16_t n_pieces;
	uint16_t piece[PKT_PIECES];     /* last: payload lengths of the fragments it was made of; n_pieces 0: not known */
};

struct frags;

struct host_worker {
	struct pkt pool[PKT_POOL];
	struct pkt *spare;
	uint8_t *mem;                   /* of all buffers */
	struct pkt *backlog, **backlog_last; /* packets that lo will deliver */
	bool in_icmp4, in_icmp6;        /* an error of the host's is under way: no second one (icmp_xmit_lock) */
	bool in_dup;
	uint8_t nested;                 /* dup and fwd inside each other */
	bool answered;                  /* the frame under way got an answer */
	uint16_t ip_id;
	uint32_t frag_id;
	struct frags *frags;            /* frag.c */
	uint64_t lost;                  /* packets for which the pool had no room */
};

static inline struct pkt *pkt_of(struct vm_pkt *v)
{
	return (struct pkt *)v; /* v is its first member */
}
static inline const struct pkt *pkt_of_const(const struct vm_pkt *v)
{
	return (const struct pkt *)v;
}
static inline const struct host *pkt_host(const struct pkt *p)
{
	return p->v.w->e->host;
}
static inline uint8_t *pkt_l3(struct pkt *p)
{
	return p->v.data + p->v.l3;
}
static inline uint8_t *pkt_l4(struct pkt *p)
{
	return p->v.data + p->v.l4;
}
/* Bytes from the network header on. */
static inline uint32_t pkt_l3_len(const struct pkt *p)
{
	return p->v.len - p->v.l3;
}

/* ---- pkt.c: the pool ---- */

/* Zeroed, with an empty frame of room for PKT_MAX; NULL: the pool is empty (counted in lost). */
struct pkt *pkt_new(struct vm_worker *w);
/* Ends a packet: its unconfirmed connection goes, its buffer returns. */
void pkt_free(struct pkt *p);
/* A copy, connection included (skb_clone and copy); NULL: the pool is empty. */
struct pkt *pkt_copy(const struct pkt *p);
/* An own packet of l3_len bytes, zeroed, without a link-layer header. */
struct pkt *pkt_own(struct vm_worker *w, uint32_t l3_len);

/* An answer to p was sent. */
static inline void pkt_answered(struct pkt *p)
{
	p->v.answered = true;
	if (!p->own)
		p->v.w->host->answered = true;
}
/*
 * The kernel looks for a socket in front of routing, and for that gathers a TCP header in one place (tcp_v4_early_demux): if
 * it was spread over fragments, they do not leave as they came.
 */
static inline void pkt_early_demux(struct pkt *p, uint8_t proto)
{
	if (proto == IPPROTO_TCP && p->n_pieces && p->piece[0] < 20)
		p->n_pieces = 0;
}
/* q is a piece of p: its marks, connection, route and place in the burst (ip_copy_metadata). */
void pkt_inherit(struct pkt *q, const struct pkt *p);

/* ---- hook.c ---- */

/* Runs the hook over p (kept). FATE_NONE: go on; else what became of it, and the caller ends p with pkt_free. */
enum fate host_hook(struct pkt *p, uint8_t pf, uint8_t hook, uint32_t iif, uint32_t oif);
/* The same for NFPROTO_NETDEV of one device. */
enum fate host_hook_netdev(struct pkt *p, uint8_t hook, uint32_t dev);

/* Runs a base chain over p at its hook: the chain's verdict. */
uint32_t host_run_chain(struct pkt *p, const struct vm_chain *chain);

/* ---- nat.c ---- */

/* Address translation at its place in a hook (nf_nat_ipv4_fn, …): chains of type nat for a connection's first packet, then the packet is rewritten. */
uint32_t host_nat(struct pkt *p);
/* A chain of type nat, which runs from host_nat only. */
bool host_is_nat(const struct pkt *p, const struct vm_chain *chain);

/* ---- the way; each takes p ---- */

enum fate host_rx(struct pkt *p);            /* rx.c: a frame enters by v.iif */
enum fate host_rx_local(struct pkt *p);      /* rx.c: a packet has passed input */
enum fate host_ip4_rcv(struct pkt *p);       /* ip4_in.c */
enum fate host_ip6_rcv(struct pkt *p);       /* ip6_in.c */
enum fate host_ip4_output(struct pkt *p);    /* ip4_out.c: postrouting and out, by p->rt */
enum fate host_ip6_output(struct pkt *p);    /* ip6_out.c */
enum fate host_ip4_local_out(struct pkt *p); /* an own packet: lengths and checksum, output hook, host_ip4_output */
enum fate host_ip6_local_out(struct pkt *p);
enum fate host_xmit(struct pkt *p, const uint8_t mac[6]); /* tx.c: link-layer header, egress, out by v.oif */
enum fate host_xmit_raw(struct pkt *p, uint32_t dev);     /* tx.c: a whole frame, egress, out by dev */
void host_loop(struct pkt *p, uint32_t dev);              /* tx.c: an own packet comes back in by dev (dev_loopback_xmit) */
enum fate host_arp_rcv(struct pkt *p);       /* arp.c */
enum fate host_bridge_rcv(struct pkt *p);    /* bridge.c: a frame from a port */
enum fate host_bridge_xmit(struct pkt *p);   /* bridge.c: a frame of the host's own leaves by the bridge v.oif */
enum fate host_bridge_answer(struct pkt *p, uint32_t port); /* bridge.c: it leaves by this port */
enum fate host_rx_up(struct pkt *p);         /* rx.c: a frame without tag, past all link-layer hooks */
enum fate host_rx_untagged(struct pkt *p);   /* rx.c: past ingress and bridge; a tag of id 0 is taken off, another ends it here */

/* ---- routing (route4.c, route6.c): fill p->rt. 0, or -errno: the packet goes no further ---- */

int route4_input(struct pkt *p);
/* True where the host takes packets to this group. */
bool route4_in_group(const uint8_t group[4]);
int route6_input(struct pkt *p);
/* Route of an own packet from src (an own address, or zero: to be chosen, and then written) to dst. */
int route4_output(const struct host *h, uint8_t src[4], const uint8_t dst[4], uint32_t mark, uint8_t tos, uint32_t oif, struct host_route *rt);
int route6_output(const struct host *h, uint8_t src[16], const uint8_t dst[16], uint32_t mark, uint32_t oif, struct host_route *rt);
/* Routes p again after its addresses or mark changed in the output hook (ip_route_me_harder, ip6_route_me_harder). */
int route4_again(struct pkt *p);
int route6_again(struct pkt *p);
uint32_t host_loopback(const struct host *h); /* index of lo, 0: none */
uint32_t host_mtu(const struct pkt *p); /* of p's route */
/* A found route as an answer to the flow; hop may be NULL. */
void route_fill(const struct fib_route *r, const struct fib_hop *hop, const struct host_flow *flow, uint8_t family, struct host_route *out);
static inline void pkt_set_route(struct pkt *p, const struct host_route *rt)
{
	p->rt = *rt;
	p->routed = true;
	p->v.route = &p->rt;
}

/* ---- errors of the host's own (icmp4.c, icmp6.c): answer p, which is kept ---- */

void icmp4_send(struct pkt *p, uint8_t type, uint8_t code, uint32_t info);
/* dev: the device whose side the answer takes (skb->dev); icmp6_send: the one the packet came in by. */
void icmp6_send_by(struct pkt *p, uint32_t dev, uint8_t type, uint8_t code, uint32_t info);
void icmp6_send(struct pkt *p, uint8_t type, uint8_t code, uint32_t info);

/* ---- reject (reject4.c, reject6.c, reject_l2.c) ---- */

/* An earlier look at the checksum counts for a reset: not in forward, where the kernel has forgotten it (skb_forward_csum). */
static inline bool reject_csum_known(const struct pkt *p)
{
	return p->v.csum_partial || (p->v.csum_ok && p->v.hook != NF_INET_FORWARD);
}
/* True where a rejected packet's checksum has to be verified before it is answered (nf_reject_verify_csum). */
bool reject_verifies(const struct pkt *p, uint32_t at, uint8_t proto);
void reject4_unreach(struct pkt *p, uint8_t code);
void reject4_reset(struct pkt *p);
void reject6_unreach(struct pkt *p, uint8_t code);
void reject6_reset(struct pkt *p);
/* In front of the IP layer (bridge, netdev): the answer leaves as a frame by where the packet came from. */
void reject_l2_4(struct pkt *p, bool reset, uint8_t code);
void reject_l2_6(struct pkt *p, bool reset, uint8_t code);
/* Sequence and acknowledgement numbers of a reset that answers the segment of seg_len bytes at old. */
void reject_tcp_header(uint8_t *tcp, const uint8_t *old, uint32_t seg_len);

/* ---- IPv4 options (opt4.c), IPv6 extension headers (ext6.c) ---- */

/* ip_options_compile: false where the options are bad (a parameter problem has been sent). */
bool opt4_parse(struct pkt *p);
/*
 * The options that an answer to p, sent from src, carries: written behind the fixed header of the answer at ip (room for 40 bytes). Their length, a
 * multiple of 4; -1: they cannot be echoed, no answer.
 */
int opt4_echo(struct pkt *p, uint8_t *ip, const uint8_t src[4]);
/* ip_forward_options: stamps the record route and timestamp options. */
void opt4_forward(struct pkt *p);
/* ipv6_parse_hopopts: false where the packet is to be dropped. */
bool ext6_hop_by_hop(struct pkt *p);
/* ipv6_skip_exthdr from offset `at` of p->v.data on. -1, or the offset behind them; *proto is the first type, then the last. */
int ext6_skip(const struct pkt *p, uint32_t at, uint8_t *proto, uint16_t *fragoff);

/* ---- fragments (frag4.c, frag6.c) ---- */

enum { FRAG_LOCAL, FRAG_CT_IN, FRAG_CT_OUT, FRAG_USERS }; /* who gathers: queues of each are apart */

int frags_new(struct vm_worker *w);
void frags_free(struct vm_worker *w);
/* FATE_NONE: p is whole (was no fragment, or has become the datagram); else it is held or bad, and the caller ends it. */
enum fate frag4_gather(struct pkt *p, unsigned user);
enum fate frag6_gather(struct pkt *p, unsigned user);

#endif
