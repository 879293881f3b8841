/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as JUnit XML, which CI systems show. All functions take a NULL junit for "none wanted". */
#ifndef NFVM_APP_TEST_JUNIT_H
#define NFVM_APP_TEST_JUNIT_H

struct junit;

/* 0; -1 with the reason on stderr. */
int junit_open(const char *path, struct junit **out);
/* One test; fault NULL: it passed. */
void junit_case(struct junit *j, const char *file, const char *name, const char *fault);
/* Writes the file. 0; -1 with the reason on stderr. */
int junit_close(struct junit **j);

#endif
