/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The final ruleset as one JSON line. */
#include "app/ruleset_json.h"

#include <jansson.h>
#include <stdlib.h>

#include "nfvm/engine.h"
#include "src/client/client.h"

static const char *ifname(void *host, uint32_t index)
{
	return nfvm_device_name(host, index);
}

static char *listing(struct transport *t, struct nfvm_engine *e)
{
	struct client_options o = { .types = { .ifname = ifname, .host = e, .json = true }, .json = true, .err = stderr };
	struct client *c = NULL;
	char *text = NULL;
	size_t len;
	int ret = -1;

	o.out = open_memstream(&text, &len);
	if (!o.out)
		return NULL;
	if (!client_new(&o, t, &c))
		ret = client_text(c, "ruleset", "list ruleset");
	client_free(&c);
	fclose(o.out);
	if (ret) {
		free(text);
		text = NULL;
	}
	return text;
}

int ruleset_json_print(struct transport *t, struct nfvm_engine *e, FILE *out)
{
	char *text = listing(t, e), *line = NULL;
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;
	json_t *list = json_object_get(root, "nftables");

	line = list ? json_dumps(list, JSON_COMPACT) : NULL;
	if (line)
		fprintf(out, "{\"ruleset\":%s}\n", line);
	json_decref(root);
	free(line);
	free(text);
	return line ? 0 : -1;
}
