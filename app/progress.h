/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A progress bar on a terminal: share done, rate, time left. Silent where standard error is none. */
#ifndef NFVM_APP_PROGRESS_H
#define NFVM_APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;
	uint64_t begun_ns, last_ns;
};

void progress_begin(struct progress *p, bool quiet);
/* done, total: bytes (total 0: unknown); frames so far. Cheap: looks at the clock only every so many calls of its caller. */
void progress_show(struct progress *p, uint64_t done, uint64_t total, uint64_t frames);
void progress_end(struct progress *p);

#endif
