/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `nft describe`: what an expression or a type is, and which names its values have. */
#ifndef NFVM_TYPES_DESCRIBE_H
#define NFVM_TYPES_DESCRIBE_H

#include "parser/ast.h"
#include "src/types/datatype.h"

/* What a field yields, as far as its words alone tell. */
struct field_info {
	const char *kind;             /* nft's word for the kind of expression: "payload", "meta", "exthdr"… */
	const struct datatype *type;  /* type_invalid where the words leave it open: `ct original saddr` without a family */
	uint16_t bits;
	uint8_t byteorder;
};

/* False where the words name nothing known. */
bool field_info(const struct ast_field *f, struct field_info *out);

/*
 * Appends the description of a FIELD, a RAW or a SYMBOL that names a type (any other symbol is described as unknown).
 * Returns 0, or -1 and *why for what cannot be described.
 */
int describe(const struct ast_expr *e, struct buf *out, const char **why);

#endif
