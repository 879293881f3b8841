/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of trace messages to netlink subscribers: workers put them into rings, one each, and the control thread passes them on.
 *
 *     worker: run_trace_put → ring → control thread: run_trace_drain (when a socket is read, at ticks) → nl_notify(NFNLGRP_NFTRACE)
 *
 * Concurrency: a ring has one writer and one reader and needs no lock. A message that finds no room is lost, as in the kernel. Rings are made by the
 * control thread when the first subscriber comes, and stay.
 */
#include <errno.h>
#include <stdlib.h>

#include "vm/engine.h"
#include "vm/nl/nl.h"
#include "vm/run/run.h"

enum { RING = 1 << 18 }; /* bytes, a power of two */

struct run_ring {
	_Atomic uint64_t put, taken; /* bytes, ever; the writer's, the reader's */
	uint8_t bytes[RING];
};

/* The first subscriber has come. 0 or -ENOMEM. */
int run_ring_new(struct vm_worker *w)
{
	struct run_ring *r = w->run->ring;

	if (r) { /* what nobody heard is not told to those who come later */
		atomic_store_explicit(&r->taken, atomic_load_explicit(&r->put, memory_order_acquire), memory_order_release);
		return 0;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	atomic_store_explicit(&w->run->ring, r, memory_order_release);
	return 0;
}

void run_ring_free(struct vm_worker *w)
{
	free((struct run_ring *)w->run->ring);
	w->run->ring = NULL;
}

static void copy_in(struct run_ring *r, uint64_t at, const void *p, size_t n)
{
	size_t from = at % RING, first = n < RING - from ? n : RING - from;

	memcpy(r->bytes + from, p, first);
	memcpy(r->bytes, (const uint8_t *)p + first, n - first);
}

static void copy_out(const struct run_ring *r, uint64_t at, void *p, size_t n)
{
	size_t from = at % RING, first = n < RING - from ? n : RING - from;

	memcpy(p, r->bytes + from, first);
	memcpy((uint8_t *)p + first, r->bytes, n - first);
}

bool run_trace_put(struct vm_worker *w, const void *msg, uint32_t len)
{
	struct run_ring *r = atomic_load_explicit(&w->run->ring, memory_order_acquire);
	uint64_t at;

	if (!r)
		return false;
	at = atomic_load_explicit(&r->put, memory_order_relaxed);
	if (at + sizeof(len) + len - atomic_load_explicit(&r->taken, memory_order_acquire) > RING)
		return false;
	copy_in(r, at, &len, sizeof(len));
	copy_in(r, at + sizeof(len), msg, len);
	atomic_store_explicit(&r->put, at + sizeof(len) + len, memory_order_release); /* acquire: run_ring_drain */
	return true;
}

void run_ring_drain(struct vm_worker *w)
{
	struct run_ring *r = w->run->ring;
	uint64_t at, end;

	if (!r)
		return;
	end = atomic_load_explicit(&r->put, memory_order_acquire);
	for (at = atomic_load_explicit(&r->taken, memory_order_relaxed); at != end;) {
		struct buf b = { 0 };
		uint32_t len;

		copy_out(r, at, &len, sizeof(len));
		copy_out(r, at + sizeof(len), buf_grow(&b, len), len);
		at += sizeof(len) + len;
		nl_notify(w->e, NULL, NFNLGRP_NFTRACE, false, &b);
		buf_free(&b);
	}
	atomic_store_explicit(&r->taken, at, memory_order_release);
}
