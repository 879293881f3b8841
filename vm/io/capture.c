/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures: which format a file has, and what the formats share. See capture.h. */
#include "vm/io/capture_impl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	uint8_t magic[4];
	const struct capture_reader *reader;
} formats[] = {
	{ { 0xd4, 0xc3, 0xb2, 0xa1 }, &capture_pcap }, { { 0xa1, 0xb2, 0xc3, 0xd4 }, &capture_pcap },
	{ { 0x4d, 0x3c, 0xb2, 0xa1 }, &capture_pcap }, { { 0xa1, 0xb2, 0x3c, 0x4d }, &capture_pcap },
	{ { 0x0a, 0x0d, 0x0d, 0x0a }, &capture_pcapng },
};

char *capture_error(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return text;
}

static int choose(struct capture *c, char **error)
{
	uint8_t magic[4];

	if (fread(magic, 1, sizeof(magic), c->f) == sizeof(magic))
		for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
			if (!memcmp(magic, formats[i].magic, sizeof(magic))) {
				c->reader = formats[i].reader;
				c->own = NULL;
				/* The reader needs the magic number again; a stream cannot go back, so it is pushed back. */
				for (int k = 3; k >= 0; k--)
					ungetc(magic[k], c->f);
				return c->reader->open(c, error);
			}
	*error = capture_error(ferror(c->f) ? "%s" : "not a capture (neither pcap nor pcapng)", strerror(errno));
	return -EINVAL;
}

int capture_open(const char *path, struct capture **out, char **error)
{
	struct capture *c = calloc(1, sizeof(*c));
	struct stat st;
	int err = 0;

	if (!c)
		return -ENOMEM;
	c->f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!c->f) {
		err = -errno;
		*error = capture_error("%s", strerror(errno));
	} else {
		if (!fstat(fileno(c->f), &st) && S_ISREG(st.st_mode))
			c->total = (uint64_t)st.st_size;
		err = choose(c, error);
	}
	if (err)
		capture_close(&c);
	else
		*out = c;
	return err;
}

int capture_next(struct capture *c, struct capture_frame *f, char **error)
{
	*f = (struct capture_frame){ 0 };
	return c->reader->next(c, f, error);
}

void capture_progress(const struct capture *c, uint64_t *done, uint64_t *total)
{
	long at = ftell(c->f);

	*done = at > 0 ? (uint64_t)at : 0;
	*total = c->total;
}

void capture_close(struct capture **cp)
{
	struct capture *c = *cp;

	if (!c)
		return;
	if (c->reader)
		c->reader->close(c);
	if (c->f && c->f != stdin)
		fclose(c->f);
	buf_free(&c->room);
	free(c);
	*cp = NULL;
}
