/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main() of a unit test on libcheck: UNIT_MAIN("name", test_a, test_b, …). Prints TAP under `make check`. */
#ifndef NFVM_TESTS_UNIT_H
#define NFVM_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

static inline int unit_run(const char *name, const TTest *const *tests, size_t n)
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	for (size_t i = 0; i < n; i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define UNIT_MAIN(name, ...)                                                                                                               \
	int main(void)                                                                                                                     \
	{                                                                                                                                  \
		const TTest *tests[] = { __VA_ARGS__ };                                                                                    \
		return unit_run(name, tests, sizeof(tests) / sizeof(*tests));                                                              \
	}

#endif
