/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See interactive.h. */
#include "app/interactive.h"

#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "parser/parse.h"
#include "src/client/client.h"

enum { REMEMBERED = 1000, COLUMNS = 80 };

struct shell {
	struct client *c;
	EditLine *el;
	History *h;
	char *history_file; /* NULL: none is kept */
	struct buf text;    /* the lines of an unfinished command */
	bool abandoned;     /* ^C */
};

/* ---- completion ---------------------------------------------------------------------------------------------------- */

static size_t common_prefix(const struct completions *all)
{
	size_t n = all->n ? strlen(all->words[0]) : 0;

	for (size_t i = 1; i < all->n; i++)
		for (size_t k = 0; k < n; k++)
			if (all->words[i][k] != all->words[0][k])
				n = k;
	return n;
}

static unsigned columns(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : COLUMNS;
}

static void show(const struct completions *all)
{
	size_t width = 0, per_line;

	for (size_t i = 0; i < all->n; i++)
		if (strlen(all->words[i]) > width)
			width = strlen(all->words[i]);
	per_line = columns() / (width + 2);
	if (!per_line)
		per_line = 1;
	putchar('\n');
	for (size_t i = 0; i < all->n; i++)
		printf((i + 1) % per_line && i + 1 < all->n ? "%-*s  " : "%-*s\n", (int)width, all->words[i]);
	fflush(stdout);
}

/* Inserts what all that fit have in common; where that is nothing, shows them. */
static unsigned char complete_line(EditLine *el, int ch)
{
	const LineInfo *line = el_line(el);
	buf_auto text = { 0 };
	struct arena *a = arena_new();
	struct completions all;
	unsigned char ret = CC_ERROR;
	struct shell *s;
	size_t typed, common;

	el_get(el, EL_CLIENTDATA, &s);
	buf_puts(&text, buf_str(&s->text));
	buf_put(&text, line->buffer, (size_t)(line->cursor - line->buffer));
	client_complete(s->c, a, buf_str(&text), &all);
	typed = text.len - all.from;
	common = common_prefix(&all);
	if (all.n == 1 || common > typed) {
		el_insertstr(el, arena_memdup(a, all.words[0] + typed, common - typed));
		if (all.n == 1)
			el_insertstr(el, " ");
		ret = CC_REFRESH;
	} else if (all.n) {
		show(&all);
		ret = CC_REDISPLAY;
	}
	arena_free(&a);
	return ret;
}

/* ---- the line editor ------------------------------------------------------------------------------------------------- */

static unsigned char abandon(EditLine *el, int ch)
{
	struct shell *s;

	el_get(el, EL_CLIENTDATA, &s);
	s->abandoned = true;
	printf("^C\n");
	return CC_NEWLINE;
}

/*
 * Ctrl-C is a signal only while a command runs. Else it is a key, also between the prompt and the moment in which libedit takes the terminal, where
 * a signal would end the session.
 */
static void let_interrupt(bool on)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t))
		return;
	t.c_lflag = on ? t.c_lflag | ISIG : t.c_lflag & ~(tcflag_t)ISIG;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

static char *prompt(EditLine *el)
{
	static char first[] = "nft> ", next[] = "...> ";
	struct shell *s;

	el_get(el, EL_CLIENTDATA, &s);
	return s->text.len ? next : first;
}

static void open_history(struct shell *s)
{
	const char *home = getenv("HOME");
	HistEvent ev;

	s->h = history_init();
	history(s->h, &ev, H_SETSIZE, REMEMBERED);
	history(s->h, &ev, H_SETUNIQUE, 1);
	el_set(s->el, EL_HIST, history, s->h);
	if (!home || !*home || asprintf(&s->history_file, "%s/.nft.history", home) < 0)
		s->history_file = NULL;
	if (s->history_file)
		history(s->h, &ev, H_LOAD, s->history_file);
}

