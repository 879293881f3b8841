/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The structs of all expressions, one per NFTA_EXPR_NAME: struct bc_NAME, but struct bc_xt_match and bc_xt_target for "match" and
 * "target". Each has its file bytecode/expr/NAME.h, with attribute table and text in NAME.c; its execution is in vm/expr/NAME.c.
 * Members are named as their attributes.
 * Registers are NFT_REG_* numbers as on the wire (1–4: 16 bytes each; 8–23: NFT_REG32_00…15, 4 bytes each).
 */
#ifndef NFVM_BYTECODE_EXPR_H
#define NFVM_BYTECODE_EXPR_H

#include "bytecode/bc.h"
#include "bytecode/expr/bitwise.h"
#include "bytecode/expr/byteorder.h"
#include "bytecode/expr/cmp.h"
#include "bytecode/expr/connlimit.h"
#include "bytecode/expr/counter.h"
#include "bytecode/expr/ct.h"
#include "bytecode/expr/dup.h"
#include "bytecode/expr/dynset.h"
#include "bytecode/expr/exthdr.h"
#include "bytecode/expr/fib.h"
#include "bytecode/expr/flow_offload.h"
#include "bytecode/expr/fwd.h"
#include "bytecode/expr/hash.h"
#include "bytecode/expr/immediate.h"
#include "bytecode/expr/inner.h"
#include "bytecode/expr/last.h"
#include "bytecode/expr/limit.h"
#include "bytecode/expr/log.h"
#include "bytecode/expr/lookup.h"
#include "bytecode/expr/masq.h"
#include "bytecode/expr/match.h"
#include "bytecode/expr/meta.h"
#include "bytecode/expr/nat.h"
#include "bytecode/expr/notrack.h"
#include "bytecode/expr/numgen.h"
#include "bytecode/expr/objref.h"
#include "bytecode/expr/osf.h"
#include "bytecode/expr/payload.h"
#include "bytecode/expr/queue.h"
#include "bytecode/expr/quota.h"
#include "bytecode/expr/range.h"
#include "bytecode/expr/redir.h"
#include "bytecode/expr/reject.h"
#include "bytecode/expr/rt.h"
#include "bytecode/expr/socket.h"
#include "bytecode/expr/synproxy.h"
#include "bytecode/expr/target.h"
#include "bytecode/expr/tproxy.h"
#include "bytecode/expr/tunnel.h"
#include "bytecode/expr/xfrm.h"

#endif
