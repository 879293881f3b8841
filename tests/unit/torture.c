/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers run packets while the ruleset is replaced again and again. Each ruleset writes its number into a packet's mark in one chain and looks for it in
 * four other places: a chain of another priority, a verdict map, a chain that is jumped to, and the forward hook. Whoever sees parts of two rulesets sees
 * another number there, and the packet is dropped, which neither ruleset does. Counters that outlive the rulesets must add up to the packets.
 *
 *     TORTURE_PACKETS=n TORTURE_RULESETS=n: at least so many
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nfvm/engine.h"
#include "src/client/client.h"
#include "tests/unit/unit.h"

enum { WORKERS = 2 };

static struct nfvm_engine *engine;
static _Atomic unsigned rulesets;
static _Atomic uint64_t packets, strange;
static uint64_t want_packets;
static unsigned want_rulesets;

static const char frame[] = "\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0"
			    "\x45\0\0\x1c\0\0\0\0\x40\x11\x8e\x99\xc0\0\2\2\xc6\x33\x64\2"
			    "\x10\0\x10\1\0\x08\0\0";

static bool enough(void)
{
	return atomic_load(&packets) >= want_packets && atomic_load(&rulesets) >= want_rulesets;
}

static void *run(void *ctx)
{
	struct nfvm_worker *w;
	struct nfvm_frame burst[NFVM_BURST];
	uint8_t verdicts[NFVM_BURST];

	ck_assert_int_eq(nfvm_worker_new(engine, NULL, &w), 0);
	for (unsigned i = 0; i < NFVM_BURST; i++)
		burst[i] = (struct nfvm_frame){ .data = (const uint8_t *)frame, .len = sizeof(frame) - 1, .dev = nfvm_device_index(engine, "eth0"), .time_ns = UINT64_C(1700000000000000000) };
	while (!enough()) {
		nfvm_worker_run(w, burst, NFVM_BURST, verdicts);
		for (unsigned i = 0; i < NFVM_BURST; i++)
			if (verdicts[i] != NFVM_ACCEPT)
				atomic_fetch_add(&strange, 1);
		atomic_fetch_add(&packets, NFVM_BURST);
	}
	nfvm_worker_free(&w);
	return NULL;
}

static const char first[] = "table inet t {\n"
			    "	counter all { }\n	counter n1 { }\n	counter n2 { }\n"
			    "	map v { type mark : verdict; }\n"
			    "	chain a { type filter hook prerouting priority -10; }\n"
			    "	chain b { type filter hook prerouting priority 0; }\n"
			    "	chain f { type filter hook forward priority 0; }\n"
			    "	chain sub { }\n	chain good { }\n"
			    "}\n";

/* Everything of the table but what counts. */
static void write_ruleset(char *out, size_t size, unsigned n)
{
	snprintf(out, size,
		 "flush chain inet t a\nflush chain inet t b\nflush chain inet t f\nflush chain inet t sub\nflush chain inet t good\nflush map inet t v\n"
		 "add element inet t v { %u : jump good }\n"
		 "add rule inet t a meta mark set %u counter name all\n"
		 "add rule inet t b meta mark vmap @v\n"
		 "add rule inet t b counter drop\n"
		 "add rule inet t good jump sub\n"
		 "add rule inet t good meta mark %u accept\n"
		 "add rule inet t sub meta mark != %u counter drop\n"
		 "add rule inet t f meta mark { %u } counter name n%u accept\n"
		 "add rule inet t f counter drop\n",
		 n, n, n, n, n, n);
}

static void load(struct client *c, const char *text)
{
	ck_assert_int_eq(client_text(c, "torture", text), 0);
}

static uint64_t counter(struct client *c, FILE *f, char **text, const char *name)
{
	char command[64];
	const char *p;

	rewind(f);
	snprintf(command, sizeof(command), "list counter inet t %s", name);
	load(c, command);
	fflush(f);
	p = strstr(*text, "packets ");
	ck_assert_ptr_nonnull(p);
	return strtoull(p + 8, NULL, 10);
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s ? strtoull(s, NULL, 10) : otherwise;
}

START_TEST(replace)
{
	struct nfvm_options o = { 0 };
	struct client_options co = { .err = stderr };
	struct transport *t;
	struct client *c;
	pthread_t thread[WORKERS];
	char text[2][2048], *listed = NULL;
	size_t size;

	want_packets = number("TORTURE_PACKETS", 100000);
	want_rulesets = (unsigned)number("TORTURE_RULESETS", 200);
	co.out = open_memstream(&listed, &size);
	ck_assert_int_eq(nfvm_engine_new(&o, &engine, NULL), 0);
	ck_assert_int_eq(transport_engine_new(engine, &t), 0);
	ck_assert_int_eq(client_new(&co, t, &c), 0);
	for (unsigned i = 0; i < 2; i++)
		write_ruleset(text[i], sizeof(text[i]), i + 1);
	load(c, first);
	load(c, text[0]);
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_create(&thread[i], NULL, run, NULL);
	for (unsigned i = 1; !enough(); i++) {
		load(c, text[i & 1]);
		atomic_fetch_add(&rulesets, 1);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
	printf("# %u rulesets, %llu packets\n", rulesets, (unsigned long long)packets);
	ck_assert_uint_eq(strange, 0);
	ck_assert_uint_eq(counter(c, co.out, &listed, "all"), packets);
	ck_assert_uint_eq(counter(c, co.out, &listed, "n1") + counter(c, co.out, &listed, "n2"), packets);
	client_free(&c);
	transport_free(&t);
	nfvm_engine_free(&engine);
	fclose(co.out);
	free(listed);
}
END_TEST

UNIT_MAIN("torture", replace)
