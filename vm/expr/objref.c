/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "objref": runs a named object (counter, quota, limit, …): one that the rule names, or the one that a map leads to.
 * Reference: net/netfilter/nft_objref.c.
 */
#include <errno.h>

#include "vm/ct/help.h"
#include "vm/expr/hot.h"

struct ins_objref {
	struct vm_ins head; /* c: 0 the object, 1 a map, with the key's register in a */
	union {
		struct vm_obj *obj;
		struct vm_set *set;
	};
};

/* nft_ct_expect_obj_eval: answers to the connection may come to another port, too. */
static void add_expectation(const struct bc_ct_expect_obj *o, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct ct_pkt p = { .v = pkt, .t = pkt->w->e->ct, .now_ns = pkt->w->now_ns };
	const struct ct_tuple *back;
	struct ct_expect x;
	be16 port;

	if (!pkt->ct || ct_is_template(pkt->ct) || (ct_status(pkt->ct) & IPS_CONFIRMED) || ct_help_of(p.t, pkt->ct)->expecting[0] >= o->size) {
		vm_break(regs);
		return;
	}
	back = ct_tuple(pkt->ct, !ct_info_dir(pkt->ctinfo));
	be16_store((uint8_t *)&port, o->dport);
	ct_expect_init(&x, p.t, pkt->ct, back->src, back->dst, (uint8_t)o->l3proto, o->l4proto, port);
	x.expires_ns = p.now_ns + o->timeout * UINT64_C(1000000);
	if (ct_expect_add(&p, &x))
		regs->verdict.code = NF_DROP;
}

/* nft_ct_helper_obj_eval: to connections of the families that it is for. */
static void assign_helper(const struct vm_obj *obj, struct vm_pkt *pkt)
{
	uint16_t l3 = ((const struct bc_ct_helper_obj *)obj->data)->l3proto;

	if (pkt->ct && (l3 == NFPROTO_INET || ct_is_template(pkt->ct) || l3 == ct_tuple(pkt->ct, CT_ORIG)->l3))
		ct_helper_assign(pkt, obj->ct);
}

static void eval(const struct vm_obj *obj, struct vm_regs *regs, struct vm_pkt *pkt)
{
	switch (obj->type) {
	case NFT_OBJECT_CT_HELPER:
		assign_helper(obj, pkt);
		return;
	case NFT_OBJECT_CT_TIMEOUT:
		ct_policy_assign(pkt, ((const struct bc_ct_timeout_obj *)obj->data)->l4proto, obj->ct);
		return;
	case NFT_OBJECT_CT_EXPECT:
		add_expectation(obj->data, regs, pkt);
		return;
	}
	stateful_eval(obj->stateful, regs, pkt);
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_objref *i = (const struct ins_objref *)ins;
	const struct vm_obj *obj = i->obj;

	if (ins->c) {
		struct vm_elem *e = set_lookup(i->set, pkt->w->gen & 1, &regs->w[ins->a], pkt->w->now_ns);

		if (!e) {
			vm_break(regs);
			return;
		}
		obj = e->obj;
	}
	eval(obj, regs, pkt);
}

/* Every helper object of the table that the rule could come to (obj NULL: by a map) must be one that there is. */
static int check_helpers(struct expr_build *b, const struct vm_obj *obj)
{
	const struct vm_obj *o;

	if (obj)
		return obj->ct ? 0 : expr_unexecuted(b, "nfvm has no helper of this type yet");
	cds_list_for_each_entry(o, &b->table->objs, h.list)
		if (o->type == NFT_OBJECT_CT_HELPER && !o->ct)
			return expr_unexecuted(b, "nfvm does not have all helpers of this table yet");
	return 0;
}

