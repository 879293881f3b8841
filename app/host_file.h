/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NFVM_APP_HOST_FILE_H
#define NFVM_APP_HOST_FILE_H

#include <stdio.h>

/*
 * nfvm host: writes a host file of this machine (of this network namespace): what `ip -j` says of addresses, routes and
 * neighbours, the bridges' forwarding tables, and the sysctls that decide the way of packets. 0, or -1 with the reason on stderr.
 */
int host_file_write(FILE *out);

#endif
