/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extensions of x_tables that NFNL_SUBSYS_NFT_COMPAT tells of. One row each in compat_list.c. */
#ifndef NFVM_VM_NL_COMPAT_H
#define NFVM_VM_NL_COMPAT_H

#include <stdint.h>

enum compat_family { COMPAT_IP, COMPAT_IP6, COMPAT_BRIDGE, COMPAT_ARP, COMPAT_FAMILIES };

struct compat_extension {
	const char *name;
	uint8_t revisions[COMPAT_FAMILIES]; /* bit n: revision n */
};

/* Each ends with a row without a name. */
extern const struct compat_extension compat_matches[], compat_targets[];

#endif
