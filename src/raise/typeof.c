/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `typeof ip saddr . tcp dport` of a set, from its userdata. What any version of nft, or anybody else, has written there
 * is read within its bounds; what is not understood is as if it were not there, and the set's number of types is used.
 */
#include "src/raise/rx.h"
#include "src/types/udata.h"

static bool get_u32(struct bc_bytes tlvs, uint8_t type, uint32_t *v)
{
	struct bc_bytes b;

	if (!bc_ud_get(tlvs, type, &b) || b.len != sizeof(*v))
		return false;
	memcpy(v, b.p, sizeof(*v));
	return true;
}

static struct rx *raw_payload(struct raise *r, struct bc_bytes d)
{
	uint32_t base, off, len;
	struct rx *e;

	if (!get_u32(d, UDATA_PAYLOAD_BASE, &base) || !get_u32(d, UDATA_PAYLOAD_OFFSET, &off) ||
	    !get_u32(d, UDATA_PAYLOAD_LEN, &len) || base < 1 || base > PROTO_BASES || !len || len > 512)
		return NULL;
	e = rx_new(r, RX_PAYLOAD, &type_xinteger, len, BO_BIG);
	e->pl.base = base - 1;
	e->pl.off = off;
	return e;
}

static struct rx *payload(struct raise *r, struct bc_bytes d)
{
	const struct proto_field *f;
	const struct proto *p;
	uint32_t desc, type, inner;
	struct rx *e;

	if (!get_u32(d, UDATA_PAYLOAD_DESC, &desc) || !get_u32(d, UDATA_PAYLOAD_TYPE, &type))
		return NULL;
	if (!desc)
		return raw_payload(r, d);
	p = udata_proto(PROTO_HEADER, desc);
	f = p ? udata_field(p, type) : NULL;
	if (!f)
		return NULL;
	e = rx_new(r, RX_PAYLOAD, f->type, f->len, f->byteorder);
	e->pl.base = p->base;
	e->pl.proto = p;
	e->pl.field = f;
	if (get_u32(d, UDATA_PAYLOAD_INNER, &inner))
		e->pl.tunnel = udata_proto(PROTO_HEADER, inner);
	return e;
}

static const struct proto *option_with(enum proto_kind kind, uint32_t number, uint32_t field, const struct proto_field **f)
{
	for (const struct proto *p = proto_options(kind); p->name; p++)
		if (p->number == number && (*f = udata_field(p, field)))
			return p;
	return NULL;
}

static struct rx *exthdr(struct raise *r, struct bc_bytes d)
{
	static const uint8_t kinds[] = { [NFT_EXTHDR_OP_TCPOPT] = PROTO_TCPOPT,
					 [NFT_EXTHDR_OP_IPV4] = PROTO_IPOPT,
					 [NFT_EXTHDR_OP_SCTP] = PROTO_SCTP_CHUNK,
					 [NFT_EXTHDR_OP_DCCP] = PROTO_DCCPOPT };
	const struct proto_field *f = NULL;
	const struct proto *p;
	uint32_t desc, type, op;
	struct rx *e;

	if (!get_u32(d, UDATA_EXTHDR_DESC, &desc) || !get_u32(d, UDATA_EXTHDR_TYPE, &type))
		return NULL;
	if (!get_u32(d, UDATA_EXTHDR_OP, &op))
		op = NFT_EXTHDR_OP_IPV6;
	if (op >= ARRAY_SIZE(kinds))
		return NULL;
	if (op == NFT_EXTHDR_OP_IPV6) {
		p = udata_proto(PROTO_EXTHDR, desc);
		f = p ? udata_field(p, type) : NULL;
	} else {
		p = option_with(kinds[op], desc, type, &f);
	}
	if (!f)
		return NULL;
	e = rx_new(r, RX_EXTHDR, f->type, f->len, f->byteorder);
	e->ext.op = op;
	e->ext.type = p->number;
	e->ext.proto = p;
	e->ext.field = f;
	return e;
}

static struct rx *meta(struct raise *r, struct bc_bytes d)
{
	uint32_t key;
	struct rx *e = get_u32(d, UDATA_META_KEY, &key) ? raise_meta_of(r, key) : NULL;

	return e;
}

static struct rx *ct(struct raise *r, struct bc_bytes d)
{
	struct bc_ct c = { 0 };
	uint32_t dir;

	if (!get_u32(d, UDATA_CT_KEY, &c.key))
		return NULL;
	if (get_u32(d, UDATA_CT_DIR, &dir) && dir <= 1)
		BC_SET(&c, NFTA_CT_DIRECTION, direction, dir);
	return raise_ct_of(r, &c);
}

