/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rulesets as a client sent them: files of nf_tables netlink batches, one behind the other, as they went into sendmsg(). */
#ifndef NFVM_APP_BATCH_H
#define NFVM_APP_BATCH_H

#include <stdio.h>

struct transport;

/* Sends each batch of the file. 0; -1 with the reason said on err: batches in front of the one at fault have taken effect. */
int batch_load(struct transport *t, const char *path, FILE *err);

#endif
