/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts and the order in which they are scanned: a stack, the text being scanned on top. An include pushes its files, of which
 * only the top one is open; the parser sees one stream of tokens, with a newline where an included text ends.
 *
 * Includes: a path with / ./ or ../ before it is taken as it is; others are sought in the directory of the file given on the
 * command line, then along -I. Wildcards match in order of bytes, and matching nothing is no error.
 */
#include "parser/parse_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct input {
	struct input *below;
	struct input *parent;    /* whose include this is; NULL: the first text */
	const char *path;        /* of a file not yet opened; NULL once it is */
	struct place from;
	struct scanner *scanner;
	uint32_t text;
	unsigned depth;
	bool ended;
	dev_t dev;
	ino_t ino;
};

static struct input *push(struct parse *p, struct input *parent, struct place from)
{
	struct input *in = arena_new_of(p->arena, struct input);

	in->below = p->input;
	in->parent = parent;
	in->depth = parent ? parent->depth + 1 : 0;
	in->from = from;
	return p->input = in;
}

static void pop(struct parse *p)
{
	struct input *in = p->input;

	scanner_free(&in->scanner);
	p->input = in->below;
}

void input_close_all(struct parse *p)
{
	while (p->input)
		pop(p);
	p->n = 0;
}

uint32_t input_text(const struct parse *p)
{
	return p->input ? p->input->text : 0;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

enum { BEHIND = 3 }; /* room behind a text: a newline, and two NULs for the scanner */

/* A text's last line always ends: so errors at its end are "unexpected newline", as nft has it. */
static size_t end_text(char *bytes, size_t len)
{
	if (len && bytes[len - 1] != '\n')
		bytes[len++] = '\n';
	bytes[len] = bytes[len + 1] = 0;
	return len;
}

/* All of a file, malloc'ed, with room behind it. 0 or -errno. */
static int read_all(int fd, char **out, size_t *out_len)
{
	const size_t limit = INT_MAX - BEHIND;
	size_t cap = 64 * 1024, len = 0;
	struct stat st;
	char *b, *more;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (fd != STDIN_FILENO && !S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return -EBADF; /* devices: they may have no end */
	if (S_ISREG(st.st_mode) && st.st_size > 0)
		cap = (size_t)st.st_size + 1;
	if (cap > limit)
		return -EFBIG;
	b = malloc(cap + BEHIND);
	while (b && (n = read(fd, b + len, cap - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || len + (size_t)n > limit - 1) {
			int err = n < 0 ? -errno : -EFBIG;

			free(b);
			return err;
		}
		len += (size_t)n;
		if (len == cap) {
			cap = cap > limit / 2 ? limit : cap * 2;
			more = realloc(b, cap + BEHIND);
			if (!more)
				free(b);
			b = more;
		}
	}
	if (!b)
		return -ENOMEM;
	*out = b;
	*out_len = end_text(b, len);
	return 0;
}

/* A NUL ends strings everywhere behind us, so a text with one is refused as a whole. */
static int scan_text(struct parse *p, struct input *in, const char *name, char *bytes, size_t len)
{
	uint32_t text = texts_add(p->texts, name, bytes, len, in->from);
	const char *nul = memchr(bytes, 0, len);

	if (nul) {
		diag_error(p->diag, (struct place){ text, (uint32_t)(nul - bytes), 1 }, "syntax error, NUL byte: this is not text");
		return -1;
	}
	in->text = text;
	in->scanner = scanner_new(bytes, len, text);
	if (!in->scanner)
		return diag_error(p->diag, in->from, "%s: out of memory", name);
	return 0;
}

int input_string(struct parse *p, const char *name, const char *bytes, size_t len)
{
	char *copy = malloc(len + BEHIND);

	if (!copy || len > INT_MAX - BEHIND) {
		free(copy);
		return diag_error(p->diag, (struct place){ 0 }, "%s: too large", name);
	}
	memcpy(copy, bytes, len);
	return scan_text(p, push(p, NULL, (struct place){ 0 }), name, copy, end_text(copy, len));
}

static int scan_fd(struct parse *p, struct input *in, const char *name, int fd)
{
	char *bytes = NULL;
	size_t len = 0;
	int rc = read_all(fd, &bytes, &len);

	if (rc == -EBADF)
		return diag_error(p->diag, in->from, "Not a regular file: \"%s\"", name);
	if (rc < 0)
		return diag_error(p->diag, in->from, "Could not read file \"%s\": %s", name, strerror(-rc));
	return scan_text(p, in, name, bytes, len);
}

static int open_error(struct parse *p, struct place at, const char *path)
{
	return diag_error(p->diag, at, "Could not open file \"%s\": %s", path, strerror(errno));
}

int input_open(struct parse *p, const char *path)
{
	struct input *in = push(p, NULL, (struct place){ 0 });
	const char *slash = strrchr(path, '/');
	struct stat st;
	int fd, rc;

	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0) {
		p->file_dir = NULL;
		return scan_fd(p, in, "/dev/stdin", STDIN_FILENO);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return open_error(p, in->from, path);
	p->file_dir = slash ? arena_memdup(p->arena, path, (size_t)(slash - path) + (slash == path)) : ".";
	if (fstat(fd, &st) == 0) {
		in->dev = st.st_dev;
		in->ino = st.st_ino;
	}
	rc = scan_fd(p, in, path, fd);
	close(fd);
	return rc;
}

/* Opens the included file on top. A file that includes itself is found by its inode, before the depth runs out. */
static int open_included(struct parse *p)
{
	struct input *in = p->input;
	const char *path = in->path;
	struct stat st;
	int fd, rc;

	in->path = NULL;
	if (in->depth >= MAX_INCLUDES)
		return diag_error(p->diag, in->from, "Include nested too deeply, max %u levels", MAX_INCLUDES);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return open_error(p, in->from, path);
	if (fstat(fd, &st) == 0) {
		in->dev = st.st_dev;
		in->ino = st.st_ino;
		for (struct input *up = in->parent; up && S_ISREG(st.st_mode); up = up->parent) {
			if (up->dev == st.st_dev && up->ino == st.st_ino) {
				close(fd);
				return diag_error(p->diag, in->from, "\"%s\" includes itself", path);
			}
		}
	}
	rc = scan_fd(p, in, path, fd);
	close(fd);
	return rc;
}

struct scanner *input_scanner(struct parse *p)
{
	struct input *in = p->input;

	return in && !in->path && !in->ended ? in->scanner : NULL;
}

/* The part is copied, for a scanner wants NULs behind what it scans. */
int input_part(struct parse *p, struct place at)
{
	struct buf *b = &p->again_text;
	struct input *in = p->again;
	size_t len;
	const char *bytes = texts_bytes(p->texts, at.text, &len);

	if (!bytes || at.off > len || at.len > len - at.off)
		return -1;
	buf_cut(b, 0);
	buf_put(b, bytes + at.off, at.len);
	buf_reserve(b, BEHIND);
	len = end_text(b->p, at.len);
	if (!in)
		in = p->again = calloc(1, sizeof(*in));
	if (in && !in->scanner)
		in->scanner = scanner_new(b->p, len, at.text);
	if (!in || !in->scanner || scanner_restart(in->scanner, b->p, len, at.text, at.off))
		return -1;
	in->ended = false;
	p->input = in;
	return 0;
}

void unfold_free(struct parse *p)
{
	if (p->again)
		scanner_free(&p->again->scanner);
	free(p->again);
	buf_free(&p->again_text);
}

void input_next(struct parse *p, struct token *out)
{
	for (struct input *in; (in = p->input); pop(p)) {
		if (in->path)
			open_included(p);
		if (in->scanner && !in->ended) {
			scanner_next(in->scanner, out);
			if (out->type != TOK_EOF)
				return;
			in->ended = true;
			if (in->below) {
				out->type = TOK_NEWLINE;
				return;
			}
		}
		if (!in->below) {
			if (!in->scanner)
				*out = (struct token){ .type = TOK_EOF, .text = "" };
			else
				scanner_next(in->scanner, out);
			return;
		}
	}
	*out = (struct token){ .type = TOK_EOF, .text = "" };
}

/* ---- include --------------------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Pushes the files that match; the first of them ends up on top. Returns how many. */
static size_t push_matches(struct parse *p, struct input *parent, const char *pattern, struct place from)
{
	size_t n = 0;
	glob_t g;

	if (glob(pattern, GLOB_MARK | GLOB_NOSORT, NULL, &g) != 0)
		return 0;
	qsort(g.gl_pathv, g.gl_pathc, sizeof(*g.gl_pathv), by_bytes);
	for (size_t i = g.gl_pathc; i-- > 0;) {
		const char *path = g.gl_pathv[i];

		if (path[strlen(path) - 1] == '/')
			continue;
		push(p, parent, from)->path = arena_strdup(p->arena, path);
		n++;
	}
	globfree(&g);
	return n;
}

static bool is_plain_path(const char *path)
{
	return *path == '/' || strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0;
}

static bool push_include(struct parse *p, struct input *parent, const char *path, struct place from)
{
	bool pattern = strpbrk(path, "*?[");
	size_t first = p->file_dir ? 0 : 1;

	if (is_plain_path(path))
		return push_matches(p, parent, path, from) || pattern;
	for (size_t i = first; i <= p->n_paths; i++) {
		const char *dir = i ? p->paths[i - 1] : p->file_dir;

		if (push_matches(p, parent, arena_printf(p->arena, "%s/%s", dir, path), from))
			return true;
	}
	return pattern;
}

bool parse_include_line(struct parse *p)
{
	struct place at = tok(p)->at;
	const char *path;

	if (!is_word(p, "include"))
		return false;
	tok_take(p);
	if (!tok_is(p, TOK_STRING)) {
		unexpected(p, "the name of a file in quotes");
		return true;
	}
	path = take_text(p);
	if (!accept(p, TOK_NEWLINE) && !accept(p, TOK_SEMI) && !tok_is(p, TOK_EOF)) {
		unexpected(p, "newline or semicolon");
		return true;
	}
	at = place_span(at, p->last);
	p->n = 0; /* at most the end of the first text, which it will say again */
	if (!push_include(p, p->input, path, at)) {
		fail(p, at, "File not found: %s", path);
		p->failed = p->stopped;
	}
	return true;
}
