/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequence numbers of a connection whose payloads change in length: what is sent behind such a place is moved by all that was
 * added, what the other side acknowledges is moved back. Reference: net/netfilter/nf_conntrack_seqadj.c.
 *
 *     `227 … (10,0,0,1,4,1)` at 1000 grows by 6 bytes: pos 1000, before 0, after 6.
 *     Segments beginning behind 1000 get 6 more; acknowledgements of numbers behind 1000 get 6 less.
 */
#include "vm/ct/help.h"

#include "vm/host/csum.h"

enum { TCP_HDR = 20, TCP_ACK = 0x10, OPT_EOL = 0, OPT_NOP = 1, OPT_SACK = 5 };

static bool after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

void ct_seqadj_set(struct ct_help_pkt *x, uint32_t seq, int32_t by)
{
	struct ct_seqadj *s = &x->h->seq[x->dir];

	if (!by)
		return;
	ct_set_status(x->ct, IPS_SEQ_ADJUST);
	if (s->before == s->after || after(seq, s->pos)) {
		s->pos = seq;
		s->before = s->after;
		s->after += by;
	}
}

int32_t ct_seqadj_offset(const struct ct_table *t, const struct ct_entry *ct, int dir, uint32_t seq)
{
	const struct ct_seqadj *s = &t->help[ct_index(t, ct)].seq[dir];

	if (!(atomic_load_explicit(&ct->has, memory_order_acquire) & CT_HAS_HELP))
		return 0;
	return after(seq, s->pos) ? s->after : s->before;
}

static uint32_t moved_back(const struct ct_seqadj *s, uint32_t ack)
{
	return ack - (uint32_t)(after(ack - (uint32_t)s->before, s->pos) ? s->after : s->before);
}

/* A 32-bit number of the header, and the checksum over it. */
static void set_number(const struct ct_help_pkt *x, uint8_t *tcp, uint32_t at, uint32_t to)
{
	uint16_t from[2], now[2], check;

	memcpy(from, tcp + at, 4);
	be32_store(tcp + at, to);
	memcpy(now, tcp + at, 4);
	if (x->p.v->csum_partial)
		return;
	memcpy(&check, tcp + 16, 2);
	check = csum_replace(csum_replace(check, from[0], now[0]), from[1], now[1]);
	memcpy(tcp + 16, &check, 2);
}

static bool move_sacks(const struct ct_help_pkt *x, uint8_t *tcp, const struct ct_seqadj *other)
{
	uint32_t at = TCP_HDR, end = (tcp[12] >> 4) * 4u;

	if (end > x->p.len)
		return false;
	while (at < end && tcp[at] != OPT_EOL) {
		uint8_t len;

		if (tcp[at] == OPT_NOP) {
			at++;
			continue;
		}
		if (at + 1 == end)
			return false;
		len = tcp[at + 1];
		if (len < 2 || at + len > end)
			return false;
		if (tcp[at] == OPT_SACK && len >= 10 && !((len - 2) % 8))
			for (uint32_t i = at + 2; i < at + len; i += 4)
				set_number(x, tcp, i, moved_back(other, be32_load(tcp + i)));
		at += len;
	}
	return true;
}

bool ct_seqadj_packet(struct ct_help_pkt *x)
{
	const struct ct_seqadj *own = &x->h->seq[x->dir], *other = &x->h->seq[!x->dir];
	uint8_t *tcp = x->p.v->data + x->p.off;
	uint32_t seq;

	if (x->p.len < TCP_HDR)
		return false;
	seq = be32_load(tcp + 4);
	set_number(x, tcp, 4, seq + (uint32_t)(after(seq, own->pos) ? own->after : own->before));
	if (!(tcp[13] & TCP_ACK))
		return true;
	set_number(x, tcp, 8, moved_back(other, be32_load(tcp + 8)));
	return move_sacks(x, tcp, other);
}
