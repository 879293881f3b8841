/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm test: packet tests, TAP out. */
#ifndef NFVM_APP_TEST_RUN_H
#define NFVM_APP_TEST_RUN_H

#include <stdbool.h>

struct test_options {
	const char *const *files;      /* NULL-terminated */
	const char *junit;             /* --junit FILE, or NULL */
	bool coverage;                 /* --coverage: name the rules that no test reached */
	const char *const *include_dirs, *const *defines;
};

/* Exit status: 0; 1: a test failed, or a file is wrong. */
int test_main(const struct test_options *o);

#endif
