/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See target.h. */
#include "app/target.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/device.h"
#include "app/file.h"
#include "app/serve/serve.h"
#include "nfvm/engine.h"
#include "src/client/transport.h"
#include "src/client/wire.h"

struct target {
	struct transport *t;
	struct nfvm_engine *engine; /* in this process, or NULL */
	bool remote;                /* an engine in another one */
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

/* What went wrong with an engine that was named, or that was to be there. */
static int refused(const char *where, int err)
{
	switch (-err) {
	case EPERM:
		fprintf(stderr, "Error: what listens at %s is run by another user: it is not trusted\n", where);
		break;
	case EACCES:
		fprintf(stderr, "Error: the engine at %s does not take this user: it takes root, the user who runs it, and a group that it was given\n",
			where);
		break;
	case ECONNREFUSED:
	case ENOENT:
		fprintf(stderr, "Error: no engine listens at %s: start one with `nfvm serve --socket %s`, or name the kernel with --kernel\n", where,
			where);
		break;
	default:
		fprintf(stderr, "Error: cannot speak to the engine at %s: %s\n", where, strerror(-err));
	}
	return -1;
}

static int open_path(const char *where, struct target *t)
{
	int err = transport_unix_new(where, &t->t);

	t->remote = !err;
	return err ? refused(where, err) : 0;
}

static bool nobody_there(int err)
{
	return err == -ECONNREFUSED || err == -ENOENT;
}

/* Two that find none at the same time both start one, and one of these finds the other's. */
static int open_auto(struct target *t)
{
	int err = transport_unix_new(WIRE_NAMESPACE, &t->t);

	if (nobody_there(err)) {
		serve_start();
		err = transport_unix_new(WIRE_NAMESPACE, &t->t);
	}
	t->remote = !err;
	return err ? refused(WIRE_NAMESPACE, err) : 0;
}

/* Nothing was named: the engine of this network namespace. */
static int open_default(const struct target_want *w, struct target *t)
{
	int err = transport_unix_new(WIRE_NAMESPACE, &t->t);

	t->remote = !err;
	if (!err)
		return 0;
	if (w->check_only)
		return open_engine(w->host_file, t);
	if (!nobody_there(err))
		return refused(WIRE_NAMESPACE, err);
	fprintf(stderr, "Error: no engine serves in this network namespace: start one with `nfvm serve` (or NFVM_ENGINE=auto),\n"
			"or name the kernel with --kernel (or NFVM_ENGINE=kernel)\n");
	return -1;
}

const char *target_engine(const char *where)
{
	const char *env = getenv("NFVM_ENGINE");
	int fd, err;

	if (!where && env && !strcmp(env, "kernel")) {
		fputs("Error: an engine is wanted, but NFVM_ENGINE names the kernel\n", stderr);
		return NULL;
	}
	if (!where)
		where = env && *env && strcmp(env, "auto") ? env : WIRE_NAMESPACE;
	err = wire_connect(where, SOCK_CLOEXEC, &fd);
	if (nobody_there(err) && env && !strcmp(env, "auto") && !strcmp(where, WIRE_NAMESPACE)) {
		serve_start();
		err = wire_connect(where, SOCK_CLOEXEC, &fd);
	}
	if (err) {
		if (nobody_there(err) && !strcmp(where, WIRE_NAMESPACE))
			fputs("Error: no engine serves in this network namespace: start one with `nfvm serve` (or NFVM_ENGINE=auto)\n", stderr);
		else
			refused(where, err);
		return NULL;
	}
	close(fd);
	return where;
}

static int open_one(const struct target_want *w, struct target *t)
{
	const char *env = getenv("NFVM_ENGINE");

	if (w->in_process)
		return open_engine(w->host_file, t);
	if (w->kernel)
		return open_kernel(t);
	if (w->path)
		return open_path(w->path, t);
	if (!env || !*env)
		return open_default(w, t);
	if (!strcmp(env, "kernel"))
		return open_kernel(t);
	return strcmp(env, "auto") ? open_path(env, t) : open_auto(t);
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

	if (t->remote)
		return (int)transport_unix_ifindex(t->t, name);
	return t->engine ? device_index(t->engine, name) : (int)if_nametoindex(name);
}

const char *target_ifname(void *target, uint32_t index)
{
	struct target *t = target;

	if (t->remote)
		return transport_unix_ifname(t->t, index);
	return t->engine ? nfvm_device_name(t->engine, index) : if_indextoname(index, t->name);
}
