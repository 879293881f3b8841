/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between a worker's burst and the host. Worker's thread. */
#ifndef NFVM_VM_HOST_FRAME_H
#define NFVM_VM_HOST_FRAME_H

#include "vm/worker.h"

/* 0 or -ENOMEM. */
int host_worker_new(struct vm_worker *w);
void host_worker_free(struct vm_worker *w);
/* Runs one frame to its end, with all that it leads to. */
enum nfvm_verdict host_frame(struct vm_worker *w, const struct nfvm_frame *f);

#endif
