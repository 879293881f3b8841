/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SCTP: states by chunks (a table), and verification tags. A packet's chunks each make a move, in order. Reference:
 * net/netfilter/nf_conntrack_proto_sctp.c; RFC 9260 §8.4, §8.5 for the tags.
 */
#include "vm/ct/proto.h"

enum { SCTP_HDR = 12, CHUNK_HDR = 4, FLAG_T = 1 };

/* chunk types */
enum {
	DATA = 0,
	INIT = 1,
	INIT_ACK = 2,
	HEARTBEAT = 4,
	HEARTBEAT_ACK = 5,
	ABORT = 6,
	SHUTDOWN = 7,
	SHUTDOWN_ACK = 8,
	ERROR = 9,
	COOKIE_ECHO = 10,
	COOKIE_ACK = 11,
	SHUTDOWN_COMPLETE = 14,
};

/* states */
enum { NO, CL, CW, CE, ES, SS, SR, SA, HS, IV };

enum { ROWS = 11, STATES = 9 };

/* Row of a chunk type in `moves`, plus one; 0: it changes nothing. */
static const uint8_t row_of[16] = {
	[INIT] = 1, [INIT_ACK] = 2, [ABORT] = 3, [SHUTDOWN] = 4, [SHUTDOWN_ACK] = 5, [ERROR] = 6, [COOKIE_ECHO] = 7,
	[COOKIE_ACK] = 8, [SHUTDOWN_COMPLETE] = 9, [HEARTBEAT] = 10, [HEARTBEAT_ACK] = 11,
};

static const uint8_t moves[CT_DIRS][ROWS][STATES] = {
	{
		/*                   none CL  CW  CE  ES  SS  SR  SA  HS */
		/* init */          { CL, CL, CW, CE, ES, CL, CL, SA, CW },
		/* init ack */      { CL, CL, CW, CE, ES, SS, SR, SA, CL },
		/* abort */         { CL, CL, CL, CL, CL, CL, CL, CL, CL },
		/* shutdown */      { CL, CL, CW, CE, SS, SS, SR, SA, CL },
		/* shutdown ack */  { SA, CL, CW, CE, ES, SA, SA, SA, SA },
		/* error */         { CL, CL, CW, CE, ES, SS, SR, SA, CL },
		/* cookie echo */   { CL, CL, CE, CE, ES, SS, SR, SA, CL },
		/* cookie ack */    { CL, CL, CW, ES, ES, SS, SR, SA, CL },
		/* shutdown compl. */ { CL, CL, CW, CE, ES, SS, SR, CL, CL },
		/* heartbeat */     { HS, CL, CW, CE, ES, SS, SR, SA, HS },
		/* heartbeat ack */ { CL, CL, CW, CE, ES, SS, SR, SA, HS },
	},
	{
		/* init */          { IV, CL, CW, CE, ES, SS, SR, SA, IV },
		/* init ack */      { IV, CW, CW, CE, ES, SS, SR, SA, IV },
		/* abort */         { IV, CL, CL, CL, CL, CL, CL, CL, IV },
		/* shutdown */      { IV, CL, CW, CE, SR, SS, SR, SA, IV },
		/* shutdown ack */  { IV, CL, CW, CE, ES, SA, SA, SA, IV },
		/* error */         { IV, CL, CW, CL, ES, SS, SR, SA, IV },
		/* cookie echo */   { IV, CL, CE, CE, ES, SS, SR, SA, IV },
		/* cookie ack */    { IV, CL, CW, ES, ES, SS, SR, SA, IV },
		/* shutdown compl. */ { IV, CL, CW, CE, ES, SS, SR, CL, IV },
		/* heartbeat */     { IV, CL, CW, CE, ES, SS, SR, SA, HS },
		/* heartbeat ack */ { IV, CL, CW, CE, ES, SS, SR, SA, ES },
	},
};

static uint8_t move(int dir, uint8_t state, uint8_t type)
{
	uint8_t row = type < ARRAY_SIZE(row_of) ? row_of[type] : 0;

	return row ? moves[dir][row - 1][state] : state;
}

/* ---- chunks ---- */

/* The chunk at *at, and *at behind it; NULL at the end. */
static const uint8_t *next_chunk(const struct ct_pkt *p, uint32_t *at)
{
	const uint8_t *c = p->l4 + *at;

	if (*at > p->len || p->len - *at < CHUNK_HDR)
		return NULL;
	*at += (be16_load(c + 2) + 3u) & ~3u;
	return c;
}

struct seen {
	uint64_t word[4];
};

static bool has(const struct seen *s, uint8_t type)
{
	return s->word[type / 64] >> (type % 64) & 1;
}

