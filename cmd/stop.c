/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm stop: arguments. */
#include <getopt.h>
#include <stdio.h>

#include "app/control.h"
#include "cmd/cmd.h"

static const char usage[] =
	"Usage: nfvm stop [--engine PATH]\n"
	"\n"
	"Ends the engine of this network namespace, or the one that listens at a path, and waits until it has ended.\n";

static const struct option options[] = { { "engine", required_argument, NULL, 'e' }, { "help", no_argument, NULL, 'h' }, { 0 } };

int cmd_stop(int argc, char **argv)
{
	const char *where = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		if (opt == 'e')
			where = optarg;
		else
			return fputs(usage, opt == 'h' ? stdout : stderr), opt != 'h';
	}
	if (optind < argc)
		return fputs(usage, stderr), 1;
	return control_stop(where);
}
