/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft's command line: options of nft(8) 1.1, then a command, -f FILE or -i. Ours beside them: --kernel, --engine, --host. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/interactive.h"
#include "app/target.h"
#include "base/bytes.h"
#include "cmd/cmd.h"
#include "config.h"
#include "src/client/client.h"

enum { MAX_DIRS = 16, OPT_KERNEL = 256, OPT_ENGINE, OPT_HOST };

static const char usage[] =
	"Usage: nfvm [ options ] [ cmds... ]\n"
	"       nfvm run | test | host | convert | serve | stop | stats | exec ...     (see nfvm(8))\n"
	"\n"
	"Options (general):\n"
	"  -h, --help                      Show this help\n"
	"  -v, --version                   Show version information\n"
	"  -V                              Show extended version information\n"
	"\n"
	"Options (target):\n"
	"      --kernel                    The kernel's nf_tables of this network namespace (or NFVM_ENGINE=kernel)\n"
	"      --engine <path>             The engine that listens there (or NFVM_ENGINE=<path>)\n"
	"      --host <filename>           Without a target: names of devices and groups come from this host file\n"
	"\n"
	"Options (ruleset input handling):\n"
	"  -f, --file <filename>           Read input from <filename>\n"
	"  -D, --define <name=value>       Define variable, e.g. --define foo=1.2.3.4\n"
	"  -i, --interactive               Read input from interactive CLI\n"
	"  -I, --includepath <directory>   Add <directory> to the paths searched for include files. Default is: " SYSCONFDIR "\n"
	"  -c, --check                     Check commands validity without actually applying the changes.\n"
	"  -o, --optimize                  Optimize ruleset\n"
	"\n"
	"Options (ruleset list formatting):\n"
	"  -a, --handle                    Output rule handle.\n"
	"  -s, --stateless                 Omit stateful information of ruleset.\n"
	"  -t, --terse                     Omit contents of sets.\n"
	"  -S, --service                   Translate ports to service names as described in /etc/services.\n"
	"  -N, --reversedns                Translate IP addresses to names.\n"
	"  -u, --guid                      Print UID/GID as defined in /etc/passwd and /etc/group.\n"
	"  -n, --numeric                   Print fully numerical output.\n"
	"  -y, --numeric-priority          Print chain priority numerically.\n"
	"  -p, --numeric-protocol          Print layer 4 protocols numerically.\n"
	"  -T, --numeric-time              Print time values numerically.\n"
	"\n"
	"Options (command output formatting):\n"
	"  -e, --echo                      Echo what has been added, inserted or replaced.\n"
	"  -j, --json                      Format output in JSON\n"
	"  -d, --debug <level [,level...]> Specify debugging level (scanner, parser, eval, netlink, mnl, proto-ctx, segtree, all)\n"
	"\n";

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },
	{ "kernel", no_argument, NULL, OPT_KERNEL },
	{ "engine", required_argument, NULL, OPT_ENGINE },
	{ "host", required_argument, NULL, OPT_HOST },
	{ "file", required_argument, NULL, 'f' },
	{ "define", required_argument, NULL, 'D' },
	{ "interactive", no_argument, NULL, 'i' },
	{ "includepath", required_argument, NULL, 'I' },
	{ "check", no_argument, NULL, 'c' },
	{ "optimize", no_argument, NULL, 'o' },
	{ "handle", no_argument, NULL, 'a' },
	{ "stateless", no_argument, NULL, 's' },
	{ "terse", no_argument, NULL, 't' },
	{ "service", no_argument, NULL, 'S' },
	{ "reversedns", no_argument, NULL, 'N' },
	{ "guid", no_argument, NULL, 'u' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "numeric-priority", no_argument, NULL, 'y' },
	{ "numeric-protocol", no_argument, NULL, 'p' },
	{ "numeric-time", no_argument, NULL, 'T' },
	{ "echo", no_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ "debug", required_argument, NULL, 'd' },
	{ 0 },
};

