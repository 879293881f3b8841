/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device names, and prefixes of them: "eth*". An asterisk that is part of a name is written "\*". */
#include <string.h>

#include "src/types/datatype.h"

enum { IFNAME_BYTES = 16 };

int ifname_parse(const char *text, unsigned bits, u128 *out, unsigned *prefix_bits, struct arena *a, const char **why)
{
	unsigned max = bits ? bits / 8 : IFNAME_BYTES;
	size_t n = strlen(text);
	bool star = n && text[n - 1] == '*' && (n < 2 || text[n - 2] != '\\');
	bool escaped = n > 1 && text[n - 1] == '*' && !star;
	u128 v = 0;

	if (!n) {
		*why = "Empty string is not allowed";
		return -1;
	}
	if (n >= max || max > IFNAME_BYTES) {
		*why = arena_printf(a, "String exceeds maximum length of %u", max);
		return -1;
	}
	if (star && n == 1) {
		*why = "All-wildcard strings are not supported";
		return -1;
	}
	if (escaped)
		v = '*';
	for (size_t i = n - (star ? 1 : escaped ? 2 : 0); i--;)
		v = v << 8 | (uint8_t)text[i];
	*prefix_bits = star ? (unsigned)(n - 1) * 8 : 0;
	*out = v;
	return 0;
}

void ifname_print(u128 v, unsigned prefix_bits, struct buf *out)
{
	buf_putc(out, '"');
	for (unsigned i = 0; (char)v && (!prefix_bits || i < prefix_bits / 8); i++, v >>= 8) {
		if ((char)v == '*' && !(char)(v >> 8) && !prefix_bits)
			buf_putc(out, '\\');
		buf_putc(out, (char)v);
	}
	buf_puts(out, prefix_bits ? "*\"" : "\"");
}

static int parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	unsigned prefix;

	if (ifname_parse(text, bits, out, &prefix, a, why))
		return -1;
	if (!prefix)
		return 0;
	*why = "Wildcard is not allowed here";
	return -1;
}

static void print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	ifname_print(v, 0, out);
}

const struct datatype type_ifname = {
	.id = TYPE_IFNAME,
	.name = "ifname",
	.desc = "network interface name",
	.byteorder = BO_HOST,
	.bits = 128,
	.base = &type_string,
	.parse = parse,
	.print = print,
	.json_string = true,
};
