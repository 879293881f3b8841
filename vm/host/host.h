/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host that packets meet: devices, addresses, routes, neighbours, sysctls, and what a host does with a packet between and around its
 * hooks.
 *
 * A host is read once (from a host file, or the built-in one) and then constant, except for devices that rules name and nobody has
 * described (host_dev_intern, control thread only). Workers read it without any lock.
 */
#ifndef NFVM_VM_HOST_H
#define NFVM_VM_HOST_H

#include "vm/vm.h"

enum { HOST_IFNAMSIZ = 16, HOST_DEVS = 1024, HOST_GROUPNAME = 32 };

/* ---- devices ------------------------------------------------------------------------------------ */

struct host_dev {
	uint32_t index;
	char name[HOST_IFNAMSIZ];
	char kind[HOST_IFNAMSIZ]; /* rtnetlink's: "bridge", "vlan", …; "" for plain devices */
	uint8_t mac[6];
	uint16_t type;            /* ARPHRD_* */
	uint32_t mtu, flags;      /* flags: IFF_* */
	uint32_t group;
	uint32_t master;          /* index of the bridge it is a port of, or 0 */
	bool forward4, forward6;
	bool accept_local, route_localnet;
	uint8_t rp_filter;
	bool described;           /* false: only named by a rule */
};

/* NULL where there is none. */
const struct host_dev *host_dev(const struct host *h, uint32_t index);
const struct host_dev *host_dev_named(const struct host *h, const char *name);
/* As host_dev_named; a device nobody has described gets an index of its own. NULL: table full, or not a name. Control thread. */
const struct host_dev *host_dev_intern(struct host *h, const char *name);
/* The lowest device index at or above `from`, 0 where there is none: to walk all devices. */
uint32_t host_dev_next(const struct host *h, uint32_t from);

/* ---- the host itself ------------------------------------------------------------------------------ */

/* From a host file's text, or the built-in host where json is NULL. 0 or -errno with *error to free(). Control thread. */
int host_new(const char *json, struct host **out, char **error);
void host_free(struct host **h);
/* One more own address, as text; 0 or -EINVAL. Before any frame is run. */
int host_add_local(struct host *h, const char *address);
/* True where the host came from no file. */
bool host_is_builtin(const struct host *h);
/* A sysctl's text ("net.ipv4.ip_forward"), NULL where the host file has none. */
const char *host_sysctl(const struct host *h, const char *name);
/* The same as a number, or `otherwise`. */
long host_sysctl_num(const struct host *h, const char *name, long otherwise);

/* ---- routing --------------------------------------------------------------------------------------- */

/* A question to the routing table. Addresses in network order; 4 or 16 bytes of them count. Zero: not asked for. */
struct host_flow {
	uint8_t dst[16], src[16];
	uint32_t iif, oif, mark;
	uint8_t tos;
};

/* Its answer. type: RTN_* (RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST, RTN_ANYCAST, RTN_MULTICAST, RTN_UNREACHABLE, …). */
struct host_route {
	uint8_t type, family;     /* family: AF_INET or AF_INET6 */
	uint8_t scope, prefixlen;
	bool gateway;             /* via is a router, not the destination itself */
	uint32_t oif, mtu, realm;
	uint32_t dev;             /* the route's device; not oif where the packet stays and leaves by lo */
	uint32_t hop;             /* the same for all ways out of one route */
	uint8_t via_family;       /* of a router: AF_INET or AF_INET6 */
	uint8_t via[16];          /* next hop: the router, or the destination itself */
	uint8_t prefsrc[16];      /* the route's preferred source; zero: none */
};

