/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IRC: a client's DCC command names the address, as a decimal number, and the port where it waits for the other client. IPv4 only.
 * Reference: nf_conntrack_irc.c, nf_nat_irc.c.
 *
 *     PRIVMSG bob :\1DCC SEND file 3221225986 5001\1\n        somebody will connect to 192.0.2.2:5001
 */
#include "vm/ct/help.h"

#include <stdio.h>
#include <strings.h>

enum { TCP_HDR = 20, SEARCH_MAX = 4095, SHORTEST = 26 /* " :\1DCC CHAT t AAAAAAAA P\1\n" */, SHORTEST_REST = 12, TEXT_MAX = 32 };

static const char *const commands[] = { "SEND ", "CHAT ", "MOVE ", "TSEND ", "SCHAT " };

/* What a command names: `len` bytes at `at`. */
struct place {
	uint32_t addr, at, len;
	uint16_t port;
};

/* A decimal number at d[*at] (there is a newline behind). */
static uint64_t number(const char *d, uint32_t *at)
{
	uint64_t v = 0;

	for (; d[*at] >= '0' && d[*at] <= '9'; (*at)++)
		v = v * 10 + (uint64_t)(d[*at] - '0');
	return v;
}

/* Behind the command's word: a name, the address, the port. */
static bool read_place(const char *d, uint32_t at, uint32_t n, struct place *to)
{
	while (d[at++] != ' ')
		if (at + SHORTEST_REST > n)
			return false;
	if (at >= n || !memchr(d + at, '\n', n - at))
		return false;
	to->at = at;
	to->addr = (uint32_t)number(d, &at);
	while (d[at] == ' ')
		at++;
	to->port = (uint16_t)number(d, &at);
	to->len = at - to->at;
	return true;
}

static uint32_t translate(struct ct_help_pkt *x, const struct place *to, struct ct_expect *e)
{
	char text[TEXT_MAX];
	int n;

	e->saved_port = e->tuple.dport;
	e->dir = CT_REPLY;
	e->follow = CT_FOLLOW_MASTER;
	if (!ct_expect_port(&x->p, e, to->port))
		return NF_DROP;
	n = snprintf(text, sizeof(text), "%u %u", be32_load(x->ct->dir[CT_REPLY].tuple.dst),
		     be16_load((const uint8_t *)&e->tuple.dport));
	if (ct_mangle_tcp(x, to->at, to->len, text, (uint32_t)n))
		return NF_ACCEPT;
	ct_expect_remove(x->p.t, e);
	return NF_DROP;
}

static uint32_t expect(struct ct_help_pkt *x, const struct place *to)
{
	const struct ct_tuple *back = &x->ct->dir[!x->dir].tuple;
	struct ct_expect e;
	be16 port;

	be16_store((uint8_t *)&port, to->port);
	ct_expect_init(&e, x->p.t, x->ct, NULL, back->dst, back->l3, IPPROTO_TCP, port);
	if (ct_status(x->ct) & IPS_NAT_MASK)
		return translate(x, to, &e);
	return ct_expect_add(&x->p, &e) ? NF_DROP : NF_ACCEPT;
}

/* The address is the client's own, as it is or as the server knows it. */
static bool own(const struct ct_help_pkt *x, const struct place *to)
{
	return to->port &&
	       (to->addr == be32_load(x->ct->dir[x->dir].tuple.src) || to->addr == be32_load(x->ct->dir[!x->dir].tuple.dst));
}

/* The DCC command at d + at, behind "\1DCC ". False: none that counts. */
static bool command(const struct ct_help_pkt *x, const char *d, uint32_t at, uint32_t n, struct place *to)
{
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++) {
		uint32_t len = (uint32_t)strlen(commands[i]);

		if (memcmp(d + at, commands[i], len))
			continue;
		at += len;
		if (read_place(d, at, n, to) && own(x, to))
			return true;
	}
	return false;
}

static uint32_t message(struct ct_help_pkt *x, const char *d, uint32_t n)
{
	struct place to;
	uint32_t at = 0;

	while (at + 10 < n && (d[at] == ' ' || d[at] == '\r' || d[at] == '\n'))
		at++;
	if (at + 10 < n) {
		if (strncasecmp("PRIVMSG ", d + at, 8))
			return NF_ACCEPT;
		at += 8;
	}
	for (; at + SHORTEST < n; at++) {
		if (memcmp(d + at, " :", 2))
			continue;
		if (memcmp(d + at + 2, "\1DCC ", 5))
			return NF_ACCEPT;
		if (command(x, d, at + 7, n, &to))
			return expect(x, &to);
		at += 6;
	}
	return NF_ACCEPT;
}

static uint32_t help(struct ct_help_pkt *x)
{
	uint32_t head, n;

	if (x->dir == CT_REPLY || x->p.v->ctinfo != IP_CT_ESTABLISHED || x->p.len < TCP_HDR)
		return NF_ACCEPT;
	head = (x->p.l4[12] >> 4) * 4u;
	if (head >= x->p.len)
		return NF_ACCEPT;
	n = x->p.len - head;
	return message(x, (const char *)x->p.l4 + head, n > SEARCH_MAX ? SEARCH_MAX : n);
}

const struct ct_helper ct_helper_irc = {
	.name = "irc",
	.proto = IPPROTO_TCP,
	.max_expected = { 8 },
	.timeout_s = { 300 },
	.help = help,
};
