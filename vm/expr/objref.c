/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "objref": runs a named object (counter, quota, limit, …): one that the rule names, or the one that a map leads to.
 * Reference: net/netfilter/nft_objref.c.
 */
#include <errno.h>

#include "vm/expr/hot.h"

struct ins_objref {
	struct vm_ins head; /* c: 0 the object, 1 a map, with the key's register in a */
	union {
		struct vm_obj *obj;
		struct vm_set *set;
	};
};

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
	stateful_eval(obj->stateful, regs, pkt);
}

/* Objects of some types are settings for what is not executed. */
static int check_type(struct expr_build *b, uint32_t type)
{
	switch (type) {
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
		break;
	}
	return expr_unexecuted(b, "objects of this type are not executed by nfvm yet");
}

static int build_object(struct expr_build *b, const struct bc_objref *x)
{
	struct vm_obj *obj = state_find_obj(b->txn, b->table, x->imm_name, x->imm_type);
	struct ins_objref *i;
	int err = obj ? check_type(b, obj->type) : -ENOENT;

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
	struct vm_set *s = state_find_set(b->txn, b->table, BC_HAS(x, NFTA_OBJREF_SET_NAME) ? x->set_name : NULL, BC_HAS(x, NFTA_OBJREF_SET_ID),
					  x->set_id);
	struct ins_objref *i;
	uint8_t sreg;
	int err;

	if (!s)
		return -ENOENT;
	if (!(s->flags & NFT_SET_OBJECT))
		return -EINVAL;
	err = expr_load(b, x->set_sreg, s->key_len, &sreg);
	if (!err)
		err = check_type(b, s->obj_type);
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
	.name = "objref", .kernel_size = 48, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .disasm = disasm,
};
