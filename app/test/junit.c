/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See junit.h. Cases are kept as text until the end, since the counts stand before them. */
#include "app/test/junit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct junit {
	FILE *f;
	const char *path;
	struct buf cases;
	unsigned tests, failures;
};

static void put_escaped(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '<')
			buf_puts(out, "&lt;");
		else if (*s == '>')
			buf_puts(out, "&gt;");
		else if (*s == '&')
			buf_puts(out, "&amp;");
		else if (*s == '"')
			buf_puts(out, "&quot;");
		else if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t')
			buf_putc(out, *s);
	}
}

int junit_open(const char *path, struct junit **out)
{
	struct junit *j = calloc(1, sizeof(*j));

	if (j)
		j->f = fopen(path, "we");
	if (!j || !j->f) {
		fprintf(stderr, "Error: %s: %s\n", path, strerror(errno));
		free(j);
		return -1;
	}
	j->path = path;
	*out = j;
	return 0;
}

void junit_case(struct junit *j, const char *file, const char *name, const char *fault)
{
	if (!j)
		return;
	j->tests++;
	j->failures += fault != NULL;
	buf_puts(&j->cases, "  <testcase classname=\"");
	put_escaped(&j->cases, file);
	buf_puts(&j->cases, "\" name=\"");
	put_escaped(&j->cases, name);
	if (!fault) {
		buf_puts(&j->cases, "\"/>\n");
		return;
	}
	buf_puts(&j->cases, "\">\n    <failure>");
	put_escaped(&j->cases, fault);
	buf_puts(&j->cases, "</failure>\n  </testcase>\n");
}

int junit_close(struct junit **jp)
{
	struct junit *j = *jp;
	int bad;

	if (!j)
		return 0;
	fprintf(j->f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"nfvm\" tests=\"%u\" failures=\"%u\">\n%s</testsuite>\n",
		j->tests, j->failures, buf_str(&j->cases));
	bad = ferror(j->f);
	bad |= fclose(j->f);
	if (bad)
		fprintf(stderr, "Error: %s: %s\n", j->path, strerror(errno));
	buf_free(&j->cases);
	free(j);
	*jp = NULL;
	return bad ? -1 : 0;
}
