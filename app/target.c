/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See target.h. */
#include "app/target.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/device.h"
#include "app/file.h"
#include "nfvm/engine.h"
#include "src/client/transport.h"

struct target {
	struct transport *t;
	struct nfvm_engine *engine; /* in this process; NULL: the kernel */
	char name[IF_NAMESIZE];
};

static int open_engine(const char *host_file, struct target *t)
{
	struct nfvm_options o = { .check_only = true };
	char *json = NULL, *why = NULL;
	int err;

	if (host_file && file_read_text(host_file, &json, stderr))
		return -1;
	o.host_json = json;
	err = nfvm_engine_new(&o, &t->engine, &why);
	if (err)
		fprintf(stderr, "Error: %s%s%s\n", host_file ? host_file : "", host_file ? ": " : "", why ? why : strerror(-err));
	free(json);
	free(why);
	if (!err)
		err = transport_engine_new(t->engine, &t->t);
	return err ? -1 : 0;
}

static int open_kernel(struct target *t)
{
	int err = transport_kernel_new(&t->t);

	if (err)
		fprintf(stderr, "Error: cannot speak to the kernel's nf_tables: %s\n", strerror(-err));
	return err ? -1 : 0;
}

static int open_one(const struct target_want *w, struct target *t)
{
	const char *env = getenv("NFVM_ENGINE");

	if (w->kernel || (!w->path && env && !strcmp(env, "kernel")))
		return open_kernel(t);
	if (w->path || (env && *env)) {
		fprintf(stderr, "Error: engines that listen on a socket are not there yet (%s)\n", w->path ? w->path : env);
		return -1;
	}
	if (w->check_only)
		return open_engine(w->host_file, t);
	fprintf(stderr, "Error: no target: name the kernel with --kernel (or NFVM_ENGINE=kernel), or an engine with --engine PATH;\n"
			"with -c, commands are only checked and need none\n");
	return -1;
}

int target_open(const struct target_want *w, struct target **out)
{
	struct target *t = calloc(1, sizeof(*t));

	if (!t || open_one(w, t)) {
		target_close(&t);
		return -1;
	}
	*out = t;
	return 0;
}

void target_close(struct target **tp)
{
	struct target *t = *tp;

	if (!t)
		return;
	transport_free(&t->t);
	nfvm_engine_free(&t->engine);
	free(t);
	*tp = NULL;
}

struct transport *target_transport(struct target *t)
{
	return t->t;
}

int target_ifindex(void *target, const char *name)
{
	struct target *t = target;

	return t->engine ? device_index(t->engine, name) : (int)if_nametoindex(name);
}

const char *target_ifname(void *target, uint32_t index)
{
	struct target *t = target;

	return t->engine ? nfvm_device_name(t->engine, index) : if_indextoname(index, t->name);
}
