/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bridge keeps; made by the control thread with the host, stations by workers. */
#ifndef NFVM_VM_HOST_BRIDGE_H
#define NFVM_VM_HOST_BRIDGE_H

#include "vm/host/model.h"

enum { BRIDGE_STATIONS = 1 << 14, BRIDGE_PROBES = 64, BRIDGE_PORTS = 1023 };

struct host_bridge {
	uint32_t dev;
	uint32_t n_ports, ports[BRIDGE_PORTS];   /* indices of devices, in the order of the host file */
	_Atomic uint64_t stations[BRIDGE_STATIONS]; /* MAC address << 16 | number of the port + 1; 0: empty */
};

void bridge_learn(struct host_bridge *b, const uint8_t *mac, uint32_t port);

#endif