struct args {
	struct client_options o;
	struct target_want want;
	const char *file;
	bool interactive;
	const char *dirs[MAX_DIRS + 2];
	unsigned n_dirs;
	const char **defines;
	unsigned n_defines;
};

static int debug_level(unsigned *debug, const char *words)
{
	static const struct {
		const char *name;
		unsigned bit;
	} levels[] = {
		{ "scanner", CLIENT_DEBUG_SCANNER }, { "parser", CLIENT_DEBUG_PARSER }, { "eval", CLIENT_DEBUG_EVAL },
		{ "netlink", CLIENT_DEBUG_NETLINK }, { "mnl", CLIENT_DEBUG_MNL },	{ "proto-ctx", CLIENT_DEBUG_PROTO_CTX },
		{ "segtree", CLIENT_DEBUG_SEGTREE }, { "all", ~0u },
	};
	size_t len, i;

	for (; *words; words += len + (words[len] == ',')) {
		len = strcspn(words, ",");
		for (i = 0; i < ARRAY_SIZE(levels); i++)
			if (strlen(levels[i].name) == len && !strncmp(words, levels[i].name, len))
				break;
		if (i == ARRAY_SIZE(levels)) {
			fprintf(stderr, "invalid debug level `%.*s'\n", (int)len, words);
			return -1;
		}
		*debug |= levels[i].bit;
	}
	return 0;
}

static int add_dir(struct args *a, const char *dir)
{
	if (a->n_dirs >= MAX_DIRS) {
		fprintf(stderr, "Failed to add include path '%s'\n", dir);
		return -1;
	}
	a->dirs[a->n_dirs++] = dir;
	return 0;
}

static void long_version(void)
{
	puts("nftables v1.1.6 (nfvm " PACKAGE_VERSION ")\n"
	     "  cli:\t\teditline\n"
	     "  json:\t\tyes\n"
	     "  minigmp:\tno\n"
	     "  libxtables:\tno");
}

/* -1: go on; else the exit status. */
static int take_option(struct args *a, int opt)
{
	switch (opt) {
	case 'h':
		fputs(usage, stdout);
		return EXIT_SUCCESS;
	case 'v':
		puts("nftables v1.1.6 (nfvm " PACKAGE_VERSION ")");
		return EXIT_SUCCESS;
	case 'V':
		long_version();
		return EXIT_SUCCESS;
	case OPT_KERNEL:
		a->want.kernel = true;
		break;
	case OPT_ENGINE:
		a->want.path = optarg;
		break;
	case OPT_HOST:
		a->want.host_file = optarg;
		break;
	case 'f':
		a->file = optarg;
		break;
	case 'D':
		a->defines[a->n_defines++] = optarg;
		break;
	case 'i':
		a->interactive = true;
		break;
	case 'I':
		return add_dir(a, optarg) ? EXIT_FAILURE : -1;
	case 'c':
		a->o.check = true;
		break;
	case 'o':
		a->o.optimize = true;
		break;
	case 'a':
		a->o.print.handles = true;
		break;
	case 's':
		a->o.print.stateless = true;
		break;
	case 't':
		a->o.print.terse = true;
		break;
	case 'S':
		a->o.types.service_names = true;
		break;
	case 'N':
		a->o.types.reverse_dns = true;
		break;
	case 'u':
		a->o.types.guid_names = true;
		break;
	case 'n':
		a->o.types.numeric_all = a->o.types.numeric_prio = a->o.types.numeric_proto = a->o.types.numeric_time = true;
		break;
	case 'y':
		a->o.types.numeric_prio = true;
		break;
	case 'p':
		a->o.types.numeric_proto = true;
		break;
	case 'T':
		a->o.types.numeric_time = true;
		break;
	case 'e':
		a->o.echo = true;
		break;
	case 'j':
		a->o.json = a->o.types.json = true;
		break;
	case 'd':
		return debug_level(&a->o.debug, optarg) ? EXIT_FAILURE : -1;
	default:
		return EXIT_FAILURE;
	}
	return -1;
}

