/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of loads (load_NAME.c) share. */
#ifndef NFVM_LOWER_LOAD_H
#define NFVM_LOWER_LOAD_H

#include "src/lower/gen.h"

/* A new expression whose body goes to *body; within an expression "inner" where e is read from what a tunnel carries. */
struct bc_expr **load_open(struct gen *g, const struct tx *e, void **body, const char *name);

#endif