static int open_editor(struct shell *s)
{
	s->el = el_init("nft", stdin, stdout, stderr);
	if (!s->el) {
		fprintf(stderr, "Error: cannot edit lines on this terminal\n");
		return -1;
	}
	el_set(s->el, EL_CLIENTDATA, s);
	el_set(s->el, EL_PROMPT, prompt);
	el_set(s->el, EL_EDITOR, "emacs");
	el_set(s->el, EL_ADDFN, "nft-complete", "Complete a word", complete_line);
	el_set(s->el, EL_ADDFN, "nft-abandon", "Abandon what is typed", abandon);
	el_set(s->el, EL_BIND, "^I", "nft-complete", NULL);
	el_set(s->el, EL_BIND, "^C", "nft-abandon", NULL);
	el_set(s->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_set(s->el, EL_SETTY, "-d", "-isig", NULL);
	el_set(s->el, EL_SETTY, "-x", "-isig", NULL);
	let_interrupt(false);
	open_history(s);
	return 0;
}

static void close_editor(struct shell *s)
{
	if (s->h)
		history_end(s->h);
	if (s->el)
		el_end(s->el);
	free(s->history_file);
	buf_free(&s->text);
}

/* ---- commands ---------------------------------------------------------------------------------------------------------- */

/* What was typed as one line: newlines end a statement, unless one has just begun or ended or a list goes on. */
static void joined(const char *text, struct buf *out)
{
	for (; *text; text++) {
		const char *next = text + strspn(text, " \t\n");
		char last = out->len ? out->p[out->len - 1] : '{';

		if (*text == '\\' && text[1] == '\n')
			text++;
		else if (*text != '\n')
			buf_putc(out, *text);
		else if (*next)
			buf_puts(out, strchr("{,;(", last) || strchr("},)", *next) ? " " : "; "), text = next - 1;
	}
}

/* The file is written with every command, so that nothing is lost where the session is ended by a signal. */
static void remember(struct shell *s, const char *text)
{
	buf_auto line = { 0 };
	HistEvent ev;

	joined(text, &line);
	if (!line.len)
		return;
	history(s->h, &ev, H_ENTER, buf_str(&line));
	if (s->history_file)
		history(s->h, &ev, H_SAVE, s->history_file);
}

static bool is_word_alone(const char *text, const char *word)
{
	size_t n = strlen(word);

	text += strspn(text, " \t");
	return !strncmp(text, word, n) && !text[n + strspn(text + n, " \t\n;")];
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\n")];
}

/* Another line of the command; runs it once it is complete. False: "quit". */
static bool take_line(struct shell *s, const char *line)
{
	if (!s->text.len && is_word_alone(line, "quit"))
		return false;
	buf_puts(&s->text, line);
	while (s->text.len && s->text.p[s->text.len - 1] == '\n')
		buf_cut(&s->text, s->text.len - 1);
	if (parse_is_open(buf_str(&s->text))) {
		buf_putc(&s->text, '\n');
		return true;
	}
	if (!is_blank(buf_str(&s->text))) {
		remember(s, s->text.p);
		let_interrupt(true);
		client_text(s->c, "<cmdline>", s->text.p);
		fflush(stdout);
		let_interrupt(false);
	}
	buf_cut(&s->text, 0);
	return true;
}

int interactive(struct client *c)
{
	struct shell s = { .c = c };
	const char *line;
	int n;

	if (open_editor(&s))
		return -1;
	for (;;) {
		line = el_gets(s.el, &n);
		if (s.abandoned) {
			s.abandoned = false;
			buf_cut(&s.text, 0);
			continue;
		}
		if (!line || n <= 0) {
			if (isatty(STDIN_FILENO))
				putchar('\n');
			break;
		}
		if (!take_line(&s, line))
			break;
	}
	if (!is_blank(buf_str(&s.text)))
		client_text(c, "<cmdline>", s.text.p); /* says what is missing */
	close_editor(&s);
	return 0;
}
