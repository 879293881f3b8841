/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng files (draft-ietf-opsawg-pcapng): sections in either byte order, each with its interfaces, whose names and resolutions of time are
 * kept, and packets in enhanced, simple and obsolete blocks. Other blocks are skipped. libpcap reads the format too, but
 * tells neither the interface of a packet nor its name, and refuses files whose interfaces have several link types.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vm/io/capture_impl.h"
#include "vm/io/link.h"

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 2, BLOCK_SIMPLE = 3, BLOCK_ENHANCED = 6 };
enum { OPT_END = 0, OPT_IF_NAME = 2, OPT_IF_TSRESOL = 9, OPT_IF_TSOFFSET = 14 };
enum { BLOCK_MAX = 16 << 20, INTERFACES_MAX = 4096, NAME_MAX_BYTES = 255 };

struct interface {
	int linktype;
	uint32_t snaplen;
	uint64_t units;        /* of time in a second */
	int64_t offset_s;
	char *name;            /* or NULL */
};

struct pcapng {
	bool swapped;
	struct interface *ifs;
	uint32_t n_ifs;
	struct buf block;      /* body of the block at hand */
	uint64_t at;           /* where it begins in the file */
};

static uint32_t u32(const struct pcapng *p, const void *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return p->swapped ? __builtin_bswap32(v) : v;
}

static uint16_t u16(const struct pcapng *p, const void *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return p->swapped ? __builtin_bswap16(v) : v;
}

static int broken(const struct pcapng *p, const char *how, char **error)
{
	*error = capture_error("the block at byte %llu %s", (unsigned long long)p->at, how);
	return -1;
}

static void drop_interfaces(struct pcapng *p)
{
	for (uint32_t i = 0; i < p->n_ifs; i++)
		free(p->ifs[i].name);
	p->n_ifs = 0;
}

/* ---- blocks --------------------------------------------------------------------------------------------- */

/* The byte order of a section stands behind the first length, which cannot be read before it. */
static int section_order(struct pcapng *p, FILE *f, uint8_t head[8], char **error)
{
	uint8_t magic[4];
	uint32_t v;

	if (fread(magic, 1, sizeof(magic), f) != sizeof(magic))
		return broken(p, "is cut off", error);
	memcpy(&v, magic, sizeof(v));
	if (v != 0x1a2b3c4d && v != 0x4d3c2b1a)
		return broken(p, "has no byte order", error);
	p->swapped = v == 0x4d3c2b1a;
	drop_interfaces(p);
	buf_put(&p->block, magic, sizeof(magic));
	return 0;
}

/* Reads a block's body. 1, 0 at the end of the file, -1. */
static int read_block(struct pcapng *p, FILE *f, uint32_t *type, char **error)
{
	uint8_t head[8], tail[4];
	size_t got, left;
	uint32_t len;

	got = fread(head, 1, sizeof(head), f);
	if (!got && !ferror(f))
		return 0;
	if (got != sizeof(head))
		return broken(p, "is cut off", error);
	buf_cut(&p->block, 0);
	memcpy(type, head, sizeof(*type));
	if (*type == BLOCK_SECTION && section_order(p, f, head, error))
		return -1;
	*type = *type == BLOCK_SECTION ? *type : u32(p, head);
	len = u32(p, head + 4);
	if (len < 12 + p->block.len || len % 4 || len > BLOCK_MAX)
		return broken(p, "has an impossible length", error);
	left = len - 12 - p->block.len;
	if (fread(buf_grow(&p->block, left), 1, left, f) != left || fread(tail, 1, sizeof(tail), f) != sizeof(tail))
		return broken(p, "is cut off", error);
	if (u32(p, tail) != len)
		return broken(p, "has two different lengths", error);
	p->at += len;
	return 1;
}

static void take_option(struct pcapng *p, struct interface *i, uint16_t code, const uint8_t *v, uint16_t len)
{
	if (code == OPT_IF_NAME && len && len <= NAME_MAX_BYTES && !i->name) {
		i->name = strndup((const char *)v, len);
	} else if (code == OPT_IF_TSRESOL && len == 1) {
		i->units = 1;
		for (unsigned k = 0; k < (*v & 0x7f) && i->units < UINT64_MAX / 20; k++)
			i->units *= *v & 0x80 ? 2 : 10;
	} else if (code == OPT_IF_TSOFFSET && len == 8) {
		uint64_t o;

		memcpy(&o, v, sizeof(o));
		i->offset_s = (int64_t)(p->swapped ? __builtin_bswap64(o) : o);
	}
}

