/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets from words. See packet.h. */
#include "app/test/packet.h"

#include <stdlib.h>
#include <string.h>

#include "app/test/checksum.h"
#include "base/bytes.h"

static const uint8_t default_smac[6] = { 2, 0, 0, 0, 0, 2 };

void packet_free(struct packet *p)
{
	buf_free(&p->payload);
	p->n = 0;
}

void packet_copy(struct packet *to, const struct packet *from)
{
	packet_free(to);
	*to = *from;
	to->payload = (struct buf){ 0 };
	if (from->payload.len)
		buf_put(&to->payload, from->payload.p, from->payload.len);
}

/* ether, vlan, network, extension headers, transport: where a header stands among the others. */
static int rank(const struct proto *p)
{
	if (p == &proto_ether)
		return 0;
	if (p == &proto_vlan)
		return 1;
	if (p->kind == PROTO_EXTHDR)
		return 3;
	return p->base == PROTO_NH ? 2 : p->base == PROTO_LL ? 1 : 4;
}

struct packet_layer *packet_layer(struct packet *p, const struct proto *proto)
{
	unsigned at;

	for (unsigned i = 0; i < p->n; i++)
		if (p->layers[i].proto == proto)
			return &p->layers[i];
	if (p->n == PACKET_LAYERS || proto->kind == PROTO_META)
		return NULL;
	for (at = 0; at < p->n; at++) {
		int r = rank(p->layers[at].proto);

		if (r == rank(proto) && r != 3)
			return NULL;
		if (r > rank(proto))
			break;
	}
	memmove(&p->layers[at + 1], &p->layers[at], (p->n - at) * sizeof(p->layers[0]));
	p->n++;
	p->layers[at] = (struct packet_layer){ .proto = proto };
	return &p->layers[at];
}

static const struct packet_value *value_in(const struct packet_layer *l, const char *field)
{
	for (unsigned i = 0; i < l->n; i++)
		if (!strcmp(l->values[i].field->name, field))
			return &l->values[i];
	return NULL;
}

const struct packet_value *packet_value(const struct packet *p, const struct proto *proto, const char *field)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->layers[i].proto == proto)
			return value_in(&p->layers[i], field);
	return NULL;
}

int packet_set(struct packet_layer *l, const struct proto_field *f, u128 value)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->values[i].field == f) {
			l->values[i].value = value;
			return 0;
		}
	if (l->n == PACKET_FIELDS)
		return -1;
	l->values[l->n++] = (struct packet_value){ f, value };
	return 0;
}

static void forget(struct packet_layer *l, const char *field)
{
	for (unsigned i = 0; i < l->n; i++)
		if (!strcmp(l->values[i].field->name, field))
			l->values[i--] = l->values[--l->n];
}

static void exchange(struct packet_layer *l, const char *a, const char *b)
{
	const struct proto_field *fa = proto_field_by_name(l->proto, a), *fb = proto_field_by_name(l->proto, b);

	if (!fa || !fb)
		return;
	for (unsigned i = 0; i < l->n; i++) {
		if (l->values[i].field == fa)
			l->values[i].field = fb;
		else if (l->values[i].field == fb)
			l->values[i].field = fa;
	}
}

void packet_turn(struct packet *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		struct packet_layer *l = &p->layers[i];

		exchange(l, "sport", "dport");
		if (l->proto->base == PROTO_LL) {
			forget(l, "saddr");
			forget(l, "daddr");
		} else {
			exchange(l, "saddr", "daddr");
		}
		forget(l, "ttl");
		forget(l, "hoplimit");
	}
}

/* Flags may be joined by ',' or '|'. */
int packet_parse_value(const struct proto_field *f, const char *text, u128 *out, struct arena *a, const char **why)
{
	static const struct type_ctx plain;
	char *copy = arena_strdup(a, text), *save = NULL;
	u128 all = 0, one;

	for (char *w = strtok_r(copy, f->type->bitmask ? ",|" : "", &save); w; w = strtok_r(NULL, ",|", &save)) {
		if (datatype_parse(f->type, &plain, w, f->len, &one, a, why))
			return -1;
		all |= one;
	}
	if (f->len < 128 && all >> f->len) {
		*why = arena_printf(a, "%s is too large for %u bits", text, f->len);
		return -1;
	}
	*out = all;
	return 0;
}

