/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_TRACE messages. See trace.h; net/netfilter/nf_tables_trace.c: nft_trace_notify. */
#include "vm/run/trace.h"

#include "vm/ct/ct.h"
#include "vm/host/host.h"
#include "vm/engine.h"
#include "vm/run/run.h"
#include "vm/worker.h"

enum { NETWORK_BYTES = 40, TRANSPORT_BYTES = 20, LINK_BYTES = 20 };

static struct bc_bytes part(const struct vm_pkt *pkt, uint32_t from, uint32_t to, uint32_t most)
{
	uint32_t len = to > from ? to - from : 0;

	return (struct bc_bytes){ .p = pkt->data + from, .len = len < most ? len : most };
}

static void fill_link(struct bc_trace *m, const struct vm_pkt *pkt, uint8_t *tagged)
{
	struct bc_bytes ll = part(pkt, 0, pkt->l3, LINK_BYTES);

	if (!pkt->has_l2)
		return;
	if (pkt->has_vlan) {
		memcpy(tagged, pkt->data, 12);
		memcpy(tagged + 12, &pkt->vlan_proto, 2);
		be16_store(tagged + 14, pkt->vlan_tci);
		memcpy(tagged + 16, &pkt->protocol, 2);
		ll = (struct bc_bytes){ .p = tagged, .len = 18 };
	}
	if (ll.len)
		BC_SET(m, NFTA_TRACE_LL_HEADER, ll_header, ll);
}

static void fill_headers(struct bc_trace *m, const struct vm_pkt *pkt)
{
	struct bc_bytes nh = part(pkt, pkt->l3, pkt->has_l4 ? pkt->l4 : pkt->len, NETWORK_BYTES);

	if (nh.len)
		BC_SET(m, NFTA_TRACE_NETWORK_HEADER, network_header, nh);
	if (pkt->has_l4) {
		struct bc_bytes th = part(pkt, pkt->l4, pkt->len, TRANSPORT_BYTES);

		if (th.len)
			BC_SET(m, NFTA_TRACE_TRANSPORT_HEADER, transport_header, th);
	}
}

static void fill_devices(struct bc_trace *m, const struct vm_pkt *pkt)
{
	const struct host_dev *in = pkt->iif ? host_dev(pkt->w->e->host, pkt->iif) : NULL;
	const struct host_dev *out = pkt->oif ? host_dev(pkt->w->e->host, pkt->oif) : NULL;

	if (in) {
		BC_SET(m, NFTA_TRACE_IIF, iif, in->index);
		BC_SET(m, NFTA_TRACE_IIFTYPE, iiftype, in->type);
	}
	if (out) {
		BC_SET(m, NFTA_TRACE_OIF, oif, out->index);
		BC_SET(m, NFTA_TRACE_OIFTYPE, oiftype, out->type);
	}
}

static void fill_ct(struct bc_trace *m, const struct vm_pkt *pkt)
{
	if (!pkt->ct && pkt->ctinfo != IP_CT_UNTRACKED)
		return;
	BC_SET(m, NFTA_TRACE_CT_STATE, ct_state, ct_state_bits(pkt));
	if (!pkt->ct)
		return;
	BC_SET(m, NFTA_TRACE_CT_ID, ct_id, pkt->ct->id);
	if (ct_status(pkt->ct))
		BC_SET(m, NFTA_TRACE_CT_STATUS, ct_status, ct_status(pkt->ct));
	BC_SET(m, NFTA_TRACE_CT_DIRECTION, ct_direction, ct_info_dir(pkt->ctinfo));
}

static void tell(struct run_trace *t, const struct bc_trace *m)
{
	struct vm_worker *w = t->w;
	struct buf *b = &w->run->trace;

	buf_cut(b, 0);
	bc_msg(b, NFNL_SUBSYS_NFTABLES, NFT_MSG_TRACE, t->base->table->family, 0, 0, 0, 0, &bc_trace_desc, m);
	if (w->sink.trace)
		w->sink.trace(w->sink.ctx, w->in, b->p, b->len);
	if (run_trace_heard(w))
		run_trace_put(w, b->p, b->len);
}

/* A number for the packet, the same in all its messages, and not the next packet's. */
static uint32_t id_of(struct run_trace *t, struct vm_pkt *pkt)
{
	if (!pkt->trace_id) {
		uint32_t n = ++t->w->run->n_traced * 0x9e3779b1u;

		n = (n ^ n >> 15) * 0x85ebca77u;
		pkt->trace_id = (n ^ n >> 13) | 1;
	}
	return pkt->trace_id;
}

