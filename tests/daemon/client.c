/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A netlink client as any program may be one, on plain system calls: what it sees must be what AF_NETLINK shows. Prints TAP. Run under `nfvm exec`, and, with
 * privilege, as it is against the kernel: both must say the same.
 *
 * client CASES: all cases; client inherited FD: the half that runs behind an exec; client elements N: N elements in one sendmsg.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *self;
static unsigned n_tests, n_failed;

static void ok(bool good, const char *what)
{
	int err = errno;

	n_failed += !good;
	printf("%sok %u - %s\n", good ? "" : "not ", ++n_tests, what);
	if (!good)
		printf("# errno %d (%s)\n", err, strerror(err));
	fflush(stdout);
}

/* ---- messages ---- */

struct out {
	char *p;
	size_t len, cap, msg;
};

static void put(struct out *o, const void *p, size_t n)
{
	size_t padded = (n + 3) & ~(size_t)3;

	if (o->len + padded > o->cap) {
		o->cap = 2 * (o->len + padded);
		o->p = realloc(o->p, o->cap);
	}
	memset(o->p + o->len, 0, padded);
	if (n)
		memcpy(o->p + o->len, p, n);
	o->len += padded;
}

static void begin(struct out *o, uint16_t type, uint16_t flags, uint32_t seq, uint16_t res_id)
{
	struct nlmsghdr h = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = seq };
	struct nfgenmsg g = { .nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0, .res_id = htons(res_id) };

	if (type < NLMSG_MIN_TYPE + 2)
		g.nfgen_family = NFPROTO_UNSPEC;
	o->msg = o->len;
	put(o, &h, sizeof(h));
	put(o, &g, sizeof(g));
}

static void end(struct out *o)
{
	((struct nlmsghdr *)(void *)(o->p + o->msg))->nlmsg_len = (uint32_t)(o->len - o->msg);
}

static size_t attr(struct out *o, uint16_t type, const void *p, size_t n)
{
	struct nlattr a = { .nla_len = (uint16_t)(NLA_HDRLEN + n), .nla_type = type };
	size_t at = o->len;

	put(o, &a, sizeof(a));
	put(o, p, n);
	return at;
}

static void attr_be32(struct out *o, uint16_t type, uint32_t v)
{
	v = htonl(v);
	attr(o, type, &v, sizeof(v));
}

static void attr_str(struct out *o, uint16_t type, const char *s)
{
	attr(o, type, s, strlen(s) + 1);
}

static size_t nest(struct out *o, uint16_t type)
{
	return attr(o, type | NLA_F_NESTED, NULL, 0);
}

static void nest_end(struct out *o, size_t at)
{
	((struct nlattr *)(void *)(o->p + at))->nla_len = (uint16_t)(o->len - at);
}

static void batch(struct out *o, bool first)
{
	begin(o, first ? NFNL_MSG_BATCH_BEGIN : NFNL_MSG_BATCH_END, 0, 1, NFNL_SUBSYS_NFTABLES);
	end(o);
}

static uint16_t nft(uint16_t msg)
{
	return NFNL_SUBSYS_NFTABLES << 8 | msg;
}

static void table(struct out *o, uint16_t msg, uint16_t flags, const char *name)
{
	begin(o, nft(msg), flags, 7, 0);
	attr_str(o, NFTA_TABLE_NAME, name);
	end(o);
}

/* One table is added or deleted, in a batch; returns what send returned. */
static ssize_t send_table(int fd, uint16_t msg, uint16_t flags, const char *name)
{
	struct out o = { 0 };
	ssize_t n;

	batch(&o, true);
	table(&o, msg, flags, name);
	batch(&o, false);
	n = send(fd, o.p, o.len, 0);
	free(o.p);
	return n == (ssize_t)o.len ? 0 : -1;
}

static int ask_gen(int fd)
{
	struct out o = { 0 };
	ssize_t n;

	begin(&o, nft(NFT_MSG_GETGEN), 0, 42, 0);
	end(&o);
	n = write(fd, o.p, o.len);
	free(o.p);
	return n == (ssize_t)o.len ? 0 : -1;
}

