/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices, addresses, neighbours and sysctls of a host: how they are kept and found. See model.h. */
#include "vm/host/model.h"

#include "vm/host/bridge.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- devices ---- */

static struct host_dev *slot_get(const struct host *h, uint32_t i)
{
	return atomic_load_explicit(&h->slots[i % HOST_DEV_SLOTS], memory_order_acquire); /* release: host_dev_add */
}

const struct host_dev *host_dev(const struct host *h, uint32_t index)
{
	for (uint32_t i = index;; i++) {
		struct host_dev *d = slot_get(h, i);

		if (!d || d->index == index)
			return d;
	}
}

const struct host_dev *host_dev_named(const struct host *h, const char *name)
{
	for (uint32_t i = 0; i < HOST_DEV_SLOTS; i++) {
		struct host_dev *d = slot_get(h, i);

		if (d && !strcmp(d->name, name))
			return d;
	}
	return NULL;
}

/* Binary search; devices that are named later stand at the end, so a worker that sees fewer of them sees a true list. */
uint32_t host_dev_next(const struct host *h, uint32_t from)
{
	uint32_t lo = 0, hi = atomic_load_explicit(&h->n_devs, memory_order_acquire), n = hi;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (h->by_index[mid] < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n ? h->by_index[lo] : 0;
}

/* Keeps the list of indices in order. */
static void list_index(struct host *h, uint32_t index)
{
	uint32_t i = h->n_devs;

	for (; i && h->by_index[i - 1] > index; i--)
		h->by_index[i] = h->by_index[i - 1];
	h->by_index[i] = index;
	atomic_store_explicit(&h->n_devs, h->n_devs + 1, memory_order_release);
}

/* NULL: table full, or out of memory. */
struct host_dev *host_dev_add(struct host *h, uint32_t index, const char *name)
{
	struct host_dev *d;
	uint32_t i = index;

	if (h->n_devs == HOST_DEVS)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->index = index;
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->mtu = 1500;
	d->type = ARPHRD_ETHER;
	while (slot_get(h, i))
		i++;
	if (index > h->max_index)
		h->max_index = index;
	atomic_store_explicit(&h->slots[i % HOST_DEV_SLOTS], d, memory_order_release);
	list_index(h, index);
	return d;
}

const struct host_dev *host_dev_intern(struct host *h, const char *name)
{
	const struct host_dev *d = host_dev_named(h, name);

	if (d)
		return d;
	if (!*name || strlen(name) >= HOST_IFNAMSIZ || strchr(name, '/') || h->max_index >= INT32_MAX)
		return NULL;
	return host_dev_add(h, h->max_index + 1, name);
}

/* ---- addresses ---- */

int host_addr_add(struct host *h, const struct host_addr *a)
{
	if (h->n_addrs == h->cap_addrs) {
		uint32_t cap = h->cap_addrs ? 2 * h->cap_addrs : 16;
		struct host_addr *p = realloc(h->addrs, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		h->addrs = p;
		h->cap_addrs = cap;
	}
	h->addrs[h->n_addrs++] = *a;
	return 0;
}

static int add_own_route(struct host *h, uint8_t family, const uint8_t *addr, uint8_t len, uint8_t type, uint32_t dev)
{
	struct fib *f = family == AF_INET ? &h->fib4 : &h->local6;
	struct fib_route r = { .len = len, .type = type, .table = RT_TABLE_LOCAL,
			       .scope = type == RTN_BROADCAST ? RT_SCOPE_LINK : RT_SCOPE_HOST };
	struct fib_hop hop = { .oif = dev };

	memcpy(r.dst, addr, f->bytes);
	if (fib_has(f, r.dst, len, RT_TABLE_LOCAL, type))
		return 0;
	return fib_add(f, &r, &hop, 1);
}

/* What the kernel puts into the local table for an address. */
static int add_addr_routes(struct host *h, const struct host_addr *a)
{
	const struct host_dev *d = host_dev(h, a->dev);
	uint8_t bcast[16] = { 0 }, net[16];
	bool loopback = d && (d->flags & IFF_LOOPBACK);
	int err;

	if (a->family == AF_INET6) {
		err = add_own_route(h, AF_INET6, a->addr, 128, RTN_LOCAL, a->dev);
		if (err || a->len >= 127 || loopback || !h->forward6)
			return err;
		memset(net, 0, sizeof(net));
		for (unsigned i = 0; i < a->len; i++)
			net[i / 8] |= a->addr[i / 8] & (0x80 >> (i % 8));
		return add_own_route(h, AF_INET6, net, 128, RTN_ANYCAST, a->dev);
	}
	err = add_own_route(h, AF_INET, a->addr, 32, RTN_LOCAL, a->dev);
	if (!err && loopback && a->addr[0] == 127)
		err = add_own_route(h, AF_INET, a->addr, a->len, RTN_LOCAL, a->dev);
	if (err || a->len >= 31)
		return err;
	be32_store(bcast, be32_load(a->addr) | (uint32_t)(0xffffffffull >> a->len));
	err = add_own_route(h, AF_INET, bcast, 32, RTN_BROADCAST, a->dev);
	if (!err && a->has_broadcast)
		err = add_own_route(h, AF_INET, a->broadcast, 32, RTN_BROADCAST, a->dev);
	return err;
}

int host_add_local(struct host *h, const char *address)
{
	uint8_t a[16];
	uint32_t dev = 0;
	int family = inet_pton(AF_INET, address, a) == 1 ? AF_INET : inet_pton(AF_INET6, address, a) == 1 ? AF_INET6 : 0;
	int err;

	if (!family)
		return -EINVAL;
	for (uint32_t i = host_dev_next(h, 1); i && !dev; i = host_dev_next(h, i + 1))
		if (!(host_dev(h, i)->flags & IFF_LOOPBACK))
			dev = i;
	err = add_own_route(h, (uint8_t)family, a, family == AF_INET ? 32 : 128, RTN_LOCAL, dev ? dev : 1);
	return err ? err : fib_build(family == AF_INET ? &h->fib4 : &h->local6);
}

/* ---- neighbours ---- */

static uint32_t neigh_hash(uint32_t dev, const uint8_t *addr)
{
	uint64_t a, b;

	memcpy(&a, addr, 8);
	memcpy(&b, addr + 8, 8);
	return (uint32_t)(((a ^ (b * 0x9e3779b97f4a7c15u) ^ dev) * 0xff51afd7ed558ccdu) >> 32);
}

static void neigh_put(struct host_neighbour *table, uint32_t cap, const struct host_neighbour *n)
{
	uint32_t i = neigh_hash(n->dev, n->addr);

	for (;; i++) {
		struct host_neighbour *p = &table[i & (cap - 1)];

		if (p->used && (p->dev != n->dev || p->family != n->family || memcmp(p->addr, n->addr, 16)))
			continue;
		*p = *n;
		p->used = true;
		return;
	}
}

int host_neigh_add(struct host *h, const struct host_neighbour *n)
{
	if (h->n_neighs * 2 >= h->cap_neighs) {
		uint32_t cap = h->cap_neighs ? 2 * h->cap_neighs : 64;
		struct host_neighbour *table = calloc(cap, sizeof(*table));

		if (!table)
			return -ENOMEM;
		for (uint32_t i = 0; i < h->cap_neighs; i++)
			if (h->neighs[i].used)
				neigh_put(table, cap, &h->neighs[i]);
		free(h->neighs);
		h->neighs = table;
		h->cap_neighs = cap;
	}
	neigh_put(h->neighs, h->cap_neighs, n);
	h->n_neighs++;
	return 0;
}

/* Multicast addresses map to MAC addresses by rule (RFC 1112, RFC 2464). */
static bool multicast_mac(uint8_t family, const uint8_t *addr, uint8_t mac[6])
{
	if (family == AF_INET && (addr[0] & 0xf0) == 0xe0) {
		memcpy(mac, (const uint8_t[]){ 1, 0, 0x5e, addr[1] & 0x7f, addr[2], addr[3] }, 6);
		return true;
	}
	if (family == AF_INET6 && addr[0] == 0xff) {
		mac[0] = mac[1] = 0x33;
		memcpy(mac + 2, addr + 12, 4);
		return true;
	}
	return false;
}

void host_neigh(const struct host *h, uint32_t dev, uint8_t family, const uint8_t *addr, uint8_t mac[6])
{
	uint8_t key[16] = { 0 };
	const struct host_dev *d = host_dev(h, dev);

	if (multicast_mac(family, addr, mac))
		return;
	memcpy(key, addr, family == AF_INET ? 4 : 16);
	if (h->cap_neighs) {
		for (uint32_t i = neigh_hash(dev, key);; i++) {
			const struct host_neighbour *n = &h->neighs[i & (h->cap_neighs - 1)];

			if (!n->used)
				break;
			if (n->dev == dev && n->family == family && !memcmp(n->addr, key, 16)) {
				memcpy(mac, n->mac, 6);
				return;
			}
		}
	}
	if (d)
		memcpy(mac, d->mac, 6);
	else
		memset(mac, 0, 6);
}

/* ---- sysctls ---- */

const char *host_sysctl(const struct host *h, const char *name)
{
	return h->sysctl ? json_string_value(json_object_get(h->sysctl, name)) : NULL;
}

long host_sysctl_num(const struct host *h, const char *name, long otherwise)
{
	const json_t *v = h->sysctl ? json_object_get(h->sysctl, name) : NULL;
	char *end;
	long n;

	if (json_is_integer(v))
		return (long)json_integer_value(v);
	if (!json_is_string(v))
		return otherwise;
	n = strtol(json_string_value(v), &end, 0);
	return end == json_string_value(v) ? otherwise : n;
}

static long conf(const struct host *h, unsigned ip, const char *dev, const char *key, long otherwise)
{
	char name[128];

	snprintf(name, sizeof(name), "net.ipv%u.conf.%s.%s", ip, dev, key);
	return host_sysctl_num(h, name, otherwise);
}

/* IPv4 sysctl of a device. Host files may tell a key of some devices only: the others are taken to be like the first that is told of. */
static long dev_conf(const struct host *h, const struct host_dev *d, const char *key)
{
	long v = conf(h, 4, d->name, key, -1);

	for (uint32_t i = host_dev_next(h, 1); i && v < 0; i = host_dev_next(h, i + 1))
		v = conf(h, 4, host_dev(h, i)->name, key, -1);
	return v < 0 ? 0 : v;
}

static void dev_sysctls(const struct host *h, struct host_dev *d)
{
	long forward = host_sysctl_num(h, "net.ipv4.ip_forward", conf(h, 4, "all", "forwarding", 0));
	long rp = dev_conf(h, d, "rp_filter"), rp_all = conf(h, 4, "all", "rp_filter", 0);

	d->forward4 = conf(h, 4, d->name, "forwarding", forward);
	d->forward6 = h->forward6;
	d->rp_filter = (uint8_t)(rp > rp_all ? rp : rp_all);
	d->accept_local = dev_conf(h, d, "accept_local") || conf(h, 4, "all", "accept_local", 0);
	d->route_localnet = dev_conf(h, d, "route_localnet") || conf(h, 4, "all", "route_localnet", 0);
}

/* ---- bridges ---- */

static void add_ports(const struct host *h, struct host_bridge *b)
{
	for (uint32_t i = host_dev_next(h, 1); i; i = host_dev_next(h, i + 1))
		if (host_dev(h, i)->master == b->dev && b->n_ports < BRIDGE_PORTS)
			b->ports[b->n_ports++] = i;
	for (uint32_t i = 0; i < h->n_fdb; i++)
		if (h->fdb[i].bridge == b->dev && !h->fdb[i].local && !(h->fdb[i].mac[0] & 1))
			bridge_learn(b, h->fdb[i].mac, h->fdb[i].port);
}

static int add_bridges(struct host *h)
{
	uint32_t n = 0;

	for (uint32_t i = host_dev_next(h, 1); i; i = host_dev_next(h, i + 1))
		n += !strcmp(host_dev(h, i)->kind, "bridge");
	h->bridges = calloc(n ? n : 1, sizeof(*h->bridges));
	if (!h->bridges)
		return -ENOMEM;
	for (uint32_t i = host_dev_next(h, 1); i; i = host_dev_next(h, i + 1)) {
		if (strcmp(host_dev(h, i)->kind, "bridge"))
			continue;
		h->bridges[h->n_bridges].dev = i;
		add_ports(h, &h->bridges[h->n_bridges++]);
	}
	return 0;
}

int host_finish(struct host *h)
{
	h->forward6 = conf(h, 6, "all", "forwarding", 0);
	h->ttl = (uint8_t)host_sysctl_num(h, "net.ipv4.ip_default_ttl", 64);
	h->hop_limit = (uint8_t)conf(h, 6, "all", "hop_limit", 64);
	for (uint32_t i = 0; i < HOST_DEV_SLOTS; i++)
		if (slot_get(h, i))
			dev_sysctls(h, slot_get(h, i));
	for (uint32_t i = 0; i < h->n_addrs; i++)
		if (add_addr_routes(h, &h->addrs[i]))
			return -ENOMEM;
	if (add_bridges(h) || fib_build(&h->fib4) || fib_build(&h->local6) || fib_build(&h->main6))
		return -ENOMEM;
	return 0;
}

/* ---- life ---- */

int host_new(const char *json, struct host **out, char **error)
{
	struct host *h = calloc(1, sizeof(*h));
	int err = h ? 0 : -ENOMEM;

	if (h) {
		h->builtin = !json;
		fib_init(&h->fib4, 4);
		fib_init(&h->local6, 16);
		fib_init(&h->main6, 16);
		err = host_file_read(h, json ? json : host_builtin_text, error);
		if (!err && !json)
			err = host_builtin_neighs(h);
		if (!err)
			err = host_finish(h);
	}
	if (err == -ENOMEM && error && !*error)
		*error = strdup("out of memory");
	if (err)
		host_free(&h);
	else
		*out = h;
	return err;
}

void host_free(struct host **hp)
{
	struct host *h = *hp;

	*hp = NULL;
	if (!h)
		return;
	for (uint32_t i = 0; i < HOST_DEV_SLOTS; i++)
		free(slot_get(h, i));
	free(h->addrs);
	free(h->neighs);
	free(h->fdb);
	free(h->bridges);
	fib_free(&h->fib4);
	fib_free(&h->local6);
	fib_free(&h->main6);
	json_decref(h->sysctl);
	json_decref(h->groups);
	free(h);
}

bool host_is_builtin(const struct host *h)
{
	return h->builtin;
}
