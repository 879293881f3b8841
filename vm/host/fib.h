/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Longest prefix match over routes of one family.
 *
 * Prefixes lie sorted by address, then length; each knows the nearest prefix that covers it. A lookup finds the last prefix that begins
 * at or before the address and climbs from there. Built once by the control thread, then constant; read by any thread.
 */
#ifndef NFVM_VM_HOST_FIB_H
#define NFVM_VM_HOST_FIB_H

#include <stdbool.h>
#include <stdint.h>

/* A way out of a route. */
struct fib_hop {
	uint32_t oif;
	bool gateway;
	uint8_t via_family; /* AF_INET6 for IPv4 over an IPv6 router */
	uint8_t via[16];
	uint32_t weight;
};

struct fib_route {
	uint8_t dst[16];
	uint8_t len;        /* bits */
	uint8_t type;       /* RTN_* */
	uint8_t scope, tos;
	uint32_t table;     /* RT_TABLE_* */
	uint32_t metric, mtu, realm;
	uint8_t prefsrc[16];
	bool has_prefsrc;
	uint32_t hop, hops; /* range in fib.hops; 0 hops: a route without a device */
};

struct fib_prefix {
	uint8_t addr[16];
	uint8_t len;
	uint32_t parent;    /* index of the nearest covering prefix, FIB_NONE */
	uint32_t first, n;  /* its routes, best first */
};

enum { FIB_NONE = UINT32_MAX };

struct fib {
	unsigned bytes;     /* of an address: 4 or 16 */
	struct fib_route *routes;
	uint32_t n, cap;
	struct fib_hop *hops;
	uint32_t n_hops, cap_hops;
	struct fib_prefix *prefixes;
	uint32_t n_prefixes;
};

void fib_init(struct fib *f, unsigned bytes);
void fib_free(struct fib *f);
/* Adds a route with its ways (copied; their places in r are set here); bits of dst behind len are cleared. 0 or -ENOMEM. */
int fib_add(struct fib *f, struct fib_route *r, const struct fib_hop *hops, uint32_t n);
/* True where a route of this prefix, table and type is there already. */
bool fib_has(const struct fib *f, const uint8_t *dst, uint8_t len, uint32_t table, uint8_t type);
/* After the last fib_add, before the first fib_find; may be done again. 0 or -ENOMEM. */
int fib_build(struct fib *f);
/* The longest prefix that covers addr, NULL: none. Shorter ones: fib_up. */
const struct fib_prefix *fib_find(const struct fib *f, const uint8_t *addr);
static inline const struct fib_prefix *fib_up(const struct fib *f, const struct fib_prefix *p)
{
	return p->parent == FIB_NONE ? (const struct fib_prefix *)0 : &f->prefixes[p->parent];
}
/* True where the first len bits of a and b are the same. */
bool fib_covers(const uint8_t *a, const uint8_t *b, unsigned len);

#endif
