/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folded texts hold what unfolded ones do: rules are unfolded and printed, plain elements read one by one. */
#include "tests/unit/parser-util.h"
#include "tests/unit/unit.h"

static const char text[] = "table ip t {\n"
			   "\tchain c {\n"
			   "\t\tip saddr 10.0.0.1 tcp dport { 22,\n\t\t\t80 } counter accept comment \"x y\"\n"
			   "\t\tmeta mark set 0x1 ; ct state new \\\n\t\tlog prefix \"a;b\"\n"
			   "\t\tjump { tcp dport 1 drop }\n"
			   "\t}\n"
			   "}\n";

static const struct ast_rule *rules_of(const struct session *s)
{
	return s->cmds->obj->table.objs->chain.rules;
}

static void print_rules(struct session *s, struct buf *out)
{
	struct arena *a = arena_new();

	for (const struct ast_rule *r = rules_of(s); r; r = r->next) {
		ast_print_rule(out, parse_unfold(s->parse, r, a), NULL);
		buf_putc(out, '\n');
		arena_reset(a);
	}
	arena_free(&a);
}

START_TEST(rules)
{
	buf_auto plain = { 0 }, folded = { 0 };
	struct session a, b;

	session_begin(&a);
	session_begin(&b);
	parse_fold(b.parse, true);
	ck_assert_int_eq(parse_string(a.parse, "t", text, &a.cmds), 0);
	ck_assert_int_eq(parse_string(b.parse, "t", text, &b.cmds), 0);
	ck_assert(rules_of(&b)->folded);
	ck_assert(!rules_of(&a)->folded);
	print_rules(&a, &plain);
	print_rules(&b, &folded);
	ck_assert_str_eq(buf_str(&folded), buf_str(&plain));
	session_end(&a);
	session_end(&b);
}
END_TEST

/* The place of what is in a rule is the same, whenever it is read. */
START_TEST(places)
{
	struct arena *mem = arena_new();
	const struct ast_rule *r, *whole;
	struct session a, b;

	session_begin(&a);
	session_begin(&b);
	parse_fold(b.parse, true);
	parse_string(a.parse, "t", text, &a.cmds);
	parse_string(b.parse, "t", text, &b.cmds);
	r = rules_of(&a)->next;
	whole = parse_unfold(b.parse, rules_of(&b)->next, mem);
	ck_assert_uint_eq(whole->at.off, r->at.off);
	ck_assert_uint_eq(whole->stmts->at.off, r->stmts->at.off);
	ck_assert_uint_eq(whole->stmts->a->at.off, r->stmts->a->at.off);
	arena_free(&mem);
	session_end(&a);
	session_end(&b);
}
END_TEST

START_TEST(variables_stay)
{
	struct session s;

	session_begin(&s);
	parse_fold(s.parse, true);
	ck_assert_int_eq(parse_string(s.parse, "t", "define p = 22\ntable t { chain c { tcp dport $p accept; tcp dport 23 drop; }; }", &s.cmds), 0);
	ck_assert(!rules_of(&s)->folded);
	ck_assert(rules_of(&s)->next->folded);
	session_end(&s);
}
END_TEST

START_TEST(errors_are_found_at_once)
{
	struct session s;

	session_begin(&s);
	parse_fold(s.parse, true);
	ck_assert_int_ne(parse_string(s.parse, "t", "table t { chain c { tcp dport } }", &s.cmds), 0);
	ck_assert_int_ne(parse_string(s.parse, "t", "add element t s { 1.2.3.4, 1.2.3.5-, 1.2.3.6 }", &s.cmds), 0);
	session_end(&s);
}
END_TEST

static void print_elements(struct session *s, struct buf *out, unsigned *runs)
{
	struct ast_plain_room room;

	for (const struct ast_expr *e = s->cmds->obj->elems->items; e; e = e->next) {
		uint32_t n = e->kind == AST_PLAIN ? e->plain->n : 1;

		*runs += e->kind == AST_PLAIN;
		for (uint32_t i = 0; i < n; i++) {
			const struct ast_expr *x = e->kind == AST_PLAIN ? ast_plain_item(s->texts, e, i, &room) : e;

			buf_printf(out, "%u+%u %u %u ", x->at.off, x->at.len, x->kind, x->kind == AST_RANGE ? x->b->at.off : 0);
			ast_print_expr(out, x, NULL);
			buf_putc(out, '\n');
		}
	}
}

START_TEST(elements)
{
	static const char set[] = "add element ip t s { 10.0.0.1, 10.0.0.2,10.0.0.0/8 ,\n\t22, 0, 80-95 , 010, 1.2.3.4-1.2.3.9,\n # comment, 5,\n"
				  "0x10, 300.1.1.1, 1h, 5 timeout 1h, 7 : accept, a-b, 1 - 2, 1.2.3.4 . 5, 99999999999, 12, }\n";
	buf_auto plain = { 0 }, folded = { 0 };
	unsigned none = 0, runs = 0;
	struct session a, b;

	session_begin(&a);
	session_begin(&b);
	parse_fold(b.parse, true);
	ck_assert_int_eq(parse_string(a.parse, "t", set, &a.cmds), 0);
	ck_assert_int_eq(parse_string(b.parse, "t", set, &b.cmds), 0);
	print_elements(&a, &plain, &none);
	print_elements(&b, &folded, &runs);
	ck_assert_str_eq(buf_str(&folded), buf_str(&plain));
	ck_assert_uint_eq(none, 0);
	ck_assert_uint_gt(runs, 1);
	session_end(&a);
	session_end(&b);
}
END_TEST

UNIT_MAIN("parser-fold", rules, places, variables_stay, errors_are_found_at_once, elements)
