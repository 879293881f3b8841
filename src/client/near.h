/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "did you mean": where a target knows no thing of a name, what it has of a name like it. */
#ifndef NFVM_CLIENT_NEAR_H
#define NFVM_CLIENT_NEAR_H

#include "parser/ast.h"
#include "src/client/transport.h"

/*
 * Reports at `at` that there is no such table, chain, set, object or flowtable, with a near name. False: there is none near, and
 * nothing is reported. h, kind: what was named; where `at` is its table's name, it is the table.
 */
bool near_report(struct transport *t, struct diag *d, enum ast_obj_kind kind, const struct ast_handle *h, struct place at);

#endif
