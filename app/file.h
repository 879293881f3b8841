/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NFVM_APP_FILE_H
#define NFVM_APP_FILE_H

#include <stddef.h>

/* A whole file ("-": standard input), NUL behind it, to be freed. 0, or -1 and errno. */
int file_read(const char *path, char **out, size_t *len);

#endif
