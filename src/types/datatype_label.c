/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conntrack labels: bits 0 to 127, with the names of connlabel.conf. As text a label is one bit's name or number. */
#include <string.h>

#include "src/types/datatype.h"
#include "src/types/number.h"
#include "src/types/symfile.h"

enum { LABEL_BITS = 128 };

static struct symfile labels = { .path = { "/etc/connlabel.conf", "/etc/xtables/connlabel.conf" } };

static int label_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	const struct symbol *s = symfile_load(&labels);
	u128 bit;

	for (; s->name && strcmp(s->name, text); s++)
		;
	if (s->name) {
		bit = s->value;
	} else if (!number_parse(text, &bit)) {
		*why = arena_printf(a, "%s: could not parse conntrack label \"%s\"", labels.path[0], text);
		return -1;
	}
	if (bit >= LABEL_BITS) {
		*why = arena_printf(a, "%s: bit %s out of range (%d max)", text, text, LABEL_BITS);
		return -1;
	}
	*out = (u128)1 << bit;
	return 0;
}

static void label_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	const char *sep = "";

	for (unsigned bit = 0; bit < LABEL_BITS; bit++) {
		const struct symbol *s = symfile_load(&labels);

		if (!(v >> bit & 1))
			continue;
		for (; s->name && s->value != bit; s++)
			;
		buf_puts(out, sep);
		if (s->name)
			buf_printf(out, "\"%s\"", s->name);
		else
			buf_printf(out, "%u", bit);
		sep = ",";
	}
	if (!v)
		buf_puts(out, "0x0");
}

const struct datatype type_ct_label = {
	.id = TYPE_CT_LABEL,
	.name = "ct_label",
	.desc = "conntrack label",
	.byteorder = BO_HOST,
	.bits = 128,
	.base = &type_bitmask,
	.bitmask = true,
	.parse = label_parse,
	.print = label_print,
};
