/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See exec.h. */
#include "app/exec/exec.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/exec/dirs.h"
#include "app/exec/guard.h"
#include "app/exec/program.h"
#include "app/target.h"
#include "src/client/wire.h"

enum { EXIT_CANNOT = 126, EXIT_NOT_FOUND = 127 };

#define LIBRARY "nfvm-exec.so"

/* Beside the program where it has not been installed, else where it was. */
static char *library(void)
{
	char exe[PATH_MAX], *dir;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	buf_auto b = { 0 };

	exe[n > 0 ? n : 0] = 0;
	dir = dirname(exe);
	if (strcmp(dir, BINDIR)) {
		buf_printf(&b, "%s/" LIBRARY, dir);
		if (!access(b.p, R_OK))
			return strdup(b.p);
		buf_cut(&b, 0);
	}
	buf_puts(&b, PKGLIBDIR "/" LIBRARY);
	if (access(b.p, R_OK)) {
		fprintf(stderr, "nfvm exec: %s: %s\n", b.p, strerror(errno));
		return NULL;
	}
	return strdup(b.p);
}

/* The loader splits LD_PRELOAD at blanks and colons. */
static int put_before(const char *lib)
{
	const char *old = getenv("LD_PRELOAD");
	buf_auto b = { 0 };

	if (strpbrk(lib, " :"))
		return fprintf(stderr, "nfvm exec: a path with blanks or colons cannot be preloaded: %s\n", lib), -1;
	buf_puts(&b, lib);
	if (old && *old)
		buf_printf(&b, ":%s", old);
	return setenv("LD_PRELOAD", b.p, 1);
}

static int prepare(const char *where)
{
	char full[PATH_MAX], *lib = library();
	int ret;

	if (!lib)
		return -1;
	/* the program may change its directory */
	if (*where != '@' && realpath(where, full))
		where = full;
	ret = put_before(lib);
	free(lib);
	return ret || setenv("NFVM_EXEC", where, 1) ? -1 : 0;
}

static int run(char **argv)
{
	char *path = program_find(argv[0]);
	buf_auto why = { 0 };
	int err;

	if (!path) {
		fprintf(stderr, "nfvm exec: %s: %s\n", argv[0], strerror(errno));
		return EXIT_NOT_FOUND;
	}
	if (program_check(path, &why)) {
		fprintf(stderr, "nfvm exec: %s\n", buf_str(&why));
		free(path);
		return EXIT_CANNOT;
	}
	guard_kernel();
	execv(path, argv);
	err = errno;
	fprintf(stderr, "nfvm exec: %s: %s\n", path, strerror(err));
	free(path);
	return err == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT;
}

int exec_main(const char *where, char **argv)
{
	const char *at = target_engine(where);

	if (!at || prepare(at))
		return EXIT_CANNOT;
	return run(argv);
}
