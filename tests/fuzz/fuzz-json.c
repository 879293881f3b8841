/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: any JSON is loaded into an engine or refused. What loads is listed as JSON, and that listing loads again and
 * lists the same; as text, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nfvm/engine.h"
#include "src/client/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *nowhere;

static int ifindex(void *host, const char *name)
{
	return !strcmp(name, "lo") ? 1 : 0;
}

static const char *ifname(void *host, uint32_t index)
{
	return index == 1 ? "lo" : NULL;
}

/* Says a text to the engine; its output, to be freed. NULL: refused. */
static char *say(struct nfvm_engine *e, const char *text, bool json, FILE *err)
{
	struct client_options o = { .types = { .ifindex = ifindex, .ifname = ifname, .json = json }, .json = json, .err = err };
	struct transport *t = NULL;
	struct client *c = NULL;
	char *out = NULL;
	size_t len;
	int ret = -1;

	o.out = open_memstream(&out, &len);
	if (transport_engine_new(e, &t) || client_new(&o, t, &c))
		abort();
	ret = client_text(c, "fuzz", text);
	client_free(&c);
	transport_free(&t);
	fclose(o.out);
	if (ret) {
		free(out);
		out = NULL;
	}
	return out;
}

static struct nfvm_engine *engine_new(void)
{
	struct nfvm_options o = { .check_only = true };
	struct nfvm_engine *e = NULL;

	if (nfvm_engine_new(&o, &e, NULL))
		abort();
	return e;
}

/* The listing of another engine that has loaded this one. Handles are counted in the order of loading: they are made equal. */
static char *relisted(const char *listing, bool from_json, bool json)
{
	struct nfvm_engine *e = engine_new();
	char *out = say(e, listing, from_json, stderr), *list;

	if (!out) {
		fprintf(stderr, "--- a listing that does not load\n%s\n", listing);
		abort();
	}
	free(out);
	list = say(e, "list ruleset", json, stderr);
	nfvm_engine_free(&e);
	return list;
}

static void drop_handles(char *json)
{
	static const char key[] = "\"handle\": ";

	for (char *p = json; (p = strstr(p, key)); p++)
		for (char *d = p + sizeof(key) - 1; *d >= '0' && *d <= '9'; d++)
			*d = ' ';
}

static void squeeze(char *s)
{
	char *to = s;

	for (char *p = s; *p; p++)
		if (*p != ' ')
			*to++ = *p;
	*to = 0;
}

static void must_list_as_itself(struct nfvm_engine *e, bool json)
{
	char *first = say(e, "list ruleset", json, stderr), *again;

	if (!first)
		abort();
	again = relisted(first, json, json);
	if (json) {
		drop_handles(first);
		drop_handles(again);
		squeeze(first);
		squeeze(again);
	}
	if (strcmp(first, again)) {
		fprintf(stderr, "--- first\n%s\n--- then\n%s\n", first, again);
		abort();
	}
	free(first);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nfvm_engine *e = engine_new();
	char *text = malloc(size + 1), *out;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	memcpy(text, data, size);
	text[size] = 0;
	if (strspn(text, " \t\r\n") < size && text[strspn(text, " \t\r\n")] == '{') {
		out = say(e, text, true, nowhere);
		if (out)
			must_list_as_itself(e, true);
		free(out);
	}
	free(text);
	nfvm_engine_free(&e);
	return 0;
}
