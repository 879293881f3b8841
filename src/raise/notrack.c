/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notrack. */
#include "src/raise/rx.h"

static void raise_notrack(struct raise *r, const void *body)
{
	(void)body;
	raise_emit(r, "notrack");
}

const struct raise_type raise_notrack_type = { "notrack", raise_notrack };
