/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: any text that compiles, listed and compiled again, gives the same bytes.
 *
 *   text ─► engine ─► listing ─► engine ─► listing: the same, and what the two engines hold is the same, message by message
 *
 * A text is commands behind a fixed preamble, which has tables, chains, sets and objects of every kind to speak of. Few random
 * texts compile; so the mutator knows the grammar: it asks the parser what may stand at a place (parse_complete()), and puts one of
 * these words there, or a value.
 *
 * Not compared in bytes, since no text has them: rules whose payload matches nft merges though they do not stand side by side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bytecode/expr.h"
#include "bytecode/msg.h"
#include "nfvm/engine.h"
#include "parser/parse.h"
#include "src/client/client.h"
#include "src/client/snapshot.h"
#include "src/types/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

#define TABLE(family, hook, prio)                                                                                                  \
	"table " family " t {\n"                                                                                                   \
	" counter n { }\n quota q { over 5 mbytes }\n limit l { rate 5/second burst 5 packets }\n"                                 \
	" set a { type ipv4_addr; }\n set i { type ipv4_addr; flags interval; }\n set s { type ipv6_addr; }\n"                     \
	" set p { type inet_service; flags interval; }\n set d { type ipv4_addr; size 64; flags dynamic,timeout; }\n"              \
	" set k { type ipv4_addr . inet_service; flags interval; }\n map m { type ipv4_addr : mark; }\n"                           \
	" map v { type inet_service : verdict; }\n map o { type ipv4_addr : counter; }\n"                                          \
	" chain x { }\n chain c { " hook " }\n}\n"

static const char preamble[] = TABLE("ip", "type filter hook input priority 0;", 0) TABLE(
	"ip6", "type filter hook input priority 0;", 0) TABLE("inet", "type filter hook forward priority 0;",
							      0) TABLE("bridge", "type filter hook forward priority 0;", 0)
	TABLE("netdev", "type filter hook ingress device eth0 priority 0;",
	      0) "table ip nat { chain pre { type nat hook prerouting priority -100; }; chain post { type nat hook postrouting priority 100; };\n"
		 " map m { type inet_service : ipv4_addr . inet_service; } }\n"
		 "table arp t { chain c { type filter hook input priority 0; } }\n";

static struct nfvm_engine *engine;
static struct transport *transport;
static FILE *nowhere;

/* ---- the target ------------------------------------------------------------------------------------------------------ */

static int ifindex(void *host, const char *name)
{
	return !strncmp(name, "eth", 3) && name[3] >= '0' && name[3] <= '9' && !name[4] ? name[3] - '0' + 2
	       : !strcmp(name, "lo")                                                    ? 1
											: -1;
}

static const char *ifname(void *host, uint32_t index)
{
	static const char *const names[] = { "lo", "eth0", "eth1", "eth2", "eth3", "eth4", "eth5", "eth6", "eth7", "eth8", "eth9" };

	return index && index <= ARRAY_SIZE(names) ? names[index - 1] : NULL;
}

static void begin(void)
{
	struct nfvm_options o = { .check_only = true };
	char *why = NULL;

	nowhere = fopen("/dev/null", "w");
	if (nfvm_engine_new(&o, &engine, &why) || transport_engine_new(engine, &transport))
		abort();
}

/* Runs a text; what it prints, malloc'ed, or NULL where it fails. */
static char *run(const char *text, bool loud)
{
	char *said = NULL;
	size_t len;
	FILE *out = open_memstream(&said, &len);
	struct client_options o = { .types = { .ifindex = ifindex, .ifname = ifname }, .out = out, .err = loud ? stderr : nowhere };
	struct client *c = NULL;
	int err = client_new(&o, transport, &c) || client_text(c, "t", text);

	client_free(&c);
	fclose(out);
	if (err) {
		free(said);
		return NULL;
	}
	return said;
}

/* ---- what it holds ----------------------------------------------------------------------------------------------------- */

struct held {
	const struct snap_table *t;
	struct buf bytes;
};

static void put_rules(struct held *h, const struct snap_chain *c);

static int by_bytes(const void *a, const void *b)
{
	const struct buf *x = a, *y = b;
	int d = memcmp(x->p, y->p, x->len < y->len ? x->len : y->len);

	return d ? d : (x->len > y->len) - (x->len < y->len);
}

