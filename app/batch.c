/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See batch.h. */
#include "app/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/client/transport.h"

static int refused(const char *path, const void *bytes, int len, FILE *err)
{
	for (const struct nlmsghdr *h = bytes; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len)) {
		const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

		if (h->nlmsg_type != NLMSG_ERROR || mnl_nlmsg_get_payload_len(h) < sizeof(*e) || !e->error)
			continue;
		fprintf(err, "Error: %s: message with sequence number %u (type 0x%x): %s\n", path, e->msg.nlmsg_seq,
			e->msg.nlmsg_type, strerror(-e->error));
		return -1;
	}
	return 0;
}

static int send_one(struct transport *t, const char *path, const void *bytes, size_t len, FILE *err)
{
	int ret = t->send(t, bytes, len);
	const void *answer;
	ssize_t n;

	if (ret)
		return fprintf(err, "Error: %s: %s\n", path, strerror(-ret)), -1;
	while ((n = t->recv(t, &answer, false)) > 0)
		ret |= refused(path, answer, (int)n, err);
	return ret ? -1 : 0;
}

/* Bytes of the batch at p, up to and with its end; 0: it has none, or is no batch. */
static size_t batch_len(const char *p, size_t len)
{
	const struct nlmsghdr *h = (const struct nlmsghdr *)p;
	int left = len > INT32_MAX ? INT32_MAX : (int)len;

	if (!mnl_nlmsg_ok(h, left) || h->nlmsg_type != NFNL_MSG_BATCH_BEGIN || h->nlmsg_len < sizeof(*h) + sizeof(struct nfgenmsg))
		return 0;
	for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left))
		if (h->nlmsg_type == NFNL_MSG_BATCH_END)
			return (size_t)((const char *)h - p) + MNL_ALIGN(h->nlmsg_len);
	return 0;
}

/*
 * The batch's beginning without the generation that its client wanted to see (NFNL_BATCH_GENID), moved up to what follows it.
 * Returns how far it moved.
 */
static size_t forget_generation(char *p)
{
	struct nlmsghdr begin = *(struct nlmsghdr *)p;
	struct nfgenmsg nfg = *(struct nfgenmsg *)(p + sizeof(begin));
	size_t whole = MNL_ALIGN(begin.nlmsg_len), plain = sizeof(begin) + sizeof(nfg);

	if (whole <= plain)
		return 0;
	begin.nlmsg_len = plain;
	memcpy(p + whole - plain, &begin, sizeof(begin));
	memcpy(p + whole - sizeof(nfg), &nfg, sizeof(nfg));
	return whole - plain;
}

static int load(struct transport *t, const char *path, char *p, size_t len, FILE *err)
{
	for (size_t at = 0, n; at < len; at += n) {
		size_t skip;

		n = batch_len(p + at, len - at);
		if (!n || n > len - at)
			return fprintf(err, "Error: %s: no netlink batch at byte %zu\n", path, at), -1;
		skip = forget_generation(p + at);
		if (send_one(t, path, p + at + skip, n - skip, err))
			return -1;
	}
	return 0;
}

int batch_load(struct transport *t, const char *path, FILE *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = -1;
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st))
		return fprintf(err, "Error: %s: %s\n", path, strerror(errno)), fd < 0 ? -1 : (close(fd), -1);
	if (!st.st_size)
		return close(fd), 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return fprintf(err, "Error: %s: %s\n", path, strerror(errno)), -1;
	ret = load(t, path, p, (size_t)st.st_size, err);
	munmap(p, (size_t)st.st_size);
	return ret;
}
