/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See progress.h. */
#include "app/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 30, EVERY_NS = 100000000, FIRST_NS = 300000000 };

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void progress_begin(struct progress *p, bool quiet)
{
	p->shown = !quiet && isatty(STDERR_FILENO);
	p->begun_ns = p->last_ns = clock_ns();
}

static void bar(uint64_t done, uint64_t total)
{
	char cells[WIDTH + 1];
	unsigned full = total ? (unsigned)(done * WIDTH / total) : 0;

	memset(cells, ' ', WIDTH);
	memset(cells, '=', full > WIDTH ? WIDTH : full);
	cells[WIDTH] = 0;
	fprintf(stderr, "\r[%s] %3u %%", cells, total ? (unsigned)(done * 100 / total) : 0);
}

void progress_show(struct progress *p, uint64_t done, uint64_t total, uint64_t frames)
{
	uint64_t now;
	double s;

	if (!p->shown)
		return;
	now = clock_ns();
	if (now - p->last_ns < EVERY_NS || now - p->begun_ns < FIRST_NS)
		return;
	p->last_ns = now;
	s = (double)(now - p->begun_ns) / 1e9;
	bar(done, total);
	fprintf(stderr, "  %llu frames, %.0f/s", (unsigned long long)frames, (double)frames / s);
	if (total > done && done)
		fprintf(stderr, ", %.0f s left ", s * (double)(total - done) / (double)done);
	fputs("\033[K", stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown && p->last_ns != p->begun_ns)
		fputs("\r\033[K", stderr);
}
