/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm run: arguments. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/run.h"
#include "cmd/cmd.h"

static const char usage[] =
	"Usage: nfvm run [-f RULES] [-b BATCHES] -r CAPTURE [options]\n"
	"\n"
	"Runs every frame of a capture (pcap or pcapng) through a ruleset and says what became of it.\n"
	"\n"
	"  -f, --file <filename>           The ruleset, in nft's language\n"
	"  -b, --batch <filename>          The netlink batches that a client sent, loaded behind it; may be repeated\n"
	"  -r, --read <capture>            The capture; - is standard input\n"
	"  -w, --write <capture>           Write the frames that leave, as pcapng\n"
	"      --host <filename>           The host that packets meet (see: nfvm host)\n"
	"      --local <address>           One more address of the host's own; may be repeated\n"
	"      --json                      One line for each frame, then connections and ruleset\n"
	"      --trace                     The rules that each packet met, as `nft monitor trace` says it\n"
	"  -D, --define <name=value>       Define a variable\n"
	"  -I, --includepath <directory>   Where included files are looked for\n"
	"  -o, --optimize                  Merge rules first, and say which\n"
	"      --seed <number>             Of all randomness (0: the default one)\n"
	"  -q, --quiet                     No progress bar\n"
	"  -h, --help                      Show this help\n";

enum { OPT_HOST = 256, OPT_LOCAL, OPT_JSON, OPT_TRACE, OPT_SEED };

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },	{ "read", required_argument, NULL, 'r' },
	{ "write", required_argument, NULL, 'w' },	{ "host", required_argument, NULL, OPT_HOST },
	{ "local", required_argument, NULL, OPT_LOCAL }, { "json", no_argument, NULL, OPT_JSON },
	{ "trace", no_argument, NULL, OPT_TRACE },	{ "define", required_argument, NULL, 'D' },
	{ "includepath", required_argument, NULL, 'I' }, { "seed", required_argument, NULL, OPT_SEED },
	{ "optimize", no_argument, NULL, 'o' },		{ "batch", required_argument, NULL, 'b' },
	{ "quiet", no_argument, NULL, 'q' },		{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct lists {
	const char **local, **dirs, **defines, **batches;
	unsigned n_local, n_dirs, n_defines, n_batches;
};

/* -1: go on; else the exit status. */
static int take(struct run_options *o, struct lists *l, int opt)
{
	char *end;

	switch (opt) {
	case 'f':
		o->rules = optarg;
		break;
	case 'b':
		l->batches[l->n_batches++] = optarg;
		break;
	case 'r':
		o->capture = optarg;
		break;
	case 'w':
		o->write = optarg;
		break;
	case OPT_HOST:
		o->host_file = optarg;
		break;
	case OPT_LOCAL:
		l->local[l->n_local++] = optarg;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_TRACE:
		o->trace = true;
		break;
	case 'D':
		l->defines[l->n_defines++] = optarg;
		break;
	case 'I':
		l->dirs[l->n_dirs++] = optarg;
		break;
	case OPT_SEED:
		errno = 0;
		o->seed = strtoull(optarg, &end, 0);
		if (*end || end == optarg || errno || strchr(optarg, '-'))
			return fprintf(stderr, "nfvm run: --seed wants a number, not '%s'\n", optarg), 1;
		break;
	case 'o':
		o->optimize = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'h':
		fputs(usage, stdout);
		return 0;
	default:
		return 1;
	}
	return -1;
}

static int check(const struct run_options *o, int argc, char **argv)
{
	if (optind < argc)
		return fprintf(stderr, "nfvm run: unexpected argument '%s'\n", argv[optind]), 1;
	if ((!o->rules && !*o->batches) || !o->capture)
		return fputs(usage, stderr), 1;
	if ((o->rules && !strcmp(o->rules, "-")) + !strcmp(o->capture, "-") + (o->host_file && !strcmp(o->host_file, "-")) > 1)
		return fputs("nfvm run: only one file can come from standard input\n", stderr), 1;
	return -1;
}

int cmd_run(int argc, char **argv)
{
	size_t room = (size_t)argc + 2;
	struct lists l = { .local = calloc(room, sizeof(char *)), .dirs = calloc(room, sizeof(char *)), .defines = calloc(room, sizeof(char *)),
			   .batches = calloc(room, sizeof(char *)) };
	struct run_options o = { .local = l.local, .include_dirs = l.dirs, .defines = l.defines, .batches = l.batches };
	int opt, ret = -1;

	while (ret < 0 && (opt = getopt_long(argc, argv, "f:b:r:w:D:I:oqh", options, NULL)) >= 0)
		ret = take(&o, &l, opt);
	if (ret < 0)
		ret = check(&o, argc, argv);
	if (ret < 0) {
		l.dirs[l.n_dirs] = SYSCONFDIR;
		ret = run_main(&o);
	}
	free(l.local);
	free(l.dirs);
	free(l.defines);
	free(l.batches);
	return ret;
}