/* do_basic_checks: who must be alone or first is; which types there are. */
static bool chunks_ok(const struct ct_pkt *p, struct seen *s)
{
	uint32_t at = SCTP_HDR, count = 0;
	bool alone = false;
	const uint8_t *c;

	memset(s, 0, sizeof(*s));
	while ((c = next_chunk(p, &at))) {
		alone |= c[0] == INIT || c[0] == INIT_ACK || c[0] == SHUTDOWN_COMPLETE;
		if (((c[0] == COOKIE_ACK || c[0] == COOKIE_ECHO || alone) && count) || !be16_load(c + 2))
			return false;
		s->word[c[0] / 64] |= UINT64_C(1) << (c[0] % 64);
		count++;
	}
	return count;
}

static uint32_t vtag(const uint8_t *sctp)
{
	uint32_t v;

	memcpy(&v, sctp + 4, 4);
	return v;
}

/* init_tag of an INIT or INIT ACK chunk; false where it is cut off. */
static bool init_tag(const struct ct_pkt *p, const uint8_t *c, be32 *tag)
{
	if ((size_t)(c - p->l4) + CHUNK_HDR + 16 > p->len)
		return false;
	memcpy(tag, c + CHUNK_HDR, 4);
	return true;
}

/* CRC-32C, bit by bit over a table of nibbles: SCTP is rare (RFC 9260 appendix A). */
static uint32_t crc32c(uint32_t crc, const uint8_t *p, uint32_t len)
{
	static const uint32_t nibble[16] = { 0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
					     0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75 };

	while (len--) {
		crc ^= *p++;
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return crc;
}

static bool checksum_ok(const struct ct_pkt *p)
{
	static const uint8_t zero[4];
	uint32_t crc, have;

	crc = crc32c(0xffffffff, p->l4, 8);
	crc = crc32c(crc, zero, 4);
	crc = ~crc32c(crc, p->l4 + SCTP_HDR, p->len - SCTP_HDR);
	memcpy(&have, p->l4 + 8, 4); /* stored low byte first */
	return have == crc;
}

/* ---- states ---- */

/* sctp_new */
static bool begin(struct ct_pkt *p, struct ct_entry *ct, const struct seen *s)
{
	be32 *tags = ct->proto.sctp.vtag;
	uint32_t at = SCTP_HDR;
	const uint8_t *c;

	if (has(s, ABORT) || has(s, SHUTDOWN_COMPLETE) || has(s, COOKIE_ACK))
		return false;
	memset(&ct->proto, 0, sizeof(ct->proto));
	while ((c = next_chunk(p, &at))) {
		uint8_t to = move(CT_ORIG, NO, c[0]);

		if (to == NO || to == IV)
			return false;
		if (c[0] == INIT) {
			if (vtag(p->l4) || !init_tag(p, c, &tags[CT_REPLY]))
				return false;
			ct->proto.sctp.init[CT_ORIG] = 1;
		} else if (c[0] == HEARTBEAT) {
			tags[CT_ORIG] = vtag(p->l4);
		} else if (c[0] == SHUTDOWN_ACK) {
			tags[CT_REPLY] = vtag(p->l4); /* that of the SHUTDOWN COMPLETE to come, with T (RFC 9260 §8.4) */
		}
	}
	return true;
}

static bool needs_own_tag(const struct seen *s)
{
	static const uint8_t special[] = { INIT, SHUTDOWN_COMPLETE, COOKIE_ECHO, ABORT, SHUTDOWN_ACK, HEARTBEAT, HEARTBEAT_ACK };

	for (unsigned i = 0; i < sizeof(special); i++)
		if (has(s, special[i]))
			return false;
	return true;
}

enum { HEARTBEAT_FAILED = 1 };
enum verdict { GOOD, SKIP, BAD };

/* A heartbeat or its answer may tell of a peer that restarted with other tags. */
static enum verdict heartbeat(struct ct_entry *ct, uint8_t type, int dir, be32 tag, bool with_data, bool ignored)
{
	be32 *tags = ct->proto.sctp.vtag;

	if (!tags[dir]) {
		tags[dir] = tag;
		return GOOD;
	}
	if (tag == tags[dir]) {
		ct->proto.sctp.flags &= (uint8_t)~HEARTBEAT_FAILED;
		return GOOD;
	}
	if (with_data || ignored)
		return BAD;
	if (type == HEARTBEAT) {
		ct->proto.sctp.flags |= HEARTBEAT_FAILED;
		ct->proto.sctp.last_dir = (uint8_t)dir;
		return SKIP;
	}
	if (!(ct->proto.sctp.flags & HEARTBEAT_FAILED) || ct->proto.sctp.last_dir == dir)
		return BAD;
	ct->proto.sctp.flags &= (uint8_t)~HEARTBEAT_FAILED;
	tags[dir] = tag;
	tags[!dir] = 0;
	return GOOD;
}

/* RFC 9260 §8.5.1 */
static enum verdict check_tag(struct ct_entry *ct, const uint8_t *c, int dir, be32 tag, const struct seen *s, bool ignored)
{
	const be32 *tags = ct->proto.sctp.vtag;

	switch (c[0]) {
	case INIT:
		return tag ? BAD : GOOD;
	case ABORT:
	case SHUTDOWN_COMPLETE:
		return tag == tags[c[1] & FLAG_T ? !dir : dir] ? GOOD : BAD;
	case COOKIE_ECHO:
		return tag == tags[dir] ? GOOD : BAD;
	case COOKIE_ACK:
		ct->proto.sctp.init[0] = ct->proto.sctp.init[1] = 0;
		return GOOD;
	case HEARTBEAT:
	case HEARTBEAT_ACK:
		return heartbeat(ct, c[0], dir, tag, has(s, DATA), ignored);
	}
	return GOOD;
}

/* Tags that INIT and INIT ACK give away, and who is beginning anew. False: they collide. */
static bool note_tag(const struct ct_pkt *p, struct ct_entry *ct, const uint8_t *c, int dir)
{
	be32 *tags = ct->proto.sctp.vtag, tag;
	uint8_t *init = ct->proto.sctp.init;

	if (c[0] != INIT && c[0] != INIT_ACK)
		return true;
	if (!init_tag(p, c, &tag))
		return false;
	if (c[0] == INIT) {
		if (tags[!dir] == tag)
			return true; /* a stale or retransmitted one begins nothing */
		if (init[dir] && init[!dir])
			init[!dir] = 0;
		init[dir] = 1;
	} else {
		if (!init[!dir] && tags[!dir] && tags[!dir] != tag)
			return false;
		if (init[dir] && init[!dir] && tags[!dir] != tag)
			return false;
	}
	tags[!dir] = tag;
	return true;
}

/* All chunks in order. *ignore: the packet passes, but the entry lives no longer for it. */
static bool moves_of(struct ct_pkt *p, struct ct_entry *ct, const struct seen *s, bool *ignore)
{
	int dir = ct_info_dir(p->v->ctinfo);
	uint32_t at = SCTP_HDR;
	const uint8_t *c;

	while ((c = next_chunk(p, &at))) {
		uint8_t from = ct->proto.sctp.state, to;

		switch (check_tag(ct, c, dir, vtag(p->l4), s, *ignore)) {
		case BAD:
			return false;
		case SKIP:
			*ignore = true;
			continue;
		case GOOD:
			break;
		}
		to = move(dir, from, c[0]);
		if (to == IV || !note_tag(p, ct, c, dir))
			return false;
		if (c[0] == INIT && to == CL && from == CL && ct_confirmed(ct))
			*ignore = true;
		ct->proto.sctp.state = to;
		if (from != to && to == ES)
			ct_set_status(ct, IPS_ASSURED);
	}
	return true;
}

static enum ct_action packet(struct ct_pkt *p, struct ct_entry *ct)
{
	bool ignore = false, ok;
	struct seen s;

	if (p->len < SCTP_HDR || (p->verify && !checksum_ok(p)) || !chunks_ok(p, &s))
		return CT_INVALID;
	if (!ct_confirmed(ct) && !begin(p, ct, &s))
		return CT_INVALID;
	if (needs_own_tag(&s) && vtag(p->l4) != ct->proto.sctp.vtag[ct_info_dir(p->v->ctinfo)])
		return CT_INVALID;
	ct_take_turn(ct);
	ok = moves_of(p, ct, &s, &ignore);
	ct_end_turn(ct);
	if (!ok)
		return CT_INVALID;
	if (!ignore)
		ct_refresh(p, ct, ct_times(p->t, ct, p->t->sysctl.sctp)[ct->proto.sctp.state]);
	return CT_OK;
}

static const char *state_name(const struct ct_entry *ct)
{
	static const char *const names[STATES] = { "NONE", "CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED",
						   "SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT" };

	return ct->proto.sctp.state < STATES ? names[ct->proto.sctp.state] : "NONE";
}

static bool may_drop_early(const struct ct_entry *ct)
{
	return ct->proto.sctp.state >= SS && ct->proto.sctp.state <= SA;
}

const struct ct_l4proto ct_sctp = {
	.proto = IPPROTO_SCTP,
	.name = "sctp",
	.tuple = ct_ports,
	.packet = packet,
	.state = state_name,
	.may_drop_early = may_drop_early,
};
