/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The summary of a run. See report.h. */
#include "app/report.h"

#include <stdlib.h>
#include <string.h>

#include "app/json_out.h"
#include "base/bytes.h"

enum { RULE_TEXT = 72, RULES_SHOWN = 40 };

struct style {
	const char *head, *dim, *good, *bad, *warn, *off;
};
static const struct style plain = { "", "", "", "", "", "" };
static const struct style coloured = { "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[33m", "\033[0m" };

static char *slot(void)
{
	static char bufs[8][32];
	static unsigned next;

	return bufs[next++ % 8];
}

const char *report_count(uint64_t n)
{
	char digits[24], *out = slot();
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n), o = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[o++] = ',';
		out[o++] = digits[i];
	}
	out[o] = 0;
	return out;
}

const char *report_bytes(uint64_t n)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double v = (double)n;
	unsigned u = 0;
	char *out = slot();

	while (v >= 999.5 && u + 1 < ARRAY_SIZE(units)) {
		v /= 1000;
		u++;
	}
	snprintf(out, 32, v < 9.95 && u ? "%.1f %s" : "%.0f %s", v, units[u]);
	return out;
}

static void print_head(const struct report *r, const struct rulebook *book, const struct style *s, FILE *out)
{
	double span = (double)(r->last_ns - r->first_ns) / 1e9;
	unsigned chains = 0;

	for (const struct book_chain *c = book->chains; c; c = c->next)
		chains++;
	fprintf(out, "%s%s%s: %s frames, %s, %.1f s of traffic\n", s->head, r->capture, s->off, report_count(r->frames),
		report_bytes(r->bytes), span);
	fprintf(out, "%s%s%s: %zu rules, %u base chains\n", s->head, r->rules, s->off, book->n_rules, chains);
	fprintf(out, "%srun in %.3f s, %s frames/s%s\n", s->dim, r->seconds,
		report_count(r->seconds > 0 ? (uint64_t)((double)r->frames / r->seconds) : 0), s->off);
}

static const char *verdict_style(const struct style *s, unsigned v)
{
	return v == NFVM_ACCEPT ? s->good : v == NFVM_DROP || v == NFVM_REJECT ? s->bad : s->warn;
}

static void print_verdicts(const struct report *r, const struct style *s, FILE *out)
{
	fprintf(out, "\n%s%-10s %12s %7s %10s%s\n", s->head, "verdict", "frames", "", "bytes", s->off);
	for (unsigned v = 0; v < REPORT_VERDICTS; v++)
		if (r->verdict_frames[v])
			fprintf(out, "%s%-10s%s %12s %5.1f %% %10s\n", verdict_style(s, v), verdict_name((uint8_t)v), s->off,
				report_count(r->verdict_frames[v]), 100.0 * (double)r->verdict_frames[v] / (double)r->frames,
				report_bytes(r->verdict_bytes[v]));
	if (r->own)
		fprintf(out, "%s%s answers of the firewall itself (errors and resets)%s\n", s->dim, report_count(r->own), s->off);
	if (r->flows)
		fprintf(out, "%s%s connections known at the end%s\n", s->dim, report_count(r->flows), s->off);
}

static void print_chains(const struct rulebook *book, const struct style *s, FILE *out)
{
	if (!book->chains)
		return;
	fprintf(out, "\n%s%-38s %12s %12s %10s%s\n", s->head, "base chain", "accepted", "dropped", "by policy", s->off);
	for (const struct book_chain *c = book->chains; c; c = c->next) {
		buf_auto name = { 0 };

		buf_printf(&name, "%s %s %s", family_name(c->family), c->table, c->name);
		fprintf(out, "%-38s %12s %12s %10s\n", buf_str(&name), report_count(c->packets[0]),
			report_count(c->packets[1] + c->packets[2]), report_count(c->by_policy));
	}
}

static int by_packets(const void *a, const void *b)
{
	const struct book_rule *x = *(const struct book_rule *const *)a, *y = *(const struct book_rule *const *)b;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	return x->at.off < y->at.off ? -1 : x->at.off > y->at.off;
}

static void print_rule(const struct texts *t, const struct book_rule *r, const struct style *s, bool counts, FILE *out)
{
	buf_auto place = { 0 };
	buf_auto text = { 0 };

	book_rule_place(t, r, &place);
	book_rule_text(t, r, RULE_TEXT, &text);
	if (counts)
		fprintf(out, "%12s %10s  ", report_count(r->packets), report_bytes(r->bytes));
	else
		fputs("  ", out);
	fprintf(out, "%s%-18s%s %s\n", s->dim, buf_str(&place), s->off, buf_str(&text));
}

static size_t collect(const struct rulebook *book, bool hit, const struct book_rule **out)
{
	size_t n = 0;

	for (const struct book_rule *r = book->rules; r; r = r->next)
		if (!!r->packets == hit)
			out[n++] = r;
	return n;
}

static void print_more(size_t n, FILE *out)
{
	if (n > RULES_SHOWN)
		fprintf(out, "  … and %zu more\n", n - RULES_SHOWN);
}

static void print_rules(const struct rulebook *book, const struct texts *t, const struct style *s, FILE *out)
{
	const struct book_rule **list = calloc(book->n_rules + 1, sizeof(*list));
	size_t n = list ? collect(book, true, list) : 0;

	if (n) {
		qsort(list, n, sizeof(*list), by_packets);
		fprintf(out, "\n%s%12s %10s  %s%s\n", s->head, "packets", "bytes", "rules that hit", s->off);
		for (size_t i = 0; i < n && i < RULES_SHOWN; i++)
			print_rule(t, list[i], s, true, out);
		print_more(n, out);
	}
	n = list ? collect(book, false, list) : 0;
	if (n) {
		fprintf(out, "\n%srules that never hit%s\n", s->head, s->off);
		for (size_t i = 0; i < n && i < RULES_SHOWN; i++)
			print_rule(t, list[i], s, false, out);
		print_more(n, out);
	}
	free(list);
}

void report_print(const struct report *r, const struct rulebook *book, const struct texts *t, bool colour, FILE *out)
{
	const struct style *s = colour ? &coloured : &plain;

	print_head(r, book, s, out);
	print_verdicts(r, s, out);
	print_chains(book, s, out);
	print_rules(book, t, s, out);
}