/* Elements have no order. */
static void put_elements(struct held *h, const struct snap_set *s)
{
	struct buf *all;
	size_t n = 0, i = 0;

	for (const struct bc_node *e = s->elems; e; e = e->next)
		n++;
	all = calloc(n + 1, sizeof(*all));
	for (const struct bc_node *e = s->elems; e; e = e->next)
		bc_encode(&all[i++], &bc_elem_desc, BC_BODY(e, struct bc_elem));
	qsort(all, n, sizeof(*all), by_bytes);
	for (i = 0; i < n; i++) {
		buf_put(&h->bytes, all[i].p, all[i].len);
		buf_free(&all[i]);
	}
	free(all);
}

static void forget(uint64_t *has, unsigned attr)
{
	*has &= ~(UINT64_C(1) << attr);
}

static void put_set(struct held *h, const struct snap_set *s)
{
	struct bc_set b = *s->s;

	if (b.flags & NFT_SET_ANONYMOUS)
		forget(&b.has, NFTA_SET_NAME);
	forget(&b.has, NFTA_SET_HANDLE);
	forget(&b.has, NFTA_SET_ID);
	bc_encode(&h->bytes, &bc_set_msg_desc, &b);
	put_elements(h, s);
}

/* Sets and chains without a name have numbers instead: what they hold is put in the place of the number. */
static const char *put_named(struct held *h, const char *set)
{
	struct snap_set *s = set ? snap_set(h->t, set) : NULL;

	if (!s || !(s->s->flags & NFT_SET_ANONYMOUS))
		return set;
	put_set(h, s);
	return "";
}

static void put_exprs(struct held *h, struct bc_expr *e)
{
	for (; e; e = e->next) {
		struct bc_lookup *l = BC_EXPR_BODY(e, struct bc_lookup);
		struct bc_dynset *d = BC_EXPR_BODY(e, struct bc_dynset);
		struct bc_objref *o = BC_EXPR_BODY(e, struct bc_objref);
		struct bc_immediate *i = BC_EXPR_BODY(e, struct bc_immediate);
		struct snap_chain *c;

		if (bc_expr_is(e, "lookup"))
			l->set = put_named(h, l->set);
		else if (bc_expr_is(e, "dynset"))
			d->set = put_named(h, d->set);
		else if (bc_expr_is(e, "objref"))
			o->set_name = put_named(h, o->set_name);
		else if (bc_expr_is(e, "immediate") && i->data.kind == BC_DATA_VERDICT && i->data.chain &&
			 (c = snap_chain(h->t, i->data.chain)) && c->c->flags & NFT_CHAIN_BINDING) {
			put_rules(h, c);
			i->data.chain = "";
		}
	}
}

static void put_rules(struct held *h, const struct snap_chain *c)
{
	for (const struct snap_rule *r = c->rules; r; r = r->next) {
		struct bc_rule b = *r->r;

		put_exprs(h, b.exprs);
		forget(&b.has, NFTA_RULE_HANDLE);
		forget(&b.has, NFTA_RULE_POSITION);
		forget(&b.has, NFTA_RULE_CHAIN);
		bc_encode(&h->bytes, &bc_rule_desc, &b);
	}
}

static void put_chain(struct held *h, const struct snap_chain *c)
{
	struct bc_chain b = *c->c;

	if (b.flags & NFT_CHAIN_BINDING)
		return;
	forget(&b.has, NFTA_CHAIN_HANDLE);
	forget(&b.has, NFTA_CHAIN_USE);
	forget(&b.has, NFTA_CHAIN_ID);
	bc_encode(&h->bytes, &bc_chain_desc, &b);
	put_rules(h, c);
}

static void put_table(struct held *h, const struct snap_table *t)
{
	struct bc_table b = *t->t;

	h->t = t;
	forget(&b.has, NFTA_TABLE_HANDLE);
	forget(&b.has, NFTA_TABLE_USE);
	bc_encode(&h->bytes, &bc_table_desc, &b);
	for (const struct snap_obj *o = t->objs; o; o = o->next) {
		struct bc_obj c = *o->o;

		forget(&c.has, NFTA_OBJ_HANDLE);
		forget(&c.has, NFTA_OBJ_USE);
		bc_encode(&h->bytes, &bc_obj_desc, &c);
	}
	for (const struct snap_set *s = t->sets; s; s = s->next)
		if (!(s->s->flags & NFT_SET_ANONYMOUS))
			put_set(h, s);
	for (const struct snap_chain *c = t->chains; c; c = c->next)
		put_chain(h, c);
}

