/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of `nft --debug=netlink`: rules, sets, elements. See bc.h; the wording is that of libnftnl 1.3. */
#include "bytecode/msg.h"
#include "bytecode/text.h"

#include <inttypes.h>

void bc_dump_exprs(struct buf *out, const struct bc_expr *list, const char *indent)
{
	for (const struct bc_expr *e = list; e; e = e->next) {
		buf_printf(out, "%s[ ", indent);
		e->type->dump(out, e->body);
		buf_puts(out, " ]\n");
	}
}

/* Userdata is no text: its length and the sum of its bytes. */
static void dump_userdata(struct buf *out, struct bc_bytes ud)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < ud.len; i++)
		sum += ud.p[i];
	if (ud.len)
		buf_printf(out, "  userdata len %u sum 0x%x", ud.len, sum);
}

void bc_dump_rule(struct buf *out, uint8_t family, const struct bc_rule *r)
{
	buf_puts(out, bc_text_family(family));
	if (r->table)
		buf_printf(out, " %s", r->table);
	if (r->chain)
		buf_printf(out, " %s", r->chain);
	if (r->handle)
		buf_printf(out, " %" PRIu64, r->handle);
	if (r->position)
		buf_printf(out, " %" PRIu64, r->position);
	buf_putc(out, '\n');
	bc_dump_exprs(out, r->exprs, "  ");
	dump_userdata(out, r->userdata);
	buf_putc(out, '\n');
}

void bc_dump_set(struct buf *out, uint8_t family, const struct bc_set *s)
{
	buf_printf(out, "%s %s %x", s->name ? s->name : "", s->table ? s->table : "", s->flags);
	if (s->timeout)
		buf_printf(out, " timeout %" PRIu64 "ms", s->timeout);
	if (s->gc_interval)
		buf_printf(out, " gc_interval %ums", s->gc_interval);
	if (s->policy != NFT_SET_POL_PERFORMANCE)
		buf_printf(out, " policy %u", s->policy);
	if (s->desc.size)
		buf_printf(out, " size %u", s->desc.size);
	buf_putc(out, '\n');
}

static void dump_fields(struct buf *out, const struct bc_data *v, const struct bc_shape *shape)
{
	uint32_t off = 0;

	if (!shape || !shape->n) {
		bc_text_bytes(out, v->value, v->len, shape ? shape->host_order & 1 : v->host_order & 1, " ");
		return;
	}
	for (unsigned i = 0; i < shape->n && off + shape->len[i] <= v->len; i++) {
		if (i)
			buf_puts(out, " .");
		bc_text_bytes(out, v->value + off, shape->len[i], (shape->host_order >> i) & 1, " ");
		off += (shape->len[i] + 3U) & ~3U;
	}
}

static void dump_elem(struct buf *out, const struct bc_elems *list, const struct bc_elem *e)
{
	buf_puts(out, "element");
	if (BC_HAS(e, NFTA_SET_ELEM_KEY))
		dump_fields(out, &e->key, list->key_shape);
	else
		buf_putc(out, ' ');
	if (BC_HAS(e, NFTA_SET_ELEM_KEY_END)) {
		buf_puts(out, " -");
		dump_fields(out, &e->key_end, list->key_shape);
	}
	if (BC_HAS(e, NFTA_SET_ELEM_DATA)) {
		buf_puts(out, " :");
		if (e->data.kind == BC_DATA_VERDICT)
			bc_text_verdict(out, &e->data);
		else
			dump_fields(out, &e->data, list->data_shape);
	}
	if (e->flags)
		buf_printf(out, " flags %u", e->flags);
	dump_userdata(out, e->userdata);
}

void bc_dump_elems(struct buf *out, uint8_t family, const struct bc_elems *list)
{
	buf_printf(out, "%s %s 0\n", list->set ? list->set : "", list->table ? list->table : "");
	for (const struct bc_node *n = list->elems; n; n = n->next) {
		buf_putc(out, '\t');
		dump_elem(out, list, BC_BODY(n, const struct bc_elem));
	}
	buf_putc(out, '\n');
}

void bc_dump_listed_elems(struct buf *out, uint8_t family, const struct bc_elems *list)
{
	buf_printf(out, "%s %s @%s\n", bc_text_family(family), list->table ? list->table : "", list->set ? list->set : "");
	for (const struct bc_node *n = list->elems; n; n = n->next) {
		buf_putc(out, '\t');
		dump_elem(out, list, BC_BODY(n, const struct bc_elem));
		buf_putc(out, '\n');
	}
}
