/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm convert: arguments. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/convert.h"
#include "cmd/cmd.h"

static const char usage[] =
	"Usage: nfvm convert [options] FILE\n"
	"\n"
	"Reads a ruleset, text or JSON, and prints it as the other: needs no privilege, and neither reads nor changes any target.\n"
	"\n"
	"      --to text|json              What to print, whatever the input is\n"
	"  -j, --json                      The same as --to json\n"
	"      --host <filename>           The host whose devices the ruleset names (see: nfvm host)\n"
	"  -D, --define <name=value>       Define a variable\n"
	"  -I, --includepath <directory>   Where included files are looked for\n"
	"  -s, --stateless                 Omit stateful information\n"
	"  -S, --service                   Ports as names\n"
	"  -n, --numeric                   All values as numbers\n"
	"  -y, --numeric-priority          Priorities of chains as numbers\n"
	"  -p, --numeric-protocol          Protocols as numbers\n"
	"  -T, --numeric-time              Times as numbers\n"
	"  -h, --help                      Show this help\n";

enum { OPT_TO = 256, OPT_HOST };

static const struct option options[] = {
	{ "to", required_argument, NULL, OPT_TO },
	{ "json", no_argument, NULL, 'j' },
	{ "host", required_argument, NULL, OPT_HOST },
	{ "define", required_argument, NULL, 'D' },
	{ "includepath", required_argument, NULL, 'I' },
	{ "stateless", no_argument, NULL, 's' },
	{ "service", no_argument, NULL, 'S' },
	{ "numeric", no_argument, NULL, 'n' },
	{ "numeric-priority", no_argument, NULL, 'y' },
	{ "numeric-protocol", no_argument, NULL, 'p' },
	{ "numeric-time", no_argument, NULL, 'T' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct lists {
	const char **dirs, **defines;
	unsigned n_dirs, n_defines;
};

static int to(struct convert_options *o, const char *word)
{
	if (strcmp(word, "text") && strcmp(word, "json"))
		return fprintf(stderr, "nfvm convert: --to wants text or json, not '%s'\n", word), 1;
	o->to = strcmp(word, "json") ? CONVERT_TEXT : CONVERT_JSON;
	return -1;
}

/* -1: go on; else the exit status. */
static int take(struct convert_options *o, struct lists *l, int opt)
{
	struct type_ctx *t = &o->types;

	switch (opt) {
	case OPT_TO:
		return to(o, optarg);
	case 'j':
		o->to = CONVERT_JSON;
		break;
	case OPT_HOST:
		o->host_file = optarg;
		break;
	case 'D':
		l->defines[l->n_defines++] = optarg;
		break;
	case 'I':
		l->dirs[l->n_dirs++] = optarg;
		break;
	case 's':
		o->print.stateless = true;
		break;
	case 'S':
		t->service_names = true;
		break;
	case 'n':
		t->numeric_all = t->numeric_prio = t->numeric_proto = t->numeric_time = true;
		break;
	case 'y':
		t->numeric_prio = true;
		break;
	case 'p':
		t->numeric_proto = true;
		break;
	case 'T':
		t->numeric_time = true;
		break;
	case 'h':
		fputs(usage, stdout);
		return 0;
	default:
		return 1;
	}
	return -1;
}

static int check(struct convert_options *o, int argc, char **argv)
{
	if (optind + 1 != argc)
		return fputs(usage, stderr), 1;
	o->file = argv[optind];
	if (!strcmp(o->file, "-") && o->host_file && !strcmp(o->host_file, "-"))
		return fputs("nfvm convert: only one file can come from standard input\n", stderr), 1;
	return -1;
}

int cmd_convert(int argc, char **argv)
{
	size_t room = (size_t)argc + 2;
	struct lists l = { calloc(room, sizeof(char *)), calloc(room, sizeof(char *)), 0, 0 };
	struct convert_options o = { .include_dirs = l.dirs, .defines = l.defines };
	int opt, ret = -1;

	while (ret < 0 && (opt = getopt_long(argc, argv, "jD:I:sSnypTh", options, NULL)) >= 0)
		ret = take(&o, &l, opt);
	if (ret < 0)
		ret = check(&o, argc, argv);
	if (ret < 0) {
		l.dirs[l.n_dirs] = SYSCONFDIR;
		ret = convert(&o, stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	free(l.dirs);
	free(l.defines);
	return ret;
}
