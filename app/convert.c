/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See convert.h. */
#include "app/convert.h"

#include "app/target.h"
#include "src/client/client.h"

static struct client_options options(const struct convert_options *c, struct target *t)
{
	struct client_options o = {
		.types = c->types, .print = c->print, .include_dirs = c->include_dirs, .defines = c->defines, .err = stderr
	};

	o.types.ifindex = target_ifindex;
	o.types.ifname = target_ifname;
	o.types.host = t;
	return o;
}

/* What the input itself asks to be listed is no part of the ruleset: it goes where messages go. */
static int load(const struct convert_options *c, struct target *t, bool *json)
{
	struct client_options o = options(c, t);
	struct client *client = NULL;
	int ret;

	o.json = true; /* either form is read */
	o.out = stderr;
	if (client_new(&o, target_transport(t), &client))
		return -1;
	ret = client_file(client, c->file);
	*json = client_read_json(client);
	client_free(&client);
	return ret;
}

static int list(const struct convert_options *c, struct target *t, bool json, FILE *out)
{
	struct client_options o = options(c, t);
	struct client *client = NULL;
	int ret;

	o.json = o.types.json = json;
	o.defines = NULL;
	o.out = out;
	if (client_new(&o, target_transport(t), &client))
		return -1;
	ret = client_text(client, "<cmdline>", "list ruleset");
	client_free(&client);
	return ret;
}

int convert(const struct convert_options *c, FILE *out)
{
	struct target_want want = { .in_process = true, .host_file = c->host_file };
	struct target *t = NULL;
	bool json = false;
	int ret;

	if (target_open(&want, &t))
		return -1;
	ret = load(c, t, &json);
	if (!ret)
		ret = list(c, t, c->to == CONVERT_OTHER ? !json : c->to == CONVERT_JSON, out);
	target_close(&t);
	return ret;
}
