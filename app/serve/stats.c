/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See stats.h. */
#include "app/serve/stats.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/serve/server.h"
#include "config.h"

static json_t *server_part(const struct server *srv)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "version", PACKAGE_VERSION, "pid", (int)getpid(),
			 "uptime", (json_int_t)((uint64_t)ts.tv_sec - srv->started_ns / 1000000000), "clients",
			 (json_int_t)srv->n_conns, "accepted", (json_int_t)srv->accepted, "refused", (json_int_t)srv->refused,
			 "requests", (json_int_t)srv->requests, "datagrams", (json_int_t)srv->datagrams, "overruns",
			 (json_int_t)srv->overruns);
}

/* Bytes that the process has in memory. */
static json_int_t memory(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long size, resident = 0;

	if (f && fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (json_int_t)resident * sysconf(_SC_PAGESIZE);
}

int stats_json(const struct server *srv, struct buf *out)
{
	char *engine = nfvm_stats_json(srv->engine);
	json_t *root = engine ? json_loads(engine, 0, NULL) : NULL;
	char *text = NULL;

	if (root) {
		json_object_set_new(root, "memory", json_integer(memory()));
		json_object_set_new(root, "server", server_part(srv));
		text = json_dumps(root, JSON_COMPACT);
	}
	if (text)
		buf_puts(out, text);
	free(engine);
	free(text);
	json_decref(root);
	return text ? 0 : -ENOMEM;
}
