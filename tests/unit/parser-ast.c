/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shape of the AST, as parser/ast.h promises it to those behind: rules as s-expressions, objects by their members. Printed
 * text alone would not tell a list from a set of alternatives, or a field from a word.
 */
#include <stdio.h>

#include "tests/unit/parser-util.h"
#include "tests/unit/unit.h"

static void dump_stmts(struct buf *b, const struct ast_stmt *s);

static void dump_opts(struct buf *b, const struct ast_opt *o);

static const char *kind_name(unsigned kind)
{
	static const char *const names[] = {
		[AST_SYMBOL] = "sym", [AST_NUMBER] = "num",   [AST_STRING] = "str",     [AST_VARIABLE] = "var", [AST_SETREF] = "ref",
		[AST_FIELD] = "field", [AST_RAW] = "raw",     [AST_WILDCARD] = "any",   [AST_UNARY] = "unary",  [AST_BINARY] = "binary",
		[AST_PREFIX] = "prefix", [AST_RANGE] = "range", [AST_CONCAT] = "concat", [AST_LIST] = "list",   [AST_SET] = "set",
		[AST_ELEM] = "elem",  [AST_MAPPING] = "mapping", [AST_MAP] = "map",     [AST_REL] = "rel",      [AST_VERDICT] = "verdict",
		[AST_FLAGS_CMP] = "flagscmp",
	};

	return names[kind];
}

static void dump(struct buf *b, const struct ast_expr *e)
{
	if (!e) {
		buf_puts(b, " -");
		return;
	}
	buf_printf(b, " (%s", kind_name(e->kind));
	switch ((enum ast_expr_kind)e->kind) {
	case AST_SYMBOL:
		buf_printf(b, e->quoted ? " \"%s\"" : " %s", e->text);
		break;
	case AST_STRING:
	case AST_SETREF:
		buf_printf(b, " %s", e->text);
		break;
	case AST_NUMBER:
		buf_printf(b, " %lld", (long long)e->num);
		break;
	case AST_VARIABLE:
		buf_printf(b, " %s", e->text);
		dump(b, e->a);
		break;
	case AST_FIELD:
		buf_printf(b, " %s%s", e->field->head, e->field->unqualified ? "?" : "");
		for (unsigned i = 0; i < e->field->n_words; i++)
			buf_printf(b, " %s", e->field->words[i].text);
		if (e->field->result)
			buf_printf(b, " -> %s", e->field->result);
		if (e->num)
			buf_printf(b, " mod=%u off=%u", (unsigned)e->num, (unsigned)e->num2);
		if (e->field->has_seed)
			buf_printf(b, " seed=%u", e->field->seed);
		if (e->a)
			dump(b, e->a);
		break;
	case AST_RAW:
		buf_printf(b, " %s %u %u", e->text, (unsigned)e->num, (unsigned)e->num2);
		break;
	case AST_WILDCARD:
		break;
	case AST_PREFIX:
		dump(b, e->a);
		buf_printf(b, " %u", (unsigned)e->num);
		break;
	case AST_CONCAT:
	case AST_LIST:
	case AST_SET:
		for (const struct ast_expr *i = e->items; i; i = i->next)
			dump(b, i);
		break;
	case AST_ELEM:
		dump(b, e->a);
		dump_stmts(b, e->stmts);
		dump_opts(b, e->opts);
		break;
	case AST_VERDICT:
		buf_printf(b, " %s", e->text);
		if (e->a)
			dump(b, e->a);
		for (const struct ast_rule *r = e->rules; r; r = r->next) {
			buf_puts(b, " {");
			dump_stmts(b, r->stmts);
			buf_puts(b, " }");
		}
		break;
	default:
		buf_printf(b, " %u", e->op);
		dump(b, e->a);
		if (e->b)
			dump(b, e->b);
	}
	buf_putc(b, ')');
}

static void dump_opts(struct buf *b, const struct ast_opt *o)
{
	for (; o; o = o->next) {
		buf_printf(b, " :%s", o->name);
		if (o->val)
			dump(b, o->val);
	}
}

