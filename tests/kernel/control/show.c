/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages as text, attribute by attribute, with the codec's names. */
#include "tests/kernel/control/control.h"

#include <string.h>

static const char *const names[] = {
	"newtable",     "gettable",     "deltable",       "newchain",     "getchain",         "delchain",        "newrule",
	"getrule",      "delrule",      "newset",         "getset",       "delset",           "newsetelem",      "getsetelem",
	"delsetelem",   "newgen",       "getgen",         "trace",        "newobj",           "getobj",          "delobj",
	"getobj_reset", "newflowtable", "getflowtable",   "delflowtable", "getrule_reset",    "destroytable",    "destroychain",
	"destroyrule",  "destroyset",   "destroysetelem", "destroyobj",   "destroyflowtable", "getsetelem_reset"
};

static void attrs(struct buf *out, const struct bc_desc *d, const struct bc_attr *each, const char *p, size_t len);

static void bytes(struct buf *out, const uint8_t *p, size_t len)
{
	bool plain = len > 1 && p[len - 1] == 0;

	for (size_t i = 0; plain && i < len - 1; i++)
		plain = p[i] >= ' ' && p[i] < 127;
	if (plain) {
		buf_printf(out, "\"%s\"", (const char *)p);
		return;
	}
	buf_puts(out, "0x");
	for (size_t i = 0; i < len && i < 128; i++)
		buf_printf(out, "%02x", p[i]);
	if (len > 128)
		buf_printf(out, "…(%zu)", len);
}

static void expr(struct buf *out, const char *p, size_t len)
{
	const struct nlattr *n = bc_find(p, len, NFTA_EXPR_NAME), *a = bc_find(p, len, NFTA_EXPR_DATA);
	const struct bc_expr_type *t = n ? bc_expr_type((const char *)(n + 1)) : NULL;

	if (!t) {
		attrs(out, NULL, NULL, p, len);
		return;
	}
	buf_printf(out, "%s(", t->name);
	if (a)
		attrs(out, t->desc, NULL, (const char *)(a + 1), a->nla_len - NLA_HDRLEN);
	buf_puts(out, ")");
}

static void value(struct buf *out, const struct bc_attr *k, const struct nlattr *a)
{
	static const struct bc_attr one_expr = { .kind = BC_EXPR, .name = "" };
	const char *p = (const char *)(a + 1);
	size_t len = a->nla_len - NLA_HDRLEN;
	struct bc_attr each;

	if (k && len == 4 && (k->kind == BC_BE32)) {
		buf_printf(out, "%d", (int)be32_load(p));
		return;
	}
	if (k && len == 8 && k->kind == BC_BE64) {
		buf_printf(out, "%llu", (unsigned long long)be64_load(p));
		return;
	}
	if (k && k->kind == BC_EXPR) {
		expr(out, p, len);
		return;
	}
	if (!k || !(a->nla_type & NLA_F_NESTED)) {
		if (!k && a->nla_type & NLA_F_NESTED && len >= 4) {
			buf_puts(out, "{");
			attrs(out, NULL, NULL, p, len);
			buf_puts(out, "}");
			return;
		}
		bytes(out, (const uint8_t *)p, len);
		return;
	}
	buf_puts(out, "{");
	each = (struct bc_attr){ .kind = BC_NEST, .sub = k->sub, .name = "" };
	if (k->kind == BC_EXPRS)
		attrs(out, NULL, &one_expr, p, len);
	else if (k->kind == BC_LIST)
		attrs(out, NULL, &each, p, len);
	else
		attrs(out, k->sub, NULL, p, len);
	buf_puts(out, "}");
}

static void attrs(struct buf *out, const struct bc_desc *d, const struct bc_attr *each, const char *p, size_t len)
{
	size_t at = 0;

	while (at + NLA_HDRLEN <= len) {
		const struct nlattr *a = (const void *)(p + at);
		const struct bc_attr *k = each;

		if (a->nla_len < NLA_HDRLEN || at + a->nla_len > len) {
			buf_printf(out, " broken(type %u len %u)", a->nla_type, a->nla_len);
			return;
		}
		for (unsigned i = 0; d && i < d->n; i++)
			if (d->attrs[i].type == (a->nla_type & NLA_TYPE_MASK))
				k = &d->attrs[i];
		if (at)
			buf_putc(out, ' ');
		if (k)
			buf_puts(out, k->name);
		else
			buf_printf(out, "%u", a->nla_type & NLA_TYPE_MASK);
		if (!k || k->name[0])
			buf_putc(out, '=');
		value(out, k, a);
		at += (a->nla_len + 3u) & ~3u;
	}
}

static void error(struct buf *out, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	size_t skip = sizeof(*h) + sizeof(*e) + (h->nlmsg_flags & NLM_F_CAPPED ? 0 : NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN);

	buf_printf(out, "error %d (%s) of %u", e->error, strerror(-e->error), e->msg.nlmsg_seq);
	if (h->nlmsg_flags & NLM_F_ACK_TLVS && h->nlmsg_len > skip) {
		buf_puts(out, " extack ");
		attrs(out, NULL, NULL, (const char *)h + skip, h->nlmsg_len - skip);
	}
}

void show_msg(struct buf *out, const void *msg, size_t len)
{
	const struct nlmsghdr *h = msg;
	const struct nfgenmsg *g = NLMSG_DATA(h);
	uint8_t type = NFNL_MSG_TYPE(h->nlmsg_type);

	if (h->nlmsg_type == NLMSG_ERROR) {
		error(out, h);
	} else if (h->nlmsg_type == NLMSG_DONE) {
		buf_printf(out, "done %d", *(const int *)NLMSG_DATA(h));
	} else if (h->nlmsg_type == NFNL_MSG_BATCH_BEGIN || h->nlmsg_type == NFNL_MSG_BATCH_END) {
		buf_printf(out, "%s", h->nlmsg_type == NFNL_MSG_BATCH_BEGIN ? "begin " : "end ");
		attrs(out, NULL, NULL, (const char *)(g + 1), len - NLMSG_HDRLEN - sizeof(*g));
	} else {
		buf_printf(out, "%s family %u ", type < sizeof(names) / sizeof(names[0]) ? names[type] : "?", g->nfgen_family);
		attrs(out, bc_msg_desc(type), NULL, (const char *)(g + 1), len - NLMSG_HDRLEN - sizeof(*g));
	}
	buf_printf(out, " [seq %u flags %x pid %u]", h->nlmsg_seq, h->nlmsg_flags, h->nlmsg_pid);
}

void show_command(struct buf *out, const struct command *c)
{
	if (c->kind == CMD_REOPEN) {
		buf_printf(out, "#   socket %c closed and opened again\n", 'A' + c->sock);
		return;
	}
	for (size_t at = 0; at + NLMSG_HDRLEN <= c->bytes.len;) {
		const struct nlmsghdr *h = (const void *)(c->bytes.p + at);

		buf_printf(out, "#   %c: ", 'A' + c->sock);
		if (h->nlmsg_len < NLMSG_HDRLEN + sizeof(struct nfgenmsg) || at + h->nlmsg_len > c->bytes.len) {
			buf_puts(out, "broken\n");
			return;
		}
		show_msg(out, h, h->nlmsg_len);
		buf_putc(out, '\n');
		at += NLMSG_ALIGN(h->nlmsg_len);
	}
}
