/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's own types, shared by its rooms:
 *
 *   nl/     bytes of a socket → messages → handlers; answers, dumps, notifications
 *   state/  tables, chains, rules, sets, objects; transactions; generations       (control thread)
 *   prog/   one rule's expressions → verified instructions                        (control thread)
 *   set/    one file per backend                                                  (both)
 *   run/    interpreter, trace                                                    (workers)
 *   expr/   one file per expression: verify, execute, dump its state
 *   ct/     connection tracking                                                   (workers; control reads and deletes)
 *   host/   the way of a packet through hooks, routing, neighbours                (workers)
 *   io/     captures and devices
 *
 * Generations. As in the kernel, a generation is a number whose lowest bit, the cursor, selects one of two slots in everything that
 * a packet reads: chain->rules[cursor], the hook lists, and the activity mask of a set's elements. A worker reads e->gen once per burst
 * (acquire) and uses that cursor throughout. The writer fills the other slot of what the batch changed, publishes by storing gen + 1
 * (release), waits for a grace period (QSBR: every worker has ended its burst), and only then brings the old slot up to date
 * and frees what died. Nothing that did not change is touched.
 */
#ifndef NFVM_VM_VM_H
#define NFVM_VM_VM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "bytecode/bc.h"
#include "bytecode/expr.h"
#include "bytecode/msg.h"
#include "nfvm/engine.h"

#define vm_engine nfvm_engine /* the public name of the same struct; see vm/engine.h */
#define vm_worker nfvm_worker
struct vm_engine;
struct vm_worker;
struct vm_table;
struct vm_chain;
struct vm_rule;
struct vm_set;
struct vm_obj;
struct vm_prog;
struct vm_txn;
struct ct_entry;
struct host;

enum { VM_REG_WORDS = 20, VM_JUMP_DEPTH = 16, VM_NFPROTOS = 13, VM_HOOKS = 6 };

/* Registers: words 0–3 are the verdict's, 4–19 the sixteen data words (NFT_REG32_00…15; NFT_REG_1…4 are four words each). */
struct vm_regs {
	union {
		uint32_t w[VM_REG_WORDS];
		struct {
			int32_t code;             /* NF_ACCEPT, NF_DROP, NFT_CONTINUE, NFT_JUMP… */
			uint32_t pad;
			struct vm_chain *chain;   /* of jump and goto */
		} verdict;
	};
};

/*
 * A packet on its way. Bytes lie in one buffer of the worker with room before and behind; all offsets count from `data`.
 * Parsed once (host/parse.c); whoever changes headers keeps the offsets true.
 */
struct vm_pkt {
	uint8_t *data;           /* where the packet's link-layer header begins (or its network header, where it has none) */
	uint32_t len;            /* bytes from data */
	uint32_t headroom, tailroom;
	uint16_t l3, l4;         /* offsets; l4 is valid where has_l4 */
	bool has_l2;             /* a link-layer header that `ether` and @ll may read */
	bool has_l4;             /* transport protocol known (NFT_PKTINFO_L4PROTO) */
	uint8_t l4proto;
	uint16_t fragoff;        /* not 0: a later fragment, whose transport header must not be read */
	be16 protocol;           /* skb->protocol, network order */
	bool has_vlan;           /* tag taken out of the frame, as the kernel does on receipt */
	uint16_t vlan_tci;
	be16 vlan_proto;
	uint8_t pkttype;         /* PACKET_HOST … */
	bool nftrace;
	uint8_t pf;              /* NFPROTO_* whose hook is running */
	uint8_t hook;            /* NF_INET_…, NF_NETDEV_…, NF_BR_… */
	uint32_t iif, oif;       /* device indices, 0: none */
	uint32_t mark, priority;
	uint32_t secmark, tclassid, hash;
	struct ct_entry *ct;     /* NULL: none */
	uint8_t ctinfo;          /* enum ip_conntrack_info (IP_CT_…) */
	uint32_t skuid, skgid;   /* of a local socket; UINT32_MAX: none */
	uint32_t trace_id;
	uint64_t time_ns;
	uint32_t in;             /* number of the frame in its burst, for the sink */
	bool answered;           /* a reject sent an answer */
	bool csum_ok;            /* the transport checksum has been verified (csum_valid) */
	bool csum_partial;       /* the transport checksum holds the pseudo-header's sum only; it is finished as the packet leaves (CHECKSUM_PARTIAL) */
	struct vm_worker *w;
	/* where the packet goes: set by routing */
	struct host_route *route;
};

/* A base chain at its place in a hook. */
struct vm_hook_entry {
	int32_t priority;
	struct vm_chain *chain;
};
struct vm_hook_list {
	uint32_t n;
	struct vm_hook_entry e[];
};

/*
 * Chains at the hook of a family (NFPROTO_INET chains appear in the lists of both IPV4 and IPV6; NFPROTO_NETDEV: one list per device),
 * in the order they run. NULL: none. gen is the worker's.
 */
const struct vm_hook_list *state_hooks(const struct vm_engine *e, uint64_t gen, uint8_t pf, uint8_t hook, uint32_t dev);
/* True where some rule or chain of the generation needs connection tracking for this family. */
bool state_needs_ct(const struct vm_engine *e, uint64_t gen, uint8_t pf);
/* True where connection tracking stands before a base chain of its own priority: what was registered last comes first. */
bool state_ct_before(const struct vm_engine *e, uint8_t pf, const struct vm_chain *c);

/* When the family's first chain of type nat was registered, on the scale of vm_base.order; 0: there is none. */
uint64_t state_nat_order(const struct vm_engine *e, uint64_t gen, uint8_t pf);

/*
 * Runs a base chain. Returns NF_ACCEPT, NF_DROP, NF_STOLEN or NF_QUEUE (with the queue's number in bits 16–31).
 * run/run.c; worker's thread.
 */
uint32_t vm_chain_run(struct vm_worker *w, const struct vm_chain *base, struct vm_pkt *pkt);

/* Current time of the engine, ns; that of the packet in offline runs. */
uint64_t vm_now(const struct vm_engine *e);

#endif
