/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base chains: hooks and their numbers in each family, names of priorities, chain types. Families are NFPROTO_*. */
#ifndef NFVM_TYPES_HOOKS_H
#define NFVM_TYPES_HOOKS_H

#include "src/types/datatype.h"

/* The family's hooks ("prerouting" → NF_INET_PRE_ROUTING), ends with a NULL name; NULL for an unknown family. */
const struct symbol *hooks_of(uint8_t family);
/* -1 where the family has no such hook. */
int hook_by_name(uint8_t family, const char *name);
const char *hook_name(uint8_t family, uint32_t hook);
/* True where a device must or may be named: ingress and egress. */
bool hook_has_device(uint8_t family, uint32_t hook);

/* The number of a name that this family and hook may use; false where it may not or there is none. */
bool priority_by_name(uint8_t family, uint32_t hook, const char *name, int32_t *prio);
/* Each name that may be used there. */
void priority_each(uint8_t family, uint32_t hook, void (*fn)(void *ctx, const char *name), void *ctx);
/* True for a name of any family and hook, so that an error can tell a misplaced name from an unknown one. */
bool priority_name_known(const char *name);
/* "filter", "filter + 5", "-42"; names within 10 of the number. */
void priority_print(const struct type_ctx *c, uint8_t family, uint32_t hook, int32_t prio, struct buf *out);

extern const char *const chain_types[]; /* "filter", "nat", "route", NULL */
bool chain_type_known(const char *type);

#endif
