/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nfvm engine: nf_tables in user space.
 *
 * An engine stands for the netfilter part of one network namespace: a host (devices, addresses, routes), its rulesets, its connection table.
 * It is driven by the netlink messages of the Linux kernel's nfnetlink, through sockets (struct nfvm_socket), and runs frames
 * through workers (struct nfvm_worker).
 *
 * Threads: an engine has one control thread, which owns all sockets. Each worker belongs to one thread. Workers
 * run while the control thread changes the ruleset; a burst sees one generation of it. A program with one thread may do both.
 */
#ifndef NFVM_ENGINE_H
#define NFVM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NFVM_API __attribute__((visibility("default")))

struct nfvm_engine;
struct nfvm_socket;
struct nfvm_worker;

struct nfvm_options {
	const char *host_json; /* host file's text, NUL-terminated; NULL: the built-in example host */
	uint64_t seed;         /* of all randomness; 0: a fixed one */
	bool check_only;       /* rulesets are only checked, no frame is run: what the engine cannot execute is accepted */
	bool real_time;        /* clock: the machine's; else that of the frames' time stamps, never running back */
};

/* 0 or -errno; then *error (if not NULL) is a text to be freed with free(). *out is untouched on failure. */
NFVM_API int nfvm_engine_new(const struct nfvm_options *o, struct nfvm_engine **out, char **error);
NFVM_API void nfvm_engine_free(struct nfvm_engine **e);

/* ---- devices of the host ------------------------------------------------------------------------ */

/* Index of a device, 0 where there is none of this name. */
NFVM_API uint32_t nfvm_device_index(const struct nfvm_engine *e, const char *name);
/*
 * As nfvm_device_index; where the host came from no file, a device that it does not have gets an index of its own, and *made is set. Control
 * thread. 0: no such device, or not a name.
 */
NFVM_API uint32_t nfvm_device_intern(struct nfvm_engine *e, const char *name, bool *made);
/* MAC address of a device. 0 or -ENODEV. */
NFVM_API int nfvm_device_mac(const struct nfvm_engine *e, uint32_t index, uint8_t mac[6]);
/* Name of a device, NULL where there is none. The engine's, valid as long as it. */
NFVM_API const char *nfvm_device_name(const struct nfvm_engine *e, uint32_t index);
/*
 * The device that a frame enters: dev, if it is not 0 and a device of the host; else the one whose MAC address is the frame's destination,
 * but for the host's first device, which also takes all others.
 */
NFVM_API uint32_t nfvm_device_entering(const struct nfvm_engine *e, uint32_t dev, const uint8_t *frame, uint32_t len);
/* More addresses ("192.0.2.7", "2001:db8::7") that count as the host's own. 0 or -EINVAL. Before any frame is run. */
NFVM_API int nfvm_host_local(struct nfvm_engine *e, const char *address);

/* ---- netlink ---------------------------------------------------------------------------------------- */

/* As socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) bound to a port of its own. */
NFVM_API int nfvm_socket_new(struct nfvm_engine *e, struct nfvm_socket **out);
NFVM_API void nfvm_socket_free(struct nfvm_socket **s);
/* Gives it another port; 0: the number of the process behind it if that is free, else any. 0 or -EADDRINUSE. */
NFVM_API int nfvm_socket_bind(struct nfvm_socket *s, uint32_t port);
NFVM_API uint32_t nfvm_socket_port(const struct nfvm_socket *s);
/* Of SOL_NETLINK: NETLINK_ADD_MEMBERSHIP, DROP_MEMBERSHIP, EXT_ACK, CAP_ACK, NO_ENOBUFS, BROADCAST_ERROR, GET_STRICT_CHK. 0 or -errno. */
NFVM_API int nfvm_socket_setopt(struct nfvm_socket *s, int option, int value);
/* The value of an option; NETLINK_LIST_MEMBERSHIPS: bit 0 for group 1. 0 or -errno. */
NFVM_API int nfvm_socket_getopt(const struct nfvm_socket *s, int option, uint64_t *value);
/* SO_RCVBUF: bytes of waiting notifications (each with some overhead) beyond which more are lost. Answers are never lost. */
NFVM_API void nfvm_socket_rcvbuf(struct nfvm_socket *s, size_t bytes);
/* The process behind the socket, as NFTA_GEN_PROC_* tell it to others; without it, this process. */
NFVM_API void nfvm_socket_peer(struct nfvm_socket *s, uint32_t pid, const char *comm);
/*
 * As sendmsg to the kernel: whole messages, one or many (a batch is one send). All that it leads to has been done, and every
 * answer is queued (dumps: their first part), when it returns. 0 or -errno; errors about single messages come as answers.
 */
NFVM_API int nfvm_socket_send(struct nfvm_socket *s, const void *bytes, size_t len);
/*
 * The next datagram. Returns its whole length, also where it exceeds len (then cut, as MSG_TRUNC); -EAGAIN: none waiting;
 * -ENOBUFS once after notifications were lost. flags: MSG_PEEK, NFVM_RECV_HOLD.
 */
