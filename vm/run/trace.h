/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracing: what the kernel tells the group NFNLGRP_NFTRACE of a packet with nftrace set (net/netfilter/nf_tables_trace.c),
 * told to the worker's sink and to the engine's subscribers; and the steps that a sink may ask for (struct nfvm_step), of all packets. Worker's thread.
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
	bool step;    /* the sink wants steps, traced or not */
};

/* The last expression of a rule was passed: type rule, verdict continue. Like all of these called where the packet is traced or steps are wanted. */
void run_trace_rule(struct run_trace *t, const struct vm_chain *chain, const struct vm_rule *rule, const struct vm_regs *regs, struct vm_pkt *pkt);
/* A verdict, or the end of a chain (rule NULL, verdict continue): type rule or return. */
void run_trace_verdict(struct run_trace *t, const struct vm_chain *chain, const struct vm_rule *rule, const struct vm_regs *regs, struct vm_pkt *pkt);
void run_trace_policy(struct run_trace *t, const struct vm_chain *base, uint8_t policy, struct vm_pkt *pkt);
/* The end of the base chain, for steps: by its policy, or by a rule's verdict. */
void run_step_end(struct run_trace *t, bool policy, int32_t verdict, struct vm_pkt *pkt);

#endif
