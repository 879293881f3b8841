/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FTP: PORT and EPRT of the client, the answers 227 (PASV) and 229 (EPSV) of the server announce data connections (RFC 959, RFC
 * 2428). Only what stands at the beginning of a line counts, so the numbers at which lines begin are remembered. Reference:
 * nf_conntrack_ftp.c, nf_nat_ftp.c.
 *
 *     PORT 192,0,2,2,19,137\r\n       the server will connect to 192.0.2.2:5001
 */
#include "vm/ct/help.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

enum { TCP_HDR = 20, NAMED_MAX = 64 };
enum command { FTP_PORT, FTP_PASV, FTP_EPRT, FTP_EPSV };

/* What a command names. */
struct place {
	uint8_t l3;
	uint8_t addr[16];
	uint16_t port;
};

/* Each reads an address or port at d and returns the bytes it took, 0: it is none; *skip: bytes in front of it that count to the
 * command. */
typedef uint32_t (*read_fn)(const char *d, uint32_t n, struct place *to, char end, uint32_t *skip);

/* Numbers with a separator between, and `end` behind the last (0: whatever is no digit). */
static uint32_t numbers(const char *d, uint32_t n, uint32_t *out, unsigned count, char sep, char end)
{
	unsigned i = 0;

	memset(out, 0, count * sizeof(*out));
	for (uint32_t len = 0; len < n && i < count; len++) {
		if (d[len] >= '0' && d[len] <= '9')
			out[i] = out[i] * 10 + (uint32_t)(d[len] - '0');
		else if (d[len] == sep)
			i++;
		else
			return (d[len] == end || !end) && i == count - 1 ? len : 0;
	}
	return 0;
}

static void set_addr4(struct place *to, const uint32_t *v)
{
	be32_store(to->addr, v[0] << 24 | v[1] << 16 | v[2] << 8 | v[3]);
}

static uint32_t read_port(const char *d, uint32_t n, struct place *to, char end, uint32_t *skip)
{
	uint32_t v[6], len = numbers(d, n, v, 6, ',', end);

	if (len) {
		set_addr4(to, v);
		to->port = (uint16_t)(v[4] << 8 | v[5]);
	}
	return len;
}

static uint32_t read_pasv(const char *d, uint32_t n, struct place *to, char end, uint32_t *skip)
{
	uint32_t i = 0;

	while (i < n && !isdigit((unsigned char)d[i]))
		i++;
	*skip += i;
	return i < n ? read_port(d + i, n - i, to, 0, skip) : 0;
}

/* A port with `delim` behind it; the offset behind that. */
static uint32_t delimited_port(const char *d, uint32_t from, uint32_t n, char delim, uint16_t *port)
{
	uint16_t v = 0;

	for (uint32_t i = from; i < n; i++) {
		if (d[i] == delim) {
			*port = v;
			return v ? i + 1 : 0;
		}
		if (d[i] < '0' || d[i] > '9')
			return 0;
		v = (uint16_t)(v * 10 + (d[i] - '0'));
	}
	return 0;
}

static bool is_delim(char c)
{
	return !isdigit((unsigned char)c) && c >= 33 && c <= 126;
}

static uint32_t read_addr6(const char *d, uint32_t n, struct place *to, char delim)
{
	const char *end = memchr(d, delim, n);
	char text[INET6_ADDRSTRLEN];

	if (!end || (size_t)(end - d) >= sizeof(text))
		return 0;
	memcpy(text, d, (size_t)(end - d));
	text[end - d] = 0;
	return inet_pton(AF_INET6, text, to->addr) == 1 ? (uint32_t)(end - d) : 0;
}

/* |1|192.0.2.2|5001| or |2|2001:db8::2|5001| */
static uint32_t read_eprt(const char *d, uint32_t n, struct place *to, char end, uint32_t *skip)
{
	uint32_t v[4], len;

	if (n <= 3 || !is_delim(d[0]) || d[2] != d[0] || d[1] != (to->l3 == NFPROTO_IPV4 ? '1' : '2'))
		return 0;
	if (d[1] == '1') {
		len = numbers(d + 3, n - 3, v, 4, '.', d[0]);
		if (len)
			set_addr4(to, v);
	} else {
		len = read_addr6(d + 3, n - 3, to, d[0]);
	}
	return len ? delimited_port(d, 3 + len + 1, n, d[0], &to->port) : 0;
}

/* |||5001| */
static uint32_t read_epsv(const char *d, uint32_t n, struct place *to, char end, uint32_t *skip)
{
	if (n <= 3 || !is_delim(d[0]) || d[1] != d[0] || d[2] != d[0])
		return 0;
	return delimited_port(d, 3, n, d[0], &to->port);
}

static const struct search {
	const char *word;
	char skip, end;
	enum command command;
	read_fn read;
} searches[CT_DIRS][2] = {
	{ { "PORT", ' ', '\r', FTP_PORT, read_port }, { "EPRT", ' ', '\r', FTP_EPRT, read_eprt } },
	{ { "227 ", 0, ')', FTP_PASV, read_pasv }, { "229 ", '(', ')', FTP_EPSV, read_epsv } },
};

/* 1: found at *at, *len bytes; 0: another line; -1: it may be one, but not all of it is here. */
static int find(const struct search *s, const char *d, uint32_t n, uint32_t *at, uint32_t *len, struct place *to)
{
	uint32_t word = (uint32_t)strlen(s->word), i = word;

	if (n <= word)
		return n && !strncasecmp(d, s->word, n) ? -1 : 0;
	if (strncasecmp(d, s->word, word))
		return 0;
	if (s->skip) {
		for (; d[i] != s->skip; i++)
			if (i == n - 1)
				return -1;
		i++;
	}
	*at = i;
	*len = s->read(d + i, n - i, to, s->end, at);
	return *len ? 1 : -1;
}