static struct buf hold(void)
{
	struct snap_scope scope = { .what = SNAP_ALL };
	struct snapshot *s = NULL;
	struct held h = { 0 };

	if (snapshot_read(transport, &scope, &s))
		abort();
	for (const struct snap_table *t = s->tables; t; t = t->next)
		put_table(&h, t);
	snapshot_free(&s);
	return h.bytes;
}

/* ---- the property ------------------------------------------------------------------------------------------------------ */

static void found(const char *what, const char *text, const char *first, const char *second)
{
	fprintf(stderr, "%s\n--- text\n%s\n--- listed\n%s\n", what, text, first);
	if (second)
		fprintf(stderr, "--- listed again\n%s\n", second);
	abort();
}

static char *reload(const char *listing)
{
	free(run("flush ruleset", true));
	return run(listing, false);
}

static void there_and_back(const char *text)
{
	char *first = run("list ruleset", true), *second, *loaded;
	struct buf one, two;

	if (!first)
		found("does not list", text, "", NULL);
	one = hold();
	loaded = reload(first);
	if (!loaded) {
		run(first, true);
		found("does not load again", text, first, NULL);
	}
	second = run("list ruleset", true);
	two = hold();
	if (strcmp(first, second))
		found("lists otherwise", text, first, second);
	if (one.len != two.len || memcmp(one.p, two.p, one.len))
		found("other bytes", text, first, NULL);
	buf_free(&one);
	buf_free(&two);
	free(loaded);
	free(first);
	free(second);
}

/* Time runs; files are not read. */
static bool is_excluded(const char *text)
{
	return strstr(text, "include") || strstr(text, "expires") || strstr(text, "monitor");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	buf_auto text = { 0 };
	char *said;

	if (!engine)
		begin();
	buf_puts(&text, preamble);
	buf_put(&text, data, size);
	if (strlen(buf_str(&text)) != text.len || is_excluded(text.p + sizeof(preamble) - 1))
		return -1;
	free(run("flush ruleset", true));
	said = run(text.p, false);
	if (!said)
		return 0;
	free(said);
	there_and_back(text.p + sizeof(preamble) - 1);
	return 0;
}

/* ---- the mutator ------------------------------------------------------------------------------------------------------- */

static uint64_t state;

static uint32_t rnd(uint32_t n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33) % n;
}

enum { WORDS = 512, WORD = 64 };

struct offered {
	char words[WORDS][WORD];
	unsigned n;
};

static void take_word(void *ctx, const char *word)
{
	struct offered *o = ctx;

	if (o->n < WORDS)
		snprintf(o->words[o->n++], WORD, "%s", word);
}

static void take_name(void *ctx, enum ast_obj_kind kind, const struct ast_handle *h)
{
	static const char *const names[AST_TUNNEL + 1][8] = {
		[AST_TABLE] = { "t" },
		[AST_CHAIN] = { "c", "x" },
		[AST_SETOBJ] = { "a", "i", "s", "p", "d", "k", "m", "v" },
		[AST_MAPOBJ] = { "m", "v", "o" },
		[AST_ELEMENT] = { "a", "i", "s", "p", "d", "k", "m", "v" },
		[AST_COUNTER] = { "n" },
		[AST_QUOTA] = { "q" },
		[AST_LIMIT] = { "l" },
	};

	for (unsigned i = 0; kind <= AST_TUNNEL && i < 8 && names[kind][i]; i++)
		take_word(ctx, names[kind][i]);
}

