/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --optimize: rules that follow one another in a chain and differ in constants alone become one rule with a set, a concatenation or
 * a verdict map.
 *
 *   ip saddr 1.1.1.1 accept          ip saddr { 1.1.1.1, 2.2.2.2 } accept           merge_set.c
 *   ip saddr 2.2.2.2 accept
 *   tcp dport 22 accept              tcp dport vmap { 22 : accept, 23 : drop }      merge_vmap.c
 *   tcp dport 23 drop
 *   tcp dport vmap { 1 : accept }    tcp dport vmap { 1 : accept, 2 : drop }        merge_maps.c
 *   tcp dport vmap { 2 : drop }
 *
 * A merge is made only where every packet gets the same verdict, every counter the same count, and every side effect happens as
 * often and in the same order. That holds because
 *   - what is compared is only read, and reads the same for all rules of the group (fields.c);
 *   - no two rules of a group hold for the same packet, or they do the same and end the chain (group.c);
 *   - what the rules do beside their verdict is the same, leaves alone what is compared, and has no state of its own (shape.c); a
 *     counter of a rule lives on as the counter of its element;
 *   - the merged match compiles; where it does not, the rules stay as they are.
 */
#ifndef NFVM_OPTIMIZE_OPTIMIZE_H
#define NFVM_OPTIMIZE_OPTIMIZE_H

#include "base/diag.h"
#include "parser/ast.h"
#include "src/types/datatype.h"

/*
 * Merges rules in the chains of the tables that the commands add, in place; what is new lives in the arena. Says each merge in
 * said, with the places of its rules.
 */
void optimize(struct arena *a, struct texts *texts, const struct type_ctx *types, struct ast_cmd *cmds, struct buf *said);

#endif
