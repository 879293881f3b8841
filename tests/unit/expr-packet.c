/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions that read and write packets: payload, meta, exthdr, and what works on registers: cmp, range, bitwise, byteorder. */
#include <errno.h>

#include "tests/unit/vm-bed.h"

#include <linux/if_packet.h>

enum { NH = NFT_PAYLOAD_NETWORK_HEADER, TH = NFT_PAYLOAD_TRANSPORT_HEADER, LL = NFT_PAYLOAD_LL_HEADER, IH = NFT_PAYLOAD_INNER_HEADER };
enum { R1 = NFT_REG_1, R2 = NFT_REG_2, EQ = NFT_CMP_EQ, NE = NFT_CMP_NEQ };

START_TEST(load)
{
	bed_open(NFPROTO_IPV4);
	bed_payload(TH, 2, 2, R1);
	bed_cmp16(R1, EQ, 80);
	ck_assert(bed_match(bed_tcp(80)));
	bed_payload(TH, 2, 2, R1);
	bed_cmp16(R1, EQ, 80);
	ck_assert(!bed_match(bed_tcp(81)));
	bed_payload(NH, 12, 8, R1);
	bed_cmp(R1, EQ, "\xc0\x00\x02\x05\xc6\x33\x64\x09", 8);
	ck_assert(bed_match(bed_tcp(1)));
	bed_payload(LL, 6, 8, R1);
	bed_cmp(R1, EQ, "\x02\x00\x00\x00\x00\x05\x08\x00", 8);
	ck_assert(bed_match(bed_tcp(1)));
	bed_payload(IH, 0, 3, R1);
	bed_cmp(R1, EQ, "abc", 3);
	ck_assert(bed_match(bed_udp(1)));
	bed_close();
}
END_TEST

/* The last byte is readable, the one behind it ends the rule; later fragments have no transport header, but for the kernel's fast path. */
START_TEST(load_bounds)
{
	struct vm_pkt *p;

	bed_open(NFPROTO_IPV4);
	for (uint32_t len = 1; len <= 16; len++)
		for (uint32_t past = 0; past < 2; past++) {
			p = bed_udp(5);
			bed_payload(TH, 18 - len + past, len, R1);
			ck_assert_int_eq(bed_match(p), !past);
			p = bed_udp(5);
			bed_payload(NH, 38 - len + past, len, R1);
			ck_assert_int_eq(bed_match(p), !past);
		}
	p = bed_udp(5);
	p->fragoff = 8;
	bed_payload(TH, 1, 2, R1);
	ck_assert(!bed_match(p));
	bed_payload(TH, 0, 3, R1);
	ck_assert(!bed_match(p));
	bed_payload(TH, 2, 2, R1); /* the kernel's fast path does not look */
	bed_cmp16(R1, EQ, 5);
	ck_assert(bed_match(p));
	p = bed_udp(5);
	p->has_l2 = false;
	bed_payload(LL, 0, 2, R1);
	ck_assert(!bed_match(p));
	bed_close();
}
END_TEST

