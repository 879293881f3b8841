/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of up to 128 bits as text, which the C library cannot read or print. */
#include "src/types/number.h"

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

bool number_parse(const char *text, u128 *out)
{
	unsigned base = 10;
	u128 v = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1]) {
		base = 8;
		text++;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned d = (unsigned)digit_of(*text);

		if (d >= base || v > (~(u128)0 - d) / base)
			return false;
		v = v * base + d;
	}
	*out = v;
	return true;
}

const char *number_text(u128 v, char *buf)
{
	char *p = buf + NUMBER_TEXT;

	*--p = '\0';
	do
		*--p = (char)('0' + (int)(v % 10));
	while (v /= 10);
	return p;
}

const char *number_hex(u128 v, unsigned digits, char *buf)
{
	char *p = buf + NUMBER_TEXT;
	unsigned n = 0;

	*--p = '\0';
	do {
		*--p = "0123456789abcdef"[(unsigned)v & 15];
		v >>= 4;
		n++;
	} while (v || (n < digits && n < 32));
	*--p = 'x';
	*--p = '0';
	return p;
}