/* The rest of the command line, words joined by blanks. NULL where there is none. To be freed. */
static char *command_of(int argc, char **argv)
{
	buf_auto b = { 0 };

	for (int i = optind; i < argc; i++) {
		if (i > optind)
			buf_putc(&b, ' ');
		buf_puts(&b, argv[i]);
	}
	return b.p ? strdup(b.p) : NULL;
}

static int run_text(struct args *a, const char *command, struct client *c)
{
	int err;

	if (a->file)
		err = client_file(c, a->file);
	else if (command)
		err = client_text(c, "<cmdline>", command);
	else
		err = interactive(c);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(struct args *a, const char *command)
{
	struct target *t = NULL;
	struct client *c = NULL;
	int ret = EXIT_FAILURE;

	a->want.check_only = a->o.check || (command && !strncmp(command, "describe", 8));
	if (target_open(&a->want, &t))
		return EXIT_FAILURE;
	a->o.types.ifindex = target_ifindex;
	a->o.types.ifname = target_ifname;
	a->o.types.host = t;
	a->o.include_dirs = a->dirs;
	a->o.defines = a->defines;
	a->o.out = stdout;
	a->o.err = stderr;
	if (!client_new(&a->o, target_transport(t), &c))
		ret = run_text(a, command, c);
	client_free(&c);
	target_close(&t);
	return ret;
}

static int check_args(const struct args *a, const char *command)
{
	if (a->n_defines && !a->file)
		return fputs("Error: -D/--define can only be used with -f/--filename\n", stderr), -1;
	if (!a->file && !command && !a->interactive)
		return fprintf(stderr, "nft: no command specified\n"), -1;
	return 0;
}

static bool takes_value(const char *option)
{
	static const char *const longs[] = { "--debug", "--includepath", "--define", "--file", "--engine", "--host" };

	for (size_t i = 0; i < ARRAY_SIZE(longs); i++)
		if (!strcmp(option, longs[i]))
			return true;
	return option[1] && strchr("dIfD", option[1]) && !option[2];
}

/* An option behind the first word of a command is a mistake, unless it is a part of the command: a block, or a negative number. */
static int check_order(int argc, char **argv)
{
	bool command = false;
	size_t column = 0;

	for (int i = 1; i < argc; i++) {
		column += (i > 1 ? strlen(argv[i - 1]) : strlen("nft")) + 1;
		if (!strcmp(argv[i], "--") || strchr(argv[i], '{'))
			break;
		if (argv[i][0] != '-') {
			command = true;
		} else if (!command) {
			i += takes_value(argv[i]);
		} else if ((argv[i][1] | 32) >= 'a' && (argv[i][1] | 32) <= 'z') {
			fprintf(stderr, "Error: syntax error, options must be specified before commands\n%s", "nft");
			for (int k = 1; k < argc; k++)
				fprintf(stderr, " %s", argv[k]);
			fprintf(stderr, "\n%4c%*s\n", '^', (int)column - 2, "~~");
			return -1;
		}
	}
	return 0;
}

int cmd_nft(int argc, char **argv)
{
	struct args a = { .defines = calloc((size_t)argc + 1, sizeof(char *)) };
	char *command;
	int opt, ret = check_order(argc, argv) ? EXIT_FAILURE : -1;

	while (ret < 0 && (opt = getopt_long(argc, argv, "+hvVf:D:iI:coastSNunypTejd:", options, NULL)) >= 0)
		ret = take_option(&a, opt);
	if (ret < 0) {
		command = command_of(argc, argv);
		a.dirs[a.n_dirs] = SYSCONFDIR;
		ret = check_args(&a, command) ? EXIT_FAILURE : run(&a, command);
		free(command);
	}
	free(a.defines);
	return ret;
}
