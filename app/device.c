/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/device.h"

#include <stdio.h>

#include "nfvm/engine.h"

int device_index(struct nfvm_engine *e, const char *name)
{
	bool made;
	uint32_t index = nfvm_device_intern(e, name, &made);

	if (made && index)
		fprintf(stderr, "Warning: the built-in host has no device '%s'; it is taken as given (--host names a host that has it)\n", name);
	return (int)index;
}
