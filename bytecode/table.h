/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How attribute tables are written. A file defines T as the struct, then one line per attribute, in the
 * order in which stock nft sends them:
 *
 *     #define T struct bc_cmp
 *     static const struct bc_attr attrs[] = {
 *             A(NFTA_CMP_SREG, BC_BE32, sreg),
 *             A(NFTA_CMP_OP, BC_BE32, op),
 *             A(NFTA_CMP_DATA, BC_DATA, data),
 *     };
 *     static const struct bc_desc desc = BC_DESC("cmp", attrs);
 */
#ifndef NFVM_BYTECODE_TABLE_H
#define NFVM_BYTECODE_TABLE_H

#include <stddef.h>

#include "bytecode/bc.h"

/* type, kind, member; then, as wanted: .max = …, .sub = …, .flags = … */
#define A(type_, kind_, member_, ...) { .type = (type_), .kind = (kind_), .off = offsetof(T, member_), .name = #member_, ##__VA_ARGS__ }
/* Fails to build where a table has more attributes than the decoder holds. */
#define BC_DESC(name_, attrs_) \
	{ (name_), sizeof(T), ARRAY_SIZE(attrs_) + 0 * sizeof(char[ARRAY_SIZE(attrs_) <= BC_MAX_ATTRS ? 1 : -1]), (attrs_) }
enum { BC_MAX_ATTRS = 24 };

#define BC_EXPR_TYPE(id, name_) \
	static const struct bc_desc desc = BC_DESC(name_, attrs); \
	const struct bc_expr_type bc_expr_##id = { name_, &desc, dump }

#endif