static bool is_gen(const char *buf, ssize_t n)
{
	const struct nlmsghdr *h = (const void *)buf;

	return n >= (ssize_t)sizeof(*h) && h->nlmsg_type == nft(NFT_MSG_NEWGEN) && h->nlmsg_seq == 42;
}

static bool gen_works(int fd)
{
	char buf[4096];

	return !ask_gen(fd) && is_gen(buf, recv(fd, buf, sizeof(buf), MSG_DONTWAIT));
}

static int open_socket(int flags)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | flags, NETLINK_NETFILTER);

	if (fd >= 0 && bind(fd, (void *)&a, sizeof(a)))
		return -1;
	return fd;
}

static uint32_t port_of(int fd)
{
	struct sockaddr_nl a = { 0 };
	socklen_t len = sizeof(a);

	return getsockname(fd, (void *)&a, &len) || len != sizeof(a) || a.nl_family != AF_NETLINK ? 0 : a.nl_pid;
}

static unsigned open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* ---- cases ---- */

static void names(void)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_pid = 0x70000001 }, peer = { 0 };
	socklen_t len = sizeof(peer);
	int one = open_socket(0), two = open_socket(0), three = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_NETFILTER);

	ok(one >= 0 && two >= 0 && three >= 0, "sockets are made");
	ok(port_of(one) == (uint32_t)getpid(), "the first is bound to the process id");
	ok(port_of(two) && port_of(two) != port_of(one), "the second to another port");
	ok(!bind(three, (void *)&a, sizeof(a)) && port_of(three) == a.nl_pid, "a port of the caller's choice");
	close(two);
	two = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	ok(bind(two, (void *)&a, sizeof(a)) < 0 && errno == EADDRINUSE, "no port twice");
	ok(!getpeername(one, (void *)&peer, &len) && len == sizeof(peer) && peer.nl_family == AF_NETLINK && !peer.nl_pid, "the peer is port 0");
	a.nl_pid = 0x7fff0000;
	ok(sendto(one, "xxxxxxxxxxxxxxxx", 16, 0, (void *)&a, sizeof(a)) < 0 && errno == ECONNREFUSED, "nobody at other ports");
	ok(bind(one, (void *)&a, 2) < 0 && errno == EINVAL, "an address that is too short");
	close(one);
	close(two);
	close(three);
}

static void answers(void)
{
	int fd = open_socket(0), ep = epoll_create1(0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct epoll_event ev = { .events = EPOLLIN };
	struct timeval now = { 0 };
	char buf[4096];
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
	ok(poll(&p, 1, 0) == 0, "nothing there before the question");
	ok(!ask_gen(fd) && poll(&p, 1, 0) == 1 && p.revents == POLLIN, "the answer is there when send returns: poll");
	ok(select(fd + 1, &set, NULL, NULL, &now) == 1 && FD_ISSET(fd, &set), "select");
	ok(epoll_wait(ep, &ev, 1, 0) == 1, "epoll");
	ok(is_gen(buf, recv(fd, buf, sizeof(buf), 0)), "and it is the one that was asked for");
	ok(recv(fd, buf, sizeof(buf), MSG_DONTWAIT) < 0 && errno == EAGAIN, "then nothing");
	close(ep);
	close(fd);
}

static void receives(void)
{
	int fd = open_socket(SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct sockaddr_nl from = { .nl_pid = 99 };
	char buf[4096], part[10];
	struct iovec iov[2] = { { part, sizeof(part) }, { buf, sizeof(buf) } };
	struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = iov, .msg_iovlen = 2 };
	socklen_t len = sizeof(from);
	ssize_t whole, n;

	ok(fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(fd, F_GETFL) & O_NONBLOCK, "flags of socket()");
	ok(read(fd, buf, sizeof(buf)) < 0 && errno == EAGAIN, "not blocking");
	ask_gen(fd);
	whole = recv(fd, buf, sizeof(buf), MSG_PEEK);
	ok(is_gen(buf, whole), "MSG_PEEK");
	ok(recv(fd, part, sizeof(part), MSG_PEEK | MSG_TRUNC) == whole, "MSG_PEEK with MSG_TRUNC tells the length");
	ok(recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC) == whole, "without a buffer, too");
	n = recvmsg(fd, &m, 0);
	ok(n == whole && m.msg_namelen == sizeof(from) && from.nl_family == AF_NETLINK && !from.nl_pid && !(m.msg_flags & MSG_TRUNC),
	   "recvmsg in parts, from port 0");
	ask_gen(fd);
	m.msg_iovlen = 1;
	n = recvmsg(fd, &m, 0);
	ok(n == sizeof(part) && m.msg_flags & MSG_TRUNC, "a short buffer cuts, and says so");
	ok(recv(fd, buf, sizeof(buf), 0) < 0 && errno == EAGAIN, "the rest is gone");
	ask_gen(fd);
	n = recvfrom(fd, buf, sizeof(buf), 0, (void *)&from, &len);
	ok(is_gen(buf, n) && len == sizeof(from), "recvfrom");
	ask_gen(fd);
	ok(is_gen(buf, read(fd, buf, sizeof(buf))), "read");
	ok(send(fd, buf, 0, 0) < 0 && errno == ENODATA, "nothing cannot be sent");
	close(fd);
}

