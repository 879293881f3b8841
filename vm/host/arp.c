/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARP packets that come in (arp_rcv): what passes the arp family's input is delivered. The host answers none. */
#include "vm/host/pkt.h"

enum { ARP_LEN = 8 + 2 * 6 + 2 * 4, ARP_IN = 0 /* NF_ARP_IN */ };

enum fate host_arp_rcv(struct pkt *p)
{
	const struct host_dev *d = host_dev(pkt_host(p), p->v.iif);
	const uint8_t *arp = pkt_l3(p);
	enum fate f = FATE_ERROR;

	if (!(d->flags & IFF_NOARP) && pkt_l3_len(p) >= ARP_LEN && arp[4] == 6 && arp[5] == 4)
		f = host_hook(p, NFPROTO_ARP, ARP_IN, p->v.iif, 0);
	if (f == FATE_NONE)
		return host_rx_local(p);
	pkt_free(p);
	return f;
}