static void dump_stmts(struct buf *b, const struct ast_stmt *s)
{
	for (; s; s = s->next) {
		buf_printf(b, " [%s", s->name);
		if (s->a || s->b)
			dump(b, s->a);
		if (s->b)
			dump(b, s->b);
		dump_opts(b, s->opts);
		buf_putc(b, ']');
	}
}

static const struct {
	const char *rule, *ast;
} rules[] = {
	{ "tcp dport 22", " [match (rel 0 (field tcp dport) (num 22))]" },
	{ "meta mark 1 mark 1", " [match (rel 0 (field meta mark) (num 1))] [match (rel 0 (field meta? mark) (num 1))]" },
	{ "ip protocol tcp tcp dport ssh", " [match (rel 0 (field ip protocol) (sym tcp))] [match (rel 0 (field tcp dport) (sym ssh))]" },
	{ "ct state new,established", " [match (rel 0 (field ct state) (list (sym new) (sym established)))]" },
	{ "ct state { new }", " [match (rel 0 (field ct state) (set (sym new)))]" },
	{ "iifname != \"eth*\"", " [match (rel 2 (field meta? iifname) (sym \"eth*\"))]" },
	{ "ip saddr 10.0.0.0/8", " [match (rel 0 (field ip saddr) (prefix (sym 10.0.0.0) 8))]" },
	{ "tcp dport 0x10-020", " [match (rel 0 (field tcp dport) (range 0 (num 16) (num 16)))]" },
	{ "ip saddr . tcp dport @s", " [match (rel 0 (concat (field ip saddr) (field tcp dport)) (ref s))]" },
	{ "tcp flags & (syn | ack) == syn",
	  " [match (rel 1 (binary 9 (field tcp flags) (binary 10 (sym syn) (sym ack))) (sym syn))]" },
	{ "tcp flags syn / syn,ack", " [match (rel 0 (field tcp flags) (flagscmp 0 (sym syn) (list (sym syn) (sym ack))))]" },
	{ "meta mark 1 | 2 & 3", " [match (rel 0 (field meta mark) (binary 10 (num 1) (binary 9 (num 2) (num 3))))]" },
	{ "@th,16,8 5", " [match (rel 0 (raw th 16 8) (num 5))]" },
	{ "tcp dport vmap { 22 : accept, * : jump x }",
	  " [vmap (field tcp dport) (set (mapping 0 (num 22) (verdict accept)) (mapping 0 (any) (verdict jump (sym x))))]" },
	{ "meta mark set ip saddr map @m", " [set (field meta mark) (map 0 (field ip saddr) (ref m))]" },
	{ "meta mark set ct mark", " [set (field meta mark) (field ct mark)]" },
	{ "meta l4proto set tcp", " [set (field meta l4proto) (sym tcp)]" },
	{ "jump { drop ; accept }", " [verdict (verdict jump { [verdict (verdict drop)] } { [verdict (verdict accept)] })]" },
	{ "tcp option maxseg size 5", " [match (rel 0 (field tcp option maxseg size) (num 5))]" },
	{ "tcp option sack-perm exists", " [match (rel 0 (field tcp option sack-perm) (sym exists))]" },
	{ "tcp option @42,16,4 5", " [match (rel 0 (field tcp option @ 42 16 4) (num 5))]" },
	{ "arp saddr ip 1.2.3.4", " [match (rel 0 (field arp saddr ip) (sym 1.2.3.4))]" },
	{ "ct original ip saddr 1.2.3.4", " [match (rel 0 (field ct original ip saddr) (sym 1.2.3.4))]" },
	{ "fib saddr . iif oif exists", " [match (rel 0 (field fib saddr iif -> oif) (sym exists))]" },
	{ "numgen inc mod 2 offset 3 1", " [match (rel 0 (field numgen inc mod=2 off=3) (num 1))]" },
	{ "jhash ip saddr . tcp dport mod 2 seed 0 1",
	  " [match (rel 0 (field jhash mod=2 off=0 seed=0 (concat (field ip saddr) (field tcp dport))) (num 1))]" },
	{ "vxlan ip saddr 1.2.3.4", " [match (rel 0 (field vxlan (field ip saddr)) (sym 1.2.3.4))]" },
	{ "socket cgroupv2 level 2 \"a\"", " [match (rel 0 (field socket cgroupv2 level 2) (sym \"a\"))]" },
	{ "exthdr frag exists", " [match (rel 0 (field exthdr frag) (sym exists))]" },
	{ "counter packets 1 bytes 2", " [counter :packets (num 1) :bytes (num 2)]" },
	{ "counter name \"c\"", " [counter (sym \"c\")]" },
	{ "limit rate over 5 kbytes/minute burst 7 bytes",
	  " [limit :over :rate (num 5) :unit (sym kbytes) :per (sym minute) :burst (num 7) :burst-unit (sym bytes)]" },
	{ "limit rate 10/second", " [limit :rate (num 10) :unit (sym packets) :per (sym second)]" },
	{ "quota over 5 bytes used 3 mbytes", " [quota :over :amount (num 5) :unit (sym bytes) :used (num 3) :used-unit (sym mbytes)]" },
	{ "ct count over 5", " [connlimit :over :count (num 5)]" },
	{ "log prefix \"x\" group 2 flags tcp options flags skuid",
	  " [log :prefix (str x) :group (num 2) :flags (list (sym tcp options)) :flags (list (sym skuid))]" },
	{ "reject with icmpx admin-prohibited", " [reject :with (sym icmpx) :code (sym admin-prohibited)]" },
	{ "reject with tcp reset", " [reject :with (sym tcp reset)]" },
	{ "snat ip to 1.2.3.4-1.2.3.9:5 random,persistent",
	  " [snat (range 0 (sym 1.2.3.4) (sym 1.2.3.9)) (num 5) :family (sym ip) :random :persistent]" },
	{ "snat ip saddr map @m", " [snat (map 0 (field ip saddr) (ref m))]" },
	{ "dnat to :80", " [dnat - (num 80)]" },
	{ "redirect to :80 random", " [redirect - (num 80) :random]" },
	{ "queue num 1-3 bypass", " [queue (range 0 (num 1) (num 3)) :bypass]" },
	{ "dup to 1.2.3.4 device lo", " [dup (sym 1.2.3.4) (sym lo)]" },
	{ "tproxy ip to 1.2.3.4:5", " [tproxy (sym 1.2.3.4) (num 5) :family (sym ip)]" },
	{ "synproxy mss 5 timestamp", " [synproxy :mss (num 5) :timestamp]" },
	{ "flow add @f", " [flow (ref f)]" },
	{ "update @s { ip saddr . 5 timeout 1m counter : meta mark }",
	  " [update (ref s) (mapping 0 (elem (concat (field ip saddr) (num 5)) [counter] :timeout (sym 1m)) (field meta mark))]" },
	{ "add @s { ip saddr }", " [add (ref s) (field ip saddr)]" },
	{ "meter m size 5 { ip saddr limit rate 1/day }",
	  " [meter (sym m) (elem (field ip saddr) [limit :rate (num 1) :unit (sym packets) :per (sym day)]) :size (num 5)]" },
	{ "reset tcp option 6", " [reset (field tcp option 6)]" },
	{ "ip saddr { 1.2.3.4 timeout 5s, 1.0.0.0/8 }", " [match (rel 0 (field ip saddr) (set (elem (sym 1.2.3.4) :timeout (sym 5s)) "
							"(prefix (sym 1.0.0.0) 8)))]" },
	{ "tcp dport 99999999999999999999999999999999999999999999", " [match (rel 0 (field tcp dport) (sym "
								     "99999999999999999999999999999999999999999999))]" },
	{ "tcp dport 089", " [match (rel 0 (field tcp dport) (sym 089))]" },
};

