/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of nl/: what a socket is. */
#ifndef NFVM_VM_NL_SOCKET_H
#define NFVM_VM_NL_SOCKET_H

#include "nfvm/engine.h"
#include "vm/nl/nl.h"

enum {
	SOCKET_RCVBUF = 212992,      /* net.core.rmem_default */
	SOCKET_FIRST_PART = 3776,    /* NLMSG_GOODSIZE with 4 KiB pages */
	SOCKET_LARGEST_PART = 32448, /* SKB_WITH_OVERHEAD(32768) */
	SOCKET_OVERHEAD = 704,       /* what a datagram weighs beside its bytes (skb->truesize) */
};

struct datagram {
	struct cds_list_head list;
	struct buf bytes;
};

struct nfvm_socket {
	struct cds_list_head list;      /* nl->sockets */
	struct vm_engine *e;
	uint32_t port;
	struct cds_list_head queue;     /* of struct datagram */
	size_t queued, rcvbuf;          /* bytes with overhead */
	size_t reader;                  /* largest buffer that the reader has shown */
	uint64_t groups;                /* bit per NFNLGRP_* */
	struct nl_dump *dump;           /* under way, or NULL */
	uint32_t peer_pid;
	char peer_comm[16];
	struct nfvm_socket_hooks hooks; /* of a server */
	bool ext_ack, cap_ack, no_enobufs, broadcast_error;
	bool overrun, congested;        /* ENOBUFS to be told; told, and the queue not yet empty */
};

struct nl {
	struct vm_engine *e;
	struct cds_list_head sockets;
	uint32_t last_port;
	nl_gone_fn gone;
	struct arena *arena;            /* of the message being handled */
};

/* Makes the next part of the socket's dump. */
void socket_dump_part(struct nfvm_socket *s);

#endif
