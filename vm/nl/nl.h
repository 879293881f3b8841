/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nfnetlink server: sockets, and the way of a message from its bytes to the function that handles it.
 *
 *   nfvm_socket_send → nl/nfnetlink.c (single messages, batches, acknowledgements) → struct nl_call of a subsystem (state/calls.c, ct/)
 *   answers and dumps → nl/socket.c (queue) → nfvm_socket_recv
 *
 * Control thread only.
 */
#ifndef NFVM_VM_NL_H
#define NFVM_VM_NL_H

#include <urcu/list.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bytecode/bc.h"
#include "vm/vm.h"

struct nl;
struct nl_dump;

int nl_new(struct vm_engine *e, struct nl **out);
/* All sockets must have been freed. */
void nl_free(struct nl **n);

/* ---- requests --------------------------------------------------------------------------------------- */

/* A message on its way through its handler. */
struct nl_req {
	struct vm_engine *e;
	struct nfvm_socket *sock;
	const struct nlmsghdr *nlh;
	uint16_t msg;           /* type within its subsystem: NFT_MSG_… */
	uint8_t family;         /* NFPROTO_* */
	const void *attrs;      /* behind the nfgenmsg */
	size_t attrs_len;
	const void *body;       /* decoded by the call's desc; NULL without one */
	struct arena *arena;    /* lives as long as the message is handled */
	struct bc_err *err;     /* attribute and text of a failure */
};

/* NLM_F_* of a request. */
static inline uint16_t nl_flags(const struct nl_req *q) { return q->nlh->nlmsg_flags; }
/* Points an error at the first attribute of a type and returns it: return nl_bad(q, NFTA_TABLE_NAME, -ENOENT). */
int nl_bad(struct nl_req *q, uint16_t attr, int err);
/* Sets the extack's text; returns err. text is static. */
int nl_text(struct nl_req *q, const char *text, int err);

enum { NL_PLAIN = 1, NL_BATCH };

struct nl_call {
	uint8_t kind;              /* NL_PLAIN: alone; NL_BATCH: within a batch; 0: no such message */
	int (*call)(struct nl_req *q); /* 0 or -errno; -EINTR: a dump has been started, no acknowledgement */
	const struct bc_desc *desc;
	/*
	 * The kernel reads the list in this attribute (0: none) only when it has handled the others. Where the list cannot be read, early() is called with
	 * all but it; what it refuses is the error then.
	 */
	uint16_t list;
	int (*early)(struct nl_req *q);
};

/* What a batch is to end with. */
enum nl_abort { NL_ABORT_FAILED, NL_ABORT_VALIDATE };

struct nl_subsys {
	uint8_t id;                /* NFNL_SUBSYS_* */
	uint8_t n_calls;
	const struct nl_call *calls;
	/* Batches; NULL where the subsystem takes none. */
	int (*begin)(struct vm_engine *e, struct nfvm_socket *s, uint32_t genid, bool replay); /* 0, -ERESTART: wrong generation */
	/* first: header of the message behind BATCH_BEGIN. -EAGAIN: roll back and play the batch again, to find the culprit. */
	int (*commit)(struct vm_engine *e, struct nfvm_socket *s, const struct nlmsghdr *first);
	int (*abort)(struct vm_engine *e, struct nfvm_socket *s, enum nl_abort how);
};

/* Handles all messages of one send. */
void nl_receive(struct vm_engine *e, struct nfvm_socket *s, const void *bytes, size_t len);

/* ---- answers ------------------------------------------------------------------------------------------ */

/* Queues one datagram; takes b's bytes over and leaves it empty. */
void nl_answer(struct nfvm_socket *s, struct buf *b);
/* As netlink_ack(): an NLMSG_ERROR for a request. err 0: acknowledgement. x may be NULL. */
void nl_ack(struct nfvm_socket *s, const struct nlmsghdr *req, int err, const struct bc_err *x);
/*
 * A notification (one datagram, any number of messages): to every member of the group but `from`; and with echo to `from` itself, whether it is a member or
 * not. A member whose queue is full loses it, and is told so by ENOBUFS. from may be NULL. b is left empty.
 */
void nl_notify(struct vm_engine *e, struct nfvm_socket *from, uint32_t group, bool echo, struct buf *b);
/* True where anybody listens. */
bool nl_listeners(const struct vm_engine *e, uint32_t group);
/* Header of an nfnetlink message; returns its offset, to be closed by nl_end(). res_id: host order. */
size_t nl_begin(struct buf *b, uint16_t type, uint16_t flags, uint32_t seq, uint32_t port, uint8_t family, uint16_t res_id);
void nl_end(struct buf *b, size_t at);

/* The process behind a socket. */
uint32_t nl_peer(const struct nfvm_socket *s, const char **comm);
/* The socket that has this port, or NULL. */
struct nfvm_socket *nl_port(struct vm_engine *e, uint32_t port);
/* Called when a socket goes away (tables with an owner). */
typedef void (*nl_gone_fn)(struct vm_engine *e, uint32_t port);
void nl_on_gone(struct vm_engine *e, nl_gone_fn f);

/* ---- dumps -------------------------------------------------------------------------------------------- */

/*
 * A dump under way; its owner embeds it. Parts are made when the reader has room. part() appends messages while less than `room` bytes are
 * used (whole messages; a single one may exceed it, if it is the first). Returns 1 to be called again; 0 at the end, or -errno: NLMSG_DONE
 * follows in the same datagram.
 */
struct nl_dump {
	int (*part)(struct nl_dump *d, struct buf *out, size_t room);
	void (*done)(struct nl_dump *d); /* frees it */
	struct nfvm_socket *sock;
	uint32_t seq, port;
	uint16_t type;          /* of the request */
	uint64_t gen;           /* generation of the last part */
	bool intr;              /* it has changed meanwhile: messages get NLM_F_DUMP_INTR */
};
/* Takes d over and makes its first part. -EINTR (the answer is on its way), or -EBUSY: one is under way already (d->done was called). */
int nl_dump_start(struct nl_req *q, struct nl_dump *d);

#endif