START_TEST(rules_have_the_promised_shape)
{
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct session s;

		session_begin(&s);
		snprintf(text, sizeof(text), "add rule ip t c %s", rules[i].rule);
		ck_assert_int_eq(parse_string(s.parse, "t", text, &s.cmds), 0);
		dump_stmts(&s.out, s.cmds->obj->rule->stmts);
		ck_assert_msg(strcmp(s.out.p, rules[i].ast) == 0, "%s\nwant%s\ngot %s", rules[i].rule, rules[i].ast, s.out.p);
		session_end(&s);
	}
}
END_TEST

START_TEST(variables_carry_their_value)
{
	struct session s;

	session_begin(&s);
	ck_assert_int_eq(parse_string(s.parse, "t", "define a = { 22, 80 }\ndefine b = $a\nadd rule t c tcp dport $b", &s.cmds), 0);
	dump_stmts(&s.out, s.cmds->obj->rule->stmts);
	ck_assert_str_eq(s.out.p, " [match (rel 0 (field tcp dport) (var b (var a (set (num 22) (num 80)))))]");
	session_end(&s);
}
END_TEST

START_TEST(chains_keep_hook_and_priority)
{
	struct session s;
	const struct ast_chain *c;

	session_begin(&s);
	ck_assert_int_eq(parse_string(s.parse, "t",
				      "define d = { lo, eth0 }\ntable netdev t { chain c { type filter hook ingress devices = $d priority dstnat - 7; "
				      "policy drop; comment \"x\"\n accept\n drop\n }\n }", &s.cmds), 0);
	c = &s.cmds->obj->table.objs->chain;
	ck_assert_uint_eq(s.cmds->obj->table.objs->h.family, 5);
	ck_assert_str_eq(s.cmds->obj->table.objs->h.table, "t");
	ck_assert_str_eq(s.cmds->obj->table.objs->h.chain, "c");
	ck_assert(c->is_base);
	ck_assert_str_eq(c->type, "filter");
	ck_assert_str_eq(c->hook, "ingress");
	ck_assert_str_eq(c->prio_name, "dstnat");
	ck_assert_int_eq(c->prio_num, -7);
	ck_assert_str_eq(c->policy, "drop");
	dump(&s.out, c->devices);
	ck_assert_str_eq(s.out.p, " (var d (set (sym lo) (sym eth0)))");
	ck_assert_str_eq(ast_opt_find(c->opts, "comment")->val->text, "x");
	ck_assert_ptr_nonnull(c->rules->next);
	ck_assert_ptr_null(c->rules->next->next);
	session_end(&s);
}
END_TEST

