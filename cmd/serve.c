/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm serve: arguments. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/serve/serve.h"
#include "cmd/cmd.h"

static const char usage[] =
	"Usage: nfvm serve [options]\n"
	"\n"
	"An engine that nfvm, and stock tools under nfvm exec, speak to. Runs in the foreground until SIGTERM, SIGINT or nfvm stop.\n"
	"\n"
	"  -f, --file <filename>           Load this ruleset before anyone is answered\n"
	"      --host <filename>           The host that packets meet (see: nfvm host); without it, this machine\n"
	"      --socket <path>             Listen at a path, or at an abstract name @NAME, instead of the network namespace's\n"
	"                                  own name; may be repeated\n"
	"      --group <group>             Members of this group may speak to it, too (else root and the own user)\n"
	"  -D, --define <name=value>       Define a variable of the ruleset\n"
	"  -I, --includepath <directory>   Where included files are looked for\n"
	"      --passing                   End when nobody else is left in the network namespace\n"
	"  -h, --help                      Show this help\n";

enum { OPT_HOST = 256, OPT_SOCKET, OPT_GROUP, OPT_PASSING };

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "host", required_argument, NULL, OPT_HOST },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "define", required_argument, NULL, 'D' },
	{ "includepath", required_argument, NULL, 'I' },
	{ "passing", no_argument, NULL, OPT_PASSING },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct lists {
	const char **sockets, **dirs, **defines;
	unsigned n_sockets, n_dirs, n_defines;
};

/* -1: go on; else the exit status. */
static int take(struct serve_options *o, struct lists *l, int opt)
{
	switch (opt) {
	case 'f':
		o->rules = optarg;
		break;
	case OPT_HOST:
		o->host_file = optarg;
		break;
	case OPT_SOCKET:
		l->sockets[l->n_sockets++] = optarg;
		break;
	case OPT_GROUP:
		o->group = optarg;
		break;
	case 'D':
		l->defines[l->n_defines++] = optarg;
		break;
	case 'I':
		l->dirs[l->n_dirs++] = optarg;
		break;
	case OPT_PASSING:
		o->passing = true;
		break;
	case 'h':
		fputs(usage, stdout);
		return 0;
	default:
		return 1;
	}
	return -1;
}

int cmd_serve(int argc, char **argv)
{
	size_t room = (size_t)argc + 2;
	struct lists l = { calloc(room, sizeof(char *)), calloc(room, sizeof(char *)), calloc(room, sizeof(char *)), 0, 0, 0 };
	struct serve_options o = { .sockets = l.sockets, .include_dirs = l.dirs, .defines = l.defines };
	int opt, ret = -1;

	while (ret < 0 && (opt = getopt_long(argc, argv, "f:D:I:h", options, NULL)) >= 0)
		ret = take(&o, &l, opt);
	if (ret < 0 && optind < argc)
		ret = (fprintf(stderr, "nfvm serve: unexpected argument '%s'\n", argv[optind]), 1);
	if (ret < 0) {
		l.dirs[l.n_dirs] = SYSCONFDIR;
		ret = serve_main(&o);
	}
	free(l.sockets);
	free(l.dirs);
	free(l.defines);
	return ret;
}
