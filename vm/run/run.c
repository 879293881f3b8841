/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter: runs a packet through a base chain and the chains it jumps to.
 *
 * Rules are walked block by block (struct vm_rules of the burst's cursor); each rule is a program (prog/). Verdicts, jumps and returns are as in
 * nft_do_chain (net/netfilter/nf_tables_core.c): BREAK ends the rule, CONTINUE at its end goes on with the next one, RETURN or the end of
 * a chain goes back behind the jump, and at the bottom the base chain's policy decides.
 *
 * Concurrency: worker's thread; reads only what its generation published. No locks, no allocation.
 */
#include "vm/expr/hot.h"
#include "vm/prog/prog_impl.h"
#include "vm/run/trace.h"

/* The expressions of one rule. regs->verdict.code is NFT_CONTINUE before; afterwards what the rule says. */
static inline void run_rule(const struct vm_prog *prog, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct vm_ins *i = vm_prog_code(prog);

	for (;; i = vm_ins_next(i)) {
		switch ((enum vm_op)i->op) {
		case OP_END:
			return;
		case OP_IMM1:
			regs->w[i->a] = ((const struct ins_imm *)i)->word[0];
			break;
		case OP_VERDICT:
			regs->verdict.code = ((const struct ins_verdict *)i)->code;
			regs->verdict.chain = ((const struct ins_verdict *)i)->chain;
			if (regs->verdict.code != NFT_CONTINUE)
				return;
			break;
		case OP_CMP1:
			if (!hot_cmp1((const struct ins_cmp1 *)i, regs->w[i->a]))
				goto brk;
			break;
		case OP_CMP2:
			if ((memcmp(&regs->w[i->a], ((const struct ins_cmp *)i)->word, i->len) == 0) == i->b)
				goto brk;
			break;
		case OP_BITWISE1: {
			const struct ins_bitwise1 *b = (const struct ins_bitwise1 *)i;

			regs->w[i->b] = (regs->w[i->a] & b->mask) ^ b->xor;
			break;
		}
		case OP_PAYLOAD:
			if (!hot_payload((const struct ins_payload *)i, regs, pkt))
				goto brk;
			break;
		case OP_PAYLOAD_CMP:
			if (!hot_payload((const struct ins_payload *)i, regs, pkt))
				goto brk;
			i = vm_ins_next(i);
			if (!hot_cmp1((const struct ins_cmp1 *)i, regs->w[i->a]))
				goto brk;
			break;
		case OP_PAYLOAD_BITWISE_CMP: {
			const struct ins_bitwise1 *b = (const struct ins_bitwise1 *)vm_ins_next(i);

			if (!hot_payload((const struct ins_payload *)i, regs, pkt))
				goto brk;
			i = vm_ins_next(&b->head);
			regs->w[i->a] = (regs->w[i->a] & b->mask) ^ b->xor;
			if (!hot_cmp1((const struct ins_cmp1 *)i, regs->w[i->a]))
				goto brk;
			break;
		}
		case OP_META:
			regs->w[i->a] = hot_meta((const struct ins_meta *)i, pkt);
			break;
		case OP_META_CMP:
			regs->w[i->a] = hot_meta((const struct ins_meta *)i, pkt);
			i = vm_ins_next(i);
			if (!hot_cmp1((const struct ins_cmp1 *)i, regs->w[i->a]))
				goto brk;
			break;
		case OP_CT_STATE:
			regs->w[i->a] = ct_state_bits(pkt);
			break;
		case OP_COUNTER:
			hot_counter((const struct ins_counter *)i, pkt);
			break;
		case OP_LOOKUP:
			if (!hot_lookup((const struct ins_lookup *)i, regs, pkt))
				goto brk;
			if (regs->verdict.code != NFT_CONTINUE)
				return;
			break;
		case OP_CALL:
			vm_exprs[i->kind]->exec(i, regs, pkt);
			if (regs->verdict.code != NFT_CONTINUE)
				return;
			break;
		}
	}
brk:
	regs->verdict.code = NFT_BREAK;
}

/* Where a chain's evaluation stands: the next rule to run. */
struct place_in {
	const struct vm_chain *chain;
	const struct vm_rules *rules;
	uint32_t block, rule;
};

static inline void enter(struct place_in *at, const struct vm_chain *c, unsigned cursor)
{
	at->chain = c;
	at->rules = atomic_load_explicit(&c->rules[cursor], memory_order_acquire);
	at->block = at->rule = 0;
}

/* Runs rules from *at on until one gives a verdict other than to go on; then *ref is that rule, *at behind it. NULL: the chain's end. */
static const struct vm_rule_ref *run_rules(struct place_in *at, struct vm_regs *regs, struct vm_pkt *pkt, struct run_trace *trace)
{
	for (; at->rules && at->block < at->rules->n_blocks; at->block++, at->rule = 0) {
		const struct vm_rule_block *b = at->rules->block[at->block];

		while (at->rule < b->n) {
			const struct vm_rule_ref *ref = &b->rule[at->rule++];

			run_rule(ref->prog, regs, pkt);
			if (regs->verdict.code == NFT_BREAK) {
				regs->verdict.code = NFT_CONTINUE;
				trace->on = pkt->nftrace;
				continue;
			}
			if (regs->verdict.code != NFT_CONTINUE)
				return ref;
			trace->on = pkt->nftrace;
			if (__builtin_expect(trace->on | trace->step, 0))
				run_trace_rule(trace, at->chain, ref->rule, regs, pkt);
		}
	}
	return NULL;
}

static uint32_t policy(const struct vm_chain *base, struct vm_regs *regs, struct vm_pkt *pkt, struct run_trace *trace)
{
	const struct vm_base *b = base->base;
	uint8_t verdict = b->policy[pkt->w->gen & 1];

	if (__builtin_expect(pkt->nftrace | trace->step, 0))
		run_trace_policy(trace, base, verdict, pkt);
	if (b->counters)
		stateful_eval(b->counters, regs, pkt);
	return verdict;
}

/* The base chain came to a verdict of a rule's. */
static inline uint32_t ended(struct run_trace *t, uint32_t verdict, struct vm_pkt *pkt)
{
	if (__builtin_expect(t->step, 0))
		run_step_end(t, false, verdict, pkt);
	return verdict;
}

uint32_t vm_chain_run(struct vm_worker *w, const struct vm_chain *base, struct vm_pkt *pkt)
{
	struct place_in at, stack[VM_JUMP_DEPTH];
	unsigned cursor = w->gen & 1, depth = 0;
	struct run_trace trace = { .w = w, .base = base, .on = pkt->nftrace, .step = w->sink.step };
	struct vm_regs regs;

	enter(&at, base, cursor);
	for (;;) {
		const struct vm_rule_ref *ref;

		regs.verdict.code = NFT_CONTINUE;
		ref = run_rules(&at, &regs, pkt, &trace);
		if (__builtin_expect(trace.on | pkt->nftrace | trace.step, 0))
			run_trace_verdict(&trace, at.chain, ref ? ref->rule : NULL, &regs, pkt);
		switch (regs.verdict.code) {
		case NFT_JUMP:
			if (depth == VM_JUMP_DEPTH)
				return ended(&trace, NF_DROP, pkt);
			stack[depth++] = at;
			/* fallthrough */
		case NFT_GOTO:
			enter(&at, regs.verdict.chain, cursor);
			continue;
		case NFT_CONTINUE:
		case NFT_RETURN:
			break;
		default:
			return ended(&trace, regs.verdict.code, pkt);
		}
		if (!depth)
			return policy(base, &regs, pkt, &trace);
		at = stack[--depth];
	}
}
