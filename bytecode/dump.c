/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of `nft --debug=netlink`: rules, sets, elements. See bc.h; the wording is that of libnftnl 1.3. */
#include "bytecode/msg.h"
#include "bytecode/text.h"

void bc_dump_exprs(struct buf *out, const struct bc_expr *list, const char *indent)
{
	for (const struct bc_expr *e = list; e; e = e->next) {
		buf_printf(out, "%s[ ", indent);
		e->type->dump(out, e->body);
		buf_puts(out, " ]\n");
	}
}

static void dump_head(struct buf *out, uint8_t family, const char *table)
{
	buf_puts(out, bc_text_family(family));
	if (table)
		buf_printf(out, " %s", table);
}

void bc_dump_rule(struct buf *out, uint8_t family, const struct bc_rule *r)
{
	dump_head(out, family, r->table);
	if (r->chain)
		buf_printf(out, " %s", r->chain);
	if (r->handle)
		buf_printf(out, " %llu", (unsigned long long)r->handle);
	if (r->position)
		buf_printf(out, " %llu", (unsigned long long)r->position);
	buf_puts(out, " \n");
	bc_dump_exprs(out, r->exprs, "  ");
}

void bc_dump_set(struct buf *out, uint8_t family, const struct bc_set *s)
{
	buf_printf(out, "%s %s %x", s->name ? s->name : "", s->table ? s->table : "", s->flags);
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
	buf_puts(out, "\telement");
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
}

void bc_dump_elems(struct buf *out, uint8_t family, const struct bc_elems *list)
{
	buf_printf(out, "%s %s 0\n", list->set ? list->set : "", list->table ? list->table : "");
	for (const struct bc_node *n = list->elems; n; n = n->next)
		dump_elem(out, list, BC_BODY(n, const struct bc_elem));
	buf_putc(out, '\n');
}
