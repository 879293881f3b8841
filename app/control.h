/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm stop, nfvm stats: an engine that serves is asked to end, or how it is. */
#ifndef NFVM_APP_CONTROL_H
#define NFVM_APP_CONTROL_H

#include <stdbool.h>

/* where: a path or "@name"; NULL: NFVM_ENGINE, or the engine of this network namespace. The exit status; errors are said on stderr.
 */
int control_stop(const char *where);
int control_stats(const char *where, bool json);

#endif
