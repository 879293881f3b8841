/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker's part of the host, and a frame from its entry to its verdict. The public functions about devices and addresses of an engine's host
 * are here, too.
 */
#include "vm/host/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "vm/host/pkt.h"

/* ---- the worker's part ---- */

int host_worker_new(struct vm_worker *w)
{
	struct host_worker *h = calloc(1, sizeof(*h));
	void *mem;

	if (!h)
		return -ENOMEM;
	w->host = h;
	mem = mmap(NULL, (size_t)PKT_POOL * PKT_BUF, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mem == MAP_FAILED)
		return -ENOMEM;
	h->mem = mem;
	for (unsigned i = PKT_POOL; i-- > 0;) {
		h->pool[i].buf = h->mem + (size_t)i * PKT_BUF;
		h->pool[i].next = h->spare;
		h->spare = &h->pool[i];
	}
	h->backlog_last = &h->backlog;
	return frags_new(w);
}

void host_worker_free(struct vm_worker *w)
{
	struct host_worker *h = w->host;

	if (!h)
		return;
	frags_free(w);
	if (h->mem)
		munmap(h->mem, (size_t)PKT_POOL * PKT_BUF);
	free(h);
	w->host = NULL;
}

/* ---- frames ---- */

/* What lo took in the meantime comes in. It cannot go on for ever: each round needs a packet that was sent to the host itself. */
static void run_backlog(struct host_worker *h)
{
	for (unsigned n = 0; h->backlog && n < PKT_POOL; n++) {
		struct pkt *p = h->backlog;

		h->backlog = p->next;
		if (!h->backlog)
			h->backlog_last = &h->backlog;
		host_rx(p);
	}
	while (h->backlog) {
		struct pkt *p = h->backlog;

		h->backlog = p->next;
		pkt_free(p);
	}
	h->backlog_last = &h->backlog;
}

static enum nfvm_verdict verdict_of(enum fate f, bool answered)
{
	switch (f) {
	case FATE_NONE:
	case FATE_SENT:
		return NFVM_ACCEPT;
	case FATE_QUEUED:
		return NFVM_QUEUE;
	case FATE_STOLEN:
		return NFVM_STOLEN;
	case FATE_ERROR:
		return NFVM_ERROR;
	case FATE_DROPPED:
		break;
	}
	return answered ? NFVM_REJECT : NFVM_DROP;
}

enum nfvm_verdict host_frame(struct vm_worker *w, const struct nfvm_frame *f)
{
	struct host_worker *h = w->host;
	struct pkt *p;
	enum fate fate;

	h->answered = false;
	if (f->len > PKT_MAX - 4)
		return NFVM_ERROR;
	p = pkt_new(w);
	if (!p)
		return NFVM_DROP;
	memcpy(p->v.data, f->data, f->len);
	p->v.len = f->len;
	p->v.tailroom -= f->len;
	p->v.iif = f->dev;
	p->v.nftrace = w->trace_all; /* of what came in; what the host says to it is not traced */
	fate = host_rx(p);
	run_backlog(h);
	return verdict_of(fate, h->answered);
}

/* ---- public ---- */

uint32_t nfvm_device_intern(struct nfvm_engine *e, const char *name, bool *made)
{
	const struct host_dev *d = host_dev_named(e->host, name);

	*made = !d && host_is_builtin(e->host);
	if (*made)
		d = host_dev_intern(e->host, name);
	return d ? d->index : 0;
}

uint32_t nfvm_device_index(const struct nfvm_engine *e, const char *name)
{
	const struct host_dev *d = host_dev_named(e->host, name);

	return d ? d->index : 0;
}

const char *nfvm_device_name(const struct nfvm_engine *e, uint32_t index)
{
	const struct host_dev *d = host_dev(e->host, index);

	return d ? d->name : NULL;
}

int nfvm_device_mac(const struct nfvm_engine *e, uint32_t index, uint8_t mac[6])
{
	const struct host_dev *d = host_dev(e->host, index);

	if (!d)
		return -ENODEV;
	memcpy(mac, d->mac, 6);
	return 0;
}

uint32_t nfvm_device_entering(const struct nfvm_engine *e, uint32_t dev, const uint8_t *frame, uint32_t len)
{
	uint32_t first = 0;

	if (dev && host_dev(e->host, dev))
		return dev;
	for (uint32_t i = host_dev_next(e->host, 1); i; i = host_dev_next(e->host, i + 1)) {
		const struct host_dev *d = host_dev(e->host, i);

		if ((d->flags & IFF_LOOPBACK) || !d->described)
			continue;
		if (!first)
			first = i;
		else if (len >= 6 && !memcmp(frame, d->mac, 6))
			return i;
	}
	return first;
}

int nfvm_host_local(struct nfvm_engine *e, const char *address)
{
	return host_add_local(e->host, address);
}

char *nfvm_conntrack_json(const struct nfvm_engine *e)
{
	return ct_dump_json((struct vm_engine *)e);
}
