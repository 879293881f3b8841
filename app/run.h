/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm run: a capture through a ruleset, in an engine in this process. */
#ifndef NFVM_APP_RUN_H
#define NFVM_APP_RUN_H

#include <stdbool.h>

struct run_options {
	const char *rules;            /* -f, or NULL */
	const char *const *batches;   /* -b, NULL-terminated, or NULL */
	const char *capture;          /* -r */
	const char *write;            /* -w: surviving frames as pcapng, or NULL */
	const char *host_file;        /* --host, or NULL */
	const char *const *local;     /* --local ADDR, NULL-terminated, or NULL */
	const char *const *include_dirs, *const *defines;
	bool json, trace;
	bool optimize;                /* -o */
	bool quiet;                   /* no progress bar */
	unsigned long long seed;
};

/* Exit status: 0, or 1 with the reason on stderr. */
int run_main(const struct run_options *o);

#endif
