/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See control.h. */
#include "app/control.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/client/wire.h"

static const char *place(const char *where)
{
	const char *env = getenv("NFVM_ENGINE");

	if (where)
		return where;
	return env && *env && strcmp(env, "auto") && strcmp(env, "kernel") ? env : WIRE_NAMESPACE;
}

static int fail(const char *where, int err)
{
	bool none = err == -ECONNREFUSED || err == -ENOENT;

	if (none && !strcmp(where, WIRE_NAMESPACE))
		fputs("Error: no engine serves in this network namespace\n", stderr);
	else if (none)
		fprintf(stderr, "Error: no engine listens at %s\n", where);
	else
		fprintf(stderr, "Error: the engine at %s: %s\n", where, strerror(-err));
	return EXIT_FAILURE;
}

/* The connection ends when the engine has: every client's does. */
static void wait_end(int fd)
{
	struct pollfd p = { .fd = fd };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

int control_stop(const char *where)
{
	struct wire_request q = { .op = WIRE_STOP };
	struct wire_answer a;
	int fd, err;

	where = place(where);
	err = wire_connect(where, SOCK_CLOEXEC, &fd);
	if (err)
		return fail(where, err);
	err = wire_call(fd, &q, NULL, 0, &a, NULL, 0);
	if (!err)
		wait_end(fd);
	close(fd);
	return err ? fail(where, err) : EXIT_SUCCESS;
}

/* Objects within are headings, everything else a line. */
static void print(const json_t *o, unsigned depth)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)o, key, v)
	{
		printf("%*s%s", (int)(2 * depth), "", key);
		if (json_is_object(v)) {
			putchar('\n');
			print(v, depth + 1);
		} else if (json_is_string(v)) {
			printf(": %s\n", json_string_value(v));
		} else {
			printf(": %lld\n", (long long)json_integer_value(v));
		}
	}
}

static int show(const char *text, bool json)
{
	json_t *root = json ? NULL : json_loads(text, 0, NULL);

	if (json)
		puts(text);
	else if (root)
		print(root, 0);
	else
		fputs("Error: the engine's answer cannot be read\n", stderr);
	json_decref(root);
	return json || root ? EXIT_SUCCESS : EXIT_FAILURE;
}

int control_stats(const char *where, bool json)
{
	struct wire_request q = { .op = WIRE_STATS };
	char *text = malloc(WIRE_TEXT);
	struct wire_answer a;
	int fd, err, ret;

	where = place(where);
	err = text ? wire_connect(where, SOCK_CLOEXEC, &fd) : -ENOMEM;
	if (!err) {
		err = wire_call(fd, &q, NULL, 0, &a, text, WIRE_TEXT);
		close(fd);
	}
	ret = err ? fail(where, err) : show(text, json);
	free(text);
	return ret;
}