/* A tag that was taken out of the frame is read as though it were still there, and written where it is kept. */
START_TEST(vlan)
{
	struct vm_pkt *p;

	bed_open(NFPROTO_NETDEV);
	for (int i = 0; i < 4; i++) {
		p = bed_udp(5);
		p->pf = NFPROTO_NETDEV;
		p->has_vlan = true;
		p->vlan_proto = __builtin_bswap16(0x8100);
		p->vlan_tci = 0x6123;
		switch (i) {
		case 0:
			bed_payload(LL, 6, 12, R1);
			bed_cmp(R1, EQ, "\x02\x00\x00\x00\x00\x05\x81\x00\x61\x23\x08\x00", 12);
			break;
		case 1:
			bed_payload(LL, 16, 4, R1);
			bed_cmp(R1, EQ, "\x08\x00\x45\x00", 4);
			break;
		case 2:
			bed_imm(R1, "\x60\x07", 2);
			bed_payload_set(LL, 14, 2, R1, 0, 0, 0);
			bed_payload(LL, 14, 2, R1);
			bed_cmp(R1, EQ, "\x60\x07", 2);
			break;
		case 3:
			bed_payload(LL, 0, 12, R1);
			bed_cmp(R1, EQ, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x05", 12);
			break;
		}
		ck_assert_msg(bed_match(p), "case %d", i);
		ck_assert_uint_eq(p->vlan_tci, i == 2 ? 0x6007 : 0x6123);
	}
	bed_close();
}
END_TEST

/* Addresses and ports changed, all checksums repaired; UDP without a checksum stays without. */
START_TEST(set_csum)
{
	struct vm_pkt *p;

	bed_open(NFPROTO_IPV4);
	for (int tcp = 0; tcp < 2; tcp++) {
		p = tcp ? bed_tcp(80) : bed_udp(80);
		ck_assert(bed_csums_right(p));
		bed_imm(R1, "\x0a\x0b\x0c\x0d", 4);
		bed_payload_set(NH, 16, 4, R1, NFT_PAYLOAD_CSUM_INET, 10, NFT_PAYLOAD_L4CSUM_PSEUDOHDR);
		bed_imm(R1, "\x12\x34", 2);
		bed_payload_set(TH, 2, 2, R1, NFT_PAYLOAD_CSUM_INET, tcp ? 16 : 6, 0);
		ck_assert(bed_match(p));
		ck_assert_mem_eq(p->data + 30, "\x0a\x0b\x0c\x0d", 4);
		ck_assert_mem_eq(p->data + 36, "\x12\x34", 2);
		ck_assert(bed_csums_right(p));
	}
	p = bed_udp(80);
	memset(p->data + p->l4 + 6, 0, 2);
	bed_imm(R1, "\x0a\x0b\x0c\x0d", 4);
	bed_payload_set(NH, 16, 4, R1, NFT_PAYLOAD_CSUM_INET, 10, NFT_PAYLOAD_L4CSUM_PSEUDOHDR);
	ck_assert(bed_match(p));
	ck_assert_mem_eq(p->data + p->l4 + 6, "\0\0", 2);
	bed_close();
}
END_TEST

/* CRC32c (RFC 9260 appendix A), made again bit by bit. */
START_TEST(set_sctp)
{
	struct vm_pkt *p;
	uint32_t want, crc = ~UINT32_C(0);

	bed_open(NFPROTO_IPV4);
	p = bed_ip4(IPPROTO_SCTP, 80, "", 0, 20);
	bed_imm(R1, "\x00\x50", 2);
	bed_payload_set(TH, 0, 2, R1, NFT_PAYLOAD_CSUM_SCTP, 8, 0);
	ck_assert(bed_match(p));
	memcpy(&want, p->data + p->l4 + 8, 4);
	memset(p->data + p->l4 + 8, 0, 4);
	for (uint32_t i = p->l4; i < p->len; i++) {
		crc ^= p->data[i];
		for (int k = 0; k < 8; k++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
	}
	ck_assert_uint_eq(want, ~crc);
	bed_close();
}
END_TEST

START_TEST(compare)
{
	/* the register holds 0x10 0x20 as bytes, i.e. 4128 as a number in network order */
	static const struct {
		uint32_t op;
		uint16_t with;
		bool holds;
	} cases[] = {
		{ NFT_CMP_EQ, 0x1020, true },   { NFT_CMP_EQ, 0x2010, false },  { NFT_CMP_NEQ, 0x1020, false }, { NFT_CMP_NEQ, 1, true },
		{ NFT_CMP_LT, 0x1021, true },   { NFT_CMP_LT, 0x1020, false },  { NFT_CMP_LT, 0x0fff, false },  { NFT_CMP_LTE, 0x1020, true },
		{ NFT_CMP_LTE, 0x101f, false }, { NFT_CMP_GT, 0x101f, true },   { NFT_CMP_GT, 0x1020, false },  { NFT_CMP_GT, 0x2000, false },
		{ NFT_CMP_GTE, 0x1020, true },  { NFT_CMP_GTE, 0x1021, false },
	};

	bed_open(NFPROTO_IPV4);
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		bed_payload(TH, 2, 2, R1);
		bed_cmp16(R1, cases[i].op, cases[i].with);
		ck_assert_msg(bed_match(bed_udp(0x1020)) == cases[i].holds, "case %u", i);
	}
	for (unsigned neq = 0; neq < 2; neq++)
		for (unsigned port = 9; port < 22; port++) {
			struct bc_range *x;

			bed_payload(TH, 2, 2, R1);
			x = bed_expr("range");
			BC_SET(x, NFTA_RANGE_SREG, sreg, R1);
			BC_SET(x, NFTA_RANGE_OP, op, neq);
			BC_SET(x, NFTA_RANGE_FROM_DATA, from, bed_bytes("\0\x0a", 2));
			BC_SET(x, NFTA_RANGE_TO_DATA, to, bed_bytes("\0\x14", 2));
			ck_assert_int_eq(bed_match(bed_udp(port)), (port >= 10 && port <= 20) != neq);
		}
	bed_close();
}
END_TEST

static void bitwise(uint32_t op, uint32_t len, const void *mask, const void *xor, const void *data, uint32_t sreg2)
{
	struct bc_bitwise *x = bed_expr("bitwise");

	BC_SET(x, NFTA_BITWISE_SREG, sreg, R1);
	BC_SET(x, NFTA_BITWISE_DREG, dreg, R1);
	BC_SET(x, NFTA_BITWISE_LEN, len, len);
	BC_SET(x, NFTA_BITWISE_OP, op, op);
	if (mask) {
		BC_SET(x, NFTA_BITWISE_MASK, mask, bed_bytes(mask, len));
		BC_SET(x, NFTA_BITWISE_XOR, xor, bed_bytes(xor, len));
	}
	if (data)
		BC_SET(x, NFTA_BITWISE_DATA, data, bed_bytes(data, op == NFT_BITWISE_LSHIFT || op == NFT_BITWISE_RSHIFT ? 4 : len));
	if (sreg2)
		BC_SET(x, NFTA_BITWISE_SREG2, sreg2, sreg2);
}

START_TEST(bits)
{
	uint32_t four = 4;

	bed_open(NFPROTO_IPV4);
	for (int i = 0; i < 8; i++) {
		const char *want = NULL;
		uint32_t len = 4;

		bed_imm(R1, i < 6 ? "\xf0\x0f\x33\x55" : "\xf0\x0f\x33\x55\x11\x22\x33\x44", i < 6 ? 4 : 8);
		bed_imm(R2, "\xff\x00\xff\x00", 4);
		switch (i) {
		case 0:
			bitwise(NFT_BITWISE_MASK_XOR, 4, "\xff\xff\x00\x0f", "\x00\x01\x00\x00", NULL, 0);
			want = "\xf0\x0e\x00\x05";
			break;
		case 1:
			bitwise(NFT_BITWISE_AND, 4, NULL, NULL, NULL, R2);
			want = "\xf0\x00\x33\x00";
			break;
		case 2:
			bitwise(NFT_BITWISE_OR, 4, NULL, NULL, "\x01\x00\x00\x80", 0);
			want = "\xf1\x0f\x33\xd5";
			break;
		case 3:
			bitwise(NFT_BITWISE_XOR, 4, NULL, NULL, NULL, R2);
			want = "\x0f\x0f\xcc\x55";
			break;
		case 4: /* words are the host's numbers: 0x55330ff0 << 4 */
			bitwise(NFT_BITWISE_LSHIFT, 4, NULL, NULL, &four, 0);
			want = "\x00\xff\x30\x53";
			break;
		case 5:
			bitwise(NFT_BITWISE_RSHIFT, 4, NULL, NULL, &four, 0);
			want = "\xff\x30\x53\x05";
			break;
		case 6:
			bitwise(NFT_BITWISE_MASK_XOR, 8, "\xff\xff\xff\xff\x00\xff\x00\xff", "\0\0\0\0\0\0\0\x01", NULL, 0);
			want = "\xf0\x0f\x33\x55\x00\x22\x00\x45";
			len = 8;
			break;
		case 7:
			bitwise(NFT_BITWISE_OR, 8, NULL, NULL, "\x0f\0\0\0\0\0\0\x0b", 0);
			want = "\xff\x0f\x33\x55\x11\x22\x33\x4f";
			len = 8;
			break;
		}
		bed_cmp(R1, EQ, want, len);
		ck_assert_msg(bed_match(bed_udp(1)), "case %d", i);
	}
	bed_close();
}
END_TEST

START_TEST(byteorder)
{
	static const struct {
		uint32_t size, len;
		const char *want;
	} cases[] = {
		{ 2, 2, "\x02\x01" }, { 2, 4, "\x02\x01\x04\x03" }, { 4, 8, "\x04\x03\x02\x01\x08\x07\x06\x05" }, { 8, 8, "\x08\x07\x06\x05\x04\x03\x02\x01" },
	};

	bed_open(NFPROTO_IPV4);
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bc_byteorder *x;

		bed_imm(R1, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
		x = bed_expr("byteorder");
		BC_SET(x, NFTA_BYTEORDER_SREG, sreg, R1);
		BC_SET(x, NFTA_BYTEORDER_DREG, dreg, R2);
		BC_SET(x, NFTA_BYTEORDER_OP, op, i % 2);
		BC_SET(x, NFTA_BYTEORDER_LEN, len, cases[i].len);
		BC_SET(x, NFTA_BYTEORDER_SIZE, size, cases[i].size);
		bed_cmp(R2, EQ, cases[i].want, cases[i].len);
		ck_assert_msg(bed_match(bed_udp(1)), "case %u", i);
	}
	bed_close();
}
END_TEST

static void meta_is(uint32_t key, const void *want, uint32_t len, struct vm_pkt *p)
{
	bed_meta(key, R1);
	bed_cmp(R1, EQ, want, len);
	ck_assert_msg(bed_match(p), "meta key %u", key);
}

START_TEST(meta)
{
	uint32_t v;
	struct vm_pkt *p;

	bed_open(NFPROTO_IPV4);
	p = bed_udp(5);
	v = p->len - 14;
	meta_is(NFT_META_LEN, &v, 4, p);
	meta_is(NFT_META_PROTOCOL, "\x08\x00", 2, p);
	meta_is(NFT_META_NFPROTO, "\x02", 1, p);
	meta_is(NFT_META_L4PROTO, "\x11", 1, p);
	p->mark = v = 0x12345678;
	meta_is(NFT_META_MARK, &v, 4, p);
	p->iif = nfvm_device_index(bed.e, "eth0");
	meta_is(NFT_META_IIF, &p->iif, 4, p);
	meta_is(NFT_META_IIFNAME, "eth0\0\0\0\0\0\0\0\0\0\0\0", 16, p);
	meta_is(NFT_META_OIFNAME, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, p);
	meta_is(NFT_META_IIFTYPE, "\x01\x00", 2, p);
	bed_meta(NFT_META_OIFTYPE, R1);
	ck_assert(!bed_match(p));
	bed_meta(NFT_META_SKUID, R1);
	ck_assert(!bed_match(p));
	p->skuid = v = 1000;
	meta_is(NFT_META_SKUID, &v, 4, p);
	p->pkttype = PACKET_BROADCAST;
	meta_is(NFT_META_PKTTYPE, "\x01", 1, p);
	/* 2026-01-04 was a Sunday */
	bed.w->now_ns = UINT64_C(1767531723) * 1000000000;
	meta_is(NFT_META_TIME_DAY, "\0", 1, p);
	v = 13 * 3600 + 2 * 60 + 3;
	meta_is(NFT_META_TIME_HOUR, &v, 4, p);
	meta_is(NFT_META_TIME_NS, &bed.w->now_ns, 8, p);
	bed_imm(R1, "\x01", 1);
	bed_meta_set(NFT_META_NFTRACE, R1);
	bed_imm(R1, "\x04\x03\x02\x01", 4);
	bed_meta_set(NFT_META_MARK, R1);
	bed_meta_set(NFT_META_PRIORITY, R1);
	ck_assert(bed_match(p));
	ck_assert(p->nftrace);
	ck_assert_uint_eq(p->mark, 0x01020304);
	ck_assert_uint_eq(p->priority, 0x01020304);
	bed_close();
}
END_TEST

static void exthdr(uint32_t op, uint8_t type, uint32_t offset, uint32_t len, uint32_t flags)
{
	struct bc_exthdr *x = bed_expr("exthdr");

	BC_SET(x, NFTA_EXTHDR_DREG, dreg, R1);
	BC_SET(x, NFTA_EXTHDR_TYPE, type, type);
	BC_SET(x, NFTA_EXTHDR_OFFSET, offset, offset);
	BC_SET(x, NFTA_EXTHDR_LEN, len, len);
	BC_SET(x, NFTA_EXTHDR_FLAGS, flags, flags);
	BC_SET(x, NFTA_EXTHDR_OP, op, op);
}

/* mss 1460, nop, window scale 7, sack permitted, nop, nop */
static const char options[] = "\x02\x04\x05\xb4\x01\x03\x03\x07\x04\x02\x01\x01";

START_TEST(tcp_options)
{
	static const struct {
		uint8_t type;
		uint32_t offset, len, flags;
		const char *want; /* NULL: no match */
	} cases[] = {
		{ 2, 2, 2, 0, "\x05\xb4" }, { 3, 2, 1, 0, "\x07" }, { 4, 0, 1, NFT_EXTHDR_F_PRESENT, "\x01" }, { 8, 0, 1, NFT_EXTHDR_F_PRESENT, "\x00" },
		{ 8, 2, 4, 0, NULL },       { 2, 2, 3, 0, NULL },
	};

	bed_open(NFPROTO_IPV4);
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		exthdr(NFT_EXTHDR_OP_TCPOPT, cases[i].type, cases[i].offset, cases[i].len, cases[i].flags);
		if (cases[i].want)
			bed_cmp(R1, EQ, cases[i].want, cases[i].len);
		ck_assert_msg(bed_match(bed_ip4(IPPROTO_TCP, 80, options, 12, 4)) == (cases[i].want != NULL), "case %u", i);
	}
	bed_close();
}
END_TEST

