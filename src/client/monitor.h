/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command `monitor`: what changes in a target and what packets meet there, as it is told, until SIGINT. */
#ifndef NFVM_CLIENT_MONITOR_H
#define NFVM_CLIENT_MONITOR_H

#include "src/client/list.h"

/* 0 at SIGINT; -1 with the diag saying why. */
int monitor_cmd(const struct list_ctx *c, const struct ast_cmd *cmd);

#endif
