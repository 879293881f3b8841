/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnel objects. Their options by name: id, sport, dport, ttl, tos; "ip saddr", "ip daddr", "ip6 saddr", "ip6 daddr"; of inner
 * blocks "vxlan gbp", "erspan version", "erspan index", "erspan direction", "erspan id"; and for each option of geneve "geneve
 * class", "geneve opt-type", "geneve data", in this order. Each block is also a bare option of its name.
 */
#include "parser/parse_priv.h"

struct tunnel_ctx {
	struct ast_opt **opts;
	const char *block; /* "vxlan" inside its braces */
};

static const char *joined(struct parse *p, const char *a, const char *b)
{
	return intern(p, arena_printf(p->arena, "%s %s", a, b));
}

static void words_line(struct parse *p, struct tunnel_ctx *c, const char *const *words, const char *what)
{
	const char *w = accept_any_word(p, words);

	if (!w) {
		unknown_line(p, what, words);
		return;
	}
	do
		opt_value(p, &c->opts, joined(p, c->block, w), parse_symbol);
	while ((w = accept_any_word(p, words)));
}

static void vxlan_line(struct parse *p, void *ctx)
{
	static const char *const words[] = { "gbp", NULL };

	words_line(p, ctx, words, "gbp");
}

static void erspan_line(struct parse *p, void *ctx)
{
	static const char *const words[] = { "version", "index", "direction", "id", NULL };

	words_line(p, ctx, words, "version, index, direction or id");
}

/* class N opt-type N data "0x…" */
static void geneve_line(struct parse *p, void *ctx)
{
	static const char *const words[] = { "class", "opt-type", "data", NULL };

	words_line(p, ctx, words, "class, opt-type or data");
}

static bool inner_block(struct parse *p, struct tunnel_ctx *c)
{
	static const struct {
		const char *word;
		void (*line)(struct parse *p, void *ctx);
	} blocks[] = { { "vxlan", vxlan_line }, { "erspan", erspan_line }, { "geneve", geneve_line } };

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		if (!accept_word(p, blocks[i].word))
			continue;
		add_opt(p, &c->opts, blocks[i].word, NULL, p->last);
		c->block = blocks[i].word;
		parse_block(p, blocks[i].line, c);
		return true;
	}
	return false;
}

static void tunnel_line(struct parse *p, void *ctx)
{
	static const char *const numbers[] = { "id", "sport", "dport", "ttl", "tos", NULL };
	static const char *const families[] = { "ip", "ip6", NULL }, *const addresses[] = { "saddr", "daddr", NULL };
	static const char *const words[] = { "id",  "sport", "dport", "ttl",    "tos",    "ip",
					     "ip6", "vxlan", "erspan", "geneve", "comment", NULL };
	struct tunnel_ctx *c = ctx;
	const char *w = accept_any_word(p, numbers), *address;

	if (w) {
		opt_value(p, &c->opts, w, parse_symbol);
	} else if ((w = accept_any_word(p, families))) {
		address = accept_any_word(p, addresses);
		if (address)
			opt_value(p, &c->opts, joined(p, w, address), parse_symbol);
		else
			unexpected_word(p, "saddr or daddr", addresses, 2);
	} else if (!inner_block(p, c) && !accept_comment(p, &c->opts)) {
		unknown_line(p, "a property of a tunnel", words);
	}
}

void obj_tunnel(struct parse *p, struct ast_obj *o)
{
	struct tunnel_ctx ctx = { &o->opts, NULL };

	parse_block(p, tunnel_line, &ctx);
}
