/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Echo of commands that were given as JSON: what was given, with the handles of what it made. */
#ifndef NFVM_CLIENT_JSON_ECHO_H
#define NFVM_CLIENT_JSON_ECHO_H

#include <jansson.h>
#include <stdio.h>

#include "src/lower/lower.h"

/* A message that came back: the handle goes into the object of its command. Nothing if that was no JSON. */
void json_echo_take(const struct lower_mark *mark, uint16_t type, const void *s);
/* All commands of a text (parse_json_kept). */
void json_echo_print(json_t *kept, FILE *out);

#endif
