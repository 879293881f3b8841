/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs test files. Every test has an engine of its own, so none depends on another. See run.h. */
#include "app/test/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/test/check.h"
#include "app/test/junit.h"

/* A rule that was seen in some file's ruleset: reached by a test or not. */
struct covered {
	struct covered *next;
	const char *place, *text;
	uint64_t packets;
};

struct suite {
	const struct test_options *o;
	struct arena *a;
	struct junit *junit;
	struct covered *rules, **rules_tail;
	unsigned number, failed;
};

struct test_run {
	struct suite *suite;
	const struct test_file *f;
	struct texts *texts;
	struct diag diag;
	struct arena *a;
};

/* "# " before every line. */
static void print_note(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		printf("# %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void note_coverage(struct suite *su, const struct session *s)
{
	for (const struct book_rule *r = s->book->rules; r; r = r->next) {
		buf_auto place = { 0 };
		buf_auto text = { 0 };
		struct covered *c;

		book_rule_place(client_texts(s->client), r, &place);
		book_rule_text(client_texts(s->client), r, 100, &text);
		for (c = su->rules; c; c = c->next)
			if (!strcmp(c->place, buf_str(&place)) && !strcmp(c->text, buf_str(&text)))
				break;
		if (!c) {
			c = arena_new_of(su->a, struct covered);
			c->place = arena_strdup(su->a, buf_str(&place));
			c->text = arena_strdup(su->a, buf_str(&text));
			*su->rules_tail = c;
			su->rules_tail = &c->next;
		}
		c->packets += r->packets;
	}
}

/* What went wrong, where, and which way the packet took. */
static void describe_fault(const struct test_run *r, const struct check *c, const struct step *s, struct buf *out)
{
	uint32_t line, col, last;

	texts_resolve(r->texts, s->at, &line, &col, &last);
	buf_printf(out, "%s:%u\n%s", r->f->path, line, buf_str(&c->fault));
	if (!c->frame.len || s->kind > STEP_REPEAT)
		return;
	buf_puts(out, "packet:   ");
	packet_describe((const uint8_t *)c->frame.p, c->frame.len, out);
	buf_printf(out, "\n%s", buf_str(&c->got.trace));
}

static bool run_steps(struct test_run *r, const struct test *t, struct session *s, struct buf *fault)
{
	struct check c;
	bool ok = true;

	if (check_begin(&c, s, r->texts, r->a)) {
		buf_puts(fault, "no worker\n");
		check_end(&c);
		return false;
	}
	for (const struct step *st = t->steps; ok && st; st = st->next) {
		ok = check_step(&c, st);
		if (!ok)
			describe_fault(r, &c, st, fault);
	}
	check_end(&c);
	return ok;
}

static bool run_test(struct test_run *r, const struct test *t, struct buf *fault)
{
	const struct test_options *o = r->suite->o;
	char *said = NULL;
	size_t said_len;
	FILE *err = open_memstream(&said, &said_len);
	struct session_options so = { .host_file = r->f->host_path, .local = r->f->local, .include_dirs = o->include_dirs,
				      .defines = o->defines, .rules_file = r->f->ruleset_path, .rules_name = r->f->path,
				      .rules_text = r->f->ruleset_text, .err = err };
	struct session s;
	bool ok = !session_open(&so, &s);

	if (ok)
		ok = run_steps(r, t, &s, fault);
	fflush(err);
	buf_puts(fault, said);
	if (o->coverage)
		note_coverage(r->suite, &s);
	session_close(&s);
	fclose(err);
	free(said);
	return ok;
}

static void tell(struct test_run *r, const char *name, bool ok, const char *fault)
{
	struct suite *su = r->suite;

	printf("%sok %u - %s\n", ok ? "" : "not ", ++su->number, name);
	if (!ok)
		print_note(fault);
	su->failed += !ok;
	junit_case(su->junit, r->f ? r->f->path : name, name, ok ? NULL : fault);
	fflush(stdout);
}

static void free_payloads(const struct test_file *f)
{
	for (const struct test *t = f->tests; t; t = t->next)
		for (struct step *s = t->steps; s; s = s->next)
			packet_free(&s->packet);
}

static void run_file(struct suite *su, const char *path)
{
	struct test_run r = { .suite = su, .a = arena_new(), .texts = texts_new() };
	struct test_file *f = NULL;

	diag_init(&r.diag, r.texts, r.a);
	if (test_file_read(path, r.a, r.texts, &r.diag, &f)) {
		buf_auto why = { 0 };

		diag_print(&r.diag, &why);
		tell(&r, path, false, buf_str(&why));
	} else {
		r.f = f;
		for (const struct test *t = f->tests; t; t = t->next) {
			buf_auto fault = { 0 };
			bool ok = run_test(&r, t, &fault);

			tell(&r, t->name, ok, buf_str(&fault));
		}
		free_payloads(f);
	}
	texts_free(&r.texts);
	arena_free(&r.a);
}

static void print_coverage(const struct suite *su)
{
	unsigned all = 0, reached = 0;

	for (const struct covered *c = su->rules; c; c = c->next) {
		all++;
		reached += c->packets > 0;
	}
	printf("# %u of %u rules reached\n", reached, all);
	for (const struct covered *c = su->rules; c; c = c->next)
		if (!c->packets)
			printf("# not reached: %s %s\n", c->place, c->text);
}

int test_main(const struct test_options *o)
{
	struct suite su = { .o = o, .a = arena_new() };

	su.rules_tail = &su.rules;
	if (o->junit && junit_open(o->junit, &su.junit)) {
		arena_free(&su.a);
		return 1;
	}
	puts("TAP version 13");
	for (const char *const *f = o->files; *f; f++)
		run_file(&su, *f);
	printf("1..%u\n", su.number);
	if (o->coverage)
		print_coverage(&su);
	if (junit_close(&su.junit))
		su.failed++;
	arena_free(&su.a);
	return su.failed ? 1 : 0;
}
