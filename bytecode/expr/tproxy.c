/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "tproxy". See tproxy.h; net/netfilter/nft_tproxy.c. */
#include "bytecode/expr/tproxy.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_tproxy

static const struct bc_attr attrs[] = {
	A(NFTA_TPROXY_FAMILY, BC_BE32, family),
	A(NFTA_TPROXY_REG_ADDR, BC_BE32, reg_addr),
	A(NFTA_TPROXY_REG_PORT, BC_BE32, reg_port),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_puts(out, "tproxy");
	if (e->family)
		buf_printf(out, " %s", bc_text_family(e->family));
	bc_text_opt(out, BC_HAS(e, NFTA_TPROXY_REG_ADDR), " addr reg ", e->reg_addr);
	bc_text_opt(out, BC_HAS(e, NFTA_TPROXY_REG_PORT), " port reg ", e->reg_port);
}

BC_EXPR_TYPE(tproxy, "tproxy");