NFVM_API ssize_t nfvm_socket_recv(struct nfvm_socket *s, void *buf, size_t len, int flags);

/*
 * For servers, which carry datagrams to readers elsewhere. With NFVM_RECV_HOLD a receive tells nothing of the reader's buffer and starts no further part of a
 * dump: that is made by the first receive without it that finds nothing waiting.
 */
enum { NFVM_RECV_HOLD = 1 << 30 };
struct nfvm_socket_hooks {
	void *ctx;
	void (*ready)(void *ctx);     /* something waits where nothing did; within other calls: note it, and receive later */
	size_t (*carried)(void *ctx); /* bytes, with overhead, that were received and that the reader has not read yet */
};
NFVM_API void nfvm_socket_hook(struct nfvm_socket *s, const struct nfvm_socket_hooks *h);
/* The largest buffer that the reader has shown: what the parts of dumps may fill. */
NFVM_API void nfvm_socket_reader(struct nfvm_socket *s, size_t bytes);
/* A dump is under way: parts of it are still to be made. */
NFVM_API bool nfvm_socket_dumping(const struct nfvm_socket *s);
/* Something is waiting. */
NFVM_API bool nfvm_socket_waiting(const struct nfvm_socket *s);

/* ---- packets ---------------------------------------------------------------------------------------- */

enum { NFVM_BURST = 64 };

/* What became of a frame that came in. */
enum nfvm_verdict {
	NFVM_ACCEPT, /* it left by a device, or was delivered to the host */
	NFVM_DROP,
	NFVM_REJECT, /* dropped with an answer */
	NFVM_QUEUE,
	NFVM_STOLEN, /* sent elsewhere (fwd), or held (fragment) */
	NFVM_ERROR,  /* not a packet the host would take */
};

/* A frame that enters. data: len bytes from the Ethernet header on; only read. */
struct nfvm_frame {
	const uint8_t *data;
	uint32_t len;
	uint32_t dev;       /* index of the device it enters */
	uint64_t time_ns;   /* since 1970, UTC */
};

/* A frame that leaves; valid during the call. dev NFVM_DEV_LOCAL: delivered to the host (MAC addresses zero). */
struct nfvm_out {
	uint32_t in;        /* number of the frame in its burst that led to it */
	uint32_t dev;
	const uint8_t *data;
	uint32_t len;
};
#define NFVM_DEV_LOCAL UINT32_MAX

/*
 * A rule whose expressions all held for a frame (where the kernel would trace it), or the end of a base chain. Strings and
 * verdict are valid during the call. verdict: NFT_CONTINUE, NF_ACCEPT, NF_DROP, NFT_JUMP…; of a base chain what it came to.
 */
struct nfvm_step {
	uint32_t in, len;     /* number in its burst; bytes of the packet from its link-layer header */
	uint8_t family;       /* the table's, NFPROTO_* */
	bool policy;          /* end of a base chain that its policy decided */
	const char *table, *chain;
	uint64_t handle;      /* the rule's; 0: end of a base chain */
	int32_t verdict;
};

/* What a worker tells of its frames; any function may be NULL. Called by the worker's thread, in order. */
struct nfvm_sink {
	void *ctx;
	void (*out)(void *ctx, const struct nfvm_out *o);
	/* An NFT_MSG_TRACE message, as its subscribers get it; for the frame `in` of the burst. */
	void (*trace)(void *ctx, uint32_t in, const void *nlmsg, size_t len);
	/* Each rule that held and each base chain's end, for reports and coverage. */
	void (*step)(void *ctx, const struct nfvm_step *s);
	/* A log statement: group (or UINT16_MAX for the system log), level, prefix, and the packet from its network header. */
	void (*log)(void *ctx, uint32_t in, uint16_t group, uint8_t level, const char *prefix, const uint8_t *data, uint32_t len);
};

NFVM_API int nfvm_worker_new(struct nfvm_engine *e, const struct nfvm_sink *sink, struct nfvm_worker **out);
NFVM_API void nfvm_worker_free(struct nfvm_worker **w);
/* Traces every frame, as though each had `meta nftrace set 1` from the start. */
NFVM_API void nfvm_worker_trace_all(struct nfvm_worker *w, bool on);
/* Runs 1 … NFVM_BURST frames in order; verdicts[i] is what became of frames[i]. */
NFVM_API void nfvm_worker_run(struct nfvm_worker *w, const struct nfvm_frame *frames, unsigned n, uint8_t *verdicts);
/* The connection table as a JSON array (form: /proc/net/nf_conntrack, field by field), to be freed; NULL: no memory. Control thread. */
NFVM_API char *nfvm_conntrack_json(const struct nfvm_engine *e);
/*
 * What the engine holds and has done, as one JSON object, to be freed; NULL: no memory: "ruleset" (generation and how many of each kind), "connections",
 * "frames" (by verdict). Control thread.
 */
NFVM_API char *nfvm_stats_json(const struct nfvm_engine *e);
/* Lets the time go on without a frame: expiries, collection. */
NFVM_API void nfvm_engine_advance(struct nfvm_engine *e, uint64_t time_ns);

#ifdef __cplusplus
}
#endif
#endif
