/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See stats.h. */
#include "app/serve/stats.h"

#include <jansson.h>
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

int stats_json(const struct server *srv, struct buf *out)
{
	json_t *root = json_pack("{s:o}", "server", server_part(srv));
	char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;

	if (text)
		buf_puts(out, text);
	free(text);
	json_decref(root);
	return text ? 0 : -1;
}
