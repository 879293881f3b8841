/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the packet's bytes, for expressions other than "payload". Worker's thread. */
#ifndef NFVM_VM_EXPR_PAYLOAD_H
#define NFVM_VM_EXPR_PAYLOAD_H

#include "vm/vm.h"

/* len bytes at offset behind base (NFT_PAYLOAD_*) to dst, whose last word is filled up with zeros. False: not in the packet. */
bool expr_payload_load(uint32_t *dst, const struct vm_pkt *p, uint8_t base, uint32_t offset, uint32_t len);
/* Where the payload of the transport protocol begins, from p->data; -1: no such thing. */
int expr_payload_inner(const struct vm_pkt *p);

#endif
