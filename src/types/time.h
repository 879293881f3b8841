/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations as nft writes them, 1d2h3m4s5ms: of the type `time`, and of timeouts in sets and objects. */
#ifndef NFVM_TYPES_TIME_H
#define NFVM_TYPES_TIME_H

#include "src/types/datatype.h"

/* Text to milliseconds; a bare number is seconds. Returns 0, or -1 and *why. */
int duration_parse(const char *text, uint64_t *ms, const char **why);
/* "1h30m"; "0s" for none. */
void duration_print(uint64_t ms, struct buf *out);

#endif
