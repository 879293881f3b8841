/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads packet tests. A descent over words; each kind of line is a function in `lines`. See file.h. */
#include "app/test/file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/file.h"
#include "base/bytes.h"

enum { MAX_LOCAL = 32, MAX_PAYLOAD = 65000 };

struct word {
	const char *text;       /* "" at the end of the file, "\n" at the end of a line */
	struct place at;
	bool quoted;
};

struct reader {
	struct arena *a;
	struct texts *texts;
	struct diag *diag;
	struct test_file *file;
	const char *text;
	size_t len, pos;
	uint32_t number;        /* of the text */
	struct word w;          /* the word at hand */
	struct step *step;      /* being read */
	unsigned n_local;
};

/* ---- words ------------------------------------------------------------------------------------------------ */

static struct place place_of(const struct reader *r, size_t from, size_t to)
{
	return (struct place){ .text = r->number, .off = (uint32_t)from, .len = (uint32_t)(to - from) };
}

static void skip_blanks(struct reader *r)
{
	for (; r->pos < r->len; r->pos++) {
		char c = r->text[r->pos];

		if (c == '#')
			while (r->pos + 1 < r->len && r->text[r->pos + 1] != '\n')
				r->pos++;
		else if (c == '\n' || !isspace((unsigned char)c))
			return;
	}
}

static void take_quoted(struct reader *r)
{
	size_t from = r->pos++, end;

	for (end = r->pos; end < r->len && r->text[end] != '"' && r->text[end] != '\n'; end++)
		;
	r->w = (struct word){ arena_memdup(r->a, r->text + r->pos, end - r->pos), place_of(r, from, end + 1), true };
	r->pos = end < r->len && r->text[end] == '"' ? end + 1 : end;
}

static void next(struct reader *r)
{
	size_t from, end;

	skip_blanks(r);
	from = end = r->pos;
	if (from >= r->len) {
		r->w = (struct word){ "", place_of(r, r->len ? r->len - 1 : 0, r->len), false };
		return;
	}
	if (r->text[from] == '"') {
		take_quoted(r);
		return;
	}
	if (strchr("\n{}", r->text[from]))
		end++;
	else
		while (end < r->len && !isspace((unsigned char)r->text[end]) && !strchr("{}\"#", r->text[end]))
			end++;
	r->w = (struct word){ arena_memdup(r->a, r->text + from, end - from), place_of(r, from, end), false };
	r->pos = end;
}

static bool is(const struct reader *r, const char *text)
{
	return !r->w.quoted && !strcmp(r->w.text, text);
}

static bool at_end(const struct reader *r)
{
	return is(r, "\n") || is(r, "") || is(r, "}");
}

static void skip_lines(struct reader *r)
{
	while (is(r, "\n"))
		next(r);
}

static int wrong(struct reader *r, const char *want)
{
	const char *got = is(r, "\n") ? "the end of the line" : is(r, "") ? "the end of the file" : r->w.text;

	return diag_error(r->diag, r->w.at, "syntax error, unexpected %s, expecting %s", got, want);
}

static int take_text(struct reader *r, const char *what, const char **out)
{
	if (at_end(r) || is(r, "{"))
		return wrong(r, what);
	*out = r->w.text;
	next(r);
	return 0;
}

static int take_number(struct reader *r, const char *what, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(r->w.text, &end, 0);
	if (end == r->w.text || *end || errno)
		return wrong(r, what);
	next(r);
	return 0;
}

/* 30s, 200ms, 1h5m; a bare number is seconds. */
static int take_time(struct reader *r, uint64_t *ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = { { "ms", 1000000 }, { "us", 1000 }, { "d", 86400000000000 }, { "h", 3600000000000 }, { "m", 60000000000 }, { "s", 1000000000 } };
	const char *p = r->w.text;

	*ns = 0;
	do {
		char *end;
		unsigned long long n = strtoull(p, &end, 10);
		size_t u;

		if (end == p || n > 100000000)
			return wrong(r, "a time such as 30s");
		for (u = 0; u < ARRAY_SIZE(units); u++)
			if (!strncmp(end, units[u].unit, strlen(units[u].unit)))
				break;
		if (u == ARRAY_SIZE(units) && *end)
			return wrong(r, "a time such as 30s");
		*ns += n * (*end ? units[u].ns : 1000000000);
		p = *end ? end + strlen(units[u].unit) : end;
	} while (*p);
	next(r);
	return 0;
}

/* ---- fields -------------------------------------------------------------------------------------------------- */

