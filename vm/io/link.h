/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link types of captures (LINKTYPE_*, tcpdump.org/linktypes) to Ethernet. */
#ifndef NFVM_VM_IO_LINK_H
#define NFVM_VM_IO_LINK_H

#include "base/buf.h"
#include "vm/io/capture.h"

bool link_known(int linktype);
/*
 * Gives f an Ethernet header: data as it is where the link type has one, else in room, with a made-up one. False where the
 * frame is too short for its link type; it is then an empty frame.
 */
bool link_to_ethernet(int linktype, const uint8_t *data, uint32_t len, struct buf *room, struct capture_frame *f);

#endif