static struct vm_pkt *with_mss(uint16_t mss, bool changes)
{
	struct vm_pkt *p = bed_ip4(IPPROTO_TCP, 80, options, 12, 4);
	struct bc_exthdr *x;
	uint8_t be[2];

	be16_store(be, mss);
	bed_imm(R1, be, 2);
	x = bed_expr("exthdr");
	BC_SET(x, NFTA_EXTHDR_SREG, sreg, R1);
	BC_SET(x, NFTA_EXTHDR_TYPE, type, 2);
	BC_SET(x, NFTA_EXTHDR_OFFSET, offset, 2);
	BC_SET(x, NFTA_EXTHDR_LEN, len, 2);
	BC_SET(x, NFTA_EXTHDR_OP, op, NFT_EXTHDR_OP_TCPOPT);
	ck_assert(bed_match(p));
	ck_assert_uint_eq(be16_load(p->data + 56), changes ? mss : 1460);
	ck_assert(bed_csums_right(p));
	return p;
}

START_TEST(tcp_options_set)
{
	struct bc_exthdr *x;
	struct vm_pkt *p;

	bed_open(NFPROTO_IPV4);
	with_mss(1400, true);
	with_mss(1461, false); /* never larger */
	for (uint8_t type = 2; type < 5; type++) {
		p = bed_ip4(IPPROTO_TCP, 80, options, 12, 4);
		x = bed_expr("exthdr");
		BC_SET(x, NFTA_EXTHDR_TYPE, type, type);
		BC_SET(x, NFTA_EXTHDR_OP, op, NFT_EXTHDR_OP_TCPOPT);
		ck_assert(bed_match(p));
		ck_assert(bed_csums_right(p));
		exthdr(NFT_EXTHDR_OP_TCPOPT, type, 0, 1, NFT_EXTHDR_F_PRESENT);
		bed_cmp(R1, EQ, "\0", 1);
		ck_assert(bed_match(p));
	}
	bed_close();
}
END_TEST

