/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of anonymous sets: "__set%d" stands for the least number that no set of the next generation has (nf_tables_set_alloc_name()).
 *
 * The kernel reads all names each time. Here a table keeps, for every pattern seen, a bitmap of the numbers in use, which sets entering and leaving
 * the next generation keep true. Control thread.
 */
#include <stdio.h>

#include "vm/state/internal.h"

enum { NUMBERS_MAX = 1 << 20 };

struct pattern {
	struct cds_list_head list; /* in table->patterns */
	char *prefix, *suffix;     /* around the number */
	uint64_t *used;            /* bit per number */
	uint32_t words, hint;      /* no word below hint has a free bit */
};

static void pattern_free(struct pattern *p)
{
	free(p->prefix);
	free(p->suffix);
	free(p->used);
	free(p);
}

void set_names_free(struct vm_table *tb)
{
	struct pattern *p, *n;

	cds_list_for_each_entry_safe(p, n, &tb->patterns, list)
		pattern_free(p);
	CDS_INIT_LIST_HEAD(&tb->patterns);
}

/* The number that a name has in the place of %d; as sscanf(), the kernel does not look at what follows it. -1: another name. */
static long number_of(const struct pattern *p, const char *name)
{
	size_t n = strlen(p->prefix);
	char *end;
	long v;

	if (strncmp(name, p->prefix, n) != 0 || name[n] < '0' || name[n] > '9')
		return -1;
	v = strtol(name + n, &end, 10);
	return v < NUMBERS_MAX ? v : -1;
}

static int mark(struct pattern *p, uint32_t number, bool taken)
{
	uint32_t w = number / 64;

	if (w >= p->words) {
		uint32_t words = 2 * w + 4;
		uint64_t *used = taken ? realloc(p->used, words * sizeof(*used)) : NULL;

		if (!taken)
			return 0;
		if (!used)
			return -ENOMEM;
		memset(used + p->words, 0, (words - p->words) * sizeof(*used));
		p->used = used;
		p->words = words;
	}
	if (taken) {
		p->used[w] |= UINT64_C(1) << number % 64;
	} else {
		p->used[w] &= ~(UINT64_C(1) << number % 64);
		if (w < p->hint)
			p->hint = w;
	}
	return 0;
}

void set_name_taken(struct vm_table *tb, const char *name, bool taken)
{
	struct pattern *p;

	cds_list_for_each_entry(p, &tb->patterns, list) {
		long n = number_of(p, name);

		if (n >= 0)
			mark(p, (uint32_t)n, taken);
	}
}

static struct pattern *pattern_new(struct vm_txn *t, struct vm_table *tb, const char *prefix, size_t len, const char *suffix)
{
	struct pattern *p = calloc(1, sizeof(*p));
	struct vm_set *s;

	if (!p)
		return NULL;
	p->prefix = strndup(prefix, len);
	p->suffix = strdup(suffix);
	if (!p->prefix || !p->suffix) {
		pattern_free(p);
		return NULL;
	}
	cds_list_for_each_entry(s, &tb->sets, h.list) {
		long n = active_next(t, &s->h) ? number_of(p, s->h.name) : -1;

		if (n >= 0)
			mark(p, (uint32_t)n, true);
	}
	cds_list_add_tail(&p->list, &tb->patterns);
	return p;
}

static struct pattern *pattern_get(struct vm_txn *t, struct vm_table *tb, const char *pattern, const char *percent)
{
	size_t len = percent - pattern;
	struct pattern *p;

	cds_list_for_each_entry(p, &tb->patterns, list)
		if (strlen(p->prefix) == len && !memcmp(p->prefix, pattern, len) && !strcmp(p->suffix, percent + 2))
			return p;
	return pattern_new(t, tb, pattern, len, percent + 2);
}

static uint32_t least_free(struct pattern *p)
{
	while (p->hint < p->words && p->used[p->hint] == UINT64_MAX)
		p->hint++;
	if (p->hint >= p->words)
		return 64 * p->words;
	return 64 * p->hint + (uint32_t)__builtin_ctzll(~p->used[p->hint]);
}

int set_name_new(struct vm_txn *t, struct vm_table *tb, const char *pattern, char **out)
{
	const char *percent = strchr(pattern, '%');
	struct pattern *p;
	uint32_t n;
	char name[NFT_SET_MAXNAMELEN + 16];

	if (!percent) {
		*out = strdup(pattern);
		return *out ? 0 : -ENOMEM;
	}
	if (percent[1] != 'd' || strchr(percent + 2, '%'))
		return -EINVAL;
	p = pattern_get(t, tb, pattern, percent);
	if (!p)
		return -ENOMEM;
	n = least_free(p);
	if (n >= NUMBERS_MAX)
		return -ENFILE;
	snprintf(name, sizeof(name), "%s%u%s", p->prefix, n, p->suffix);
	if (find_set(tb, name, t->next))
		return -ENFILE;
	*out = strdup(name);
	return *out ? 0 : -ENOMEM;
}
