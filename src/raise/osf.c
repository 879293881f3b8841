/* SPDX-License-Identifier: GPL-2.0-or-later */
/* osf: the operating system that a SYN looks like. */
#include "src/raise/rx.h"
#include "src/types/keys.h"
#include "src/types/names.h"

struct rx *raise_osf_of(struct raise *r, uint8_t ttl, uint32_t flags)
{
	const char *word = names_name(names_osf_ttl, ttl), *before[] = { word ? "ttl" : NULL, word, NULL };

	return raise_key(r, "osf", before, key_by_number(osf_keys, 0, flags & NFT_OSF_F_VERSION));
}

static void raise_osf(struct raise *r, const void *body)
{
	const struct bc_osf *o = body;

	raise_reg_set(r, o->dreg, raise_osf_of(r, o->ttl, o->flags));
}

const struct raise_type raise_osf_type = { "osf", raise_osf };
