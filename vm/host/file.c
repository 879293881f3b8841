/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host files: JSON with the keys
 *
 *   addr    what `ip -j addr` prints (`ip -j link`'s `master` and `linkinfo` are read as well)
 *   route   what `ip -j route` prints; with `show table all`, IPv6 routes may be among them
 *   route6  what `ip -j -6 route` prints
 *   neigh   what `ip -j neigh` prints
 *   fdb     what `bridge -j fdb` prints
 *   sysctl  names and values
 *   groups  names and numbers of device groups
 *
 * Each may be missing; unknown keys are passed over, since iproute2 prints more than matters here. A value of the wrong kind is an error that
 * names its place. Routes of tables other than local, main and default are not used: there are no rules that lead to them.
 */

#include "vm/host/model.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Where we are, for messages: "route6[3].gateway". */
struct reader {
	struct host *h;
	const char *list;
	size_t index;
	char *error;
};

static int fail(struct reader *r, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct reader *r, const char *key, const char *fmt, ...)
{
	char *what = NULL;
	va_list ap;

	if (r->error)
		return -EINVAL;
	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		what = NULL;
	va_end(ap);
	if (asprintf(&r->error, "host file: %s[%zu]%s%s: %s", r->list, r->index, key ? "." : "", key ? key : "", what ? what : "?") < 0)
		r->error = NULL;
	free(what);
	return -EINVAL;
}

/* ---- values ---- */

/* Text of a key; NULL where it is missing. *err is set where it is no text. */
static const char *text(struct reader *r, const json_t *o, const char *key, int *err)
{
	const json_t *v = json_object_get(o, key);

	if (!v || json_is_null(v))
		return NULL;
	if (!json_is_string(v))
		*err = fail(r, key, "text expected");
	return json_string_value(v);
}

/* A number, as number or as text; `otherwise` where the key is missing. */
static long long number(struct reader *r, const json_t *o, const char *key, long long otherwise, long long max, int *err)
{
	const json_t *v = json_object_get(o, key);
	long long n = -1;

	if (!v)
		return otherwise;
	if (json_is_integer(v)) {
		n = json_integer_value(v);
	} else if (json_is_string(v)) {
		char *end;

		n = strtoll(json_string_value(v), &end, 0);
		if (*end || end == json_string_value(v))
			n = -1;
	}
	if (n < 0 || n > max)
		*err = fail(r, key, "number from 0 to %lld expected", max);
	return n;
}

static bool mac_parse(const char *s, uint8_t mac[6])
{
	unsigned b[6];
	int end = 0;

	if (sscanf(s, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &end) != 6 || s[end])
		return false;
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)b[i];
	return true;
}

/* Family of an address text, 0: none. */
static uint8_t addr_parse(const char *s, uint8_t addr[16])
{
	memset(addr, 0, 16);
	return inet_pton(AF_INET, s, addr) == 1 ? AF_INET : inet_pton(AF_INET6, s, addr) == 1 ? AF_INET6 : 0;
}

/* "192.0.2.0/24", "192.0.2.1", "default" (any family: 0). False: none of them. */
static bool prefix_parse(const char *s, uint8_t *family, uint8_t addr[16], uint8_t *len)
{
	char buf[INET6_ADDRSTRLEN + 8], *slash, *end;
	long n;

	memset(addr, 0, 16);
	*family = *len = 0;
	if (!strcmp(s, "default"))
		return true;
	if (snprintf(buf, sizeof(buf), "%s", s) >= (int)sizeof(buf))
		return false;
	slash = strchr(buf, '/');
	if (slash)
		*slash = 0;
	*family = addr_parse(buf, addr);
	*len = *family == AF_INET ? 32 : 128;
	if (!*family || !slash)
		return *family;
	n = strtol(slash + 1, &end, 10);
	if (*end || end == slash + 1 || n < 0 || n > *len)
		return false;
	*len = (uint8_t)n;
	return true;
}

struct word {
	const char *name;
	uint32_t value;
};

static bool word_find(const struct word *w, size_t n, const char *s, uint32_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(w[i].name, s)) {
			*out = w[i].value;
			return true;
		}
	}
	return false;
}

