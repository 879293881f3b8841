/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm stats: arguments. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "app/control.h"
#include "cmd/cmd.h"

static const char usage[] = "Usage: nfvm stats [--engine PATH] [--json]\n"
			    "\n"
			    "Counters of the engine of this network namespace, or of the one that listens at a path.\n";

static const struct option options[] = {
	{ "engine", required_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

int cmd_stats(int argc, char **argv)
{
	const char *where = NULL;
	bool json = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "jh", options, NULL)) >= 0) {
		if (opt == 'e')
			where = optarg;
		else if (opt == 'j')
			json = true;
		else
			return fputs(usage, opt == 'h' ? stdout : stderr), opt != 'h';
	}
	if (optind < argc)
		return fputs(usage, stderr), 1;
	return control_stats(where, json);
}
