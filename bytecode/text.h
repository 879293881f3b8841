/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces of the text of `nft --debug=netlink`, which each expression's dump puts together. Words are
 * separated by one blank, none at the end.
 */
#ifndef NFVM_BYTECODE_TEXT_H
#define NFVM_BYTECODE_TEXT_H

#include "bytecode/bc.h"

/* " 0x00000001 0x0002": in words of four bytes, the last as short as it is; in reading order where host_order says so. */
void bc_text_value(struct buf *out, const struct bc_data *v);
/* Bytes of one field as groups of eight hex digits, each behind `before`. */
void bc_text_bytes(struct buf *out, const uint8_t *p, size_t len, bool host_order, const char *before);
/* " accept", " jump -> chain" */
void bc_text_verdict(struct buf *out, const struct bc_data *v);
/* names[v], or "unknown" */
const char *bc_text_name(const char *const *names, size_t n, uint32_t v);
#define BC_NAME(names, v) bc_text_name((names), ARRAY_SIZE(names), (v))
/* "ip", "ip6", … of an NFPROTO_… */
const char *bc_text_family(uint32_t family);
/* `before` with the number, where the attribute is there. */
void bc_text_opt(struct buf *out, bool there, const char *before, uint32_t v);

#endif
