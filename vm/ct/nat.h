/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation: a mapping is chosen for a connection's first packet, by changing the reply tuple before the connection is
 * confirmed; from then on packets of both directions are rewritten to look like the inverse of the other direction's tuple.
 *
 *     original 192.0.2.2:4000 → 198.51.100.2:80, source mapped to 198.51.100.1
 *     reply    198.51.100.2:80 → 198.51.100.1:4000
 *
 * The source is mapped at postrouting and input, the destination at prerouting and output, each once. Worker's thread.
 * Reference: net/netfilter/nf_nat_core.c, nf_nat_proto.c.
 */
#ifndef NFVM_VM_CT_NAT_H
#define NFVM_VM_CT_NAT_H

#include "bytecode/nf.h"
#include "vm/ct/ct.h"

enum ct_manip { CT_MANIP_SRC, CT_MANIP_DST }; /* the numbers of NFT_NAT_SNAT and NFT_NAT_DNAT */

/* What a mapping may choose from. Addresses of 4 or 16 bytes, the rest zero; they count where flags has NF_NAT_RANGE_MAP_IPS. */
struct ct_nat_range {
	uint32_t flags; /* NF_NAT_RANGE_* */
	uint8_t min_addr[16], max_addr[16];
	be16 min_proto, max_proto; /* ports or ids, with NF_NAT_RANGE_PROTO_SPECIFIED */
	be16 base_proto;           /* with NF_NAT_RANGE_PROTO_OFFSET */
};

static inline enum ct_manip ct_nat_manip(uint8_t hook)
{
	return hook == NF_INET_POST_ROUTING || hook == NF_INET_LOCAL_IN ? CT_MANIP_SRC : CT_MANIP_DST;
}
/* The mapping of this kind has been chosen. */
static inline bool ct_nat_done(const struct ct_entry *ct, enum ct_manip m)
{
	return ct_status(ct) & (m == CT_MANIP_SRC ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE);
}

/* Chooses the mapping of pkt->ct (nf_nat_setup_info). NF_ACCEPT, also where it is confirmed already and nothing is done. */
uint32_t ct_nat_setup(struct vm_pkt *pkt, const struct ct_nat_range *range, enum ct_manip m);
/* The mapping onto itself, but that a port or id that is taken is changed (nf_nat_alloc_null_binding). */
uint32_t ct_nat_null(struct vm_pkt *pkt, enum ct_manip m);
/* Rewrites the packet as its connection's mappings say for its hook (nf_nat_packet). NF_ACCEPT or NF_DROP. */
uint32_t ct_nat_packet(struct vm_pkt *pkt);
/* The same for an ICMP or ICMPv6 packet about a connection, its header at offset l4 from the network header
 * (nf_nat_icmp_reply_translation). */
uint32_t ct_nat_icmp(struct vm_pkt *pkt, uint32_t l4);
/* The packet leaves by another device than the one its source is masqueraded for (nf_nat_oif_changed). */
static inline bool ct_nat_oif_changed(const struct vm_pkt *pkt)
{
	return pkt->ct->masq && pkt->hook == NF_INET_POST_ROUTING && ct_info_dir(pkt->ctinfo) == CT_ORIG &&
	       pkt->ct->masq != pkt->oif;
}
struct ct_expect;
/* A connection that was expected: its source becomes what the master's packets go to, its destination what the announcement named (nf_nat_follow_master). */
void ct_nat_follow(struct vm_pkt *pkt, const struct ct_entry *master, const struct ct_expect *x);
/* Takes the packet's connection out of the table, counting the packet (nf_ct_kill_acct). */
void ct_nat_kill(struct vm_pkt *pkt);

#endif
