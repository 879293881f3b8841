/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extensions that the engine executes are such that the kernel has, in the same revisions and families: what NFT_COMPAT says and
 * what rules may use agree. */
#include "vm/xt/xt.h"

#include "tests/unit/unit.h"
#include "vm/nl/compat.h"

static unsigned found;

static void look(const struct compat_extension *x, bool target)
{
	static const uint8_t families[] = { [COMPAT_IP] = NFPROTO_IPV4,
					    [COMPAT_IP6] = NFPROTO_IPV6,
					    [COMPAT_BRIDGE] = NFPROTO_BRIDGE,
					    [COMPAT_ARP] = NFPROTO_ARP };

	for (; x->name; x++)
		for (unsigned f = 0; f < ARRAY_SIZE(families); f++)
			for (unsigned rev = 0; rev < 8; rev++) {
				const struct vm_xt *row = xt_find(families[f], x->name, rev, target);

				ck_assert_msg(!row || x->revisions[f] >> rev & 1, "%s, revision %u, family %u", x->name, rev,
					      families[f]);
				ck_assert_msg(!row || !!row->run == target, "%s: what it is", x->name);
				found += !!row;
			}
}

START_TEST(rows_are_the_kernels)
{
	look(compat_matches, false);
	look(compat_targets, true);
	ck_assert_uint_gt(found, 60);
}
END_TEST

START_TEST(names_are_kinds)
{
	ck_assert_ptr_nonnull(xt_find(NFPROTO_IPV4, "mark", 1, false));
	ck_assert_ptr_null(xt_find(NFPROTO_IPV4, "mark", 1, true));
	ck_assert_ptr_null(xt_find(NFPROTO_IPV4, "icmp6", 0, false));
	ck_assert_ptr_null(xt_find(NFPROTO_IPV4, "", 0, false));
}
END_TEST

UNIT_MAIN("xt-rows", rows_are_the_kernels, names_are_kinds)
