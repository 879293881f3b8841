/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between core.c and error.c. Worker's thread. */
#ifndef NFVM_VM_CT_ERROR_H
#define NFVM_VM_CT_ERROR_H

#include "vm/ct/tuple.h"

/* A packet's zone, and the directions it counts for: 1 << CT_ORIG, 1 << CT_REPLY. */
struct ct_zone {
	uint16_t id;
	uint8_t dirs;
};
static inline uint16_t ct_zone_in(const struct ct_zone *z, int dir)
{
	return z->dirs >> dir & 1 ? z->id : 0;
}

enum ct_error { CT_ERROR_NONE, CT_ERROR_DONE, CT_ERROR_INVALID };

/* An ICMP packet of p->v->pf: NONE: to be tracked as any other; DONE: ct and ctinfo are set; INVALID: belongs to nothing. */
enum ct_error ct_icmp_error(struct ct_pkt *p, uint8_t proto, const struct ct_zone *zone);
/* The living entry of a tuple (its zone is taken from zone). Expired ones are taken out. core.c */
struct ct_hit ct_lookup(struct ct_pkt *p, struct ct_tuple *k, const struct ct_zone *zone);

#endif
