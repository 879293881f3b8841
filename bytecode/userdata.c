/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Userdata: type, length and bytes, one byte each of the first two. Whatever wrote it, reading stays within bounds. See msg.h. */
#include "bytecode/msg.h"

void bc_ud_put(struct buf *out, uint8_t type, const void *p, size_t len)
{
	uint8_t head[2] = { type, (uint8_t)(len > UINT8_MAX ? UINT8_MAX : len) };

	buf_put(out, head, sizeof(head));
	buf_put(out, p, head[1]);
}

void bc_ud_put_str(struct buf *out, uint8_t type, const char *s)
{
	bc_ud_put(out, type, s, strlen(s) + 1);
}

void bc_ud_put_u32(struct buf *out, uint8_t type, uint32_t host_order)
{
	bc_ud_put(out, type, &host_order, sizeof(host_order));
}

bool bc_ud_get(struct bc_bytes ud, uint8_t type, struct bc_bytes *out)
{
	for (uint32_t i = 0; i + 2 <= ud.len && i + 2 + ud.p[i + 1] <= ud.len; i += 2U + ud.p[i + 1]) {
		if (ud.p[i] != type)
			continue;
		*out = (struct bc_bytes){ ud.p + i + 2, ud.p[i + 1] };
		return true;
	}
	return false;
}
