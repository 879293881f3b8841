/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each protocol adds to connection tracking: one const struct per file, found by its number in ct_protos() (proto.c). A protocol without one is
 * tracked by addresses alone (generic.c).
 */
#ifndef NFVM_VM_CT_PROTO_H
#define NFVM_VM_CT_PROTO_H

#include "vm/ct/table.h"
#include "vm/engine.h"

/* A packet as a protocol sees it. */
struct ct_pkt {
	struct vm_pkt *v;
	struct ct_table *t;
	const uint8_t *l4;     /* its transport header */
	uint32_t off, len;     /* of it in v->data; bytes from there to the packet's end */
	bool verify;           /* checksums are to be verified: at prerouting, where the sysctl is on */
	uint64_t now_ns;
};

enum ct_action {
	CT_OK,
	CT_INVALID, /* the packet belongs to no connection; a new entry dies */
	CT_AGAIN,   /* the connection was taken out: look up again */
	CT_DROP,
};

struct ct_l4proto {
	uint8_t proto;
	const char *name;
	/* Ports, ids and the like of the packet into k (proto and addresses are there). False: the packet has none. NULL: none are needed. */
	bool (*tuple)(const uint8_t *l4, uint32_t len, struct ct_tuple *k);
	/* Those of answers to k (addresses are turned round already). NULL: source and destination change places. */
	bool (*invert)(struct ct_tuple *out, const struct ct_tuple *k);
	/* Checks the packet, moves the state, sets the timeout. ctinfo is p->v->ctinfo. */
	enum ct_action (*packet)(struct ct_pkt *p, struct ct_entry *ct);
	/* Name of its state, NULL: it has none to show. */
	const char *(*state)(const struct ct_entry *ct);
	bool (*may_drop_early)(const struct ct_entry *ct); /* though assured. NULL: no */
	bool allow_clash;      /* a twin may take the place of a new entry */
};

extern const struct ct_l4proto ct_tcp, ct_udp, ct_udplite, ct_icmp, ct_icmpv6, ct_sctp, ct_gre, ct_generic;

/* Never NULL. */
const struct ct_l4proto *ct_proto_of(uint8_t proto);
/* Its name as /proc/net/nf_conntrack has it. */
const char *ct_proto_name(uint8_t proto);

/* Ports in the first four bytes, as TCP, UDP and others have them. */
bool ct_ports(const uint8_t *l4, uint32_t len, struct ct_tuple *k);
/* nf_ct_refresh_acct: the entry expires so many ns from now; counts the packet. */
void ct_refresh(struct ct_pkt *p, struct ct_entry *ct, uint64_t timeout_ns);
void ct_count(struct ct_pkt *p, struct ct_entry *ct);
/* nf_checksum: true where the transport checksum over the whole rest of the packet is right. */
bool ct_checksum_ok(struct ct_pkt *p, uint8_t proto);
/* nf_ct_kill: true where this call took it out. */
bool ct_kill(struct ct_pkt *p, struct ct_entry *ct);

/* One packet at a time changes ct->proto: a few hundred instructions at most, and only packets of the same connection ever meet. */
static inline void ct_take_turn(struct ct_entry *ct)
{
	while (atomic_exchange_explicit(&ct->busy, 1, memory_order_acquire)) { /* release: ct_end_turn */
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
}
static inline void ct_end_turn(struct ct_entry *ct)
{
	atomic_store_explicit(&ct->busy, 0, memory_order_release);
}

/* Times of the connection: those of its policy, or else `otherwise`. */
static inline const uint64_t *ct_times(const struct ct_table *t, const struct ct_entry *ct, const uint64_t *otherwise)
{
	return __builtin_expect(ct->timeouts, 0) ? t->policy[ct->timeouts] : otherwise;
}

static inline bool ct_confirmed(const struct ct_entry *ct)
{
	return ct_status(ct) & IPS_CONFIRMED;
}
static inline void ct_set_status(struct ct_entry *ct, uint32_t bits)
{
	if ((ct_status(ct) & bits) != bits)
		atomic_fetch_or_explicit(&ct->status, bits, memory_order_relaxed);
}

#endif
