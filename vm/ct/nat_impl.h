/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of address translation. Worker's thread. */
#ifndef NFVM_VM_CT_NAT_IMPL_H
#define NFVM_VM_CT_NAT_IMPL_H

#include "vm/ct/nat.h"
#include "vm/ct/tuple.h"

enum { CT_NAT_RANDOM = NF_NAT_RANGE_PROTO_RANDOM | NF_NAT_RANGE_PROTO_RANDOM_FULLY };

/*
 * The tuple that p's connection, which looks like `now` in its original direction, is to have after mapping (get_unique_tuple):
 * within the range, and one that no other connection has, if there is one. nat_search.c
 */
void ct_nat_unique(struct ct_pkt *p, const struct ct_tuple *now, const struct ct_nat_range *range, enum ct_manip m,
		   struct ct_tuple *out);
/* True where another connection has the inverse of k (nf_nat_used_tuple). nat_used.c */
bool ct_nat_used(struct ct_pkt *p, const struct ct_tuple *k);
/* The same for a connection's own tuple; two that are each other's inverse may both live (nf_nat_used_tuple_new). */
bool ct_nat_used_new(struct ct_pkt *p, const struct ct_tuple *k);
/* The same; with few attempts left, a TCP connection that waits for its end is taken out for it (nf_nat_used_tuple_harder). */
bool ct_nat_used_harder(struct ct_pkt *p, const struct ct_tuple *k, unsigned attempts_left);
/* Rewrites one header of the packet, at offset `at` from its network header, to be k's source or destination
 * (nf_nat_ipv4_manip_pkt). nat_packet.c */
bool ct_nat_rewrite(struct vm_pkt *v, uint32_t at, const struct ct_tuple *k, enum ct_manip m);

#endif
