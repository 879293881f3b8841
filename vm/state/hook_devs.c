/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of devices, of netdev chains and flowtables (nf_tables_parse_netdev_hooks()). A device need not exist. Control thread. */
#include <net/if.h>

#include "vm/host/host.h"
#include "vm/state/internal.h"

enum { DEVS_MAX = 256 }; /* NFT_NETDEVICE_MAX */

/* A name counts with its NUL, a prefix without: one that covers the other is the same (nft_hook_list_find()). */
static size_t span(const struct vm_hook_dev *d)
{
	return strlen(d->name) + !d->prefix;
}

static bool same(const struct vm_hook_dev *a, const struct vm_hook_dev *b)
{
	return !strncmp(a->name, b->name, span(a) < span(b) ? span(a) : span(b));
}

struct vm_hook_dev *hook_devs_find(const struct cds_list_head *devs, const struct vm_hook_dev *like, uint8_t mask)
{
	struct vm_hook_dev *d;

	cds_list_for_each_entry(d, devs, list)
		if (d->genmask == mask && same(d, like))
			return d;
	return NULL;
}

static void dev_free(struct vm_hook_dev *d)
{
	free(d->name);
	free(d);
}

void hook_devs_take(struct vm_hook_dev *d)
{
	cds_list_del(&d->list);
	dev_free(d);
}

void hook_devs_free(struct cds_list_head *devs)
{
	struct vm_hook_dev *d, *t;

	cds_list_for_each_entry_safe(d, t, devs, list)
		dev_free(d);
	CDS_INIT_LIST_HEAD(devs);
}

int hook_devs_delete(struct cds_list_head *devs, struct cds_list_head *named, unsigned next)
{
	struct vm_hook_dev *d, *n, *old;
	struct cds_list_head found;
	int err = 0;

	CDS_INIT_LIST_HEAD(&found);
	cds_list_for_each_entry_safe(d, n, named, list) {
		char *name;

		old = hook_devs_find(devs, d, 0);
		name = old ? strdup(old->name) : NULL;
		if (!name) {
			err = old ? -ENOMEM : -ENOENT;
			break;
		}
		old->genmask = 1u << next;
		free(d->name);
		d->name = name;
		d->prefix = old->prefix;
		cds_list_move(&d->list, &found);
	}
	hook_devs_free(named);
	cds_list_splice(&found, named);
	if (err)
		hook_devs_restore(devs, named, next);
	return err;
}

void hook_devs_restore(struct cds_list_head *devs, const struct cds_list_head *named, unsigned next)
{
	struct vm_hook_dev *d, *old;

	cds_list_for_each_entry_reverse(d, named, list) {
		old = hook_devs_find(devs, d, 1u << next);
		if (!old)
			continue;
		old->genmask = 0;
		cds_list_move(&old->list, devs);
	}
}

void hook_devs_drop(struct cds_list_head *devs, unsigned cursor)
{
	struct vm_hook_dev *d, *t;

	cds_list_for_each_entry_safe(d, t, devs, list)
		if (d->genmask >> cursor & 1)
			hook_devs_take(d);
}

static int dev_add(struct nl_req *q, const char *name, bool prefix, struct cds_list_head *out)
{
	const struct host_dev *hd;
	struct vm_hook_dev *d;

	if (strlen(name) >= IFNAMSIZ)
		return -E2BIG;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->name = strdup(name);
	d->prefix = prefix;
	if (!d->name || hook_devs_find(out, d, 0)) {
		int err = d->name ? -EEXIST : -ENOMEM;

		dev_free(d);
		return err;
	}
	hd = prefix ? NULL : host_dev_intern(q->e->host, name);
	d->index = hd ? hd->index : 0;
	cds_list_add_tail(&d->list, out);
	return 0;
}

int hook_devs_parse(struct nl_req *q, struct bc_node *devs, const char *dev, const struct nlattr *nest, struct cds_list_head *out)
{
	unsigned n = 0;
	int err = 0;

	if (dev)
		err = dev_add(q, dev, false, out);
	for (; !dev && devs && !err; devs = devs->next) {
		const struct bc_device *d = BC_BODY(devs, struct bc_device);

		if (!d->name && !d->prefix)
			err = -EINVAL;
		else
			err = dev_add(q, d->name ? d->name : d->prefix, !d->name, out);
		if (err)
			q->err->at = devs->at;
		else if (++n == DEVS_MAX)
			err = -EFBIG;
	}
	if (err) {
		if (!q->err->at && dev)
			q->err->at = nest;
		hook_devs_free(out);
	}
	return err;
}

struct bc_node *hook_devs_fill(const struct cds_list_head *devs, unsigned cursor, struct arena *a, const char **only)
{
	struct bc_node *first = NULL, **tail = &first;
	const struct vm_hook_dev *d;
	unsigned n = 0;

	*only = NULL;
	cds_list_for_each_entry(d, devs, list) {
		struct bc_device *m;

		if (d->genmask >> cursor & 1)
			continue;
		m = bc_node_add(a, &tail, sizeof(*m));
		*only = n++ || d->prefix ? NULL : d->name;
		if (d->prefix)
			BC_SET(m, NFTA_DEVICE_PREFIX, prefix, d->name);
		else
			BC_SET(m, NFTA_DEVICE_NAME, name, d->name);
	}
	return first;
}