static void options(void)
{
	int fd = open_socket(0), v = 0, on = 1, group = NFNLGRP_NFTABLES;
	socklen_t len = sizeof(v);
	uint32_t groups[8] = { 0 };

	ok(!getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &v, &len) && v == NETLINK_NETFILTER, "SO_PROTOCOL");
	ok(!getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &v, &len) && v == AF_NETLINK, "SO_DOMAIN");
	v = 8192;
	ok(!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &v, sizeof(v)) && !getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &v, &len) && v == 16384, "SO_RCVBUF doubles");
	ok(!setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) && !getsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &v, &len) && v == 1,
	   "NETLINK_EXT_ACK");
	ok(!setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)), "NETLINK_ADD_MEMBERSHIP");
	len = sizeof(groups);
	ok(!getsockopt(fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups, &len) && groups[0] == 1u << (group - 1), "NETLINK_LIST_MEMBERSHIPS");
	ok(setsockopt(fd, SOL_NETLINK, 9999, &on, sizeof(on)) < 0 && errno == ENOPROTOOPT, "an option that is none");
	close(fd);
}

static void copies(void)
{
	int fd = open_socket(0), a = dup(fd), b = dup2(fd, 200), c = fcntl(fd, F_DUPFD_CLOEXEC, 210), status;
	uint32_t port = port_of(fd);
	pid_t child;

	ok(gen_works(a) && gen_works(b) && gen_works(c), "dup, dup2, F_DUPFD_CLOEXEC");
	ok(port_of(a) == port && port_of(c) == port, "copies have one port");
	close(fd);
	ok(gen_works(a), "a copy lives on");
	child = fork();
	if (!child)
		_exit(gen_works(a) && port_of(a) == port ? 0 : 1);
	ok(waitpid(child, &status, 0) == child && !status, "fork");
	child = fork();
	if (!child) {
		execl(self, self, "inherited", "200", (char *)NULL);
		_exit(2);
	}
	ok(waitpid(child, &status, 0) == child && !status, "exec");
	dup2(0, 200);
	ok(!gen_works(b) && gen_works(a), "what takes its number is another");
	close(200);
	close(a);
	close(c);
}

static void leaks(void)
{
	unsigned before = open_fds();

	for (int i = 0; i < 200; i++) {
		int fd = open_socket(0);

		gen_works(fd);
		close(fd);
	}
	ok(open_fds() == before, "no descriptor is left over");
}

static ssize_t next_of(int fd, uint16_t type, int wait_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	static char buf[65536];
	const struct nlmsghdr *h = (const void *)buf;

	while (poll(&p, 1, wait_ms) == 1) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);

		if (n < 0)
			return -errno;
		if (h->nlmsg_type == type)
			return n;
	}
	return 0;
}

