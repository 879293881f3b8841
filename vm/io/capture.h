/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures: frames out of pcap and pcapng files, and surviving frames into pcapng. Read and written as a stream; a file of any
 * size takes the same memory. One thread.
 *
 * Every frame comes out with an Ethernet header. Raw IP, Linux cooked (v1, v2) and BSD loopback captures get
 * one: addresses zero, except that the destination is the entering device's own so that the host takes the frame.
 */
#ifndef NFVM_VM_IO_CAPTURE_H
#define NFVM_VM_IO_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct capture;

struct capture_frame {
	const uint8_t *data;    /* from the Ethernet header on; valid until the next call */
	uint32_t len;           /* captured bytes */
	uint32_t wire_len;      /* bytes that were on the wire; more than len where the capture cut the frame */
	uint64_t time_ns;       /* since 1970 */
	const char *ifname;     /* pcapng: name of its interface; NULL: not known */
	bool synthetic;         /* the Ethernet header is made up: the link type had none */
};

/* "-": standard input. 0 or -errno; then *error is a text to be freed ("not a capture: …"). */
int capture_open(const char *path, struct capture **out, char **error);
/* 1: a frame; 0: the end; -1: the file is broken from here on, *error says how (to be freed). */
int capture_next(struct capture *c, struct capture_frame *f, char **error);
/* Bytes read so far and in all (0: not known), for progress. */
void capture_progress(const struct capture *c, uint64_t *done, uint64_t *total);
void capture_close(struct capture **c);

struct capture_writer;

/* "-": standard output. 0 or -errno. */
int capture_writer_open(const char *path, struct capture_writer **out);
/* A frame that left by the named device; an interface block is written at the first frame of each. 0 or -errno. */
int capture_write(struct capture_writer *w, const char *ifname, const uint8_t *data, uint32_t len, uint64_t time_ns);
/* 0 or -errno of the last writes. */
int capture_writer_close(struct capture_writer **w);

#endif
