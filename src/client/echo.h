/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -e: what the target says it added, worded as commands, as `nft monitor` does. */
#ifndef NFVM_CLIENT_ECHO_H
#define NFVM_CLIENT_ECHO_H

#include "src/client/client.h"

struct echo;

/* a: arena of the text being run. */
struct echo *echo_new(struct arena *a, const struct client_options *o);
/* One message that came back (commit_echo_fn's arguments): kept until echo_print(), since rules name sets that are told of later. */
void echo_take(struct echo *e, uint16_t type, uint8_t family, const void *s);
/* Prints what was taken to o->out, in order. */
void echo_print(struct echo *e);

#endif