static const struct word link_types[] = {
	{ "ether", ARPHRD_ETHER }, { "loopback", ARPHRD_LOOPBACK }, { "none", ARPHRD_NONE }, { "ppp", ARPHRD_PPP },
	{ "ipip", ARPHRD_TUNNEL }, { "tunnel6", ARPHRD_TUNNEL6 }, { "sit", ARPHRD_SIT }, { "gre", ARPHRD_IPGRE },
	{ "gre6", ARPHRD_IP6GRE }, { "infiniband", ARPHRD_INFINIBAND }, { "void", ARPHRD_VOID }, { "rawip", ARPHRD_RAWIP },
	{ "netlink", ARPHRD_NETLINK },
};
static const struct word link_flags[] = {
	{ "UP", IFF_UP }, { "BROADCAST", IFF_BROADCAST }, { "DEBUG", IFF_DEBUG }, { "LOOPBACK", IFF_LOOPBACK },
	{ "POINTOPOINT", IFF_POINTOPOINT }, { "NOTRAILERS", IFF_NOTRAILERS }, { "NOARP", IFF_NOARP }, { "PROMISC", IFF_PROMISC },
	{ "ALLMULTI", IFF_ALLMULTI }, { "MASTER", IFF_MASTER }, { "SLAVE", IFF_SLAVE }, { "MULTICAST", IFF_MULTICAST },
};
static const struct word route_types[] = {
	{ "unicast", RTN_UNICAST }, { "local", RTN_LOCAL }, { "broadcast", RTN_BROADCAST }, { "anycast", RTN_ANYCAST },
	{ "multicast", RTN_MULTICAST }, { "blackhole", RTN_BLACKHOLE }, { "unreachable", RTN_UNREACHABLE },
	{ "prohibit", RTN_PROHIBIT }, { "throw", RTN_THROW }, { "nat", RTN_NAT },
};
static const struct word scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE }, { "site", RT_SCOPE_SITE }, { "link", RT_SCOPE_LINK }, { "host", RT_SCOPE_HOST },
	{ "nowhere", RT_SCOPE_NOWHERE },
};
static const struct word tables[] = { { "local", RT_TABLE_LOCAL }, { "main", RT_TABLE_MAIN }, { "default", RT_TABLE_DEFAULT } };

/* A word or a number of a key; `otherwise` where it is missing, -1 where it is neither. */
static int64_t word(struct reader *r, const json_t *o, const char *key, const struct word *w, size_t n, uint32_t otherwise, int *err)
{
	const char *s = json_is_integer(json_object_get(o, key)) ? NULL : text(r, o, key, err);
	uint32_t v;

	if (s && word_find(w, n, s, &v))
		return v;
	return number(r, o, key, otherwise, UINT32_MAX, err);
}
#define WORD(r, o, key, words, otherwise, err) word((r), (o), (key), (words), ARRAY_SIZE(words), (otherwise), (err))

/* ---- devices and addresses ---- */

static int read_addr_info(struct reader *r, uint32_t dev, const json_t *o)
{
	struct host_addr a = { .dev = dev };
	int err = 0;
	const char *local = text(r, o, "local", &err), *broadcast = text(r, o, "broadcast", &err);
	uint8_t bits;

	if (err || !local)
		return err;
	a.family = addr_parse(local, a.addr);
	if (!a.family)
		return fail(r, "addr_info", "'%s' is not an address", local);
	bits = a.family == AF_INET ? 32 : 128;
	a.len = (uint8_t)number(r, o, "prefixlen", bits, bits, &err);
	a.scope = (uint8_t)WORD(r, o, "scope", scopes, RT_SCOPE_UNIVERSE, &err);
	a.secondary = json_is_true(json_object_get(o, "secondary"));
	a.deprecated = json_is_true(json_object_get(o, "deprecated"));
	a.has_broadcast = broadcast && addr_parse(broadcast, a.broadcast) == AF_INET;
	if (!err && host_addr_add(r->h, &a))
		return -ENOMEM;
	return err;
}

static uint32_t read_group(struct reader *r, const json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "group"));
	const json_t *known = name && r->h->groups ? json_object_get(r->h->groups, name) : NULL;

	if (json_is_integer(known))
		return (uint32_t)json_integer_value(known);
	return name ? (uint32_t)strtoul(name, NULL, 0) : 0;
}

