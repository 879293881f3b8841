/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of names in files. They live as long as the process, as the files' names do in nft. */
#include "src/types/symfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct symfile *f, size_t *n, unsigned long value, const char *name)
{
	struct symbol *s = realloc(f->symbols, (*n + 2) * sizeof(*s));

	if (!s)
		abort();
	f->symbols = s;
	s[*n].name = strdup(name);
	s[*n].value = value;
	s[++*n] = (struct symbol){ NULL, 0 };
}

static void read_lines(struct symfile *f, FILE *in)
{
	char line[1024], name[512];
	unsigned long value;
	size_t n = 0;

	while (fgets(line, sizeof(line), in))
		if (sscanf(line, " %li %511[^ \t\n#]", (long *)&value, name) == 2)
			add(f, &n, value, name);
}

const struct symbol *symfile_load(struct symfile *f)
{
	if (f->symbols)
		return f->symbols;
	for (unsigned i = 0; i < 2 && f->path[i]; i++) {
		FILE *in = fopen(f->path[i], "re");

		if (!in)
			continue;
		read_lines(f, in);
		fclose(in);
		break;
	}
	if (!f->symbols)
		f->symbols = calloc(1, sizeof(*f->symbols));
	if (!f->symbols)
		abort();
	return f->symbols;
}
