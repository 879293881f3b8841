/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See text.h. The wording is that of libnftnl 1.3. */
#include "bytecode/text.h"

#include <inttypes.h>

void bc_text_bytes(struct buf *out, const uint8_t *p, size_t len, bool host_order, const char *before)
{
	for (size_t i = 0; i < len; i++) {
		if (i % 4 == 0)
			buf_puts(out, before);
		buf_printf(out, "%02x", p[host_order ? len - 1 - i : i]);
	}
}

void bc_text_value(struct buf *out, const struct bc_data *v)
{
	if (v->kind == BC_DATA_VERDICT)
		bc_text_verdict(out, v);
	else if (v->kind == BC_DATA_VALUE)
		bc_text_bytes(out, v->value, v->len, v->host_order & 1, " 0x");
}

static const char *verdict_name(int32_t code)
{
	switch (code) {
	case NF_DROP:
		return "drop";
	case NF_ACCEPT:
		return "accept";
	case NF_QUEUE:
		return "queue";
	case NF_STOLEN:
		return "stolen";
	case NFT_CONTINUE:
		return "continue";
	case NFT_BREAK:
		return "break";
	case NFT_JUMP:
		return "jump";
	case NFT_GOTO:
		return "goto";
	case NFT_RETURN:
		return "return";
	default:
		return "unknown";
	}
}

void bc_text_verdict(struct buf *out, const struct bc_data *v)
{
	buf_printf(out, " %s", verdict_name(v->verdict));
	if (v->chain)
		buf_printf(out, " -> %s", v->chain);
}

const char *bc_text_name(const char *const *names, size_t n, uint32_t v)
{
	return v < n && names[v] ? names[v] : "unknown";
}

void bc_text_opt(struct buf *out, bool there, const char *before, uint32_t v)
{
	if (there)
		buf_printf(out, "%s%" PRIu32, before, v);
}

const char *bc_text_family(uint32_t family)
{
	static const char *const names[] = {
		[NFPROTO_INET] = "inet",     [NFPROTO_IPV4] = "ip",	 [NFPROTO_ARP] = "arp",
		[NFPROTO_NETDEV] = "netdev", [NFPROTO_BRIDGE] = "bridge", [NFPROTO_IPV6] = "ip6",
	};

	return BC_NAME(names, family);
}
