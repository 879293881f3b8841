/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands `get element` and `reset element`: the elements named, asked for one by one; a set is never dumped. */
#ifndef NFVM_CLIENT_GET_H
#define NFVM_CLIENT_GET_H

#include "src/client/list.h"

/* 0; -1 with the diag saying why. */
int get_cmd(const struct list_ctx *c, const struct ast_cmd *cmd);

#endif
