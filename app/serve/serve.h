/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm serve: an engine that other processes speak to. */
#ifndef NFVM_APP_SERVE_H
#define NFVM_APP_SERVE_H

#include <stdbool.h>

struct serve_options {
	const char *host_file;      /* NULL: the host is the machine, as this network namespace sees it */
	const char *rules;          /* a file to load before anyone is answered, or NULL */
	const char *const *sockets; /* paths or "@name" to listen at; NULL-terminated, empty: the namespace's name */
	const char *group;          /* whose members may speak to it, too; or NULL */
	const char *const *include_dirs, *const *defines;
	bool passing; /* ends with its network namespace, where that can be seen */
};

/* Serves until it is told to stop. The exit status; errors are said on stderr. */
int serve_main(const struct serve_options *o);
/* Starts one in the background, at the namespace's name: 0 when it answers; -1, said on stderr. */
int serve_start(void);

#endif
