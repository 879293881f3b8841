/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm run --json: one line for each frame that came in, in the order of the capture. */
#ifndef NFVM_APP_JSON_OUT_H
#define NFVM_APP_JSON_OUT_H

#include <stdint.h>

#include "base/buf.h"
#include "nfvm/engine.h"

/* "accept", "drop", … */
const char *verdict_name(uint8_t verdict);
/* {"dev":"eth1","frame":"0200…"} appended to the list of a frame's outs; a comma goes before all but the first. */
void json_out_frame(struct buf *list, const char *dev, const uint8_t *data, uint32_t len);
/* The line of frame n, with its newline; outs is the list. */
void json_out_line(struct buf *line, uint64_t n, const char *dev, uint8_t verdict, const struct buf *outs);

#endif