/* ---- building ------------------------------------------------------------------------------------------ */

static void put_bits(uint8_t *header, unsigned off, unsigned len, u128 v)
{
	for (unsigned i = 0; i < len; i++) {
		unsigned bit = off + len - 1 - i;
		uint8_t mask = (uint8_t)(0x80 >> (bit & 7));

		if (v >> i & 1)
			header[bit / 8] |= mask;
		else
			header[bit / 8] &= (uint8_t)~mask;
	}
}

static u128 get_bits(const uint8_t *header, unsigned off, unsigned len)
{
	u128 v = 0;

	for (unsigned bit = off; bit < off + len; bit++)
		v = v << 1 | (header[bit / 8] >> (7 - (bit & 7)) & 1);
	return v;
}

static void put_field(uint8_t *header, const struct proto *p, const char *name, u128 v)
{
	const struct proto_field *f = proto_field_by_name(p, name);

	if (f)
		put_bits(header, f->off, f->len, v);
}

static size_t header_bytes(const struct proto *p)
{
	return (size_t)(p->bits + 7) / 8;
}

/* What a header holds where the packet does not say. below: what follows it. */
static void put_defaults(uint8_t *h, const struct packet_layer *l, const struct packet *p, unsigned i, size_t rest, const uint8_t dmac[6])
{
	const struct proto *proto = l->proto, *above = i + 1 < p->n ? p->layers[i + 1].proto : NULL;
	int64_t number = above ? above->kind == PROTO_EXTHDR ? above->number : proto_number_of(proto, above) : -1;

	if (proto == &proto_ether) {
		memcpy(h, dmac, 6);
		memcpy(h + 6, default_smac, 6);
	}
	if (proto == &proto_ip) {
		h[0] = 0x45;
		put_field(h, proto, "ttl", 64);
		put_field(h, proto, "length", 20 + rest);
	} else if (proto == &proto_ip6) {
		h[0] = 0x60;
		put_field(h, proto, "hoplimit", 64);
		put_field(h, proto, "length", rest);
	} else if (proto == &proto_arp) {
		memcpy(h, (const uint8_t[]){ 0, 1, 8, 0, 6, 4, 0, 1 }, 8);
	} else if (proto == &proto_tcp) {
		put_field(h, proto, "doff", 5);
		put_field(h, proto, "window", 65535);
	} else if (proto == &proto_udp) {
		put_field(h, proto, "length", 8 + rest);
	}
	if (proto->key && number >= 0)
		put_field(h, proto, proto->key, (u128)number);
}

static void put_layer(struct buf *out, const struct packet *p, unsigned i, size_t rest, const uint8_t dmac[6])
{
	const struct packet_layer *l = &p->layers[i];
	size_t n = header_bytes(l->proto);
	uint8_t *h = (uint8_t *)buf_grow(out, n);

	memset(h, 0, n);
	put_defaults(h, l, p, i, rest, dmac);
	for (unsigned v = 0; v < l->n; v++)
		put_bits(h, l->values[v].field->off, l->values[v].field->len, l->values[v].value);
}

/* Headers that lie below those named: ether under all. */
static int complete(struct packet *p, const char **why)
{
	bool has_nh = false, has_th = false;

	for (unsigned i = 0; i < p->n; i++) {
		has_nh |= rank(p->layers[i].proto) == 2;
		has_th |= rank(p->layers[i].proto) > 2;
	}
	if (has_th && !has_nh) {
		*why = "a transport header needs ip or ip6 under it: say an address";
		return -1;
	}
	if (!packet_layer(p, &proto_ether)) {
		*why = "too many headers";
		return -1;
	}
	return 0;
}

static bool said(const struct packet *p, unsigned layer, const char *field)
{
	return value_in(&p->layers[layer], field);
}

static void put_checksums(const struct packet *p, uint8_t *frame, size_t len)
{
	size_t off = 0;

	for (unsigned i = 0; i < p->n; i++) {
		const struct proto *proto = p->layers[i].proto;

		if (proto == &proto_ip && !said(p, i, "checksum"))
			checksum_ip(frame + off);
		if (rank(proto) == 4 && !said(p, i, "checksum"))
			checksum_transport(frame, len, off);
		off += header_bytes(proto);
	}
}

