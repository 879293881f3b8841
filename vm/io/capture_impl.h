/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between capture.c and the readers of each format. */
#ifndef NFVM_VM_IO_CAPTURE_IMPL_H
#define NFVM_VM_IO_CAPTURE_IMPL_H

#include <stdio.h>

#include "base/buf.h"
#include "vm/io/capture.h"

struct capture {
	const struct capture_reader *reader;
	FILE *f;
	uint64_t total;       /* bytes of the file, 0: not known */
	struct buf room;      /* of a frame whose Ethernet header is made up */
	void *own;            /* the reader's */
};

struct capture_reader {
	/* The file's position is behind its first four bytes, which are magic. 0 or -errno, *error as capture_open(). */
	int (*open)(struct capture *c, char **error);
	int (*next)(struct capture *c, struct capture_frame *f, char **error);
	void (*close)(struct capture *c);
};

extern const struct capture_reader capture_pcap, capture_pcapng;

/* A text for *error; NULL where there is no memory, too. */
char *capture_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

enum { CAPTURE_FRAME_MAX = 1 << 18 }; /* bytes; what tcpdump calls MAXIMUM_SNAPLEN */

#endif
