/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions as text. One function per kind; see print.h. */
#include "parser/print_priv.h"

void pr_number(struct pr *p, unsigned __int128 n)
{
	char digits[40], *s = digits + sizeof(digits);

	*--s = 0;
	do {
		*--s = (char)('0' + (unsigned)(n % 10));
		n /= 10;
	} while (n);
	buf_puts(p->out, s);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

static bool is_plain_name(const char *s)
{
	static const char *const families[] = { "ip", "ip6", "inet", "arp", "bridge", "netdev" };

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (pr_is(s, families[i]))
			return false;
	}
	if (!is_letter(*s))
		return false;
	while (*++s) {
		if (!is_letter(*s) && !(*s >= '0' && *s <= '9') && *s != '-' && *s != '/')
			return false;
	}
	return true;
}

void pr_name(struct pr *p, const char *name)
{
	buf_printf(p->out, is_plain_name(name) ? "%s" : "\"%s\"", name);
}

static void pr_words(struct pr *p, const struct ast_field *f, const char *between)
{
	for (unsigned i = 0; i < f->n_words; i++)
		buf_printf(p->out, "%s%s", i ? between : "", f->words[i].text);
}

void pr_items(struct pr *p, const struct ast_expr *list, const char *between)
{
	for (const struct ast_expr *e = list->items; e; e = e->next) {
		pr_expr(p, e);
		if (e->next)
			buf_puts(p->out, between);
	}
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static void field_fib(struct pr *p, const struct ast_expr *e)
{
	buf_puts(p->out, "fib ");
	pr_words(p, e->field, " . ");
	buf_printf(p->out, " %s", e->field->result ? e->field->result : "");
}

static void pr_modulus(struct pr *p, const struct ast_expr *e)
{
	buf_puts(p->out, " mod ");
	pr_number(p, e->num);
	if (e->field->has_seed)
		buf_printf(p->out, " seed 0x%x", e->field->seed);
	if (e->num2)
		buf_printf(p->out, " offset %llu", (unsigned long long)e->num2);
}

static void field_numgen(struct pr *p, const struct ast_expr *e)
{
	buf_puts(p->out, "numgen ");
	pr_words(p, e->field, " ");
	pr_modulus(p, e);
}

static void field_jhash(struct pr *p, const struct ast_expr *e)
{
	buf_puts(p->out, "jhash ");
	pr_expr(p, e->a);
	pr_modulus(p, e);
}

static void field_symhash(struct pr *p, const struct ast_expr *e)
{
	buf_puts(p->out, "symhash");
	pr_modulus(p, e);
}

static void pr_field(struct pr *p, const struct ast_expr *e)
{
	static const struct {
		const char *head;
		void (*print)(struct pr *p, const struct ast_expr *e);
	} special[] = { { "fib", field_fib }, { "numgen", field_numgen }, { "jhash", field_jhash }, { "symhash", field_symhash } };
	const struct ast_field *f = e->field;

	for (size_t i = 0; i < ARRAY_SIZE(special); i++) {
		if (pr_is(f->head, special[i].head)) {
			special[i].print(p, e);
			return;
		}
	}
	if (!f->unqualified)
		buf_printf(p->out, "%s%s", f->head, f->n_words || e->a ? " " : "");
	if (e->a)
		pr_expr(p, e->a);
	else if (f->n_words == 4 && pr_is(f->words[0].text, "@"))
		buf_printf(p->out, "@%s,%s,%s", f->words[1].text, f->words[2].text, f->words[3].text);
	else
		pr_words(p, f, " ");
}

/* ---- operators ------------------------------------------------------------------------------------------- */

static unsigned precedence(const struct ast_expr *e)
{
	static const uint8_t prec[] = { [AST_OP_OR] = 1, [AST_OP_XOR] = 2, [AST_OP_AND] = 3, [AST_OP_LSHIFT] = 4, [AST_OP_RSHIFT] = 4 };

	if (e->kind != AST_BINARY || e->op >= ARRAY_SIZE(prec))
		return 9;
	return prec[e->op];
}

static const char *op_text(unsigned op)
{
	static const char *const texts[] = {
		[AST_OP_EQ] = "==", [AST_OP_NE] = "!=",  [AST_OP_LT] = "<",  [AST_OP_GT] = ">",  [AST_OP_LE] = "<=",      [AST_OP_GE] = ">=",
		[AST_OP_NOT] = "!", [AST_OP_AND] = "&", [AST_OP_OR] = "|", [AST_OP_XOR] = "^", [AST_OP_LSHIFT] = "<<", [AST_OP_RSHIFT] = ">>",
	};

	return op < ARRAY_SIZE(texts) ? texts[op] : NULL;
}

static void pr_operand(struct pr *p, const struct ast_expr *e, bool parens)
{
	if (parens)
		buf_putc(p->out, '(');
	pr_expr(p, e);
	if (parens)
		buf_putc(p->out, ')');
}

static void pr_binary(struct pr *p, const struct ast_expr *e)
{
	unsigned prec = precedence(e);

	pr_operand(p, e->a, precedence(e->a) < prec);
	buf_printf(p->out, " %s ", op_text(e->op));
	pr_operand(p, e->b, precedence(e->b) <= prec);
}

/* True where its text would begin with what no match begins with: a bare word, which begins a statement, or a star. */
static bool begins_bare(const struct ast_expr *e)
{
	while (e->kind == AST_BINARY)
		e = e->a;
	return (e->kind == AST_SYMBOL && !e->quoted) || e->kind == AST_WILDCARD;
}

/* The left side of a match, vmap or set: its first part is in parentheses where they are what makes it one. */
void pr_left(struct pr *p, const struct ast_expr *e)
{
	const struct ast_expr *first = e->kind == AST_CONCAT ? e->items : e;

	pr_operand(p, first, begins_bare(first));
	for (const struct ast_expr *x = e->kind == AST_CONCAT ? first->next : NULL; x; x = x->next) {
		buf_puts(p->out, " . ");
		pr_expr(p, x);
	}
}

static void pr_relation(struct pr *p, const struct ast_expr *e)
{
	const char *op = op_text(e->op);

	pr_left(p, e->a);
	buf_putc(p->out, ' ');
	if (op)
		buf_printf(p->out, "%s ", op);
	pr_expr(p, e->b);
}

/* ---- sets ------------------------------------------------------------------------------------------------ */

static void pr_times(struct pr *p, const struct ast_opt *opts)
{
	for (; opts; opts = opts->next) {
		if (pr_is(opts->name, "comment"))
			continue;
		if (p->stateless && pr_is(opts->name, "expires"))
			continue;
		buf_printf(p->out, " %s ", opts->name);
		pr_expr(p, opts->val);
	}
}

/* Of elements the state comes first, of set statements the times, as nft does. */
static void pr_element(struct pr *p, const struct ast_expr *e)
{
	const struct ast_opt *comment = ast_opt_find(e->opts, "comment");

	pr_expr(p, e->a);
	if (p->in_stmt)
		pr_times(p, e->opts);
	if (e->stmts) {
		buf_putc(p->out, ' ');
		pr_stmts(p, e->stmts);
	}
	if (!p->in_stmt)
		pr_times(p, e->opts);
	if (comment) {
		buf_puts(p->out, " comment ");
		pr_quoted(p, comment->val);
	}
}

static void pr_mapping(struct pr *p, const struct ast_expr *e)
{
	pr_expr(p, e->a);
	buf_puts(p->out, " : ");
	pr_expr(p, e->b);
}

static void pr_set(struct pr *p, const struct ast_expr *e)
{
	buf_puts(p->out, e->items ? "{ " : "{");
	pr_items(p, e, ", ");
	buf_puts(p->out, " }");
}

/* Elements of several words stand alone on their lines. */
static bool is_short(const struct ast_expr *e)
{
	return e->kind != AST_ELEM && e->kind != AST_MAPPING && e->kind != AST_CONCAT;
}

/* Between two elements; n counts those on the line. */
static void pr_between(struct pr *p, unsigned per_line, bool is_short, unsigned *n)
{
	buf_putc(p->out, ',');
	if (per_line == 255 || (++*n < per_line && is_short)) {
		buf_putc(p->out, ' ');
		return;
	}
	*n = 0;
	buf_putc(p->out, '\n');
	pr_tabs(p, 1);
	buf_puts(p->out, "     ");
	pr_flush(p);
}

void pr_source(struct pr *p, struct ast_source *source, unsigned per_line)
{
	const struct ast_expr *e = source->next(source);
	unsigned n = 0;
	bool short_one;

	buf_puts(p->out, e ? "{ " : "{");
	while (e) {
		pr_expr(p, e);
		short_one = is_short(e);
		e = source->next(source);
		if (e)
			pr_between(p, per_line, short_one, &n);
	}
	buf_puts(p->out, " }");
}

struct items {
	struct ast_source source;
	const struct ast_expr *e;
};

static const struct ast_expr *next_item(struct ast_source *source)
{
	struct items *i = (struct items *)source;
	const struct ast_expr *e = i->e;

	if (e)
		i->e = e->next;
	return e;
}

void pr_elements(struct pr *p, const struct ast_expr *set, unsigned per_line)
{
	struct items items = { { next_item }, set->items };

	if (set->kind != AST_SET || per_line == 255)
		pr_expr(p, set);
	else
		pr_source(p, &items.source, per_line);
}

/* ---- leaves ---------------------------------------------------------------------------------------------- */

void pr_quoted(struct pr *p, const struct ast_expr *e)
{
	if (e && e->kind == AST_VARIABLE)
		buf_printf(p->out, "$%s", e->text);
	else
		buf_printf(p->out, "\"%s\"", e && e->text ? e->text : "");
}

static void pr_text(struct pr *p, const struct ast_expr *e)
{
	if (e->kind == AST_STRING || e->quoted)
		buf_printf(p->out, "\"%s\"", e->text);
	else
		buf_puts(p->out, e->text ? e->text : "");
}

static void pr_verdict(struct pr *p, const struct ast_expr *e)
{
	buf_puts(p->out, e->text);
	if (e->a && !e->rules) {
		buf_putc(p->out, ' ');
		pr_expr(p, e->a);
	} else if (pr_is(e->text, "jump") || pr_is(e->text, "goto")) {
		pr_rules(p, e->rules);
	}
}

static void pr_raw(struct pr *p, const struct ast_expr *e)
{
	buf_printf(p->out, "@%s,%llu,%llu", e->text, (unsigned long long)e->num, (unsigned long long)e->num2);
}

/* With one colon it may be a traffic class. */
static bool is_v6(const struct ast_expr *e)
{
	const char *colon = e->kind == AST_SYMBOL && !e->quoted && e->text ? strchr(e->text, ':') : NULL;

	return colon && strchr(colon + 1, ':');
}

void pr_address(struct pr *p, const struct ast_expr *e, bool brackets)
{
	if (e->kind == AST_RANGE && brackets) {
		pr_address(p, e->a, true);
		buf_putc(p->out, '-');
		pr_address(p, e->b, true);
	} else if (e->kind == AST_PREFIX && brackets) {
		pr_address(p, e->a, true);
		buf_putc(p->out, '/');
		pr_number(p, e->num);
	} else if (brackets && is_v6(e)) {
		buf_printf(p->out, "[%s]", e->text);
	} else {
		pr_expr(p, e);
	}
}

/* ---- all --------------------------------------------------------------------------------------------------- */

void pr_expr(struct pr *p, const struct ast_expr *e)
{
	switch ((enum ast_expr_kind)e->kind) {
	case AST_SYMBOL:
	case AST_STRING:
		pr_text(p, e);
		break;
	case AST_NUMBER:
		if (e->text)
			buf_puts(p->out, e->text);
		else
			pr_number(p, e->num);
		break;
	case AST_VARIABLE:
		buf_printf(p->out, "$%s", e->text);
		break;
	case AST_SETREF:
		buf_putc(p->out, '@');
		pr_name(p, e->text);
		break;
	case AST_FIELD:
		pr_field(p, e);
		break;
	case AST_RAW:
		pr_raw(p, e);
		break;
	case AST_WILDCARD:
		buf_putc(p->out, '*');
		break;
	case AST_UNARY:
		buf_putc(p->out, e->op == AST_OP_NOT ? '!' : '~');
		pr_operand(p, e->a, e->a->kind == AST_BINARY);
		break;
	case AST_BINARY:
		pr_binary(p, e);
		break;
	case AST_PREFIX:
		pr_expr(p, e->a);
		buf_putc(p->out, '/');
		pr_number(p, e->num);
		break;
	case AST_RANGE:
		pr_expr(p, e->a);
		buf_putc(p->out, '-');
		pr_expr(p, e->b);
		break;
	case AST_CONCAT:
		pr_items(p, e, " . ");
		break;
	case AST_LIST:
		pr_items(p, e, ",");
		break;
	case AST_SET:
		pr_set(p, e);
		break;
	case AST_PLAIN: /* folded texts are for the compiler only */
		break;
	case AST_ELEM:
		pr_element(p, e);
		break;
	case AST_MAPPING:
		pr_mapping(p, e);
		break;
	case AST_MAP:
		pr_expr(p, e->a);
		buf_puts(p->out, " map ");
		pr_expr(p, e->b);
		break;
	case AST_REL:
		pr_relation(p, e);
		break;
	case AST_VERDICT:
		pr_verdict(p, e);
		break;
	case AST_FLAGS_CMP:
		pr_expr(p, e->a);
		buf_puts(p->out, " / ");
		pr_expr(p, e->b);
		break;
	}
}