static void notifications(void)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = 1u << (NFNLGRP_NFTABLES - 1) };
	int hears = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), fd = open_socket(0);

	ok(!bind(hears, (void *)&a, sizeof(a)), "groups of bind");
	ok(!send_table(fd, NFT_MSG_NEWTABLE, NLM_F_CREATE, "heard"), "a table is added");
	ok(next_of(hears, nft(NFT_MSG_NEWTABLE), 5000) > 0, "its addition is told to members");
	ok(!send_table(fd, NFT_MSG_DELTABLE, NLM_F_ACK, "heard") && next_of(fd, NLMSG_ERROR, 0) > 0, "the acknowledgement is there at once");
	ok(next_of(hears, nft(NFT_MSG_DELTABLE), 5000) > 0, "its deletion, too");
	close(hears);
	close(fd);
}

/* A member that does not read: others are served, and it is told once. */
static void slow_reader(void)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = 1u << (NFNLGRP_NFTABLES - 1) };
	int slow = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), fd = open_socket(0), small = 8192, lost = 0;
	bool served = true;
	ssize_t n;

	setsockopt(slow, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	bind(slow, (void *)&a, sizeof(a));
	for (int i = 0; i < 200; i++) {
		served &= !send_table(fd, NFT_MSG_NEWTABLE, NLM_F_CREATE, "slow");
		served &= !send_table(fd, NFT_MSG_DELTABLE, 0, "slow");
	}
	ok(served && gen_works(fd), "who does not read stalls nobody");
	while ((n = next_of(slow, 0xffff, 300)))
		lost += n == -ENOBUFS;
	ok(lost == 1, "ENOBUFS once");
	send_table(fd, NFT_MSG_NEWTABLE, NLM_F_CREATE, "slow");
	ok(next_of(slow, nft(NFT_MSG_NEWTABLE), 5000) > 0, "then it goes on");
	send_table(fd, NFT_MSG_DELTABLE, 0, "slow");
	close(slow);
	close(fd);
}

/* More errors than any default buffer holds; all are there before a wait of no time finds nothing. */
static void many_answers(void)
{
	enum { N = 3000 };
	struct out o = { 0 };
	int fd = open_socket(SOCK_NONBLOCK), big = 64 << 20, n = 0;
	char buf[4096];

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
	batch(&o, true);
	for (int i = 0; i < N; i++)
		table(&o, NFT_MSG_DELTABLE, 0, "none");
	batch(&o, false);
	ok(send(fd, o.p, o.len, 0) == (ssize_t)o.len, "a batch of many faults");
	while (recv(fd, buf, sizeof(buf), 0) > 0)
		n++;
	ok(n == N && errno == EAGAIN, "each has its error, at once");
	free(o.p);
	close(fd);
}

/* ---- sets ---- */

static void element(struct out *o, uint32_t i)
{
	size_t elem = nest(o, NFTA_LIST_ELEM), key = nest(o, NFTA_SET_ELEM_KEY);

	attr_be32(o, NFTA_DATA_VALUE, 0x0a000000 + i);
	nest_end(o, key);
	nest_end(o, elem);
}

static void elements(struct out *o, uint32_t n)
{
	enum { EACH = 2000 };

	for (uint32_t i = 0; i < n;) {
		size_t list;

		begin(o, nft(NFT_MSG_NEWSETELEM), NLM_F_CREATE, 9, 0);
		attr_str(o, NFTA_SET_ELEM_LIST_TABLE, "big");
		attr_str(o, NFTA_SET_ELEM_LIST_SET, "s");
		list = nest(o, NFTA_SET_ELEM_LIST_ELEMENTS);
		for (uint32_t end_of = i + EACH; i < n && i < end_of; i++)
			element(o, i);
		nest_end(o, list);
		end(o);
	}
}

