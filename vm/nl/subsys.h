/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry of nfnetlink subsystems, one line each in subsys.c. */
#ifndef NFVM_VM_NL_SUBSYS_H
#define NFVM_VM_NL_SUBSYS_H

#include "vm/nl/nl.h"

extern const struct nl_subsys *const nl_subsystems[]; /* ends with NULL */

extern const struct nl_subsys ct_subsys;    /* NFNL_SUBSYS_CTNETLINK: ct/nl.c */
extern const struct nl_subsys state_subsys; /* NFNL_SUBSYS_NFTABLES: state/calls.c */

extern const struct nl_subsys compat_subsys; /* NFNL_SUBSYS_NFT_COMPAT: compat.c */
extern const struct nl_subsys hook_subsys; /* NFNL_SUBSYS_HOOK: state/hook_list.c */

#endif
