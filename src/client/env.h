/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lowering asks of the target (struct lower_env): one object at a time, never a dump of more than a chain, and only once. */
#ifndef NFVM_CLIENT_ENV_H
#define NFVM_CLIENT_ENV_H

#include "src/client/transport.h"
#include "src/lower/lower.h"

struct env;

/* t NULL: an empty target. Answers live in the arena. */
struct env *env_new(struct arena *a, struct transport *t);
const struct lower_env *env_lower(struct env *e);
/* Forgets everything, after a batch has changed the target. */
void env_forget(struct env *e);

#endif
