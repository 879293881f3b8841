/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of up to 128 bits as text: decimal, hexadecimal (0x), octal (0). */
#ifndef NFVM_TYPES_NUMBER_H
#define NFVM_TYPES_NUMBER_H

#include "src/types/datatype.h"

enum { NUMBER_TEXT = 48 };

/* The whole text as a number; false if it is none or has more than 128 bits. *out is untouched then. */
bool number_parse(const char *text, u128 *out);
/* Into buf of NUMBER_TEXT bytes; returns a place within it. hex: with 0x and at least so many digits. */
const char *number_text(u128 v, char *buf);
const char *number_hex(u128 v, unsigned digits, char *buf);

#endif
