/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internet protocols and services: the names of this machine's /etc/protocols and /etc/services, and, so that a ruleset
 * compiles where these files are missing, of the protocols and the commonest services here.
 */
#include <netdb.h>
#include <arpa/inet.h>
#include <string.h>

#include "src/types/datatype.h"
#include "src/types/number.h"

static const struct symbol protocols[] = {
	{ "ip", 0 },
	{ "icmp", 1 },
	{ "igmp", 2 },
	{ "ipencap", 4 },
	{ "tcp", 6 },
	{ "egp", 8 },
	{ "igp", 9 },
	{ "udp", 17 },
	{ "dccp", 33 },
	{ "ipv6", 41 },
	{ "ipv6-route", 43 },
	{ "ipv6-frag", 44 },
	{ "rsvp", 46 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "ipv6-icmp", 58 },
	{ "ipv6-nonxt", 59 },
	{ "ipv6-opts", 60 },
	{ "eigrp", 88 },
	{ "ospf", 89 },
	{ "ipip", 94 },
	{ "etherip", 97 },
	{ "pim", 103 },
	{ "ipcomp", 108 },
	{ "vrrp", 112 },
	{ "l2tp", 115 },
	{ "sctp", 132 },
	{ "mobility-header", 135 },
	{ "udplite", 136 },
	{ NULL, 0 },
};

/* Words of the language that are also read as protocols. */
static const struct symbol keywords[] = { { "icmpv6", 58 }, { "comp", 108 }, { NULL, 0 } };

static const struct symbol services[] = {
	{ "ftp-data", 20 },
	{ "ftp", 21 },
	{ "ssh", 22 },
	{ "telnet", 23 },
	{ "smtp", 25 },
	{ "time", 37 },
	{ "domain", 53 },
	{ "bootps", 67 },
	{ "bootpc", 68 },
	{ "tftp", 69 },
	{ "http", 80 },
	{ "kerberos", 88 },
	{ "pop3", 110 },
	{ "sunrpc", 111 },
	{ "ntp", 123 },
	{ "netbios-ns", 137 },
	{ "netbios-dgm", 138 },
	{ "netbios-ssn", 139 },
	{ "imap2", 143 },
	{ "imap", 143 },
	{ "snmp", 161 },
	{ "snmp-trap", 162 },
	{ "bgp", 179 },
	{ "ldap", 389 },
	{ "https", 443 },
	{ "microsoft-ds", 445 },
	{ "submissions", 465 },
	{ "isakmp", 500 },
	{ "syslog", 514 },
	{ "dhcpv6-client", 546 },
	{ "dhcpv6-server", 547 },
	{ "submission", 587 },
	{ "ipp", 631 },
	{ "ldaps", 636 },
	{ "domain-s", 853 },
	{ "rsync", 873 },
	{ "imaps", 993 },
	{ "pop3s", 995 },
	{ "socks", 1080 },
	{ "openvpn", 1194 },
	{ "nfs", 2049 },
	{ "mysql", 3306 },
	{ "sip", 5060 },
	{ "mdns", 5353 },
	{ "postgresql", 5432 },
	{ "http-alt", 8080 },
	{ NULL, 0 },
};

static const struct symbol *find(const struct symbol *s, const char *name)
{
	for (; s->name; s++)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

static int protocol_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	const struct symbol *own = find(protocols, text);
	const struct protoent *p;
	u128 v;

	if (number_parse(text, &v)) {
		if (v <= UINT8_MAX) {
			*out = v;
			return 0;
		}
		*why = "Protocol out of range";
		return -1;
	}
	p = own ? NULL : getprotobyname(text);
	if (!own && !p)
		own = find(keywords, text);
	if (!own && !p) {
		*why = "Could not resolve protocol name";
		return -1;
	}
	*out = own ? (u128)own->value : (u128)p->p_proto;
	return 0;
}

static const char *find_protocol(unsigned number)
{
	const struct protoent *p = getprotobynumber((int)number);

	if (p)
		return strdup(p->p_name);
	for (const struct symbol *s = protocols; s->name; s++)
		if (s->value == number)
			return s->name;
	return NULL;
}

/* Asked of the system once for each number: a large listing has many. */
static const char *protocol_name(unsigned number)
{
	static const char *names[UINT8_MAX + 1];
	static bool known[UINT8_MAX + 1];

	if (number > UINT8_MAX)
		return NULL;
	if (!known[number])
		names[number] = find_protocol(number);
	known[number] = true;
	return names[number];
}

static void protocol_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	const char *name = c && (c->numeric_proto || c->numeric_all) ? NULL : protocol_name((unsigned)v);

	if (name)
		buf_puts(out, name);
	else
		buf_printf(out, "%u", (unsigned)v);
}

static void protocol_describe(struct buf *out)
{
	for (unsigned i = 0; i < UINT8_MAX; i++) {
		const char *name = protocol_name(i);

		if (name)
			buf_printf(out, "\t%-30s\t%u\n", name, i);
	}
}

const struct datatype type_inet_protocol = {
	.id = TYPE_INET_PROTOCOL,
	.name = "inet_proto",
	.desc = "Internet protocol",
	.bits = 8,
	.base = &type_integer,
	.parse = protocol_parse,
	.print = protocol_print,
	.describe = protocol_describe,
};

static int service_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	const struct symbol *own;
	const struct servent *s;
	u128 v;

	if (number_parse(text, &v)) {
		if (v <= UINT16_MAX) {
			*out = v;
			return 0;
		}
		*why = "Service out of range";
		return -1;
	}
	s = getservbyname(text, NULL);
	own = s ? NULL : find(services, text);
	if (!s && !own) {
		*why = "Could not resolve service: Servname not supported for ai_socktype";
		return -1;
	}
	*out = s ? ntohs((uint16_t)s->s_port) : (u128)own->value;
	return 0;
}

static void service_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	const struct servent *s = c && c->service_names ? getservbyport(htons((uint16_t)v), NULL) : NULL;

	if (s)
		buf_printf(out, "\"%s\"", s->s_name);
	else
		buf_printf(out, "%u", (unsigned)v);
}

const struct datatype type_inet_service = {
	.id = TYPE_INET_SERVICE,
	.name = "inet_service",
	.desc = "internet network service",
	.byteorder = BO_BIG,
	.bits = 16,
	.base = &type_integer,
	.parse = service_parse,
	.print = service_print,
};
