/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm host: arguments. */
#include <stdio.h>
#include <string.h>

#include "app/host_file.h"
#include "cmd/cmd.h"

static const char usage[] = "Usage: nfvm host > FILE\n"
			    "\n"
			    "Writes a host file of this machine, for nfvm run --host: its devices, addresses, routes, neighbours and sysctls.\n";

int cmd_host(int argc, char **argv)
{
	if (argc > 1) {
		int help = !strcmp(argv[1], "-h") || !strcmp(argv[1], "--help");

		fputs(usage, help ? stdout : stderr);
		return help ? 0 : 1;
	}
	return host_file_write(stdout) ? 1 : 0;
}
