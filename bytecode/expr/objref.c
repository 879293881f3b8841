/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "objref". See objref.h; net/netfilter/nft_objref.c. */
#include "bytecode/expr/objref.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_objref

static const struct bc_attr attrs[] = {
	A(NFTA_OBJREF_IMM_TYPE, BC_BE32, imm_type),
	A(NFTA_OBJREF_IMM_NAME, BC_STR, imm_name, .max = NFT_OBJ_MAXNAMELEN - 1),
	A(NFTA_OBJREF_SET_SREG, BC_BE32, set_sreg),
	A(NFTA_OBJREF_SET_NAME, BC_STR, set_name, .max = NFT_SET_MAXNAMELEN - 1),
	A(NFTA_OBJREF_SET_ID, BC_BE32, set_id),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	if (BC_HAS(e, NFTA_OBJREF_SET_SREG))
		buf_printf(out, "objref sreg %u set %s", e->set_sreg, e->set_name ? e->set_name : "");
	else
		buf_printf(out, "objref type %u name %s", e->imm_type, e->imm_name ? e->imm_name : "");
}

BC_EXPR_TYPE(objref, "objref");
