/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of names in files: lines of a number (decimal or 0x…) and a name, # begins a comment. iproute2's and connlabel.conf. */
#ifndef NFVM_TYPES_SYMFILE_H
#define NFVM_TYPES_SYMFILE_H

#include "src/types/datatype.h"

struct symfile {
	const char *path[2];       /* the first that exists is read */
	struct symbol *symbols;    /* NULL before the first use; never freed */
};

/* Never NULL; the table ends with a NULL name, and is empty where no file exists. Lines that make no sense are passed over. */
const struct symbol *symfile_load(struct symfile *f);

#endif