static int read_link(struct reader *r, const json_t *o)
{
	int err = 0;
	const char *name = text(r, o, "ifname", &err), *mac = text(r, o, "address", &err);
	long long index = number(r, o, "ifindex", 0, INT_MAX, &err);
	uint32_t type = ARPHRD_ETHER, flag;
	struct host_dev *d;
	size_t i;
	json_t *v;

	if (err || (!name && !index)) /* ip -j prints {} for what it filtered out */
		return err;
	if (!name || !*name || strlen(name) >= HOST_IFNAMSIZ)
		return fail(r, "ifname", "name of 1 to %d bytes expected", HOST_IFNAMSIZ - 1);
	if (!index)
		return fail(r, "ifindex", "number from 1 expected");
	if (host_dev(r->h, (uint32_t)index) || host_dev_named(r->h, name))
		return fail(r, "ifname", "device '%s', index %lld, is there already", name, index);
	d = host_dev_add(r->h, (uint32_t)index, name);
	if (!d)
		return fail(r, NULL, "too many devices (%d are possible)", HOST_DEVS);
	d->described = true;
	d->mtu = (uint32_t)number(r, o, "mtu", 1500, INT_MAX, &err);
	type = (uint32_t)WORD(r, o, "link_type", link_types, ARPHRD_ETHER, &err);
	d->type = (uint16_t)type;
	d->group = read_group(r, o);
	if (mac)
		mac_parse(mac, d->mac); /* tunnels have addresses of other forms */
	json_array_foreach(json_object_get(o, "flags"), i, v)
		if (json_is_string(v) && word_find(link_flags, ARRAY_SIZE(link_flags), json_string_value(v), &flag))
			d->flags |= flag;
	v = json_object_get(json_object_get(o, "linkinfo"), "info_kind");
	if (json_is_string(v))
		snprintf(d->kind, sizeof(d->kind), "%s", json_string_value(v));
	json_array_foreach(json_object_get(o, "addr_info"), i, v)
		if (!err)
			err = read_addr_info(r, d->index, v);
	return err;
}

/* Masters are named, and may come after their ports. */
static int read_master(struct reader *r, const json_t *o)
{
	int err = 0;
	const char *name = text(r, o, "ifname", &err), *master = text(r, o, "master", &err);
	const struct host_dev *d, *m;

	if (err || !name || !master)
		return err;
	d = host_dev_named(r->h, name);
	m = host_dev_named(r->h, master);
	if (!m)
		return fail(r, "master", "no device '%s'", master);
	((struct host_dev *)d)->master = m->index;
	if (!m->kind[0])
		snprintf(((struct host_dev *)m)->kind, sizeof(m->kind), "bridge");
	return 0;
}

/* ---- routes ---- */

static const struct host_dev *read_dev(struct reader *r, const json_t *o, int *err)
{
	const char *name = text(r, o, "dev", err);
	const struct host_dev *d = name ? host_dev_named(r->h, name) : NULL;

	if (name && !d && !*err)
		*err = fail(r, "dev", "no device '%s'", name);
	return d;
}

static bool is_dead(const json_t *o)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(o, "flags"), i, v)
		if (json_is_string(v) && (!strcmp(json_string_value(v), "dead") || !strcmp(json_string_value(v), "linkdown")))
			return true;
	return false;
}

/* One way: of the route itself, or of an element of its `nexthops`. Returns 1 where there is one. */
static int read_hop(struct reader *r, const json_t *o, struct fib_hop *hop)
{
	int err = 0;
	const struct host_dev *d = read_dev(r, o, &err);
	const char *gw = text(r, o, "gateway", &err);
	const json_t *via = json_object_get(o, "via");

	memset(hop, 0, sizeof(*hop));
	if (!err && !gw && via)
		gw = text(r, via, "host", &err);
	if (err)
		return err;
	if (gw) {
		hop->via_family = addr_parse(gw, hop->via);
		hop->gateway = true;
		if (!hop->via_family)
			return fail(r, "gateway", "'%s' is not an address", gw);
	}
	hop->weight = (uint32_t)number(r, o, "weight", 1, INT_MAX, &err);
	hop->oif = d ? d->index : 0;
	return err ? err : d && !is_dead(o);
}