/* Longest prefix over the tables local, main and default. 0, or -ENETUNREACH, -EHOSTUNREACH, -EACCES, -EINVAL. Any thread. */
int host_fib4(const struct host *h, const struct host_flow *f, struct host_route *out);
int host_fib6(const struct host *h, const struct host_flow *f, struct host_route *out);
/* What kind of address this is (RTN_*), seen from one device, or from all where dev is 0. */
uint8_t host_addr_type4(const struct host *h, const uint8_t addr[4], uint32_t dev);
uint8_t host_addr_type6(const struct host *h, const uint8_t addr[16], uint32_t dev);
/* An own address for packets to dst that leave by dev: 0 or -EADDRNOTAVAIL. (inet_select_addr, ipv6_dev_get_saddr) */
int host_saddr4(const struct host *h, uint32_t dev, const uint8_t dst[4], uint8_t out[4]);
int host_saddr6(const struct host *h, uint32_t dev, const uint8_t dst[16], uint8_t out[16]);
/* MAC address of a neighbour, the device's own where none is listed. */
void host_neigh(const struct host *h, uint32_t dev, uint8_t family, const uint8_t *addr, uint8_t mac[6]);

/* ---- what expressions ask of the host; worker's thread ------------------------------------------------- */

/*
 * Answers pkt as `reject` does: type NFT_REJECT_ICMP_UNREACH, NFT_REJECT_TCP_RST or NFT_REJECT_ICMPX_UNREACH, with its code. By pkt->pf and
 * pkt->hook (for NFPROTO_INET chains pkt->pf is the packet's family). Says nothing where the kernel says nothing. The caller gives the verdict.
 */
void host_reject(struct vm_pkt *pkt, uint32_t type, uint8_t code);
/* netdev: a copy leaves by dev (nf_dup_netdev_egress). */
void host_dup_netdev(struct vm_pkt *pkt, uint32_t dev);
/* netdev: pkt itself leaves by dev; the caller's verdict is NF_STOLEN (nf_fwd_netdev_egress). */
void host_fwd_netdev(struct vm_pkt *pkt, uint32_t dev);
/*
 * netdev: pkt leaves by dev to neighbour addr (4 or 16 bytes by nfproto) with its TTL decremented (nft_fwd_neigh). Returns
 * the verdict: NF_STOLEN, or NF_DROP (TTL 1), or NFT_BREAK where the packet is not of that family.
 */
int host_fwd_neigh(struct vm_pkt *pkt, uint32_t dev, uint8_t nfproto, const uint8_t *addr);
/* ip, ip6: a copy goes to gateway addr, by dev where that is not 0 (nf_dup_ipv4, nf_dup_ipv6). */
void host_dup_ip(struct vm_pkt *pkt, const uint8_t *addr, uint32_t dev);
/* log: group UINT16_MAX is the system log. snaplen 0: all. */
void host_log(struct vm_pkt *pkt, uint16_t group, uint8_t level, const char *prefix, uint32_t snaplen);

/* masquerade: an own address for what leaves by pkt->oif towards pkt's destination (4 or 16 bytes by pkt->pf). False: there is none. */
bool host_masq_addr(const struct vm_pkt *pkt, uint8_t *addr);
/* redirect: the own address that pkt is turned to: of the device it came in by, or the loopback address for own packets. False: there is none. */
bool host_redirect_addr(const struct vm_pkt *pkt, uint8_t *addr);

/* rt: next hop of the packet's route (4 or 16 bytes), false where it has none of that family. */
bool host_rt_nexthop(const struct vm_pkt *pkt, uint8_t family, uint8_t *addr);
/* rt tcpmss: what a TCP segment may hold on the packet's route, by the lesser MTU of both directions. */
uint16_t host_rt_tcpmss(const struct vm_pkt *pkt);

/* ---- parsing and repair ---------------------------------------------------------------------------------- */

/*
 * Finds the transport header behind the network header at pkt->l3, as nft_set_pktinfo_ipv4/6(_validate) do: sets l4, has_l4, l4proto,
 * fragoff; has_l4 false where headers are broken. For NFPROTO_INET, IPV4, IPV6 and by pkt->protocol for NETDEV and BRIDGE.
 */
void host_parse(struct vm_pkt *pkt);
/*
 * Walks IPv6 extension headers from the fixed header at pkt->data + pkt->l3 (ipv6_find_hdr): *target < 0: to the last header, else to that
 * one. Returns the header's type and its offset from pkt->data in *off (left as it is where that header is in an earlier fragment); -ENOENT or -EBADMSG. *fragoff: of a
 * fragment header passed, else 0.
 */
int host_find_hdr6(const struct vm_pkt *pkt, uint32_t *off, int target, uint16_t *fragoff);

#endif
