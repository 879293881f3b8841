/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing pcapng: one section, an interface block at the first frame of each device, nanoseconds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/io/capture.h"

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_ENHANCED = 6, NANOSECONDS = 9 };
enum { LINKTYPE_ETHERNET = 1, OPT_IF_NAME = 2, OPT_IF_TSRESOL = 9, NAMES_MAX = 4096, NAME_BYTES = 256 };

struct capture_writer {
	FILE *f;
	char **names;
	uint32_t n;
	int err;
};

static uint32_t padded(uint32_t n)
{
	return (n + 3) & ~3u;
}

static void put(struct capture_writer *w, const void *p, size_t n)
{
	if (n && fwrite(p, 1, n, w->f) != n && !w->err)
		w->err = errno ? -errno : -EIO;
}

static void put32(struct capture_writer *w, uint32_t v)
{
	put(w, &v, sizeof(v));
}

static void put_padded(struct capture_writer *w, const void *p, uint32_t n)
{
	put(w, p, n);
	put(w, "\0\0\0", padded(n) - n);
}

static void put_option(struct capture_writer *w, uint16_t code, const void *p, uint16_t len)
{
	put(w, &code, sizeof(code));
	put(w, &len, sizeof(len));
	put_padded(w, p, len);
}

static void put_section(struct capture_writer *w)
{
	uint32_t block[] = { BLOCK_SECTION, 28, 0x1a2b3c4d, 1 /* version 1.0 */, UINT32_MAX, UINT32_MAX, 28 };

	put(w, block, sizeof(block));
}

static void put_interface(struct capture_writer *w, const char *name)
{
	uint32_t name_len = (uint32_t)strlen(name), len = 20 + 4 + padded(name_len) + 8 + 4;
	uint8_t resolution = NANOSECONDS;

	put32(w, BLOCK_INTERFACE);
	put32(w, len);
	put32(w, LINKTYPE_ETHERNET);
	put32(w, 0); /* no snap length */
	put_option(w, OPT_IF_NAME, name, (uint16_t)name_len);
	put_option(w, OPT_IF_TSRESOL, &resolution, 1);
	put_option(w, 0, NULL, 0);
	put32(w, len);
}

/* The number of a device, UINT32_MAX where there are too many. */
static uint32_t interface_of(struct capture_writer *w, const char *name)
{
	char **names;

	for (uint32_t i = 0; i < w->n; i++)
		if (!strcmp(w->names[i], name))
			return i;
	names = w->n < NAMES_MAX && strlen(name) < NAME_BYTES ? realloc(w->names, (w->n + 1) * sizeof(*names)) : NULL;
	if (!names)
		return UINT32_MAX;
	w->names = names;
	w->names[w->n] = strdup(name);
	if (!w->names[w->n])
		return UINT32_MAX;
	put_interface(w, name);
	return w->n++;
}

int capture_writer_open(const char *path, struct capture_writer **out)
{
	struct capture_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->f = strcmp(path, "-") ? fopen(path, "we") : stdout;
	if (!w->f) {
		free(w);
		return -errno;
	}
	put_section(w);
	*out = w;
	return 0;
}

int capture_write(struct capture_writer *w, const char *ifname, const uint8_t *data, uint32_t len, uint64_t time_ns)
{
	uint32_t number = interface_of(w, ifname), size = 32 + padded(len);

	if (number == UINT32_MAX)
		return -ENOMEM;
	put32(w, BLOCK_ENHANCED);
	put32(w, size);
	put32(w, number);
	put32(w, (uint32_t)(time_ns >> 32));
	put32(w, (uint32_t)time_ns);
	put32(w, len);
	put32(w, len);
	put_padded(w, data, len);
	put32(w, size);
	return w->err;
}

int capture_writer_close(struct capture_writer **wp)
{
	struct capture_writer *w = *wp;
	int err;

	if (!w)
		return 0;
	if ((w->f == stdout ? fflush(w->f) : fclose(w->f)) && !w->err)
		w->err = -errno;
	err = w->err;
	for (uint32_t i = 0; i < w->n; i++)
		free(w->names[i]);
	free(w->names);
	free(w);
	*wp = NULL;
	return err;
}
