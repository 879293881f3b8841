/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset from text to JSON or from JSON to text: loaded into an empty engine in this process and listed from there. Nothing else
 * is asked or changed; devices are those of a host file, or taken as given.
 */
#ifndef NFVM_APP_CONVERT_H
#define NFVM_APP_CONVERT_H

#include <stdio.h>

#include "parser/print.h"
#include "src/types/datatype.h"

enum convert_to { CONVERT_OTHER, CONVERT_TEXT, CONVERT_JSON }; /* OTHER: what the input is not */

struct convert_options {
	const char *file; /* "-": standard input */
	enum convert_to to;
	const char *host_file;           /* or NULL */
	const char *const *include_dirs; /* NULL-terminated */
	const char *const *defines;      /* "name=value", NULL-terminated */
	struct type_ctx types;           /* how values are printed */
	struct ast_print_opts print;
};

/* The listing goes to out, errors to stderr. 0 or -1. */
int convert(const struct convert_options *o, FILE *out);

#endif
