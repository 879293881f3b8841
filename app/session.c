/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ruleset is loaded over the engine's netlink socket, like any client's. See session.h. */
#include "app/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/batch.h"
#include "app/device.h"
#include "app/file.h"
#include "src/client/snapshot.h"
#include "src/raise/raise.h"

static int open_engine(const struct session_options *o, struct session *s)
{
	struct nfvm_options eo = { .seed = o->seed };
	char *json = NULL, *why = NULL;
	int err;

	if (o->host_file && file_read_text(o->host_file, &json, o->err))
		return -1;
	eo.host_json = json;
	err = nfvm_engine_new(&eo, &s->engine, &why);
	if (err)
		fprintf(o->err, "Error: %s: %s\n", o->host_file ? o->host_file : "host", why ? why : strerror(-err));
	free(json);
	free(why);
	for (const char *const *a = o->local; !err && a && *a; a++) {
		err = nfvm_host_local(s->engine, *a);
		if (err)
			fprintf(o->err, "Error: '%s' is not an IPv4 or IPv6 address\n", *a);
	}
	return err ? -1 : 0;
}

static int engine_ifindex(void *host, const char *name)
{
	return device_index(host, name);
}

static const char *engine_ifname(void *host, uint32_t index)
{
	return nfvm_device_name(host, index);
}

struct type_ctx session_types(const struct session *s)
{
	return (struct type_ctx){ .ifindex = engine_ifindex, .ifname = engine_ifname, .host = s->engine };
}

static int load_rules(const struct session_options *o, struct session *s)
{
	struct client_options co = {
		.types = session_types(s),
		.include_dirs = o->include_dirs,
		.defines = o->defines,
		.optimize = o->optimize,
		.out = o->err,
		.err = o->err,
		.added = rulebook_added,
		.ctx = s->book,
	};

	if (transport_engine_new(s->engine, &s->t))
		return fputs("Error: out of memory\n", o->err), -1;
	if (client_new(&co, s->t, &s->client))
		return -1;
	if (o->rules_file)
		return client_file(s->client, o->rules_file);
	return o->rules_text ? client_text(s->client, o->rules_name, o->rules_text) : 0;
}

static int load_batches(const struct session_options *o, struct session *s)
{
	for (const char *const *b = o->batches; b && *b; b++)
		if (batch_load(s->t, *b, o->err))
			return -1;
	return 0;
}

int session_open(const struct session_options *o, struct session *s)
{
	*s = (struct session){ .book = rulebook_new() };
	return open_engine(o, s) || load_rules(o, s) || load_batches(o, s) ? -1 : 0;
}

void session_close(struct session *s)
{
	client_free(&s->client);
	transport_free(&s->t);
	nfvm_engine_free(&s->engine);
	rulebook_free(&s->book);
}

/* ---- rules as they are listed -------------------------------------------------------------------------------- */

struct listing {
	struct snapshot *snap;
	const struct snap_table *table;
	struct raise_ctx raise;
};

static const struct bc_set *ask_set(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems)
{
	const struct snap_set *set = snap_set(((struct listing *)ctx)->table, name);

	if (elems)
		*elems = set ? set->elems : NULL;
	return set ? set->s : NULL;
}

static void list_table(struct listing *l, struct session *s)
{
	static const struct ast_print_opts plain;

	for (const struct snap_chain *c = l->table->chains; c; c = c->next)
		for (const struct snap_rule *r = c->rules; r; r = r->next) {
			struct book_rule *known = rulebook_find(s->book, l->table->family, l->table->t->name, r->r->handle);
			const struct ast_rule *ast = known ? raise_rule(&l->raise, l->table->family, r->r) : NULL;
			buf_auto text = { 0 };

			if (!ast)
				continue;
			ast_print_rule(&text, ast, &plain);
			known->listed = arena_strdup(s->book->a, buf_str(&text));
		}
}

int session_list_rules(struct session *s)
{
	struct snap_scope scope = { .what = SNAP_CHAINS | SNAP_RULES | SNAP_SETS | SNAP_ELEMS, .anonymous_only = true };
	struct type_ctx types = session_types(s);
	struct listing l = { 0 };

	if (snapshot_read(s->t, &scope, &l.snap))
		return -1;
	l.raise = (struct raise_ctx){ .a = l.snap->a, .types = &types, .set = ask_set, .ctx = &l };
	for (l.table = l.snap->tables; l.table; l.table = l.table->next)
		list_table(&l, s);
	snapshot_free(&l.snap);
	return 0;
}

bool session_rule_text(void *session, uint8_t family, const char *table, const char *chain, uint64_t handle, struct buf *out)
{
	const struct session *s = session;
	const struct book_rule *r = rulebook_find(s->book, family, table, handle);

	if (r && r->listed)
		buf_puts(out, r->listed);
	return r && r->listed;
}