static int add_interface(struct pcapng *p, char **error)
{
	const uint8_t *b = (const uint8_t *)p->block.p, *end = b + p->block.len, *o = b + 8;
	struct interface *ifs, i = { .units = 1000000 };

	if (p->block.len < 8 || p->n_ifs == INTERFACES_MAX)
		return broken(p, "is no interface", error);
	i.linktype = u16(p, b);
	i.snaplen = u32(p, b + 4);
	while (end - o >= 4 && u16(p, o) != OPT_END && end - o - 4 >= u16(p, o + 2)) {
		take_option(p, &i, u16(p, o), o + 4, u16(p, o + 2));
		o += 4 + ((size_t)u16(p, o + 2) + 3) / 4 * 4;
		if (o > end)
			break;
	}
	ifs = realloc(p->ifs, (p->n_ifs + 1) * sizeof(*ifs));
	if (!ifs) {
		free(i.name);
		return broken(p, "does not fit in memory", error);
	}
	p->ifs = ifs;
	p->ifs[p->n_ifs++] = i;
	return 0;
}

/* ---- packets ---------------------------------------------------------------------------------------------- */

static uint64_t to_ns(const struct interface *i, uint64_t units)
{
	uint64_t s = units / i->units, part = units % i->units;

	return (s + (uint64_t)i->offset_s) * 1000000000 + (uint64_t)((unsigned __int128)part * 1000000000 / i->units);
}

static int give(struct capture *c, const struct interface *i, const uint8_t *data, uint32_t len, struct capture_frame *f, char **error)
{
	if (!link_known(i->linktype)) {
		*error = capture_error("an interface has link type %d, which is not known (Ethernet, raw IP, Linux cooked and loopback are)",
				       i->linktype);
		return -1;
	}
	f->ifname = i->name;
	link_to_ethernet(i->linktype, data, len, &c->room, f);
	return 1;
}

/* Enhanced and obsolete packet blocks differ in the width of the interface number only. */
static int take_packet(struct capture *c, uint32_t type, struct capture_frame *f, char **error)
{
	struct pcapng *p = c->own;
	const uint8_t *b = (const uint8_t *)p->block.p;
	uint32_t number, len;

	if (p->block.len < 20)
		return broken(p, "is too short for a packet", error);
	number = type == BLOCK_PACKET ? u16(p, b) : u32(p, b);
	len = u32(p, b + 12);
	if (number >= p->n_ifs)
		return broken(p, "is of an interface that the file does not describe", error);
	if (len > p->block.len - 20 || len > CAPTURE_FRAME_MAX)
		return broken(p, "claims more bytes than it has", error);
	f->time_ns = to_ns(&p->ifs[number], (uint64_t)u32(p, b + 4) << 32 | u32(p, b + 8));
	f->wire_len = u32(p, b + 16);
	return give(c, &p->ifs[number], b + 20, len, f, error);
}

static int take_simple(struct capture *c, struct capture_frame *f, char **error)
{
	struct pcapng *p = c->own;
	const uint8_t *b = (const uint8_t *)p->block.p;
	uint32_t len;

	if (p->block.len < 4 || !p->n_ifs)
		return broken(p, "is too short for a packet", error);
	f->wire_len = len = u32(p, b);
	if (p->ifs[0].snaplen && len > p->ifs[0].snaplen)
		len = p->ifs[0].snaplen;
	if (len > p->block.len - 4 || len > CAPTURE_FRAME_MAX)
		return broken(p, "claims more bytes than it has", error);
	return give(c, &p->ifs[0], b + 4, len, f, error);
}

static int next(struct capture *c, struct capture_frame *f, char **error)
{
	struct pcapng *p = c->own;
	uint32_t type;
	int got;

	while ((got = read_block(p, c->f, &type, error)) > 0) {
		if (type == BLOCK_ENHANCED || type == BLOCK_PACKET)
			return take_packet(c, type, f, error);
		if (type == BLOCK_SIMPLE)
			return take_simple(c, f, error);
		if (type == BLOCK_INTERFACE && add_interface(p, error))
			return -1;
	}
	return got;
}

static int open_file(struct capture *c, char **error)
{
	struct pcapng *p = calloc(1, sizeof(*p));
	uint32_t type;

	if (!p)
		return -ENOMEM;
	c->own = p;
	return read_block(p, c->f, &type, error) == 1 ? 0 : -EINVAL;
}

static void close_file(struct capture *c)
{
	struct pcapng *p = c->own;

	if (!p)
		return;
	drop_interfaces(p);
	free(p->ifs);
	buf_free(&p->block);
	free(p);
}

const struct capture_reader capture_pcapng = { .open = open_file, .next = next, .close = close_file };
