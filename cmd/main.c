/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nfvm: one program. A first word of its own (run, test, serve…) is its command; everything else is nft's
 * command line, as it is under the name nft.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cmd/cmd.h"
#include "config.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *full; /* its argv[0]: how getopt begins its errors */
} commands[] = {
	{ "run", cmd_run, "nfvm run" },
	{ "test", cmd_test, "nfvm test" },
	{ "host", cmd_host, "nfvm host" },
	{ "serve", cmd_serve, "nfvm serve" },
	{ "exec", cmd_exec, "nfvm exec" },
	{ "stop", cmd_stop, "nfvm stop" },
	{ "stats", cmd_stats, "nfvm stats" },
	{ "convert", cmd_convert, "nfvm convert" },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(base_name(argv[0]), "nft")) {
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
			if (strcmp(argv[1], commands[i].name))
				continue;
			argv[1] = (char *)commands[i].full;
			return commands[i].run(argc - 1, argv + 1);
		}
		if (!strcmp(argv[1], "--version")) {
			puts("nfvm " PACKAGE_VERSION);
			return 0;
		}
	}
	return cmd_nft(argc, argv);
}