static const char *near_field(const struct proto *p, const char *word)
{
	const char *names[64];
	size_t n = 0;

	for (unsigned i = 0; i < p->n_fields && n < ARRAY_SIZE(names); i++)
		names[n++] = p->fields[i].name;
	return diag_nearest(word, names, n);
}

/* `saddr`, and arp's `saddr ip`. */
static const struct proto_field *take_field_name(struct reader *r, const struct proto *p)
{
	const char *word = r->w.text;
	const struct proto_field *f = proto_field_by_name(p, word);
	struct place at = r->w.at;
	const char *hint;

	next(r);
	if (!f && !at_end(r)) {
		f = proto_field_by_name(p, arena_printf(r->a, "%s %s", word, r->w.text));
		if (f)
			next(r);
	}
	if (!f) {
		diag_error(r->diag, at, "%s has no field '%s'", p->name, word);
		hint = near_field(p, word);
		if (hint)
			diag_hint(r->diag, "did you mean '%s'?", hint);
	}
	return f;
}

static int take_field(struct reader *r, const struct proto *p, const struct proto_field **f, u128 *value, struct place *at)
{
	const char *why = NULL;

	*at = r->w.at;
	next(r);
	*f = take_field_name(r, p);
	if (!*f)
		return -1;
	if (at_end(r))
		return wrong(r, "a value");
	if (packet_parse_value(*f, r->w.text, value, r->a, &why))
		return diag_error(r->diag, r->w.at, "%s", why ? why : "not a value of this field");
	*at = place_span(*at, r->w.at);
	next(r);
	return 0;
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* payload "text", payload 0x0a0b, payload 100 (so many zeros) */
static int take_payload(struct reader *r, struct packet *p)
{
	const char *t;
	uint64_t n;

	next(r);
	t = r->w.text;
	buf_cut(&p->payload, 0);
	if (r->w.quoted) {
		buf_puts(&p->payload, t);
	} else if (!strncmp(t, "0x", 2)) {
		if (strlen(t) % 2 || strspn(t + 2, "0123456789abcdefABCDEF") != strlen(t) - 2)
			return wrong(r, "an even number of hexadecimal digits");
		for (t += 2; *t; t += 2)
			buf_putc(&p->payload, (char)(hex_digit(t[0]) << 4 | hex_digit(t[1])));
	} else {
		if (take_number(r, "\"text\", 0x and digits, or a number of bytes", &n))
			return -1;
		if (n > MAX_PAYLOAD)
			return diag_error(r->diag, r->w.at, "a payload has at most %d bytes", MAX_PAYLOAD);
		memset(buf_grow(&p->payload, n), 0, n);
		return 0;
	}
	next(r);
	return 0;
}

static int take_packet(struct reader *r, struct packet *p)
{
	while (!at_end(r) && !is(r, "->")) {
		const struct proto *proto = proto_by_name(r->w.text);
		const struct proto_field *f;
		struct packet_layer *l;
		struct place at;
		u128 value;

		if (is(r, "payload")) {
			if (take_payload(r, p))
				return -1;
			continue;
		}
		if (!proto)
			return wrong(r, "a header (ip, ip6, tcp, ...), payload, or ->");
		at = r->w.at;
		l = packet_layer(p, proto);
		if (!l)
			return diag_error(r->diag, at, "%s cannot stand with the packet's other headers", proto->name);
		if (take_field(r, proto, &f, &value, &at))
			return -1;
		if (packet_set(l, f, value))
			return diag_error(r->diag, at, "too many fields");
	}
	return 0;
}

/* ---- what is expected ------------------------------------------------------------------------------------------ */

static int take_mark(struct reader *r, struct expect *e, bool ct)
{
	uint64_t v;

	next(r);
	if (!is(r, "mark"))
		return wrong(r, "mark");
	next(r);
	if (take_number(r, "a mark", &v))
		return -1;
	if (ct) {
		e->has_ct_mark = true;
		e->ct_mark = (uint32_t)v;
	} else {
		e->has_mark = true;
		e->mark = (uint32_t)v;
	}
	return 0;
}

static int take_expected_field(struct reader *r, struct expect *e, const struct proto *p)
{
	struct expect_field *f = arena_new_of(r->a, struct expect_field), **tail = &e->fields;

	f->proto = p;
	if (take_field(r, p, &f->field, &f->value, &f->at))
		return -1;
	while (*tail)
		tail = &(*tail)->next;
	*tail = f;
	return 0;
}

static bool is_verdict(const struct reader *r)
{
	static const char *const words[] = { "accept", "drop", "reject", "queue", "stolen", "error" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (is(r, words[i]))
			return true;
	return false;
}

static int take_expect(struct reader *r, struct expect *e)
{
	e->given = true;
	e->at = r->w.at;
	next(r);
	if (is_verdict(r)) {
		e->at = r->w.at;
		e->verdict = r->w.text;
		next(r);
	}
	while (!at_end(r)) {
		const struct proto *p = proto_by_name(r->w.text);

		if (is(r, "by")) {
			next(r);
			if (take_text(r, "the text of a rule", &e->by))
				return -1;
		} else if (is(r, "meta") || is(r, "ct")) {
			if (take_mark(r, e, is(r, "ct")))
				return -1;
		} else if (p) {
			if (take_expected_field(r, e, p))
				return -1;
		} else if (!e->dev) {
			e->dev = r->w.text;
			next(r);
		} else {
			return wrong(r, "a header field, meta mark, ct mark, or by");
		}
	}
	return 0;
}

/* The arrow may stand at the end of the line or begin the next one. */
static int take_arrow(struct reader *r)
{
	struct reader look = *r;

	if (is(r, "\n")) {
		skip_lines(&look);
		if (!is(&look, "->"))
			return 0;
		*r = look;
	}
	return is(r, "->") ? take_expect(r, &r->step->expect) : 0;
}

/* ---- lines of a test ------------------------------------------------------------------------------------------- */

static int line_packet(struct reader *r)
{
	struct step *s = r->step;

	if (s->kind == STEP_PACKET && !at_end(r) && !proto_by_name(r->w.text) && !is(r, "->") && !is(r, "payload")) {
		s->dev = r->w.text;
		next(r);
	}
	return take_packet(r, &s->packet) || take_arrow(r);
}

static int line_repeat(struct reader *r)
{
	uint64_t n;

	if (take_number(r, "how often", &n))
		return -1;
	if (!n || n > 1000000)
		return diag_error(r->diag, r->step->at, "repeat takes 1 to 1000000");
	r->step->times = (unsigned)n;
	return take_arrow(r);
}

static int line_wait(struct reader *r)
{
	return take_time(r, &r->step->wait_ns);
}

static int take_counts(struct reader *r, struct step *s)
{
	while (!at_end(r)) {
		bool packets = is(r, "packets");

		if (!packets && !is(r, "bytes"))
			return wrong(r, "packets or bytes");
		next(r);
		if (take_number(r, "a number", packets ? &s->packets : &s->bytes))
			return -1;
		*(packets ? &s->has_packets : &s->has_bytes) = true;
	}
	return s->has_packets || s->has_bytes ? 0 : wrong(r, "packets or bytes");
}

static int line_counter(struct reader *r)
{
	return take_text(r, "a name", &r->step->name) || take_counts(r, r->step);
}

static int line_set(struct reader *r)
{
	struct step *s = r->step;

	if (take_text(r, "a set's name", &s->name))
		return -1;
	if (!is(r, "has") && !is(r, "lacks"))
		return wrong(r, "has or lacks");
	s->absent = is(r, "lacks");
	next(r);
	if (at_end(r))
		return wrong(r, "an element");
	s->element = r->w.text;
	for (next(r); !at_end(r); next(r))
		s->element = arena_printf(r->a, "%s %s", s->element, r->w.text);
	return 0;
}

static const struct {
	const char *word;
	enum step_kind kind;
	int (*read)(struct reader *r);
} lines[] = {
	{ "packet", STEP_PACKET, line_packet },   { "reply", STEP_REPLY, line_packet },   { "repeat", STEP_REPEAT, line_repeat },
	{ "wait", STEP_WAIT, line_wait },	  { "counter", STEP_COUNTER, line_counter }, { "rule", STEP_RULE, line_counter },
	{ "set", STEP_SET, line_set },
};

static int read_line(struct reader *r, struct step ***tail)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (is(r, lines[i].word)) {
			struct step *s = arena_new_of(r->a, struct step);

			s->kind = lines[i].kind;
			s->at = r->w.at;
			s->times = 1;
			r->step = s;
			next(r);
			**tail = s;
			*tail = &s->next;
			if (lines[i].read(r))
				return -1;
			return at_end(r) ? 0 : wrong(r, "the end of the line");
		}
	return wrong(r, "packet, reply, repeat, wait, counter, rule or set");
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

static void to_next_line(struct reader *r)
{
	while (!is(r, "\n") && !is(r, ""))
		next(r);
}

static int read_test(struct reader *r, struct test ***tail)
{
	struct test *t = arena_new_of(r->a, struct test);
	struct step **steps = &t->steps;
	int ret = 0;

	t->at = r->w.at;
	next(r);
	if (take_text(r, "the test's name", &t->name))
		return -1;
	if (!is(r, "{"))
		return wrong(r, "{");
	for (next(r), skip_lines(r); !is(r, "}"); skip_lines(r)) {
		if (is(r, ""))
			return wrong(r, "}");
		if (read_line(r, &steps)) {
			ret = -1;
			to_next_line(r);
		}
	}
	next(r);
	**tail = t;
	*tail = &t->next;
	r->file->n_tests++;
	return ret;
}

static const char *beside(struct reader *r, const char *path)
{
	const char *slash = strrchr(r->file->path, '/');

	if (*path == '/' || !slash)
		return path;
	return arena_printf(r->a, "%.*s/%s", (int)(slash - r->file->path), r->file->path, path);
}

/* The text from behind { to its }, strings and comments respected; lines before it are kept so that places are true. */
static int take_block(struct reader *r, const char **out)
{
	size_t from = r->pos, depth = 1, lines_before = 0;
	char *text;

	for (; r->pos < r->len && depth; r->pos++) {
		char c = r->text[r->pos];

		if (c == '#')
			while (r->pos + 1 < r->len && r->text[r->pos + 1] != '\n')
				r->pos++;
		else if (c == '"')
			do
				r->pos++;
			while (r->pos < r->len && r->text[r->pos] != '"');
		else
			depth += (c == '{') - (c == '}');
	}
	if (depth)
		return diag_error(r->diag, r->w.at, "this { has no }");
	for (size_t i = 0; i < from; i++)
		lines_before += r->text[i] == '\n';
	text = arena_alloc(r->a, lines_before + (r->pos - 1 - from) + 2);
	memset(text, '\n', lines_before);
	memcpy(text + lines_before, r->text + from, r->pos - 1 - from);
	strcat(text, "\n");
	*out = text;
	next(r);
	return 0;
}

static int read_ruleset(struct reader *r)
{
	const char *path;

	next(r);
	if (is(r, "{"))
		return take_block(r, &r->file->ruleset_text);
	if (take_text(r, "a file or {", &path))
		return -1;
	r->file->ruleset_path = beside(r, path);
	return 0;
}

static int read_host(struct reader *r)
{
	const char *path;

	next(r);
	if (take_text(r, "a file", &path))
		return -1;
	r->file->host_path = beside(r, path);
	return 0;
}

static int read_local(struct reader *r)
{
	next(r);
	if (r->n_local == MAX_LOCAL)
		return diag_error(r->diag, r->w.at, "too many addresses");
	return take_text(r, "an address", &r->file->local[r->n_local++]);
}

static int read_item(struct reader *r, struct test ***tests)
{
	if (is(r, "test"))
		return read_test(r, tests);
	if (is(r, "ruleset"))
		return read_ruleset(r);
	if (is(r, "host"))
		return read_host(r);
	if (is(r, "local"))
		return read_local(r);
	return wrong(r, "ruleset, host, local or test");
}

static int read_all(struct reader *r)
{
	struct test **tests = &r->file->tests;
	int ret = 0;

	for (next(r), skip_lines(r); !is(r, ""); skip_lines(r))
		if (read_item(r, &tests)) {
			ret = -1;
			to_next_line(r);
			if (is(r, "}"))
				next(r);
		}
	if (!ret && !r->file->ruleset_path && !r->file->ruleset_text)
		ret = diag_error(r->diag, place_of(r, 0, 0), "%s names no ruleset", r->file->path);
	return ret;
}

int test_file_read(const char *path, struct arena *a, struct texts *t, struct diag *d, struct test_file **out)
{
	struct reader r = { .a = a, .texts = t, .diag = d };
	char *bytes;

	if (file_read(path, &bytes, &r.len))
		return diag_error(d, (struct place){ 0 }, "Could not open file \"%s\": %s", path, strerror(errno));
	if (memchr(bytes, 0, r.len)) {
		free(bytes);
		return diag_error(d, (struct place){ 0 }, "%s is not a text", path);
	}
	r.file = arena_new_of(a, struct test_file);
	r.file->path = path;
	r.file->local = arena_alloc(a, (MAX_LOCAL + 1) * sizeof(char *));
	r.number = texts_add(t, path, bytes, r.len, (struct place){ 0 });
	r.text = texts_bytes(t, r.number, &r.len);
	if (read_all(&r))
		return -1;
	*out = r.file;
	return 0;
}