START_TEST(places_cover_what_was_written)
{
	static const char text[] = "add rule ip t c tcp dport 22 accept comment \"x\"";
	const struct ast_stmt *m;
	const struct ast_rule *r;
	struct session s;

	session_begin(&s);
	ck_assert_int_eq(parse_string(s.parse, "t", text, &s.cmds), 0);
	r = s.cmds->obj->rule;
	m = r->stmts;
	ck_assert_uint_eq(s.cmds->at.off, 0);
	ck_assert_uint_eq(s.cmds->at.len, strlen(text));
	ck_assert_uint_eq(s.cmds->obj->h.table_at.off, 12);
	ck_assert_uint_eq(s.cmds->obj->h.chain_at.off, 14);
	ck_assert_uint_eq(m->at.off, 16);
	ck_assert_uint_eq(m->at.len, 12);
	ck_assert_uint_eq(m->a->a->at.len, 9);
	ck_assert_uint_eq(m->a->a->field->words[0].at.off, 20);
	ck_assert_uint_eq(m->a->b->at.off, 26);
	ck_assert_uint_eq(m->next->at.off, 29);
	ck_assert_uint_eq(m->next->at.len, 6);
	ck_assert_uint_eq(r->comment_at.off, 36);
	session_end(&s);
}
END_TEST

UNIT_MAIN("parser-ast", rules_have_the_promised_shape, variables_carry_their_value, chains_keep_hook_and_priority, places_cover_what_was_written)