static const char *const values[] = {
	"1",
	"22",
	"0x10",
	"255",
	"256",
	"65535",
	"1-5",
	"7-70000",
	"0",
	"10.0.0.1",
	"10.0.0.0/8",
	"10.0.0.1-10.0.0.9",
	"::1",
	"2001:db8::/32",
	"2001:db8::1",
	"00:11:22:33:44:55",
	"\"eth0\"",
	"\"eth*\"",
	"eth1",
	"5s",
	"1h",
	"1d2h",
	"{ 1, 2 }",
	"{ 1-5, 7 }",
	"{ 10.0.0.1, 10.0.0.2 }",
	"{ 10.0.0.0/8, 11.0.0.0-11.0.0.5 }",
	"{ 1 : accept, 2 : drop }",
	"{ 10.0.0.1 . 22, 10.0.0.2 . 23 }",
	"{ 1 : 5, 2 : 6 }",
	"{ 10.0.0.1 : 5 }",
	"==",
	"!=",
	"<",
	">",
	"<=",
	">=",
	"&",
	"|",
	"^",
	"<<",
	">>",
	"(",
	")",
	"{",
	"}",
	",",
	".",
	":",
	";",
	"/",
	"-",
	"!",
	"@",
	"@a",
	"@i",
	"@p",
	"@d",
	"@k",
	"@m",
	"@v",
	"@th,16,16",
	"@nh,8,8",
	"@ll,0,48",
	"@ih,5,9",
	"@nh,3,70",
	"\"x\"",
	"\n",
	"accept",
	"drop",
	"counter",
	"comment \"c\"",
	"map",
	"vmap",
	"set",
	"tcp",
	"udp",
	"and",
	"or",
	"xor",
	"~1",
	"{ jump x }",
	"established,new",
	"syn,ack",
	"timeout 5s",
	"2024-01-02 03:04:05",
	"\"10:00\"-\"12:00\"",
};

/* Places between words. */
static size_t boundary(const char *text, size_t len)
{
	size_t at = rnd((uint32_t)len + 1);

	while (at < len && text[at] != ' ' && text[at] != '\n')
		at++;
	return at;
}

/* A word that may stand at this place, or a value. */
static const char *some_word(const char *text, size_t at)
{
	static struct offered o;
	static const struct parse_offers offers = { take_word, take_name, &o };
	struct arena *a = arena_new();
	struct texts *t = texts_new();
	struct parse *p;
	buf_auto before = { 0 };
	struct diag d;

	diag_init(&d, t, a);
	p = parse_new(a, t, &d, &types_words);
	o.n = 0;
	buf_put(&before, text, at);
	buf_putc(&before, ' ');
	if (rnd(3) && strlen(buf_str(&before)) == before.len)
		parse_complete(p, before.p, &offers);
	parse_free(&p);
	texts_free(&t);
	arena_free(&a);
	return o.n && rnd(5) ? o.words[rnd(o.n)] : values[rnd(ARRAY_SIZE(values))];
}

static void replace(struct buf *text, size_t from, size_t to, const char *word)
{
	struct buf out = { 0 };

	buf_put(&out, text->p, from);
	buf_putc(&out, ' ');
	buf_puts(&out, word);
	if (to < text->len && text->p[to] != ' ' && text->p[to] != '\n')
		buf_putc(&out, ' ');
	buf_put(&out, text->p + to, text->len - to);
	buf_free(text);
	*text = out;
}

static size_t word_end(const struct buf *text, size_t at)
{
	while (at < text->len && text->p[at] == ' ')
		at++;
	while (at < text->len && text->p[at] != ' ' && text->p[at] != '\n')
		at++;
	return at;
}

/* One change: insert a word or several, put one in the place of another, leave one out. */
static void change(struct buf *text)
{
	size_t at = rnd(3) ? boundary(text->p, text->len) : text->len;

	while (at == text->len && at && text->p[at - 1] == '\n')
		at--;
	switch (rnd(5)) {
	case 0:
		replace(text, at, word_end(text, at), some_word(text->p, at));
		break;
	case 1:
		replace(text, at, word_end(text, at), "");
		break;
	default:
		for (unsigned n = 1 + rnd(4); n; n--) {
			const char *word = some_word(text->p, at);

			replace(text, at, at, word);
			at += 1 + strlen(word);
		}
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	static const char *const families[] = { "ip", "ip6", "inet", "inet", "bridge", "netdev" };
	buf_auto text = { 0 };

	state = seed;
	if (!rnd(30))
		return LLVMFuzzerMutate(data, size, max);
	buf_put(&text, data, size);
	if (!size || !rnd(20))
		buf_printf(&text, "%sadd rule %s t c", size ? "\n" : "", families[rnd(ARRAY_SIZE(families))]);
	if (memchr(text.p, 0, text.len))
		return LLVMFuzzerMutate(data, size, max);
	for (unsigned n = 1 + rnd(3); n; n--)
		change(&text);
	if (text.len > max)
		return LLVMFuzzerMutate(data, size, max);
	memcpy(data, text.p, text.len);
	return text.len;
}
