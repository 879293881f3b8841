/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses: IPv4, IPv6, Ethernet, and link layer addresses of any length. Host names are asked of the system's resolver. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "src/types/datatype.h"

/* One address of the family for a host name, into addr. */
static int resolve(int family, const char *text, void *addr, struct arena *a, const char **why)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_DGRAM }, *ai;
	int err = getaddrinfo(text, NULL, &hints, &ai);

	if (err) {
		*why = arena_printf(a, "Could not resolve hostname: %s", gai_strerror(err));
		return -1;
	}
	if (ai->ai_next) {
		freeaddrinfo(ai);
		*why = "Hostname resolves to multiple addresses";
		return -1;
	}
	if (family == AF_INET)
		memcpy(addr, &((struct sockaddr_in *)ai->ai_addr)->sin_addr, sizeof(struct in_addr));
	else
		memcpy(addr, &((struct sockaddr_in6 *)ai->ai_addr)->sin6_addr, sizeof(struct in6_addr));
	freeaddrinfo(ai);
	return 0;
}

static int ipaddr_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1 && !inet_aton(text, &addr) && resolve(AF_INET, text, &addr, a, why))
		return -1;
	*out = ntohl(addr.s_addr);
	return 0;
}

static void ipaddr_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = htonl((uint32_t)v) };
	char text[NI_MAXHOST];

	if (c && c->reverse_dns && !getnameinfo((struct sockaddr *)&sin, sizeof(sin), text, sizeof(text), NULL, 0, 0))
		buf_puts(out, text);
	else
		buf_puts(out, inet_ntop(AF_INET, &sin.sin_addr, text, sizeof(text)));
}

const struct datatype type_ipaddr = {
	.id = TYPE_IPADDR,
	.name = "ipv4_addr",
	.desc = "IPv4 address",
	.byteorder = BO_BIG,
	.bits = 32,
	.prefix = true,
	.base = &type_integer,
	.parse = ipaddr_parse,
	.print = ipaddr_print,
	.json_string = true,
};

static int ip6addr_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	struct in6_addr addr;

	if (inet_pton(AF_INET6, text, &addr) != 1 && resolve(AF_INET6, text, &addr, a, why))
		return -1;
	*out = value_load(&addr, sizeof(addr), BO_BIG);
	return 0;
}

static void ip6addr_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	struct sockaddr_in6 sin = { .sin6_family = AF_INET6 };
	char text[NI_MAXHOST];

	value_store(v, sizeof(sin.sin6_addr), BO_BIG, &sin.sin6_addr);
	if (c && c->reverse_dns && !getnameinfo((struct sockaddr *)&sin, sizeof(sin), text, sizeof(text), NULL, 0, 0))
		buf_puts(out, text);
	else
		buf_puts(out, inet_ntop(AF_INET6, &sin.sin6_addr, text, sizeof(text)));
}

const struct datatype type_ip6addr = {
	.id = TYPE_IP6ADDR,
	.name = "ipv6_addr",
	.desc = "IPv6 address",
	.byteorder = BO_BIG,
	.bits = 128,
	.prefix = true,
	.base = &type_integer,
	.parse = ip6addr_parse,
	.print = ip6addr_print,
	.json_string = true,
};

/* 1:02:a → bytes; each group one or two hexadecimal digits. Returns their number, or -1. */
static int lladdr_bytes(const char *text, u128 *out)
{
	u128 v = 0;
	int n = 0;

	for (;; text++) {
		unsigned group = 0, digits = 0;

		for (; isxdigit((unsigned char)*text); text++, digits++)
			group = group << 4 | (unsigned)(*text <= '9' ? *text - '0' : (*text | 0x20) - 'a' + 10);
		if (!digits || digits > 2 || ++n > 16)
			return -1;
		v = v << 8 | group;
		if (*text != ':')
			break;
	}
	if (*text)
		return -1;
	*out = v;
	return n;
}

static int lladdr_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	int n = lladdr_bytes(text, out);

	if (n > 0 && (!bits || n * 8 == (int)bits))
		return 0;
	*why = "Invalid LL address";
	return -1;
}

static void lladdr_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	for (unsigned i = (bits ? bits : 48) / 8; i--;)
		buf_printf(out, i ? "%02x:" : "%02x", (unsigned)(v >> i * 8) & 0xff);
}

const struct datatype type_lladdr = {
	.id = TYPE_LLADDR,
	.name = "ll_addr",
	.desc = "link layer address",
	.byteorder = BO_BIG,
	.base = &type_integer,
	.parse = lladdr_parse,
	.print = lladdr_print,
	.json_string = true,
};

const struct datatype type_etheraddr = {
	.id = TYPE_ETHERADDR,
	.name = "ether_addr",
	.desc = "Ethernet address",
	.byteorder = BO_BIG,
	.bits = 48,
	.base = &type_lladdr,
};
