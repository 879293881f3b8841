/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm test: arguments. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/test/run.h"
#include "cmd/cmd.h"

static const char usage[] =
	"Usage: nfvm test [options] FILE...\n"
	"\n"
	"Runs packet tests and prints TAP; the exit status is 1 if one failed.\n"
	"\n"
	"      --junit <filename>          Write the results as JUnit XML, too\n"
	"      --coverage                  Name the rules that no test reached\n"
	"  -D, --define <name=value>       Define a variable of the rulesets\n"
	"  -I, --includepath <directory>   Where included files are looked for\n"
	"  -h, --help                      Show this help\n";

enum { OPT_JUNIT = 256, OPT_COVERAGE };

static const struct option options[] = {
	{ "junit", required_argument, NULL, OPT_JUNIT }, { "coverage", no_argument, NULL, OPT_COVERAGE },
	{ "define", required_argument, NULL, 'D' },	 { "includepath", required_argument, NULL, 'I' },
	{ "help", no_argument, NULL, 'h' },		 { 0 },
};

int cmd_test(int argc, char **argv)
{
	const char **dirs = calloc((size_t)argc + 2, sizeof(char *)), **defines = calloc((size_t)argc + 2, sizeof(char *));
	struct test_options o = { .include_dirs = dirs, .defines = defines };
	unsigned n_dirs = 0, n_defines = 0;
	int opt, ret = -1;

	while (ret < 0 && (opt = getopt_long(argc, argv, "D:I:h", options, NULL)) >= 0) {
		if (opt == OPT_JUNIT)
			o.junit = optarg;
		else if (opt == OPT_COVERAGE)
			o.coverage = true;
		else if (opt == 'D')
			defines[n_defines++] = optarg;
		else if (opt == 'I')
			dirs[n_dirs++] = optarg;
		else
			ret = opt == 'h' ? (fputs(usage, stdout), 0) : 1;
	}
	if (ret < 0 && optind == argc)
		ret = (fputs(usage, stderr), 1);
	if (ret < 0) {
		dirs[n_dirs] = SYSCONFDIR;
		o.files = (const char *const *)argv + optind;
		ret = test_main(&o);
	}
	free(dirs);
	free(defines);
	return ret;
}