static void set(struct out *o)
{
	begin(o, nft(NFT_MSG_NEWSET), NLM_F_CREATE, 8, 0);
	attr_str(o, NFTA_SET_TABLE, "big");
	attr_str(o, NFTA_SET_NAME, "s");
	attr_be32(o, NFTA_SET_ID, 1);
	attr_be32(o, NFTA_SET_KEY_TYPE, 7);
	attr_be32(o, NFTA_SET_KEY_LEN, 4);
	end(o);
}

static uint32_t elements_in(const struct nlmsghdr *h)
{
	const char *p = (const char *)h + NLMSG_HDRLEN + sizeof(struct nfgenmsg), *stop = (const char *)h + h->nlmsg_len;
	uint32_t n = 0;

	for (const struct nlattr *a = (const void *)p; p + sizeof(*a) <= stop; p += NLA_ALIGN(a->nla_len), a = (const void *)p) {
		if ((a->nla_type & NLA_TYPE_MASK) != NFTA_SET_ELEM_LIST_ELEMENTS)
			continue;
		for (const char *e = p + NLA_HDRLEN; e + NLA_HDRLEN <= p + a->nla_len; e += NLA_ALIGN(((const struct nlattr *)(const void *)e)->nla_len))
			n++;
	}
	return n;
}

/* A dump, read without blocking: its next part is there whenever the last has been read. */
static uint32_t dump_set(int fd, size_t room, size_t *largest)
{
	struct out o = { 0 };
	char *buf = malloc(room);
	uint32_t n = 0;
	bool done = false;
	ssize_t got;

	begin(&o, nft(NFT_MSG_GETSETELEM), NLM_F_DUMP, 10, 0);
	attr_str(&o, NFTA_SET_ELEM_LIST_TABLE, "big");
	attr_str(&o, NFTA_SET_ELEM_LIST_SET, "s");
	end(&o);
	if (send(fd, o.p, o.len, 0) < 0)
		done = true;
	while (!done && (got = recv(fd, buf, room, MSG_DONTWAIT)) > 0) {
		if ((size_t)got > *largest)
			*largest = (size_t)got;
		for (const struct nlmsghdr *h = (const void *)buf; NLMSG_OK(h, got); h = NLMSG_NEXT(h, got)) {
			done |= h->nlmsg_type == NLMSG_DONE;
			if (h->nlmsg_type == nft(NFT_MSG_NEWSETELEM))
				n += elements_in(h);
		}
	}
	free(buf);
	free(o.p);
	return done ? n : 0;
}

static void big_batch(uint32_t n)
{
	struct out o = { 0 };
	int fd = open_socket(0), big = 256 << 20;
	size_t largest = 0;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
	batch(&o, true);
	table(&o, NFT_MSG_NEWTABLE, NLM_F_CREATE, "big");
	set(&o);
	elements(&o, n);
	batch(&o, false);
	ok(send(fd, o.p, o.len, 0) == (ssize_t)o.len, "a batch of many elements in one send");
	printf("# %u elements, %zu bytes\n", n, o.len);
	ok(recv(fd, o.p, 4096, MSG_DONTWAIT) < 0 && errno == EAGAIN, "no fault");
	ok(dump_set(fd, 16384, &largest) == n, "a dump has them all");
	ok(largest > 8192 && largest <= 16384, "in parts as large as the buffer that was shown");
	ok(!send_table(fd, NFT_MSG_DELTABLE, NLM_F_ACK, "big") && next_of(fd, NLMSG_ERROR, 0) > 0, "and they go");
	free(o.p);
	close(fd);
}

int main(int argc, char **argv)
{
	self = "/proc/self/exe";
	if (argc > 2 && !strcmp(argv[1], "inherited"))
		return gen_works(atoi(argv[2])) && port_of(atoi(argv[2])) ? 0 : 1;
	if (argc > 2 && !strcmp(argv[1], "elements")) {
		big_batch((uint32_t)atoi(argv[2]));
	} else {
		names();
		answers();
		receives();
		options();
		copies();
		leaks();
		notifications();
		slow_reader();
		many_answers();
		big_batch(20000);
	}
	printf("1..%u\n", n_tests);
	return n_failed != 0;
}
