/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The counters of a server and its engine. */
#ifndef NFVM_APP_SERVE_STATS_H
#define NFVM_APP_SERVE_STATS_H

struct server;
struct buf;

/* As one JSON object, appended. 0 or -ENOMEM. */
int stats_json(const struct server *srv, struct buf *out);

#endif
