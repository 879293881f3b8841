/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields that are narrower than bytes: the bytecode loads the bytes around one and masks it.
 *
 *   payload load 1b @ nh + 1; & 0xfc            ip dscp; what it is compared with lies 2 bits up
 *   payload load 2b @ ll + 14; & 0x0fff         vlan id
 */
#include "src/raise/rx.h"

/* mask of `bits` bits → leading zeros and width of its run of ones; false where it is not one run */
static bool run_of(u128 mask, unsigned bits, unsigned *lead, unsigned *width, unsigned *trail)
{
	unsigned n = 0, t = 0;

	if (!mask || bits > 128)
		return false;
	for (; !(mask & 1); mask >>= 1)
		t++;
	for (; mask & 1; mask >>= 1)
		n++;
	if (mask || t + n > bits)
		return false;
	*trail = t;
	*width = n;
	*lead = bits - n - t;
	return true;
}

static const struct rx *shifted(struct raise *r, const struct rx *f, unsigned trail)
{
	struct rx *e;

	if (!f)
		return NULL;
	e = rx_copy(r, f);
	e->t.shift = trail;
	return e;
}

/* Bits of a payload that have no name: @ih,58,6. */
const struct rx *raise_raw_bits(struct raise *r, const struct rx *pl, u128 mask)
{
	unsigned lead, width, trail;
	struct rx *e;

	if (!run_of(mask, pl->t.bits, &lead, &width, &trail))
		return NULL;
	e = rx_copy(r, pl);
	e->pl.off += lead;
	e->t = (struct rtype){ &type_xinteger, width, BO_BIG, trail };
	return e;
}

const struct rx *raise_bitfield(struct raise *r, const struct rx *e, u128 mask)
{
	unsigned lead, width, trail;

	if (!run_of(mask, e->t.bits, &lead, &width, &trail) || width == e->t.bits)
		return NULL;
	if (e->kind == RX_PAYLOAD)
		return shifted(r, raise_payload_field(r, e, e->pl.off + lead, width), trail);
	if (e->kind == RX_EXTHDR)
		return shifted(r, raise_exthdr_field(r, e, e->ext.off + lead, width), trail);
	return NULL;
}
