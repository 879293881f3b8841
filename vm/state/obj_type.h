/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of objects: one row each in obj_type.c. */
#ifndef NFVM_VM_STATE_OBJ_TYPE_H
#define NFVM_VM_STATE_OBJ_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct obj_type {
	uint32_t type;
	uint8_t family;              /* NFPROTO_UNSPEC: all */
	bool stateful;               /* prog/ builds it, as the expression of the same name */
	/* Others: checks and completes the struct of bytecode/msg.h, which becomes the object's data. 0 or -errno. */
	int (*check)(uint8_t family, void *data, struct arena *arena);
	bool updates;                /* others: NEWOBJ may change it */
};

/* ct_timeout.c */
int ct_timeout_check(uint8_t family, void *data, struct arena *arena);

/* NULL: no such type for this family. */
const struct obj_type *obj_type(uint32_t type, uint8_t family);

#endif