static struct rx *socket_key(struct raise *r, struct bc_bytes d)
{
	uint32_t key, level = 0;

	if (!get_u32(d, UDATA_SOCKET_KEY, &key))
		return NULL;
	get_u32(d, UDATA_SOCKET_LEVEL, &level);
	return raise_socket_of(r, key, level);
}

static struct rx *osf(struct raise *r, struct bc_bytes d)
{
	(void)d;
	return raise_osf_of(r, 0, 0);
}

static struct rx *numgen(struct raise *r, struct bc_bytes d)
{
	uint32_t type, mod, offset = 0;

	if (!get_u32(d, UDATA_NUMGEN_TYPE, &type) || !get_u32(d, UDATA_NUMGEN_MOD, &mod))
		return NULL;
	get_u32(d, UDATA_NUMGEN_OFFSET, &offset);
	return raise_numgen_of(r, type, mod, offset);
}

/* Of jhash nft does not keep what is hashed. */
static struct rx *hash(struct raise *r, struct bc_bytes d)
{
	uint32_t type, mod, offset = 0;

	if (!get_u32(d, UDATA_HASH_TYPE, &type) || type != NFT_HASH_SYM || !get_u32(d, UDATA_HASH_MOD, &mod))
		return NULL;
	get_u32(d, UDATA_HASH_OFFSET, &offset);
	return raise_symhash_of(r, mod, offset);
}

static struct rx *rt(struct raise *r, struct bc_bytes d)
{
	uint32_t key;

	return get_u32(d, UDATA_RT_KEY, &key) ? raise_rt_of(r, key) : NULL;
}

/* 26 and 27 changed their meaning: what they hold tells (xfrm has three numbers, fib two, tunnel one). */
static struct rx *tunnel_fib_or_xfrm(struct raise *r, struct bc_bytes d)
{
	uint32_t a, b, c;

	if (!get_u32(d, 0, &a))
		return NULL;
	if (!get_u32(d, 1, &b))
		return raise_tunnel_of(r, a);
	if (!get_u32(d, UDATA_XFRM_DIR, &c))
		return raise_fib_of(r, a, b);
	return raise_xfrm_of(r, a, c, b);
}

static struct rx *(*const kinds[])(struct raise *r, struct bc_bytes d) = {
	[UDATA_EXPR_PAYLOAD] = payload,
	[UDATA_EXPR_EXTHDR] = exthdr,
	[UDATA_EXPR_META] = meta,
	[UDATA_EXPR_SOCKET] = socket_key,
	[UDATA_EXPR_OSF] = osf,
	[UDATA_EXPR_CT] = ct,
	[UDATA_EXPR_NUMGEN] = numgen,
	[UDATA_EXPR_HASH] = hash,
	[UDATA_EXPR_RT] = rt,
	[UDATA_EXPR_TUNNEL] = tunnel_fib_or_xfrm,
	[UDATA_EXPR_FIB] = tunnel_fib_or_xfrm,
	[UDATA_EXPR_XFRM] = tunnel_fib_or_xfrm,
};

static struct rx *one(struct raise *r, struct bc_bytes tlv)
{
	bool failed = r->failed;
	struct bc_bytes d = { 0 };
	uint32_t kind;
	struct rx *e;

	if (!get_u32(tlv, UDATA_EXPR, &kind) || kind >= ARRAY_SIZE(kinds) || !kinds[kind])
		return NULL;
	bc_ud_get(tlv, UDATA_DATA, &d);
	e = kinds[kind](r, d);
	r->failed = failed;
	return e;
}

static struct rx *concat(struct raise *r, struct bc_bytes d)
{
	struct rx *cat = rx_new(r, RX_CONCAT, &type_invalid, 0, BO_INVALID), **tail = &cat->cat.items;
	struct bc_bytes part;

	for (; cat->cat.n < RAISE_CONCAT_MAX && bc_ud_get(d, cat->cat.n, &part); cat->cat.n++) {
		*tail = one(r, part);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	return cat->cat.n > 1 ? cat : NULL;
}

const struct rx *raise_typeof(struct raise *r, struct bc_bytes tlv)
{
	struct bc_bytes d = { 0 };
	uint32_t kind;

	if (!get_u32(tlv, UDATA_EXPR, &kind))
		return NULL;
	if (kind != UDATA_EXPR_CONCAT)
		return one(r, tlv);
	bc_ud_get(tlv, UDATA_DATA, &d);
	return concat(r, d);
}
