/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Payloads that name an address, rewritten for the other side of a translation, and ports for what they announce. Reference:
 * nf_nat_helper.c. */
#include "vm/ct/help.h"

#include "vm/host/csum.h"

#include <errno.h>

enum { ATTEMPTS = 128 };

static void new_checksum(struct vm_pkt *v, uint8_t *tcp, uint32_t len)
{
	const uint8_t *ip = v->data + v->l3;
	bool four = v->pf == NFPROTO_IPV4;
	uint16_t check;

	if (v->csum_partial)
		return; /* an own packet's: its length counts when it leaves */
	memset(tcp + 16, 0, 2);
	check = csum_fold(
		csum_add(tcp, len, csum_pseudo(ip + (four ? 12 : 8), ip + (four ? 16 : 24), four ? 4 : 16, len, IPPROTO_TCP)));
	memcpy(tcp + 16, &check, 2);
}

static void new_length(struct vm_pkt *v)
{
	uint8_t *ip = v->data + v->l3;
	uint16_t check;

	if (v->pf == NFPROTO_IPV6) {
		be16_store(ip + 4, (uint16_t)(v->len - v->l3 - 40));
		return;
	}
	be16_store(ip + 2, (uint16_t)(v->len - v->l3));
	memset(ip + 10, 0, 2);
	check = csum_fold(csum_add(ip, (ip[0] & 15) * 4u, 0));
	memcpy(ip + 10, &check, 2);
}

bool ct_mangle_tcp(struct ct_help_pkt *x, uint32_t from, uint32_t len, const char *text, uint32_t text_len)
{
	struct vm_pkt *v = x->p.v;
	uint8_t *tcp = v->data + x->p.off, *at = tcp + (tcp[12] >> 4) * 4u + from;
	int32_t by = (int32_t)text_len - (int32_t)len;

	if (by > (int32_t)v->tailroom || v->len - v->l3 + (uint32_t)by > UINT16_MAX)
		return false;
	memmove(at + text_len, at + len, (size_t)(v->data + v->len - (at + len)));
	memcpy(at, text, text_len);
	v->len = (uint32_t)((int32_t)v->len + by);
	v->tailroom = (uint32_t)((int32_t)v->tailroom - by);
	x->p.len = (uint32_t)((int32_t)x->p.len + by);
	new_length(v);
	new_checksum(v, tcp, x->p.len);
	ct_seqadj_set(x, be32_load(tcp + 4), by);
	return true;
}

bool ct_expect_port(struct ct_pkt *p, struct ct_expect *e, uint16_t port)
{
	uint32_t range = UINT16_MAX - port, min = port;
	int left = range > ATTEMPTS ? ATTEMPTS : (int)range, err;

	for (;;) {
		be16_store((uint8_t *)&e->tuple.dport, port);
		err = ct_expect_add(p, e);
		if (!err)
			return port;
		if (err != -EBUSY || --left < 0)
			return false;
		port = (uint16_t)(min + (uint32_t)((uint64_t)vm_random(p->v->w) * range >> 32));
	}
}
