/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of stateful objects (object*.c) share. */
#ifndef NFVM_LOWER_OBJECT_H
#define NFVM_LOWER_OBJECT_H

#include "src/lower/lower_priv.h"
#include "src/types/names.h"

/* The option l3proto, or the table's family. */
int object_l3proto(struct lower *l, const struct ast_obj *o, uint16_t *out);
/* The states and seconds of a ct timeout. */
int object_timeout_policy(struct lower *l, const struct ast_obj *o, struct bc_ct_timeout_obj *t);
int object_tunnel(struct lower *l, struct eval *v, const struct ast_obj *o, void **data);

#endif
