/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ruleset's life, for the engine. Control thread. */
#ifndef NFVM_VM_STATE_API_H
#define NFVM_VM_STATE_API_H

#include "vm/vm.h"

struct state;

int state_new(struct vm_engine *e, struct state **out);
/* No reader is left. */
void state_free(struct state **s);
/* Takes expired elements out of sets, and frees what readers can no longer see. */
void state_tick(struct vm_engine *e);

/* A socket has closed: tables that it owns go. */
void state_port_gone(struct vm_engine *e, uint32_t port);

#endif