/* Objects of some types are settings for what is not executed. obj: NULL for maps. */
static int check_type(struct expr_build *b, uint32_t type, const struct vm_obj *obj)
{
	switch (type) {
	case NFT_OBJECT_CT_HELPER:
		b->flags |= PROG_NEEDS_CT;
		return check_helpers(b, obj);
	case NFT_OBJECT_CT_TIMEOUT:
	case NFT_OBJECT_CT_EXPECT:
	case NFT_OBJECT_CONNLIMIT:
		b->flags |= PROG_NEEDS_CT;
		return 0;
	case NFT_OBJECT_COUNTER:
	case NFT_OBJECT_QUOTA:
	case NFT_OBJECT_LIMIT:
		return 0;
	case NFT_OBJECT_SYNPROXY:
		if (b->family != NFPROTO_IPV4 && b->family != NFPROTO_IPV6 && b->family != NFPROTO_INET)
			return -EOPNOTSUPP;
		expr_places(b, expr_hooks(1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD));
		break;
	}
	return expr_unexecuted(b, "objects of this type are not executed by nfvm yet");
}

static int build_object(struct expr_build *b, const struct bc_objref *x)
{
	struct vm_obj *obj = state_find_obj(b->txn, b->table, x->imm_name, x->imm_type);
	struct ins_objref *i;
	int err = obj ? check_type(b, obj->type, obj) : -ENOENT;

	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->obj = obj;
	expr_ref(b, PROG_REF_OBJ, obj);
	b->flags |= PROG_NEEDS_VALIDATE;
	return 0;
}

static int build_map(struct expr_build *b, const struct bc_objref *x)
{
	struct vm_set *s = state_find_set(b->txn, b->table, BC_HAS(x, NFTA_OBJREF_SET_NAME) ? x->set_name : NULL,
					  BC_HAS(x, NFTA_OBJREF_SET_ID), x->set_id);
	struct ins_objref *i;
	uint8_t sreg;
	int err;

	if (!s)
		return -ENOENT;
	if (!(s->flags & NFT_SET_OBJECT))
		return -EINVAL;
	err = expr_load(b, x->set_sreg, s->key_len, &sreg);
	if (!err)
		err = check_type(b, s->obj_type, NULL);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = sreg;
	i->head.c = 1;
	i->set = s;
	expr_ref(b, PROG_REF_SET, s)->flags = NFT_SET_OBJECT;
	b->flags |= PROG_NEEDS_VALIDATE;
	return 0;
}

static bool is_map(const struct bc_objref *x)
{
	return BC_HAS(x, NFTA_OBJREF_SET_SREG) && (BC_HAS(x, NFTA_OBJREF_SET_NAME) || BC_HAS(x, NFTA_OBJREF_SET_ID));
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_objref *x = body;

	return is_map(x) || (BC_HAS(x, NFTA_OBJREF_IMM_NAME) && BC_HAS(x, NFTA_OBJREF_IMM_TYPE)) ? 0 : -EOPNOTSUPP;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_objref *x = body;

	return is_map(x) ? build_map(b, x) : build_object(b, x);
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_objref *i = (const struct ins_objref *)ins;
	struct bc_objref *x = body;

	if (ins->c) {
		BC_SET(x, NFTA_OBJREF_SET_SREG, set_sreg, expr_reg(ins->a));
		BC_SET(x, NFTA_OBJREF_SET_NAME, set_name, i->set->h.name);
	} else {
		BC_SET(x, NFTA_OBJREF_IMM_TYPE, imm_type, i->obj->type);
		BC_SET(x, NFTA_OBJREF_IMM_NAME, imm_name, i->obj->h.name);
	}
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	const struct ins_objref *i = (const struct ins_objref *)ins;

	if (ins->c)
		buf_printf(out, "R%u in %s", ins->a, i->set->h.name);
	else
		buf_puts(out, i->obj->h.name);
}

const struct vm_expr vm_expr_objref = {
	.name = "objref",
	.kernel_size = 48,
	.precheck = precheck,
	.build = build,
	.exec = exec,
	.dump = dump,
	.disasm = disasm,
};
