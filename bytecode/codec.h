/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What encode.c, decode.c and copy.c share. Not for others. */
#ifndef NFVM_BYTECODE_CODEC_H
#define NFVM_BYTECODE_CODEC_H

#include "bytecode/bc.h"
#include "bytecode/table.h"

/* The member of an attribute. */
static inline void *bc_member(void *s, const struct bc_attr *at)
{
	return (char *)s + at->off;
}
static inline const void *bc_member_const(const void *s, const struct bc_attr *at)
{
	return (const char *)s + at->off;
}

/* The first member of every struct. */
static inline uint64_t bc_has(const void *s)
{
	return *(const uint64_t *)s;
}

/* The table of a message's BC_OBJECT: that of the type the struct says; NULL where it says none that is known. */
const struct bc_desc *bc_object_desc(const struct bc_desc *d, const void *s);

/* NFTA_OBJ_DATA of the types that are not expressions: obj_ct.c, obj_tunnel.c. */
extern const struct bc_desc bc_ct_helper_desc, bc_ct_timeout_desc, bc_ct_expect_desc, bc_secmark_desc, bc_synproxy_obj_desc, bc_tunnel_desc;

#endif
