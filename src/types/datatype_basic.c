/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The roots of all types, and types that are numbers and nothing else. */
#include <string.h>

#include "src/types/datatype.h"

/* Host order: the first character is the lowest byte. */
static int string_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	unsigned max = bits && bits < 128 ? bits / 8 : 16;
	size_t n = strlen(text);
	u128 v = 0;

	if (!n) {
		*why = "Empty string is not allowed";
		return -1;
	}
	if (n >= max) {
		*why = arena_printf(a, "String exceeds maximum length of %u", max);
		return -1;
	}
	while (n--)
		v = v << 8 | (uint8_t)text[n];
	*out = v;
	return 0;
}

static void string_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	buf_putc(out, '"');
	for (; (char)v; v >>= 8)
		buf_putc(out, (char)v);
	buf_putc(out, '"');
}

const struct datatype type_invalid = {
	.id = TYPE_INVALID,
	.name = "invalid",
	.desc = "invalid",
};

const struct datatype type_verdict = {
	.id = TYPE_VERDICT,
	.name = "verdict",
	.desc = "netfilter verdict",
};

const struct datatype type_integer = {
	.id = TYPE_INTEGER,
	.name = "integer",
	.desc = "integer",
};

/* An integer that is better read in hexadecimal: raw payload. */
const struct datatype type_xinteger = {
	.id = TYPE_INTEGER,
	.name = "integer",
	.desc = "integer",
	.base = &type_integer,
	.hex = 1,
};

const struct datatype type_bitmask = {
	.id = TYPE_BITMASK,
	.name = "bitmask",
	.desc = "bitmask",
	.base = &type_integer,
	.bitmask = true,
	.hex = 1,
};

const struct datatype type_string = {
	.id = TYPE_STRING,
	.name = "string",
	.desc = "string",
	.byteorder = BO_HOST,
	.parse = string_parse,
	.print = string_print,
	.json_string = true,
};

static const struct symbol nfprotos[] = {
	{ "ipv4", 2 },
	{ "ipv6", 10 },
	{ NULL, 0 },
};

const struct datatype type_nfproto = {
	.id = TYPE_NFPROTO,
	.name = "nf_proto",
	.desc = "netfilter protocol",
	.bits = 8,
	.base = &type_integer,
	.symbols = nfprotos,
};

static const struct symbol booleans[] = {
	{ "exists", 1 },
	{ "missing", 0 },
	{ NULL, 0 },
};

const struct datatype type_boolean = {
	.id = TYPE_BOOLEAN,
	.name = "boolean",
	.desc = "boolean type",
	.bits = 1,
	.base = &type_integer,
	.symbols = booleans,
};

/* Chain priorities as the value of a define; their names are in src/types/hooks.h. */
const struct datatype type_priority = {
	.id = TYPE_STRING,
	.name = "priority",
	.desc = "priority",
	.byteorder = BO_HOST,
	.base = &type_string,
};
