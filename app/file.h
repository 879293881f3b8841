/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NFVM_APP_FILE_H
#define NFVM_APP_FILE_H

#include <stddef.h>
#include <stdio.h>

/* A whole file ("-": standard input), NUL behind it, to be freed. 0, or -1 and errno. */
int file_read(const char *path, char **out, size_t *len);
/* One of text, where a NUL byte is an error. 0, or -1 with the reason said on err. */
int file_read_text(const char *path, char **out, FILE *err);

#endif
