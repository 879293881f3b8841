/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -e: what the target says it added, worded as commands, as `nft monitor` does. */
#ifndef NFVM_CLIENT_ECHO_H
#define NFVM_CLIENT_ECHO_H

#include "src/client/client.h"
#include "src/client/event.h"

struct echo;

/* a: arena of the text being run. t: whom to ask for sets that were there already. */
struct echo *echo_new(struct arena *a, const struct client_options *o, struct transport *t);
/* What came back, in the arena: kept until echo_print(), since others may be asked only then. */
void echo_take(struct echo *e, const struct event *ev);
/* Prints what was taken to o->out, in order. */
void echo_print(struct echo *e);

#endif
