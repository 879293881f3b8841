/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a host consists of, for the files of this room. Filled by the control thread (file.c, builtin.c), constant after host_finish;
 * only devices may be added then, published by a release store that pairs with the acquire of host_dev.
 */
#ifndef NFVM_VM_HOST_MODEL_H
#define NFVM_VM_HOST_MODEL_H

#include <jansson.h>

#include "vm/host/fib.h"
#include "vm/host/host.h"

enum { HOST_DEV_SLOTS = 2 * HOST_DEVS };

struct host_addr {
	uint32_t dev;
	uint8_t family, len, scope; /* family: AF_INET, AF_INET6; scope: RT_SCOPE_* */
	bool secondary, deprecated;
	uint8_t addr[16], broadcast[16];
	bool has_broadcast;
};

struct host_neighbour {
	uint32_t dev;
	uint8_t family, mac[6];
	bool used;
	uint8_t addr[16];
};

/* A station that a bridge knows: from `bridge -j fdb`. */
struct host_fdb {
	uint32_t bridge, port;
	uint8_t mac[6];
	uint16_t vlan;
	bool local;
};

struct host {
	bool builtin;
	struct host_dev *_Atomic slots[HOST_DEV_SLOTS]; /* hashed by index, linear probing */
	uint32_t by_index[HOST_DEVS]; /* of all devices, ascending */
	_Atomic uint32_t n_devs;
	uint32_t max_index;
	struct host_addr *addrs;
	uint32_t n_addrs, cap_addrs;
	struct fib fib4;              /* tables local and main as one, as the kernel has them while there are no rules */
	struct fib local6, main6;
	struct host_neighbour *neighs;  /* open addressing, a power of two */
	uint32_t n_neighs, cap_neighs;
	struct host_fdb *fdb;
	uint32_t n_fdb, cap_fdb;
	struct host_bridge *bridges;
	uint32_t n_bridges;
	json_t *sysctl;
	json_t *groups;
	/* sysctls that packets meet */
	bool forward6;
	uint8_t ttl, hop_limit;
};

struct host_dev *host_dev_add(struct host *h, uint32_t index, const char *name);
int host_addr_add(struct host *h, const struct host_addr *a);
int host_neigh_add(struct host *h, const struct host_neighbour *n);
/* Local and broadcast routes of the addresses where the file has none, sysctls into fields, the fibs built. 0 or -ENOMEM. */
int host_finish(struct host *h);

/* Reads a host file into h; 0 or -errno with *error. */
int host_file_read(struct host *h, const char *text, char **error);
/* The built-in host's file, without its neighbours; and these. */
extern const char host_builtin_text[];
int host_builtin_neighs(struct host *h);

#endif
