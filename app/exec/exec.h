/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm exec: a stock netlink client, run so that its nfnetlink sockets lead to an engine. */
#ifndef NFVM_APP_EXEC_H
#define NFVM_APP_EXEC_H

/* where: a path or "@name"; NULL: NFVM_ENGINE, or the engine of this network namespace. Returns only where it cannot: the exit
 * status, said on stderr. */
int exec_main(const char *where, char **argv);

#endif
