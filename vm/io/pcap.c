/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcap files, read by libpcap, which knows all of the format's variants. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "vm/io/capture_impl.h"
#include "vm/io/link.h"

struct pcap_file {
	pcap_t *p;
	int linktype;
};

/* libpcap numbers a few link types its own way (DLT_*); files and link.h have LINKTYPE_*. They differ for raw IP only. */
static int linktype_of(pcap_t *p)
{
	int dlt = pcap_datalink(p);

	return dlt == DLT_RAW ? 101 : dlt;
}

static int open_file(struct capture *c, char **error)
{
	struct pcap_file *own = calloc(1, sizeof(*own));
	char why[PCAP_ERRBUF_SIZE];

	if (!own)
		return -ENOMEM;
	c->own = own;
	own->p = pcap_fopen_offline_with_tstamp_precision(c->f, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!own->p) {
		*error = capture_error("%s", why);
		return -EINVAL;
	}
	own->linktype = linktype_of(own->p);
	if (link_known(own->linktype))
		return 0;
	*error = capture_error("its link type %d is not known (Ethernet, raw IP, Linux cooked and loopback are)", own->linktype);
	return -EINVAL;
}

static int next(struct capture *c, struct capture_frame *f, char **error)
{
	struct pcap_file *own = c->own;
	struct pcap_pkthdr *h;
	const u_char *data;
	int got = pcap_next_ex(own->p, &h, &data);

	if (got == PCAP_ERROR_BREAK)
		return 0;
	if (got != 1) {
		*error = capture_error("%s", pcap_geterr(own->p));
		return -1;
	}
	f->time_ns = (uint64_t)h->ts.tv_sec * 1000000000 + (uint64_t)h->ts.tv_usec;
	f->wire_len = h->len;
	link_to_ethernet(own->linktype, data, h->caplen, &c->room, f);
	return 1;
}

/* pcap_close() closes the FILE that pcap_fopen_offline() was given. */
static void close_file(struct capture *c)
{
	struct pcap_file *own = c->own;

	if (own && own->p) {
		pcap_close(own->p);
		c->f = NULL;
	}
	free(own);
}

const struct capture_reader capture_pcap = { .open = open_file, .next = next, .close = close_file };
