/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams being put together (inet_fragment.c). A worker has a fixed number of places for them; when all are taken the oldest
 * datagram is given up. One that is not whole after its time is given up, too. Fragments must all come to the same worker.
 */
#ifndef NFVM_VM_HOST_FRAG_H
#define NFVM_VM_HOST_FRAG_H

#include "vm/host/pkt.h"

enum { FRAG_QUEUES = 64, FRAG_HEAD = 1024, FRAG_MAX = 1 << 16, FRAG_LIFE_4_S = 30, FRAG_LIFE_6_S = 60 };

struct frag_key {
	uint8_t src[16], dst[16];
	uint32_t id, dev;
	uint8_t family, proto, user, pad;
};

/*
 * Payload bytes from … to of one fragment. Fragments that came in order form a run: joined to the one before. (Neighbours that came out of order
 * do not, which decides what is a duplicate and what an overlap.)
 */
struct frag_piece {
	uint32_t from, to;
	bool joined;
};

struct frag_queue {
	bool used, first_in, last_in;
	struct frag_key key;
	uint64_t until_ns;
	uint32_t len, have;       /* the datagram's payload as far as known; bytes of it that are here */
	uint32_t max_size, max_df_size;
	uint32_t name;            /* IPv6: offset of the byte that names the fragment header */
	uint8_t ecn;              /* 1 << codepoint of each fragment's */
	struct pkt head;          /* state of the fragment at offset 0 */
	uint32_t head_len;        /* bytes in front of its payload, from v.data */
	uint8_t *bytes;           /* FRAG_HEAD + FRAG_MAX: head, then payload */
	unsigned n;
	struct frag_piece piece[FRAG_MAX / 8 / 16];
};

struct frags {
	struct frag_queue queue[FRAG_QUEUES];
	uint8_t *mem;
};

enum frag_insert { FRAG_OK, FRAG_DUPLICATE, FRAG_OVERLAP };

/* The queue of a key, a new one where there is none. */
struct frag_queue *frag_find(struct pkt *p, const struct frag_key *key, unsigned life_s);
/* len bytes of payload at offset from. */
enum frag_insert frag_insert(struct frag_queue *q, const uint8_t *data, uint32_t from, uint32_t len);
/* p lies at offset 0: its state and the head_len bytes in front of its payload are the datagram's. */
void frag_set_head(struct frag_queue *q, const struct pkt *p, uint32_t head_len);
static inline bool frag_whole(const struct frag_queue *q)
{
	return q->first_in && q->last_in && q->have == q->len;
}
/* p becomes the datagram: its head, then all payload. The queue ends. */
void frag_finish(struct frag_queue *q, struct pkt *p);
static inline void frag_kill(struct frag_queue *q)
{
	q->used = false;
}
/* The bits to or into the datagram's ECN field; -1: the fragments' do not go together (RFC 3168 §5.3). */
int frag_ecn(uint8_t seen);

#endif