/* ---- where lines begin ---- */

static bool at_line(const struct ct_help *h, int dir, uint32_t seq)
{
	for (unsigned i = 0; i < h->lines[dir]; i++)
		if (h->line[dir][i] == seq)
			return true;
	return false;
}

static void note_line(struct ct_help *h, int dir, uint32_t seq)
{
	uint32_t *line = h->line[dir];
	unsigned oldest;

	if (at_line(h, dir, seq))
		return;
	if (h->lines[dir] < 2) {
		line[h->lines[dir]++] = seq;
		return;
	}
	oldest = (int32_t)(line[0] - line[1]) < 0 ? 0 : 1;
	if ((int32_t)(seq - line[oldest]) > 0)
		line[oldest] = seq;
}

/* ---- translation ---- */

static uint32_t words(char *to, enum command c, uint8_t l3, const uint8_t *a, uint16_t port)
{
	switch (c) {
	case FTP_PORT:
	case FTP_PASV:
		return (uint32_t)snprintf(to, NAMED_MAX, "%d,%d,%d,%d,%d,%d", a[0], a[1], a[2], a[3], port >> 8, port & 255);
	case FTP_EPSV:
		return (uint32_t)snprintf(to, NAMED_MAX, "|||%u|", port);
	case FTP_EPRT:
		break;
	}
	if (l3 == NFPROTO_IPV4)
		return (uint32_t)snprintf(to, NAMED_MAX, "|1|%d.%d.%d.%d|%u|", a[0], a[1], a[2], a[3], port);
	return (uint32_t)snprintf(to, NAMED_MAX, "|2|%04x:%04x:%04x:%04x:%04x:%04x:%04x:%04x|%u|", be16_load(a), be16_load(a + 2),
				  be16_load(a + 4), be16_load(a + 6), be16_load(a + 8), be16_load(a + 10), be16_load(a + 12),
				  be16_load(a + 14), port);
}

/* The other side is told the address that it knows, and what comes there goes to the one that was named. */
static uint32_t translate(struct ct_help_pkt *x, const struct search *s, uint32_t at, uint32_t len, struct ct_expect *e)
{
	const struct ct_tuple *back = &x->ct->dir[!x->dir].tuple;
	char text[NAMED_MAX];
	uint32_t n;

	e->saved_port = e->tuple.dport;
	e->dir = (uint8_t)!x->dir;
	e->follow = CT_FOLLOW_MASTER;
	if (!ct_expect_port(&x->p, e, be16_load((const uint8_t *)&e->saved_port)))
		return NF_DROP;
	n = words(text, s->command, back->l3, back->dst, be16_load((const uint8_t *)&e->tuple.dport));
	if (ct_mangle_tcp(x, at, len, text, n))
		return NF_ACCEPT;
	ct_expect_remove(x->p.t, e);
	return NF_DROP;
}

/* ---- */

static uint32_t expect(struct ct_help_pkt *x, const struct search *s, uint32_t at, uint32_t len, const struct place *to)
{
	const struct ct_tuple *own = &x->ct->dir[x->dir].tuple, *back = &x->ct->dir[!x->dir].tuple;
	struct ct_expect e;
	be16 port;

	if (memcmp(to->addr, own->src, 16))
		return NF_ACCEPT; /* names another's address: not followed (module parameter loose) */
	be16_store((uint8_t *)&port, to->port);
	ct_expect_init(&e, x->p.t, x->ct, back->src, back->dst, to->l3, IPPROTO_TCP, port);
	if (ct_status(x->ct) & IPS_NAT_MASK)
		return translate(x, s, at, len, &e);
	return ct_expect_add(&x->p, &e) ? NF_DROP : NF_ACCEPT;
}

/* A line that begins here. */
static uint32_t line(struct ct_help_pkt *x, const char *d, uint32_t n, bool *another)
{
	const struct ct_tuple *own = &x->ct->dir[x->dir].tuple;
	struct place to = { .l3 = own->l3 };
	uint32_t at, len;

	memcpy(to.addr, own->src, sizeof(to.addr));
	for (unsigned i = 0; i < 2; i++) {
		const struct search *s = &searches[x->dir][i];

		switch (find(s, d, n, &at, &len, &to)) {
		case 1:
			return expect(x, s, at, len, &to);
		case -1:
			*another = true;
			return NF_DROP;
		}
	}
	return NF_ACCEPT;
}

static uint32_t help(struct ct_help_pkt *x)
{
	const uint8_t *tcp = x->p.l4;
	uint32_t head, n, next, verdict = NF_ACCEPT;
	bool whole, partial = false;

	if ((x->p.v->ctinfo != IP_CT_ESTABLISHED && x->p.v->ctinfo != IP_CT_ESTABLISHED_REPLY) || x->p.len < TCP_HDR)
		return NF_ACCEPT;
	head = (tcp[12] >> 4) * 4u;
	if (head >= x->p.len)
		return NF_ACCEPT;
	n = x->p.len - head;
	whole = tcp[head + n - 1] == '\n';
	next = be32_load(tcp + 4) + n;
	if (at_line(x->h, x->dir, be32_load(tcp + 4)))
		verdict = line(x, (const char *)tcp + head, n, &partial);
	if (whole && !partial)
		note_line(x->h, x->dir, next);
	return verdict;
}

const struct ct_helper ct_helper_ftp = {
	.name = "ftp",
	.proto = IPPROTO_TCP,
	.max_expected = { 1 },
	.timeout_s = { 300 },
	.help = help,
};
