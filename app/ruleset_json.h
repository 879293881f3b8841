/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NFVM_APP_RULESET_JSON_H
#define NFVM_APP_RULESET_JSON_H

#include <stdio.h>

struct nfvm_engine;
struct transport;

/* {"ruleset":[…]}: what `nft -j list ruleset` says of the target, on one line. 0 or -1. */
int ruleset_json_print(struct transport *t, struct nfvm_engine *e, FILE *out);

#endif
