/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --debug=netlink: what a batch says, as text. */
#ifndef NFVM_CLIENT_DEBUG_H
#define NFVM_CLIENT_DEBUG_H

#include <stdio.h>

#include "bytecode/bc.h"

void debug_batch(FILE *out, const struct bc_batch *b, struct arena *a);

#endif