enum { HOPS_MAX = 64 };

static int read_hops(struct reader *r, const json_t *o, struct fib_hop *hops)
{
	const json_t *list = json_object_get(o, "nexthops"), *v;
	int n = 0, got;
	size_t i;

	if (!list)
		return read_hop(r, o, hops);
	json_array_foreach(list, i, v) {
		if (n == HOPS_MAX)
			return fail(r, "nexthops", "more than %d", HOPS_MAX);
		got = read_hop(r, v, &hops[n]);
		if (got < 0)
			return got;
		n += got;
	}
	return n;
}

/* Family of a route: that of its destination or gateway; else that of the list, 0 where the list holds both and nothing tells. */
static uint8_t route_family(const json_t *o, uint8_t of_dst, const struct fib_hop *hops, int n, uint8_t of_list)
{
	if (of_dst)
		return of_dst;
	if (of_list == AF_INET6)
		return AF_INET6;
	if (json_object_get(o, "pref") || (n > 0 && hops[0].gateway && hops[0].via_family == AF_INET6 && !json_object_get(o, "via")))
		return AF_INET6;
	return AF_INET;
}

static void read_route_metrics(const json_t *o, struct fib_route *rt)
{
	const json_t *list = json_object_get(o, "metrics"), *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_is_integer(json_object_get(v, "mtu")))
			rt->mtu = (uint32_t)json_integer_value(json_object_get(v, "mtu"));
}

/* Routes of IPv6 stand in `route` too when that was made with `table all`: they count once. */
static bool route_known(struct host *h, const struct fib_route *rt, uint8_t family)
{
	const struct fib *f = rt->table == RT_TABLE_LOCAL ? &h->local6 : &h->main6;

	if (family != AF_INET6)
		return false;
	for (uint32_t i = 0; i < f->n; i++)
		if (f->routes[i].len == rt->len && f->routes[i].type == rt->type && f->routes[i].metric == rt->metric &&
		    fib_covers(f->routes[i].dst, rt->dst, rt->len) && rt->type != RTN_MULTICAST)
			return true;
	return false;
}

static int read_route(struct reader *r, const json_t *o, uint8_t of_list)
{
	struct fib_hop hops[HOPS_MAX];
	struct fib_route rt = { 0 };
	int err = 0, n;
	const char *dst = text(r, o, "dst", &err), *src = text(r, o, "prefsrc", &err);
	uint8_t family;
	uint32_t table;

	if (err || !dst)
		return err;
	if (!prefix_parse(dst, &family, rt.dst, &rt.len))
		return fail(r, "dst", "'%s' is not a prefix", dst);
	n = read_hops(r, o, hops);
	if (n < 0)
		return n;
	family = route_family(o, family, hops, n, of_list);
	rt.type = (uint8_t)WORD(r, o, "type", route_types, RTN_UNICAST, &err);
	rt.scope = (uint8_t)WORD(r, o, "scope", scopes, rt.type == RTN_UNICAST ? RT_SCOPE_UNIVERSE : RT_SCOPE_HOST, &err);
	rt.metric = (uint32_t)number(r, o, "metric", 0, UINT32_MAX, &err);
	table = (uint32_t)WORD(r, o, "table", tables, RT_TABLE_MAIN, &err);
	if (err || (table != RT_TABLE_LOCAL && table != RT_TABLE_MAIN && table != RT_TABLE_DEFAULT))
		return err;
	if (rt.type == RTN_UNICAST && !n) /* its devices are down */
		return 0;
	rt.table = table;
	rt.has_prefsrc = src && addr_parse(src, rt.prefsrc) == family;
	read_route_metrics(o, &rt);
	if (route_known(r->h, &rt, family))
		return 0;
	return fib_add(family == AF_INET ? &r->h->fib4 : table == RT_TABLE_LOCAL ? &r->h->local6 : &r->h->main6, &rt, hops, (uint32_t)n);
}

static int read_route4(struct reader *r, const json_t *o)
{
	return read_route(r, o, AF_INET);
}