/* m: type, rule handle, verdict or policy are there already. */
static void notify(struct run_trace *t, const struct vm_chain *chain, struct vm_pkt *pkt, struct bc_trace *m)
{
	uint8_t tagged[18];

	if (!t->w->sink.trace && !run_trace_heard(t->w))
		return;
	BC_SET(m, NFTA_TRACE_NFPROTO, nfproto, pkt->pf);
	BC_SET(m, NFTA_TRACE_ID, id, id_of(t, pkt));
	BC_SET(m, NFTA_TRACE_CHAIN, chain, chain->h.name);
	BC_SET(m, NFTA_TRACE_TABLE, table, chain->table->h.name);
	if (pkt->mark)
		BC_SET(m, NFTA_TRACE_MARK, mark, pkt->mark);
	if (!t->dumped) {
		fill_devices(m, pkt);
		fill_headers(m, pkt);
		fill_link(m, pkt, tagged);
		fill_ct(m, pkt);
		t->dumped = true;
	}
	tell(t, m);
}

static void notify_rule(struct run_trace *t, uint32_t type, const struct vm_chain *chain, const struct vm_rule *rule,
			const struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct bc_trace m = { 0 };

	BC_SET(&m, NFTA_TRACE_TYPE, type, type);
	if (rule)
		BC_SET(&m, NFTA_TRACE_RULE_HANDLE, rule_handle, rule->h.handle);
	m.verdict = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = regs->verdict.code };
	if (regs->verdict.code == NFT_JUMP || regs->verdict.code == NFT_GOTO)
		m.verdict.chain = regs->verdict.chain->h.name;
	BC_MARK(&m, NFTA_TRACE_VERDICT);
	if ((regs->verdict.code & NF_VERDICT_MASK) == NF_STOLEN)
		t->dumped = true;
	notify(t, chain, pkt, &m);
}

/* ---- steps ---- */

static void step(struct run_trace *t, const struct vm_chain *chain, const struct vm_rule *rule, bool policy, int32_t verdict,
		 const struct vm_pkt *pkt)
{
	struct nfvm_step s = {
		.in = t->w->in, .len = pkt->len, .family = chain->table->family, .policy = policy, .table = chain->table->h.name,
		.chain = chain->h.name, .handle = rule ? rule->h.handle : 0, .verdict = verdict,
	};

	t->w->sink.step(t->w->sink.ctx, &s);
}

void run_step_end(struct run_trace *t, bool policy, int32_t verdict, struct vm_pkt *pkt)
{
	step(t, t->base, NULL, policy, verdict, pkt);
}

/* ---- called by the interpreter ---- */

void run_trace_rule(struct run_trace *t, const struct vm_chain *chain, const struct vm_rule *rule, const struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (t->step)
		step(t, chain, rule, false, regs->verdict.code, pkt);
	if (t->on)
		notify_rule(t, NFT_TRACETYPE_RULE, chain, rule, regs, pkt);
}

/*
 * The kernel's nft_trace_verdict means to tell returns as type return, but masks the verdict before it looks: it says rule for them as well.
 * Of the two, ends of chains and `return` go by what was known of the packet before the rule, other verdicts by what the rule left.
 */
void run_trace_verdict(struct run_trace *t, const struct vm_chain *chain, const struct vm_rule *rule, const struct vm_regs *regs,
		       struct vm_pkt *pkt)
{
	if (t->step && rule)
		step(t, chain, rule, false, regs->verdict.code, pkt);
	if (regs->verdict.code != NFT_CONTINUE && regs->verdict.code != NFT_RETURN)
		t->on = pkt->nftrace;
	if (t->on)
		notify_rule(t, NFT_TRACETYPE_RULE, chain, rule, regs, pkt);
}

void run_trace_policy(struct run_trace *t, const struct vm_chain *base, uint8_t policy, struct vm_pkt *pkt)
{
	struct bc_trace m = { 0 };

	if (t->step)
		run_step_end(t, true, policy, pkt);
	if (!pkt->nftrace)
		return;
	BC_SET(&m, NFTA_TRACE_TYPE, type, NFT_TRACETYPE_POLICY);
	BC_SET(&m, NFTA_TRACE_POLICY, policy, policy);
	notify(t, base, pkt, &m);
}
