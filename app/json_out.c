/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of JSON written directly: their only free text are device names, which are escaped. */
#include "app/json_out.h"

const char *verdict_name(uint8_t verdict)
{
	static const char *const names[] = { [NFVM_ACCEPT] = "accept", [NFVM_DROP] = "drop",	  [NFVM_REJECT] = "reject",
					     [NFVM_QUEUE] = "queue",   [NFVM_STOLEN] = "stolen", [NFVM_ERROR] = "error" };

	return verdict < sizeof(names) / sizeof(*names) ? names[verdict] : "?";
}

static void put_string(struct buf *out, const char *s)
{
	buf_putc(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_printf(out, "\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			buf_printf(out, "\\u%04x", *s);
		else
			buf_putc(out, *s);
	}
	buf_putc(out, '"');
}

static void put_hex(struct buf *out, const uint8_t *data, uint32_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *p = buf_grow(out, (size_t)len * 2);

	for (uint32_t i = 0; i < len; i++) {
		*p++ = digits[data[i] >> 4];
		*p++ = digits[data[i] & 15];
	}
}

void json_out_frame(struct buf *list, const char *dev, const uint8_t *data, uint32_t len)
{
	buf_puts(list, list->len ? ",{\"dev\":" : "{\"dev\":");
	put_string(list, dev);
	buf_puts(list, ",\"frame\":\"");
	put_hex(list, data, len);
	buf_puts(list, "\"}");
}

void json_out_line(struct buf *line, uint64_t n, const char *dev, uint8_t verdict, const struct buf *outs)
{
	buf_printf(line, "{\"n\":%llu,\"in\":", (unsigned long long)n);
	put_string(line, dev);
	buf_printf(line, ",\"verdict\":\"%s\",\"out\":[%s]}\n", verdict_name(verdict), buf_str(outs));
}
