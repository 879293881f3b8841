/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int file_read(const char *path, char **out, size_t *len)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	struct buf b = { 0 };
	size_t n;
	int err;

	if (!f)
		return -1;
	do {
		n = fread(buf_reserve(&b, 65536), 1, 65536, f);
		b.len += n;
	} while (n);
	b.p[b.len] = 0;
	err = ferror(f) ? errno : 0;
	if (f != stdin)
		fclose(f);
	if (err) {
		buf_free(&b);
		errno = err;
		return -1;
	}
	*out = b.p;
	if (len)
		*len = b.len;
	return 0;
}

int file_read_text(const char *path, char **out, FILE *err)
{
	char *text;
	size_t len;

	if (file_read(path, &text, &len))
		return fprintf(err, "Error: %s: %s\n", path, strerror(errno)), -1;
	if (strlen(text) != len) {
		free(text);
		return fprintf(err, "Error: %s: not a text: it has a NUL byte\n", path), -1;
	}
	*out = text;
	return 0;
}
