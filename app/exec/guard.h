/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no library can lead to an engine, this process and its children cannot have at all. */
#ifndef NFVM_APP_EXEC_GUARD_H
#define NFVM_APP_EXEC_GUARD_H

/*
 * From now on, socket(AF_NETLINK, …, NETLINK_NETFILTER) of this process and all that it starts fails in the kernel with
 * EPROTONOSUPPORT: a static program deep in a script fails, rather than change the kernel's ruleset. 0; -1 where the kernel has no
 * such filters.
 */
int guard_kernel(void);

#endif
