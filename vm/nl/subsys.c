/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which nfnetlink subsystems the engine answers. */
#include "vm/nl/subsys.h"

#include <stddef.h>

const struct nl_subsys *const nl_subsystems[] = {
	&compat_subsys,
	&hook_subsys,
	&state_subsys,
	&ct_subsys,
	NULL,
};
