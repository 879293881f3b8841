/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracing: what the kernel tells the group NFNLGRP_NFTRACE of a packet with nftrace set (net/netfilter/nf_tables_trace.c),
 * told to the worker's sink and to the engine's subscribers. Worker's thread.
 */
#ifndef NFVM_VM_RUN_TRACE_H
#define NFVM_VM_RUN_TRACE_H

#include "vm/state/state.h"
#include "vm/vm.h"

/* Of one packet in one base chain. */
struct run_trace {
	struct vm_worker *w;
	const struct vm_chain *base;
	bool on;      /* the packet was traced when the rule that runs began */
	bool dumped;  /* its headers have been told */
};

/* The last expression of a rule was passed: type rule, verdict continue. All only where the packet is traced. */
void run_trace_rule(struct run_trace *t, const struct vm_chain *chain, const struct vm_rule *rule, const struct vm_regs *regs, struct vm_pkt *pkt);
/* A verdict, or the end of a chain (rule NULL, verdict continue): type rule or return. */
void run_trace_verdict(struct run_trace *t, const struct vm_chain *chain, const struct vm_rule *rule, const struct vm_regs *regs, struct vm_pkt *pkt);
void run_trace_policy(struct run_trace *t, const struct vm_chain *base, uint8_t policy, struct vm_pkt *pkt);

#endif
