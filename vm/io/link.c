/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row per link type: how long its header is, and where the protocol stands. See link.h. */
#include "vm/io/link.h"

#include <string.h>

#include "base/bytes.h"

enum { ETHER_BYTES = 14, ETHERTYPE_IP4 = 0x0800, ETHERTYPE_IP6 = 0x86dd };

/* Ethertype of a packet by the version nibble of its IP header; 0: neither. */
static uint16_t by_version(const uint8_t *ip, uint32_t len)
{
	if (!len)
		return 0;
	return *ip >> 4 == 4 ? ETHERTYPE_IP4 : *ip >> 4 == 6 ? ETHERTYPE_IP6 : 0;
}

static uint16_t raw_type(const uint8_t *p, uint32_t len)
{
	return by_version(p, len);
}

/* LINUX_SLL: packet type, ARPHRD, address length, 8 bytes of address, protocol. */
static uint16_t sll_type(const uint8_t *p, uint32_t len)
{
	return be16_load(p + 14);
}

static uint16_t sll2_type(const uint8_t *p, uint32_t len)
{
	return be16_load(p);
}

/* NULL, LOOP: an address family in either byte order; its numbers for IPv6 differ from system to system. */
static uint16_t null_type(const uint8_t *p, uint32_t len)
{
	return by_version(p + 4, len - 4);
}

static const struct link {
	int linktype;
	uint32_t header;
	uint16_t (*type)(const uint8_t *p, uint32_t len); /* NULL: Ethernet already */
} links[] = {
	{ 1, 0, NULL },       /* ETHERNET */
	{ 0, 4, null_type },  /* NULL */
	{ 108, 4, null_type }, /* LOOP */
	{ 101, 0, raw_type }, /* RAW */
	{ 12, 0, raw_type },  /* RAW, as older systems write it */
	{ 14, 0, raw_type },
	{ 228, 0, raw_type }, /* IPV4 */
	{ 229, 0, raw_type }, /* IPV6 */
	{ 113, 16, sll_type }, /* LINUX_SLL */
	{ 276, 20, sll2_type }, /* LINUX_SLL2 */
};

static const struct link *find(int linktype)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (links[i].linktype == linktype)
			return &links[i];
	return NULL;
}

bool link_known(int linktype)
{
	return find(linktype);
}

bool link_to_ethernet(int linktype, const uint8_t *data, uint32_t len, struct buf *room, struct capture_frame *f)
{
	const struct link *l = find(linktype);
	uint8_t head[ETHER_BYTES] = { 0 };

	f->synthetic = l->type;
	f->data = data;
	f->len = len;
	if (!l->type)
		return true;
	if (len < l->header) {
		f->len = 0;
		return false;
	}
	be16_store(head + 12, l->type(data, len));
	buf_cut(room, 0);
	buf_put(room, head, sizeof(head));
	buf_put(room, data + l->header, len - l->header);
	f->data = (const uint8_t *)room->p;
	f->len = (uint32_t)room->len;
	f->wire_len += ETHER_BYTES - l->header;
	return true;
}