static int read_route6(struct reader *r, const json_t *o)
{
	return read_route(r, o, AF_INET6);
}

/* ---- neighbours ---- */

static int read_neigh(struct reader *r, const json_t *o)
{
	struct host_neighbour n = { 0 };
	int err = 0;
	const char *dst = text(r, o, "dst", &err), *mac = text(r, o, "lladdr", &err);
	const struct host_dev *d = read_dev(r, o, &err);

	if (err || !dst || !mac || !d)
		return err;
	n.family = addr_parse(dst, n.addr);
	n.dev = d->index;
	if (!n.family)
		return fail(r, "dst", "'%s' is not an address", dst);
	if (!mac_parse(mac, n.mac))
		return fail(r, "lladdr", "'%s' is not a MAC address", mac);
	return host_neigh_add(r->h, &n);
}

static int read_fdb(struct reader *r, const json_t *o)
{
	struct host *h = r->h;
	int err = 0;
	const char *mac = text(r, o, "mac", &err), *master = text(r, o, "master", &err), *state = text(r, o, "state", &err);
	const char *name = text(r, o, "ifname", &err);
	const struct host_dev *d = name ? host_dev_named(h, name) : NULL, *m = master ? host_dev_named(h, master) : NULL;
	struct host_fdb f = { 0 };

	if (err || !mac || !d || !m)
		return err;
	if (!mac_parse(mac, f.mac))
		return fail(r, "mac", "'%s' is not a MAC address", mac);
	f.bridge = m->index;
	f.port = d->index;
	f.vlan = (uint16_t)number(r, o, "vlan", 0, 4095, &err);
	f.local = state && !strcmp(state, "permanent");
	if (h->n_fdb == h->cap_fdb) {
		uint32_t cap = h->cap_fdb ? 2 * h->cap_fdb : 16;
		struct host_fdb *p = realloc(h->fdb, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		h->fdb = p;
		h->cap_fdb = cap;
	}
	if (!err)
		h->fdb[h->n_fdb++] = f;
	return err;
}

/* ---- the whole ---- */

static int read_list(struct reader *r, const json_t *root, const char *key, int (*read)(struct reader *r, const json_t *o))
{
	const json_t *list = json_object_get(root, key), *v;
	int err = 0;

	if (!list)
		return 0;
	r->list = key;
	r->index = 0;
	if (!json_is_array(list))
		return fail(r, NULL, "a list expected under '%s'", key);
	json_array_foreach(list, r->index, v) {
		if (!json_is_object(v))
			return fail(r, NULL, "an object expected");
		err = read(r, v);
		if (err)
			return err;
	}
	return 0;
}

/* An object of the file, with a reference of its own. */
static int read_object(struct reader *r, const json_t *root, const char *key, json_t **out)
{
	json_t *v = json_object_get(root, key);

	r->list = key;
	r->index = 0;
	if (v && !json_is_object(v))
		return fail(r, NULL, "an object expected under '%s'", key);
	*out = json_incref(v);
	return 0;
}

int host_file_read(struct host *h, const char *s, char **error)
{
	struct reader r = { .h = h };
	json_error_t at;
	json_t *root = json_loads(s, JSON_REJECT_DUPLICATES, &at);
	int err = 0;

	if (!root || !json_is_object(root)) {
		err = root ? asprintf(&r.error, "host file: a JSON object expected")
			   : asprintf(&r.error, "host file: line %d, column %d: %s", at.line, at.column, at.text);
		err = err < 0 ? -ENOMEM : -EINVAL;
	}
	if (!err)
		err = read_object(&r, root, "groups", &h->groups);
	if (!err)
		err = read_object(&r, root, "sysctl", &h->sysctl);
	if (!err)
		err = read_list(&r, root, "addr", read_link);
	if (!err)
		err = read_list(&r, root, "addr", read_master);
	if (!err)
		err = read_list(&r, root, "route6", read_route6);
	if (!err)
		err = read_list(&r, root, "route", read_route4);
	if (!err)
		err = read_list(&r, root, "neigh", read_neigh);
	if (!err)
		err = read_list(&r, root, "fdb", read_fdb);
	json_decref(root);
	if (error)
		*error = r.error;
	else
		free(r.error);
	return err;
}
