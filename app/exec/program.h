/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of program a command is: whether a library can be put before its C library. */
#ifndef NFVM_APP_EXEC_PROGRAM_H
#define NFVM_APP_EXEC_PROGRAM_H

#include "base/buf.h"

/* The file that execvp() would run, to be freed; NULL with errno. */
char *program_find(const char *name);
/* 0; -1 where a library cannot be put before it, with the reason (its name included) appended to why. Scripts: their interpreter.
 */
int program_check(const char *path, struct buf *why);

#endif
