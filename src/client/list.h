/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that ask: list, reset, get. */
#ifndef NFVM_CLIENT_LIST_H
#define NFVM_CLIENT_LIST_H

#include "src/client/client.h"

/* What a listing needs of its session. */
struct lower;

struct list_ctx {
	const struct client_options *o;
	struct transport *t;
	struct diag *diag;
	struct arena *a;
	struct lower *lower;
};

/* 0; -1 with the diag saying why. */
int list_cmd(const struct list_ctx *c, const struct ast_cmd *cmd);

#endif
