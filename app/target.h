/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which nf_tables a command speaks to. Named explicitly: the kernel's, or an engine's; without either, the engine that serves in this network
 * namespace; and where none does, for commands that only check or describe, an empty engine in this process. Never the kernel by default.
 */
#ifndef NFVM_APP_TARGET_H
#define NFVM_APP_TARGET_H

#include <stdbool.h>
#include <stdint.h>

struct transport;

struct target_want {
	bool kernel;             /* --kernel; else see NFVM_ENGINE */
	const char *path;        /* --engine: a path, or "@name" */
	const char *host_file;   /* --host: of the engine in this process */
	bool check_only;         /* an engine in this process will do */
	bool in_process;         /* that one, whatever is named elsewhere */
};

struct target;

/*
 * Where the engine listens that is meant: where (a path or "@name"), NFVM_ENGINE, or that of the network namespace, started if NFVM_ENGINE is auto.
 * NULL where it does not answer: said on stderr.
 */
const char *target_engine(const char *where);

/* 0; -1 with the reason said on stderr. */
int target_open(const struct target_want *w, struct target **out);
void target_close(struct target **t);
struct transport *target_transport(struct target *t);
/* Names of devices on the target's host (struct type_ctx); host is the target. */
int target_ifindex(void *target, const char *name);
const char *target_ifname(void *target, uint32_t index);

#endif
