/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protocols by number, and what they share: ports, checksums, timeouts, counters. See proto.h. */
#include "vm/ct/proto.h"

#include "vm/host/csum.h"

static const struct ct_l4proto *const protos[] = { &ct_tcp, &ct_udp, &ct_udplite, &ct_icmp, &ct_icmpv6, &ct_sctp, &ct_gre };

const struct ct_l4proto *ct_proto_of(uint8_t proto)
{
	switch (proto) { /* the frequent ones */
	case IPPROTO_TCP:
		return &ct_tcp;
	case IPPROTO_UDP:
		return &ct_udp;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(protos); i++)
		if (protos[i]->proto == proto)
			return protos[i];
	return &ct_generic;
}

const char *ct_proto_name(uint8_t proto)
{
	return proto == IPPROTO_DCCP ? "dccp" : ct_proto_of(proto)->name;
}

bool ct_ports(const uint8_t *l4, uint32_t len, struct ct_tuple *k)
{
	if (len < 4)
		return false;
	memcpy(&k->sport, l4, 2);
	memcpy(&k->dport, l4 + 2, 2);
	return true;
}

bool ct_checksum_ok(struct ct_pkt *p, uint8_t proto)
{
	const uint8_t *ip = p->v->data + p->v->l3;
	uint32_t sum = 0;

	if (ip[0] >> 4 == 6) {
		sum = csum_add(p->l4, p->len, csum_pseudo(ip + 8, ip + 24, 16, p->len, proto));
	} else {
		if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
			sum = csum_pseudo(ip + 12, ip + 16, 4, p->len, proto);
		sum = csum_add(ip, p->v->len - p->v->l3, sum); /* the header counts for nothing, where its own checksum is right */
	}
	p->v->csum_ok = !csum_fold(sum);
	return p->v->csum_ok;
}

void ct_count(struct ct_pkt *p, struct ct_entry *ct)
{
	struct ct_dir *d = &ct->dir[ct_info_dir(p->v->ctinfo)];

	if (!ct->acct)
		return;
	atomic_fetch_add_explicit(&d->packets, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&d->bytes, p->v->len - p->v->l3, memory_order_relaxed);
}

void ct_refresh(struct ct_pkt *p, struct ct_entry *ct, uint64_t timeout_ns)
{
	uint32_t status = ct_status(ct);
	uint64_t at = status & IPS_CONFIRMED ? p->now_ns + timeout_ns : timeout_ns; /* unconfirmed: from its confirmation on */

	if (!(status & IPS_FIXED_TIMEOUT) && atomic_load_explicit(&ct->expires_ns, memory_order_relaxed) != at)
		atomic_store_explicit(&ct->expires_ns, at, memory_order_relaxed);
	ct_count(p, ct);
}

bool ct_kill(struct ct_pkt *p, struct ct_entry *ct)
{
	if (!ct_table_remove(p->t, ct))
		return false;
	atomic_fetch_sub_explicit(&p->t->count, 1, memory_order_relaxed);
	ct_table_bury(p->t, &p->v->w->ct->limbo, ct);
	return true;
}
