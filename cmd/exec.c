/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm exec: arguments. */
#include <getopt.h>
#include <stdio.h>

#include "app/exec/exec.h"
#include "cmd/cmd.h"

static const char usage[] =
	"Usage: nfvm exec [--engine PATH] -- COMMAND [ARGUMENT...]\n"
	"\n"
	"Runs a stock netlink client (nft, iptables-nft, conntrack, …) against the engine of this network namespace, or the one that\n"
	"listens at a path, instead of the kernel. The command must be linked dynamically.\n";

static const struct option options[] = { { "engine", required_argument, NULL, 'e' }, { "help", no_argument, NULL, 'h' }, { 0 } };

int cmd_exec(int argc, char **argv)
{
	const char *where = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) >= 0) {
		if (opt == 'e')
			where = optarg;
		else
			return fputs(usage, opt == 'h' ? stdout : stderr), opt == 'h' ? 0 : 125;
	}
	if (optind == argc)
		return fputs(usage, stderr), 125;
	return exec_main(where, argv + optind);
}