int packet_build(const struct packet *from, const uint8_t dmac[6], struct buf *out, const char **why)
{
	struct packet p = { 0 };
	size_t rest = from->payload.len;
	int ret;

	packet_copy(&p, from);
	ret = complete(&p, why);
	for (unsigned i = 0; i < p.n; i++)
		rest += header_bytes(p.layers[i].proto);
	buf_cut(out, 0);
	for (unsigned i = 0; !ret && i < p.n; i++) {
		rest -= header_bytes(p.layers[i].proto);
		put_layer(out, &p, i, rest, dmac);
	}
	if (!ret) {
		buf_put(out, p.payload.p, p.payload.len);
		put_checksums(&p, (uint8_t *)out->p, out->len);
	}
	packet_free(&p);
	return ret;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static const struct proto *next_header(const struct proto *p, const uint8_t *h, size_t left, size_t *size)
{
	const struct proto_field *key = p->key ? proto_field_by_name(p, p->key) : NULL;
	const struct proto *up;

	*size = header_bytes(p);
	if (p == &proto_ip)
		*size = (size_t)(h[0] & 15) * 4;
	else if (p->kind == PROTO_EXTHDR && p != &proto_frag && left > 1)
		*size = ((size_t)h[1] + 1) * 8;
	if (!key || (size_t)(key->off + key->len + 7) / 8 > left)
		return NULL;
	up = proto_upper(p, (uint32_t)get_bits(h, key->off, key->len));
	if (p == &proto_ip && be16_load(h + 6) & 0x1fff)
		return NULL;
	return up;
}

int packet_find(const uint8_t *frame, size_t len, const struct proto *proto)
{
	const struct proto *p = &proto_ether;
	size_t off = 0, size;

	while (p && off + header_bytes(p) <= len) {
		if (p == proto || (proto == &proto_th && p->base == PROTO_TH && p->kind == PROTO_HEADER))
			return (int)off;
		p = next_header(p, frame + off, len - off, &size);
		if (size == 0)
			break;
		off += size;
	}
	return -1;
}

bool packet_read(const uint8_t *frame, size_t len, const struct proto *proto, const struct proto_field *f, u128 *out)
{
	int off = packet_find(frame, len, proto);

	if (off < 0 || (size_t)off + (size_t)(f->off + f->len + 7) / 8 > len)
		return false;
	*out = get_bits(frame + off, f->off, f->len);
	return true;
}

static void put_value(const uint8_t *frame, size_t len, const struct proto *p, const char *field, const char *before, struct buf *out)
{
	static const struct type_ctx plain;
	const struct proto_field *f = proto_field_by_name(p, field);
	u128 v;

	if (!f || !packet_read(frame, len, p, f, &v))
		return;
	buf_puts(out, before);
	datatype_print(f->type, &plain, v, f->len, out);
}

void packet_describe(const uint8_t *frame, size_t len, struct buf *out)
{
	static const struct proto *const shown[] = { &proto_arp, &proto_ip, &proto_ip6, &proto_tcp, &proto_udp, &proto_sctp, &proto_icmp, &proto_icmpv6 };
	size_t start = out->len;

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		const struct proto *p = shown[i];

		if (packet_find(frame, len, p) < 0)
			continue;
		buf_printf(out, "%s%s", out->len > start ? " " : "", p->name);
		put_value(frame, len, p, "saddr", " ", out);
		put_value(frame, len, p, "daddr", " > ", out);
		put_value(frame, len, p, "ttl", " ttl ", out);
		put_value(frame, len, p, "hoplimit", " hoplimit ", out);
		put_value(frame, len, p, "sport", " ", out);
		put_value(frame, len, p, "dport", " > ", out);
		put_value(frame, len, p, "flags", " ", out);
		put_value(frame, len, p, "type", " ", out);
		if (p == &proto_icmp || p == &proto_icmpv6)
			put_value(frame, len, p, "code", " code ", out);
	}
	if (out->len == start)
		buf_printf(out, "%zu bytes", len);
}
