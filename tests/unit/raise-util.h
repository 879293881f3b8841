/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytecode as text, for the tests of the way back: steps separated by ';', hexadecimal bytes as they lie in registers.
 *
 *   meta KEY, ct KEY, pl BASE OFFSET LEN, imm BYTES          into the register
 *   eq ne lt gt le ge BYTES; range nrange BYTES BYTES        matches of it
 *   mask BYTES BYTES; shl N; shr N; ntoh N; hton N           operations on it
 *   in SET; notin SET; vmap SET; map SET                     lookups (map: back into it)
 *   setmeta KEY; setct KEY; write BASE OFFSET LEN            statements from it
 *   verdict accept|drop|jump|goto [CHAIN]; counter P B; last; notrack; reject TYPE CODE; log PREFIX
 *   reg N                                                    the register (1–4, 8–23) from here on; 1 at first
 */
#ifndef NFVM_TESTS_RAISE_UTIL_H
#define NFVM_TESTS_RAISE_UTIL_H

#include "bytecode/bc.h"

/* Appends the expressions of a text; fails the test on a step that it does not know. */
struct bc_expr *raise_assemble(struct arena *a, const char *text);
/* "0a000001" → bytes in the arena. */
struct bc_bytes raise_hex(struct arena *a, const char *hex);

#endif
