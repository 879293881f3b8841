/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What expressions read and set of a packet's connection (nft_ct.c), beyond the one-liners of ct.h. Worker's thread. */
#include "vm/ct/help.h"

#include "vm/engine.h"

uint16_t ct_zone(const struct ct_entry *ct, int dir)
{
	return dir == CT_DIRS || (ct->zone_dirs >> dir & 1) ? ct->zone : 0;
}

uint32_t ct_expires_ms(const struct vm_pkt *v)
{
	uint64_t at = atomic_load_explicit(&v->ct->expires_ns, memory_order_relaxed), now = v->w->now_ns;

	/* before confirmation the kernel, too, takes the time from now on for a time since its start: it has passed */
	at = (ct_status(v->ct) & IPS_CONFIRMED) && at > now ? at - now : 0;
	return (uint32_t)(at / 1000000);
}

void ct_counters(const struct ct_entry *ct, int dir, uint64_t *packets, uint64_t *bytes)
{
	*packets = *bytes = 0;
	for (int d = 0; d < CT_DIRS; d++) {
		if (dir != CT_DIRS && dir != d)
			continue;
		*packets += atomic_load_explicit(&ct->dir[d].packets, memory_order_relaxed);
		*bytes += atomic_load_explicit(&ct->dir[d].bytes, memory_order_relaxed);
	}
}

const char *ct_helper_name(const struct vm_pkt *v)
{
	const struct ct_helper *h = NULL;

	if (ct_status(v->ct) & IPS_EXPECTED)
		h = ct_helper(ct_help_of(v->w->e->ct, v->ct)->master_helper);

	return h ? h->name : "";
}

const uint8_t *ct_labels(const struct vm_pkt *v)
{
	struct ct_table *t = v->w->e->ct;

	if (!(atomic_load_explicit(&v->ct->has, memory_order_acquire) & CT_HAS_LABELS)) /* release: ct_set_labels */
		return NULL;
	return (const uint8_t *)t->labels[ct_index(t, v->ct)];
}

bool ct_set_labels(struct vm_pkt *v, const uint8_t set[16])
{
	struct ct_table *t = v->w->e->ct;
	_Atomic uint64_t *labels;
	uint64_t bits[2];

	if (atomic_load_explicit(&v->ct->life, memory_order_relaxed) == CT_TEMPLATE)
		return false;
	labels = t->labels[ct_index(t, v->ct)];
	memcpy(bits, set, sizeof(bits));
	if (!(atomic_load_explicit(&v->ct->has, memory_order_relaxed) & CT_HAS_LABELS) &&
	    atomic_load_explicit(&v->ct->life, memory_order_relaxed) == CT_UNCONFIRMED)
		labels[0] = labels[1] = 0;
	for (unsigned i = 0; i < 2; i++)
		atomic_fetch_or_explicit(&labels[i], bits[i], memory_order_relaxed);
	atomic_fetch_or_explicit(&v->ct->has, CT_HAS_LABELS, memory_order_release);
	return true;
}

bool ct_set_zone(struct vm_pkt *v, int dir, uint16_t zone)
{
	struct ct_worker *c = v->w->ct;
	struct ct_entry *t;

	if (v->ct)
		return true;
	t = &c->templates[c->next_template++ % CT_TEMPLATES];
	memset(t, 0, sizeof(*t));
	t->life = CT_TEMPLATE;
	t->status = IPS_TEMPLATE | IPS_CONFIRMED;
	t->zone = zone;
	t->zone_dirs = dir == CT_DIRS ? 1 << CT_ORIG | 1 << CT_REPLY : 1 << dir;
	v->ct = t;
	v->ctinfo = IP_CT_NEW;
	return true;
}

void ct_notrack(struct vm_pkt *v)
{
	if (v->ct || v->ctinfo == IP_CT_UNTRACKED)
		return;
	v->ctinfo = IP_CT_UNTRACKED;
}

bool ct_set_eventmask(struct vm_pkt *v, uint32_t mask)
{
	if (ct_status(v->ct) & IPS_CONFIRMED)
		return false;
	v->ct->eventmask = mask;
	return true;
}
