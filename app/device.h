/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NFVM_APP_DEVICE_H
#define NFVM_APP_DEVICE_H

struct nfvm_engine;

/*
 * Index of a device that rules name; 0: there is none. On the built-in host a device that it does not have is taken as given, and a warning on
 * stderr says so once for each.
 */
int device_index(struct nfvm_engine *e, const char *name);

#endif
