/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP: states by flags (a table), and window tracking: a packet whose sequence or acknowledgement cannot belong to the
 * connection is invalid, or (where it may be an old duplicate) goes on without moving the state.
 *
 * Of each side is known: end, the highest sequence number sent; maxend, the highest that the other side's window allows; maxwin, its largest window;
 * maxack, the highest acknowledgement. With a window of 1000 and SYN 100 answered by SYN ACK 300 of window 500:
 *
 *     original: end 101, maxend 101 → 101 + 500     reply: end 301, maxend 301 → 301 + 1000
 *
 * A segment fits if it begins at or before its sender's maxend, ends behind end - (receiver's maxwin), acknowledges nothing beyond the
 * receiver's end, and not less than 66000 bytes below it. (G. van Rooij, "Real stateful TCP packet filtering in IP Filter".)
 *
 * Concurrency: packets of one connection in two workers take turns at ct->busy. Reference: net/netfilter/nf_conntrack_proto_tcp.c.
 */
#include "vm/ct/help.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32, ECE = 64, CWR = 128 };
enum { TCP_HDR = 20, WSCALE_MAX = 14, MAX_ACK_WINDOW = 66000 };
enum { OPT_EOL = 0, OPT_NOP = 1, OPT_WINDOW = 3, OPT_SACK_PERM = 4, OPT_SACK = 5 };

/* What kind of segment it is. */
enum { IX_SYN, IX_SYNACK, IX_FIN, IX_ACK, IX_RST, IX_NONE, IX_MAX };

/* ct->proto.tcp.last_flags beside the sides' own */
enum { LAST_SIMULTANEOUS = IP_CT_TCP_SIMULTANEOUS_OPEN, LAST_CHALLENGE = IP_CT_EXP_CHALLENGE_ACK };

enum {
	NO = TCP_CONNTRACK_NONE,
	SS = TCP_CONNTRACK_SYN_SENT,
	SR = TCP_CONNTRACK_SYN_RECV,
	ES = TCP_CONNTRACK_ESTABLISHED,
	FW = TCP_CONNTRACK_FIN_WAIT,
	CW = TCP_CONNTRACK_CLOSE_WAIT,
	LA = TCP_CONNTRACK_LAST_ACK,
	TW = TCP_CONNTRACK_TIME_WAIT,
	CL = TCP_CONNTRACK_CLOSE,
	S2 = TCP_CONNTRACK_SYN_SENT2,
	IV = TCP_CONNTRACK_MAX,    /* invalid */
	IG = TCP_CONNTRACK_IGNORE, /* passes, changes nothing */
};

