/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protocols that are tracked by addresses alone, and GRE, which has keys where it carries PPTP. References: nf_conntrack_proto_generic.c, _gre.c. */
#include "vm/ct/proto.h"

static enum ct_action packet(struct ct_pkt *p, struct ct_entry *ct)
{
	ct_refresh(p, ct, p->t->sysctl.generic);
	return CT_OK;
}

static bool gre_tuple(const uint8_t *l4, uint32_t len, struct ct_tuple *k)
{
	if (len < 4 || (l4[1] & 7) != 1) /* version 1: PPTP */
		return true;
	if (len < 8)
		return true;
	if (be16_load(l4 + 2) != 0x880b)
		return false;
	memcpy(&k->dport, l4 + 6, 2); /* call id; the source's is known to the helper only */
	return true;
}

static enum ct_action gre_packet(struct ct_pkt *p, struct ct_entry *ct)
{
	const uint64_t *t = ct_times(p->t, ct, &p->t->sysctl.gre);

	if (!(ct_status(ct) & IPS_SEEN_REPLY)) {
		ct_refresh(p, ct, t[0]);
		return CT_OK;
	}
	ct_refresh(p, ct, t[1]);
	ct_set_status(ct, IPS_ASSURED);
	return CT_OK;
}

const struct ct_l4proto ct_generic = { .name = "unknown", .packet = packet };
const struct ct_l4proto ct_gre = { .proto = IPPROTO_GRE, .name = "gre", .tuple = gre_tuple, .packet = gre_packet };
