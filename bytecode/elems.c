/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes long lists of set elements straight into a batch. See msg.h, bc_elems_open.
 *
 * An element that no longer fits in the message (an attribute, so the list too, ends at 65535 bytes) is taken back and written
 * again into the next; that happens once in 64 KiB.
 */
#include "bytecode/msg.h"

#include <errno.h>

enum { LIST_MAX = UINT16_MAX };

static struct nlattr *list_attr(const struct bc_elem_writer *w)
{
	return (void *)(w->batch->bytes.p + w->list);
}

static void list_open(struct bc_elem_writer *w)
{
	struct bc_elems head = *w->head;

	head.elems = NULL;
	BC_MARK(&head, NFTA_SET_ELEM_LIST_ELEMENTS);
	bc_batch_msg(w->batch, w->type, w->family, w->flags, &bc_elems_desc, &head);
	w->list = w->batch->bytes.len - sizeof(struct nlattr); /* the list is the last attribute */
	w->number = 0;
}

static void list_close(struct bc_elem_writer *w)
{
	struct nlmsghdr *h = (void *)(w->batch->bytes.p + w->batch->open);

	list_attr(w)->nla_len = (uint16_t)(w->batch->bytes.len - w->list);
	h->nlmsg_len = (uint32_t)(w->batch->bytes.len - w->batch->open);
	w->list = 0;
}

void bc_elems_open(struct bc_elem_writer *w, struct bc_batch *b, uint16_t type, uint8_t family, uint16_t flags, const struct bc_elems *head)
{
	*w = (struct bc_elem_writer){ .batch = b, .head = head, .type = type, .family = family, .flags = flags };
}

/* 0, or -EMSGSIZE where the list is full. */
static int elem_put(struct bc_elem_writer *w, const struct bc_elem *e)
{
	struct buf *out = &w->batch->bytes;
	size_t at = out->len;
	struct nlattr *a = (void *)buf_grow(out, sizeof(*a));

	a->nla_type = (uint16_t)(w->number + 1) | NLA_F_NESTED;
	if (bc_encode(out, &bc_elem_desc, e) || out->len - w->list > LIST_MAX) {
		buf_cut(out, at);
		return -EMSGSIZE;
	}
	((struct nlattr *)(void *)(out->p + at))->nla_len = (uint16_t)(out->len - at);
	w->number++;
	return 0;
}

uint32_t bc_elems_put(struct bc_elem_writer *w, const struct bc_elem *e)
{
	int err;

	if (!w->list)
		list_open(w);
	err = elem_put(w, e);
	if (err && w->number) {
		list_close(w);
		list_open(w);
		err = elem_put(w, e);
	}
	if (err)
		w->batch->err = err; /* larger than a message can be */
	return w->batch->seq - 1;
}

void bc_elems_close(struct bc_elem_writer *w)
{
	if (w->list)
		list_close(w);
}