START_TEST(ipv6_headers)
{
	/* hop-by-hop with padding, then destination options */
	static const uint8_t ext[] = { 60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 9, 9, 9, 9 };

	bed_open(NFPROTO_IPV6);
	for (int i = 0; i < 4; i++) {
		struct vm_pkt *p = bed_ip6(IPPROTO_TCP, 80, 0, ext, sizeof(ext), 5);
		bool want = true;

		switch (i) {
		case 0:
			bed_payload(TH, 2, 2, R1);
			bed_cmp16(R1, EQ, 80);
			break;
		case 1:
			exthdr(NFT_EXTHDR_OP_IPV6, 60, 4, 2, 0);
			bed_cmp(R1, EQ, "\x09\x09", 2);
			break;
		case 2:
			exthdr(NFT_EXTHDR_OP_IPV6, 43, 0, 1, NFT_EXTHDR_F_PRESENT);
			bed_cmp(R1, EQ, "\0", 1);
			break;
		case 3:
			exthdr(NFT_EXTHDR_OP_IPV6, 43, 0, 1, 0);
			want = false;
			break;
		}
		ck_assert_msg(bed_match(p) == want, "case %d", i);
	}
	bed_close();
}
END_TEST

/* What was built is dumped as it was said. */
START_TEST(dump)
{
	struct bc_expr *said, *told;
	struct buf a = { 0 }, b = { 0 };
	struct vm_prog *p;

	bed_open(NFPROTO_IPV4);
	bed_payload(TH, 2, 2, R1);
	bed_cmp16(R1, NE, 80);
	bed_payload(NH, 12, 4, NFT_REG32_01);
	bed_cmp(NFT_REG32_01, NFT_CMP_GT, "\x01\x02\x03\x04", 4);
	bed_meta(NFT_META_MARK, R2);
	bed_imm(R1, "\x01\x02\x03\x04\x05\x06", 6);
	bitwise(NFT_BITWISE_MASK_XOR, 6, "\x01\x02\x03\x04\x05\x06", "\0\0\0\0\0\0", NULL, 0);
	bed_verdict(NF_DROP);
	said = bed.list;
	p = bed_rule(&bed.base, 0);
	told = prog_dump(p, bed.a, false);
	bc_dump_exprs(&a, said, "");
	bc_dump_exprs(&b, told, "");
	ck_assert_str_eq(buf_str(&a), buf_str(&b));
	buf_cut(&a, 0);
	prog_disasm(p, &a);
	ck_assert_ptr_nonnull(strstr(buf_str(&a), "payload+cmp1"));
	buf_free(&a);
	buf_free(&b);
	bed_close();
}
END_TEST

UNIT_MAIN("expr-packet", load, load_bounds, vlan, set_csum, set_sctp, compare, bits, byteorder, meta, tcp_options, tcp_options_set, ipv6_headers, dump)