/* [direction][segment][state] */
static const uint8_t moves[CT_DIRS][IX_MAX][10] = {
	{
		/*            none SS  SR  ES  FW  CW  LA  TW  CL  S2 */
		[IX_SYN] =    { SS, SS, IG, IG, IG, IG, IG, SS, SS, S2 }, /* opens, again, or anew after a close */
		[IX_SYNACK] = { IV, IV, SR, IV, IV, IV, IV, IV, IV, SR }, /* simultaneous open only */
		[IX_FIN] =    { IV, IV, FW, FW, LA, LA, LA, TW, CL, IV },
		[IX_ACK] =    { ES, IV, ES, ES, CW, CW, TW, TW, CL, IV }, /* none: picked up in its midst */
		[IX_RST] =    { IV, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[IX_NONE] =   { IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
	{
		[IX_SYN] =    { IV, S2, IV, IV, IV, IV, IV, SS, IV, S2 }, /* simultaneous open */
		[IX_SYNACK] = { IV, SR, IG, IG, IG, IG, IG, IG, IG, SR },
		[IX_FIN] =    { IV, IV, FW, FW, LA, LA, LA, TW, CL, IV },
		[IX_ACK] =    { IV, IG, SR, ES, CW, CW, TW, TW, CL, IG }, /* SS: perhaps of a half-open connection */
		[IX_RST] =    { IV, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[IX_NONE] =   { IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
};

static inline bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}
static inline bool after(uint32_t a, uint32_t b)
{
	return before(b, a);
}

/* ---- the segment ---- */

struct segment {
	const uint8_t *h;
	uint32_t seq, ack, end; /* end: behind its last byte, SYN and FIN counted */
	uint16_t win;
	uint8_t flags, index, hlen;
	int dir;
};

static uint8_t kind_of(uint8_t flags)
{
	if (flags & RST)
		return IX_RST;
	if (flags & SYN)
		return flags & ACK ? IX_SYNACK : IX_SYN;
	if (flags & FIN)
		return IX_FIN;
	return flags & ACK ? IX_ACK : IX_NONE;
}

static void segment_of(const struct ct_pkt *p, struct segment *s)
{
	s->h = p->l4;
	s->seq = be32_load(p->l4 + 4);
	s->ack = be32_load(p->l4 + 8);
	s->hlen = (uint8_t)((p->l4[12] >> 4) * 4);
	s->flags = p->l4[13];
	s->win = be16_load(p->l4 + 14);
	s->end = s->seq + p->len - s->hlen + !!(s->flags & SYN) + !!(s->flags & FIN);
	s->index = kind_of(s->flags);
	s->dir = ct_info_dir(p->v->ctinfo);
}

/* Combinations that a TCP sends, apart from ECE, CWR and PSH. */
static bool flags_ok(uint8_t flags)
{
	switch (flags & ~(ECE | CWR | PSH)) {
	case SYN:
	case SYN | URG:
	case SYN | ACK:
	case RST:
	case RST | ACK:
	case FIN | ACK:
	case FIN | ACK | URG:
	case ACK:
	case ACK | URG:
		return true;
	}
	return false;
}

/* tcp_error */
static bool sound(struct ct_pkt *p)
{
	uint32_t hlen;

	if (p->len < TCP_HDR)
		return false;
	hlen = (p->l4[12] >> 4) * 4u;
	if (hlen < TCP_HDR || hlen > p->len)
		return false;
	if (p->verify && !ct_checksum_ok(p, IPPROTO_TCP))
		return false;
	return flags_ok(p->l4[13]);
}

/* Next option of [*o, end): its kind and length; false at the end or where they are broken. */
static bool next_option(const uint8_t **o, const uint8_t *end, const uint8_t **opt, uint8_t *len)
{
	while (*o < end && **o == OPT_NOP)
		(*o)++;
	if (*o >= end || **o == OPT_EOL || end - *o < 2 || (*o)[1] < 2 || (*o)[1] > end - *o)
		return false;
	*opt = *o;
	*len = (*o)[1];
	*o += *len;
	return true;
}

/* tcp_options: what a SYN offers. */
static void take_options(const struct segment *s, struct ct_tcp_side *side)
{
	const uint8_t *o = s->h + TCP_HDR, *end = s->h + s->hlen, *opt;
	uint8_t len;

	if (o == end)
		return;
	side->scale = 0;
	side->flags &= IP_CT_TCP_FLAG_BE_LIBERAL;
	while (next_option(&o, end, &opt, &len)) {
		if (opt[0] == OPT_SACK_PERM && len == 2) {
			side->flags |= IP_CT_TCP_FLAG_SACK_PERM;
		} else if (opt[0] == OPT_WINDOW && len == 3) {
			side->scale = opt[2] > WSCALE_MAX ? WSCALE_MAX : opt[2];
			side->flags |= IP_CT_TCP_FLAG_WINDOW_SCALE;
		}
	}
}

/* tcp_sack: the highest right edge of the blocks, if above `ack`. */
static uint32_t highest_sack(const struct segment *s, uint32_t ack)
{
	const uint8_t *o = s->h + TCP_HDR, *end = s->h + s->hlen, *opt;
	uint8_t len;

	while (next_option(&o, end, &opt, &len)) {
		if (opt[0] != OPT_SACK || len < 10 || (len - 2) % 8)
			continue;
		for (unsigned i = 2; i < len; i += 8)
			if (after(be32_load(opt + i + 4), ack))
				ack = be32_load(opt + i + 4);
		break;
	}
	return ack;
}

/* ---- windows ---- */

enum fits { FITS, FITS_LIBERAL /* does not, but is let through, and tells nothing */, FITS_IGNORE, FITS_NOT };

/* A side begins, with a SYN. */
static void begin_side(struct ct_tcp_side *sender, struct ct_tcp_side *receiver, const struct segment *s)
{
	sender->end = sender->maxend = s->end;
	sender->maxwin = s->win ? s->win : 1;
	take_options(s, sender);
	/* RFC 7323: windows are scaled only where both sides offered it */
	if (s->dir == CT_REPLY && !(sender->flags & receiver->flags & IP_CT_TCP_FLAG_WINDOW_SCALE))
		sender->scale = receiver->scale = 0;
}

/* A side begins in the middle of a connection. */
static void pick_up_side(struct ct_tcp_side *sender, struct ct_tcp_side *receiver, const struct segment *s, uint32_t sack)
{
	uint32_t win = (uint32_t)s->win << sender->scale;

	sender->end = s->end;
	sender->maxwin = win ? win : 1;
	sender->maxend = s->end + sender->maxwin;
	if (!receiver->maxwin)
		receiver->end = receiver->maxend = sack;
	else if (sack == receiver->end + 1) /* answer to a keepalive */
		receiver->end++;
}

static uint32_t ack_window(const struct ct_tcp_side *side)
{
	return side->maxwin > MAX_ACK_WINDOW ? side->maxwin : MAX_ACK_WINDOW;
}

/* How a packet that does not fit is taken where it is to be taken liberally (nf_tcp_log_invalid). */
static enum fits unless_liberal(const struct ct_pkt *p, const struct ct_tcp_side *sender, enum fits how)
{
	return (sender->flags & IP_CT_TCP_FLAG_BE_LIBERAL) || p->t->sysctl.be_liberal ? FITS_LIBERAL : how;
}

/* It begins beyond what the receiver's window allows. */
static enum fits beyond_window(const struct ct_pkt *p, struct ct_tcp_side *sender, const struct ct_tcp_side *receiver, uint32_t end,
			       uint32_t sack)
{
	uint32_t overshot = end - sender->maxend + 1;
	bool in_window = receiver->maxwin && after(end, sender->end - receiver->maxwin - 1);
	bool ack_ok = after(sack, receiver->end - ack_window(sender) - 1);

	if (!in_window || !ack_ok || overshot > receiver->maxwin || !before(sack, receiver->end + 1))
		return unless_liberal(p, sender, FITS_NOT);
	/* a sender that takes more than it was given: let its bytes be acknowledged */
	sender->end = end;
	sender->flags |= IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED;
	return unless_liberal(p, sender, FITS_IGNORE);
}

static enum fits bounds(const struct ct_pkt *p, struct ct_tcp_side *sender, const struct ct_tcp_side *receiver, uint32_t seq, uint32_t end,
			uint32_t sack)
{
	if (!before(seq, sender->maxend + 1))
		return beyond_window(p, sender, receiver, end, sack);
	if (!before(sack, receiver->end + 1))
		return unless_liberal(p, sender, FITS_NOT);
	if (receiver->maxwin && !after(end, sender->end - receiver->maxwin - 1))
		return unless_liberal(p, sender, FITS_IGNORE);
	if (!after(sack, receiver->end - ack_window(sender) - 1))
		return unless_liberal(p, sender, FITS_IGNORE);
	return FITS;
}

/* The segment fits: what it tells of both sides. */
static void update_sides(struct ct_tcp_side *sender, struct ct_tcp_side *receiver, const struct segment *s, uint32_t ack, uint32_t sack,
			 uint32_t end)
{
	uint32_t win = s->flags & SYN ? s->win : (uint32_t)s->win << sender->scale, swin = win + (sack - ack);

	if (sender->maxwin < swin)
		sender->maxwin = swin;
	if (after(end, sender->end)) {
		sender->end = end;
		sender->flags |= IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED;
	}
	if (s->flags & ACK) {
		if (!(sender->flags & IP_CT_TCP_FLAG_MAXACK_SET) || after(ack, sender->maxack))
			sender->maxack = ack;
		sender->flags |= IP_CT_TCP_FLAG_MAXACK_SET;
	}
	if (receiver->maxwin && after(end, sender->maxend))
		receiver->maxwin += end - sender->maxend;
	if (after(sack + win, receiver->maxend - 1)) {
		receiver->maxend = sack + win;
		if (!win)
			receiver->maxend++;
	}
	if (ack == receiver->end)
		receiver->flags &= (uint8_t)~IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED;
}

static void note_retransmission(struct ct_entry *ct, const struct segment *s, uint32_t seq, uint32_t ack, uint32_t end)
{
	if (ct->proto.tcp.last_dir == s->dir && ct->proto.tcp.last_seq == seq && ct->proto.tcp.last_ack == ack && ct->proto.tcp.last_end == end &&
	    ct->proto.tcp.last_win == s->win) {
		ct->proto.tcp.retrans++;
		return;
	}
	ct->proto.tcp.last_dir = (uint8_t)s->dir;
	ct->proto.tcp.last_seq = seq;
	ct->proto.tcp.last_ack = ack;
	ct->proto.tcp.last_end = end;
	ct->proto.tcp.last_win = s->win;
	ct->proto.tcp.retrans = 0;
}

/* tcp_in_window */
static enum fits in_window(const struct ct_pkt *p, struct ct_entry *ct, const struct segment *s)
{
	struct ct_tcp_side *sender = &ct->proto.tcp.seen[s->dir], *receiver = &ct->proto.tcp.seen[!s->dir];
	uint8_t state = ct->proto.tcp.state;
	uint32_t seq = s->seq, ack = s->ack, end = s->end, sack = ack;
	enum fits fits;

	if (receiver->flags & IP_CT_TCP_FLAG_SACK_PERM)
		sack = highest_sack(s, ack);
	if (ct_status(ct) & IPS_SEQ_ADJUST) {
		uint32_t moved = (uint32_t)ct_seqadj_offset(p->t, ct, !s->dir, ack - 1);

		ack -= moved;
		sack -= moved;
	}
	if (!sender->maxwin && !(s->flags & SYN)) {
		pick_up_side(sender, receiver, s, sack);
	} else if (!sender->maxwin) {
		begin_side(sender, receiver, s);
		if (!(s->flags & ACK)) /* simultaneous open */
			return FITS;
	} else if ((s->flags & SYN) && after(end, sender->end) && (state == SS || state == SR)) {
		begin_side(sender, receiver, s);
		if (s->dir == CT_REPLY && !(s->flags & ACK))
			return FITS;
	}
	if (!(s->flags & ACK) || ((s->flags & RST) && !ack))
		ack = sack = receiver->end;
	if ((s->flags & RST) && !seq && state == SS) /* answers a SYN */
		seq = end = sender->end;
	fits = bounds(p, sender, receiver, seq, end, sack);
	if (fits != FITS)
		return fits;
	update_sides(sender, receiver, s, ack, sack, end);
	if (s->index == IX_ACK)
		note_retransmission(ct, s, seq, ack, end);
	return FITS;
}

/* ---- states ---- */

/* tcp_new: the first segment of what may become a connection. */
static bool begin(struct ct_pkt *p, struct ct_entry *ct, const struct segment *s)
{
	struct ct_tcp_side *side = &ct->proto.tcp.seen[CT_ORIG];
	uint8_t state = moves[CT_ORIG][s->index][NO];

	if (state >= IV || (state != SS && !p->t->sysctl.loose))
		return false;
	memset(&ct->proto, 0, sizeof(ct->proto));
	side->end = side->maxend = s->end;
	side->maxwin = s->win ? s->win : 1;
	if (state == SS) {
		take_options(s, side);
	} else {
		side->maxend += side->maxwin;
		side->flags = IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL;
		ct->proto.tcp.seen[CT_REPLY].flags = side->flags;
	}
	ct->proto.tcp.last_index = IX_NONE;
	return true;
}

static bool established(const struct ct_entry *ct)
{
	return ct->proto.tcp.state == ES && (ct_status(ct) & IPS_ASSURED);
}

static bool closing(const struct ct_entry *ct)
{
	switch (ct->proto.tcp.state) {
	case FW:
	case LA:
	case TW:
	case CL:
	case CW:
		return true;
	}
	return false;
}

/* What a state machine step came to. */
enum step {
	STEP_WINDOW,  /* go on with the window check */
	STEP_TRUST,   /* go on without */
	STEP_IGNORE,  /* the packet passes, nothing changes */
	STEP_INVALID,
	STEP_REOPEN,  /* the connection is over, this begins a new one */
};

/* A segment that may tell of a connection that we do not know: it passes, and is remembered. */
static enum step ignore(struct ct_entry *ct, const struct segment *s, uint8_t *state)
{
	uint8_t from = *state;

	ct->proto.tcp.last_index = s->index;
	ct->proto.tcp.last_dir = (uint8_t)s->dir;
	ct->proto.tcp.last_seq = s->seq;
	ct->proto.tcp.last_end = s->end;
	ct->proto.tcp.last_win = s->win;
	if (s->index == IX_SYN && s->dir == CT_ORIG) {
		struct ct_tcp_side offer = { 0 };

		take_options(s, &offer);
		ct->proto.tcp.last_flags = offer.flags & (IP_CT_TCP_FLAG_WINDOW_SCALE | IP_CT_TCP_FLAG_SACK_PERM);
		ct->proto.tcp.last_wscale = offer.flags & IP_CT_TCP_FLAG_WINDOW_SCALE ? offer.scale : 0;
		/* the answer may be a challenge (RFC 5961 §4), which must not be taken for the last acknowledgement */
		if (from == LA)
			ct->proto.tcp.last_flags |= LAST_CHALLENGE;
	}
	if (from == SS && s->index == IX_ACK && s->dir == CT_REPLY)
		ct->proto.tcp.last_ack = s->ack;
	return STEP_IGNORE;
}

/* A SYN ACK that answers a SYN which we ignored: both ends are in step, and now so are we. */
static bool back_in_step(struct ct_entry *ct, const struct segment *s)
{
	struct ct_tcp_side *other;

	if (s->index != IX_SYNACK || ct->proto.tcp.last_index != IX_SYN || ct->proto.tcp.last_dir == s->dir || s->ack != ct->proto.tcp.last_end)
		return false;
	other = &ct->proto.tcp.seen[ct->proto.tcp.last_dir];
	other->end = other->maxend = ct->proto.tcp.last_end;
	other->maxwin = ct->proto.tcp.last_win ? ct->proto.tcp.last_win : 1;
	other->scale = ct->proto.tcp.last_wscale;
	ct->proto.tcp.last_flags &= (uint8_t)~LAST_CHALLENGE;
	other->flags = ct->proto.tcp.last_flags;
	other = &ct->proto.tcp.seen[s->dir];
	*other = (struct ct_tcp_side){ .flags = other->flags & IP_CT_TCP_FLAG_BE_LIBERAL };
	return true;
}

/* A reset: is it one of this connection? */
static enum step reset(const struct ct_pkt *p, const struct ct_entry *ct, const struct segment *s, uint8_t from, uint8_t *to)
{
	const struct ct_tcp_side *other = &ct->proto.tcp.seen[!s->dir];
	uint32_t status = ct_status(ct);
	uint8_t last = ct->proto.tcp.last_index;
	bool answers_syn;

	if (closing(ct)) /* the ports may be in use again: what we know is of old */
		return STEP_TRUST;
	if ((other->flags & IP_CT_TCP_FLAG_MAXACK_SET) && last != IX_SYN) {
		if (!s->seq && !established(ct))
			return STEP_WINDOW;
		if (before(s->seq, other->maxack) && !p->t->sysctl.ignore_invalid_rst)
			return STEP_INVALID;
		if (!established(ct) || s->seq == other->maxack)
			return STEP_WINDOW;
		if (last == IX_ACK && ct->proto.tcp.last_dir == s->dir && s->seq == ct->proto.tcp.last_end)
			return STEP_WINDOW;
		*to = from; /* not exactly the next byte: a challenge may follow */
	}
	answers_syn = (status & IPS_SEEN_REPLY) && last == IX_SYN && ct->proto.tcp.last_dir != s->dir;
	if ((answers_syn || (!(status & IPS_ASSURED) && last == IX_ACK)) && s->ack == ct->proto.tcp.last_end)
		return STEP_TRUST;
	if (from == SS && last == IX_ACK && ct->proto.tcp.last_dir == CT_REPLY && s->seq == ct->proto.tcp.last_ack)
		return STEP_TRUST;
	return STEP_WINDOW;
}

/* The move that the table says, and its exceptions. *from, *to: states. */
static enum step step(const struct ct_pkt *p, struct ct_entry *ct, const struct segment *s, uint8_t *from, uint8_t *to)
{
	*from = ct->proto.tcp.state;
	*to = moves[s->dir][s->index][*from];
	if (*to == SS && *from >= TW) {
		if (((ct->proto.tcp.seen[0].flags | ct->proto.tcp.seen[1].flags) & IP_CT_TCP_FLAG_CLOSE_INIT) ||
		    (ct->proto.tcp.last_dir == s->dir && ct->proto.tcp.last_index == IX_RST))
			return STEP_REOPEN;
		*to = IG;
	}
	switch (*to) {
	case IG:
		if (!back_in_step(ct, s))
			return ignore(ct, s, from);
		*from = SS;
		*to = SR;
		return STEP_WINDOW;
	case IV:
		return STEP_INVALID;
	case TW:
		if (*from == LA && s->index == IX_ACK && ct->proto.tcp.last_dir != s->dir && ct->proto.tcp.last_index == IX_SYN &&
		    (ct->proto.tcp.last_flags & LAST_CHALLENGE)) {
			ct->proto.tcp.last_flags &= (uint8_t)~LAST_CHALLENGE;
			return STEP_IGNORE;
		}
		return STEP_WINDOW;
	case S2:
		ct->proto.tcp.last_flags |= LAST_SIMULTANEOUS;
		return STEP_WINDOW;
	case SR:
		if (s->dir == CT_REPLY && s->index == IX_ACK && (ct->proto.tcp.last_flags & LAST_SIMULTANEOUS))
			*to = ES;
		return STEP_WINDOW;
	case CL:
		return s->index == IX_RST ? reset(p, ct, s, *from, to) : STEP_WINDOW;
	}
	return STEP_WINDOW;
}

/* nf_tcp_handle_invalid: a close that does not fit shortens the life of a connection if the other side closed, too. */
static void invalid_close(struct ct_pkt *p, struct ct_entry *ct, const struct segment *s)
{
	const uint64_t two_minutes = UINT64_C(120) * 1000000000;
	uint64_t expires = atomic_load_explicit(&ct->expires_ns, memory_order_relaxed), left;
	const uint64_t *t = ct_times(p->t, ct, p->t->sysctl.tcp);
	uint8_t last = ct->proto.tcp.last_index;

	if (!(ct_status(ct) & IPS_ASSURED) || (ct_status(ct) & IPS_FIXED_TIMEOUT) || (s->index != IX_RST && s->index != IX_FIN))
		return;
	if (ct->proto.tcp.last_dir == s->dir || (last != IX_FIN && last != IX_RST)) {
		ct->proto.tcp.last_index = s->index;
		ct->proto.tcp.last_dir = (uint8_t)s->dir;
		return;
	}
	left = expires > p->now_ns ? expires - p->now_ns : 0;
	if (left >= two_minutes && left > t[TCP_CONNTRACK_UNACK])
		atomic_store_explicit(&ct->expires_ns, p->now_ns + t[TCP_CONNTRACK_UNACK], memory_order_relaxed);
}

static uint64_t timeout_for(const struct ct_pkt *p, const struct ct_entry *ct, const struct segment *s, uint8_t state)
{
	const uint64_t *t = ct_times(p->t, ct, p->t->sysctl.tcp);
	uint8_t flags = ct->proto.tcp.seen[0].flags | ct->proto.tcp.seen[1].flags;

	if (ct->proto.tcp.retrans >= p->t->sysctl.max_retrans && t[state] > t[TCP_CONNTRACK_RETRANS])
		return t[TCP_CONNTRACK_RETRANS];
	if (s->index == IX_RST)
		return t[CL];
	if ((flags & IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED) && t[state] > t[TCP_CONNTRACK_UNACK])
		return t[TCP_CONNTRACK_UNACK];
	if (!ct->proto.tcp.last_win && t[state] > t[TCP_CONNTRACK_RETRANS])
		return t[TCP_CONNTRACK_RETRANS];
	return t[state];
}

/* The segment belongs to the connection, which now is in state `to`. */
static enum ct_action settle(struct ct_pkt *p, struct ct_entry *ct, const struct segment *s, uint8_t from, uint8_t to)
{
	const uint64_t *t = ct_times(p->t, ct, p->t->sysctl.tcp);
	uint64_t timeout = timeout_for(p, ct, s, to);
	uint32_t status = ct_status(ct);

	if (!(status & IPS_SEEN_REPLY)) {
		if (s->flags & RST) { /* the only answer is a reset: no connection */
			ct_count(p, ct);
			ct_kill(p, ct);
			return CT_OK;
		}
		if (s->index == IX_SYN && from == SS) /* sent again: lives no longer for that */
			return CT_OK;
		if (to == ES && timeout > t[TCP_CONNTRACK_UNACK])
			timeout = t[TCP_CONNTRACK_UNACK];
	} else if (!(status & IPS_ASSURED) && (from == SR || from == ES) && to == ES) {
		ct_set_status(ct, IPS_ASSURED);
	}
	ct_refresh(p, ct, timeout);
	return CT_OK;
}

static enum ct_action move(struct ct_pkt *p, struct ct_entry *ct, const struct segment *s, uint8_t *from, uint8_t *to, bool *settled)
{
	*settled = false;
	switch (step(p, ct, s, from, to)) {
	case STEP_IGNORE:
		return CT_OK;
	case STEP_INVALID:
		return CT_INVALID;
	case STEP_REOPEN:
		return CT_AGAIN;
	case STEP_TRUST:
		break;
	case STEP_WINDOW:
		switch (in_window(p, ct, s)) {
		case FITS_IGNORE:
			return CT_OK;
		case FITS_NOT:
			invalid_close(p, ct, s);
			return CT_INVALID;
		case FITS:
		case FITS_LIBERAL:
			break;
		}
	}
	ct->proto.tcp.last_index = s->index;
	ct->proto.tcp.last_dir = (uint8_t)s->dir;
	ct->proto.tcp.state = *to;
	if (*from != *to && *to == FW)
		ct->proto.tcp.seen[s->dir].flags |= IP_CT_TCP_FLAG_CLOSE_INIT;
	*settled = true;
	return CT_OK;
}

/* nf_conntrack_tcp_packet */
static enum ct_action packet(struct ct_pkt *p, struct ct_entry *ct)
{
	struct segment s;
	enum ct_action a;
	uint8_t from, to;
	bool settled;

	if (!sound(p))
		return CT_INVALID;
	segment_of(p, &s);
	if (!ct_confirmed(ct) && !begin(p, ct, &s))
		return CT_INVALID;
	ct_take_turn(ct);
	a = move(p, ct, &s, &from, &to, &settled);
	if (settled)
		a = settle(p, ct, &s, from, to);
	ct_end_turn(ct);
	if (a == CT_AGAIN)
		return ct_kill(p, ct) ? CT_AGAIN : CT_DROP;
	return a;
}

static const char *state_name(const struct ct_entry *ct)
{
	static const char *const names[] = { "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT",
					     "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2" };

	return ct->proto.tcp.state < ARRAY_SIZE(names) ? names[ct->proto.tcp.state] : "NONE";
}

/* The packet's connection ends by a reset of the host's own (nf_conntrack_tcp_set_closing). */
void ct_tcp_set_closing(struct vm_pkt *v)
{
	struct ct_entry *ct = v->ct;
	const struct ct_table *t = v->w->e->ct;
	uint8_t from;

	if (!ct || ct->dir[CT_ORIG].tuple.proto != IPPROTO_TCP || !ct_confirmed(ct))
		return;
	ct_take_turn(ct);
	from = ct->proto.tcp.state;
	ct->proto.tcp.state = CL;
	if (from != CL && !(ct_status(ct) & IPS_FIXED_TIMEOUT))
		atomic_store_explicit(&ct->expires_ns, v->w->now_ns + ct_times(t, ct, t->sysctl.tcp)[CL], memory_order_relaxed);
	ct_end_turn(ct);
}

const struct ct_l4proto ct_tcp = {
	.proto = IPPROTO_TCP,
	.name = "tcp",
	.tuple = ct_ports,
	.packet = packet,
	.state = state_name,
	.may_drop_early = closing,
};
