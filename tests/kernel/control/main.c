/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random sequences of commands to the kernel's nf_tables and to the engine: every acknowledgement, answer, notification and dump
 * must be the same.
 *
 *     control [-n SEQUENCES] [-l COMMANDS] [-s SEED] [-j PROCESSES]
 *
 * A sequence is known by its seed. One that differs is made as short as it can be and printed. Needs root, for network namespaces
 * of its own.
 */
#include "tests/kernel/control/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMANDS_MAX = 200 };

/* ---- one sequence, played to both ---- */

struct play {
	struct target kernel, engine;
	struct world now, before;
	struct buf k, e, ck, ce; /* answers, and their canonical form */
	struct buf why;          /* the first difference; empty: none */
};

static bool play_open(struct play *p)
{
	if (!target_kernel(&p->kernel) || !target_engine(&p->engine))
		return false;
	world_clear(&p->now);
	world_clear(&p->before);
	return true;
}

static void play_close(struct play *p)
{
	target_close(&p->kernel);
	target_close(&p->engine);
	world_free(&p->now);
	world_free(&p->before);
	buf_free(&p->k);
	buf_free(&p->e);
	buf_free(&p->ck);
	buf_free(&p->ce);
}

static void show_all(const char *who, const struct buf *b)
{
	struct buf text = { 0 };

	for (size_t at = 0; at + NLMSG_HDRLEN <= b->len;) {
		const struct nlmsghdr *h = (const void *)(b->p + at);

		buf_printf(&text, "# %s: ", who);
		show_msg(&text, h, h->nlmsg_len);
		buf_putc(&text, '\n');
		at += NLMSG_ALIGN(h->nlmsg_len);
	}
	fputs(buf_str(&text), stdout);
	buf_free(&text);
}

static bool compare(struct play *p, const char *what)
{
	canon(&p->kernel, &p->now, &p->before, &p->k, &p->ck);
	canon(&p->engine, &p->now, &p->before, &p->e, &p->ce);
	if (p->ck.len == p->ce.len && (!p->ck.len || !memcmp(p->ck.p, p->ce.p, p->ck.len)))
		return true;
	if (getenv("ALL")) {
		show_all("kernel", &p->ck);
		show_all("engine", &p->ce);
	}
	buf_printf(&p->why, "#   in %s\n", what);
	canon_differ(&p->ck, &p->ce, &p->why);
	return false;
}

static void ask(struct play *p, const void *bytes, size_t len)
{
	buf_cut(&p->k, 0);
	buf_cut(&p->e, 0);
	target_send(&p->kernel, SOCK_READ, bytes, len);
	target_send(&p->engine, SOCK_READ, bytes, len);
	target_drain(&p->kernel, SOCK_READ, &p->k);
	target_drain(&p->engine, SOCK_READ, &p->e);
}

/*
 * The kernel's names of set backends are symbols, or their addresses where it has no symbols: whatever it says must always stand
 * for the same one of the engine's.
 */
static bool backends_agree(struct play *p)
{
	static struct {
		char kernel[64], engine[64];
	} known[16];
	struct world k = { 0 };
	bool good = true;

	world_clear(&k);
	for (uint32_t i = 0; i < p->now.n_tables; i++)
		*W_ADD(&k, tables) = p->now.tables[i];
	world_read(&k, &p->k);
	for (uint32_t i = 0; i < k.n_sets && good; i++) {
		unsigned j = 0;

		if (!k.sets[i].type)
			continue;
		while (known[j].kernel[0] && strcmp(known[j].kernel, k.sets[i].type) != 0)
			j++;
		snprintf(known[j].kernel, sizeof(known[j].kernel), "%s", k.sets[i].type);
		if (!known[j].engine[0])
			snprintf(known[j].engine, sizeof(known[j].engine), "%s", p->now.sets[i].type);
		good = !strcmp(known[j].engine, p->now.sets[i].type);
		if (!good)
			buf_printf(&p->why, "#   set %s: the kernel's backend is %s, the engine's %s\n", k.sets[i].name,
				   known[j].engine, p->now.sets[i].type);
	}
	world_free(&k);
	return good;
}

static bool dump_elems(struct play *p, const struct w_set s)
{
	struct bc_elems m = { 0 };
	const struct w_table *t = &p->now.tables[s.table];
	buf_auto q = { 0 };

	BC_SET(&m, NFTA_SET_ELEM_LIST_TABLE, table, t->name);
	BC_SET(&m, NFTA_SET_ELEM_LIST_SET, set, s.name);
	bc_msg(&q, NFNL_SUBSYS_NFTABLES, NFT_MSG_GETSETELEM, t->family, NLM_F_REQUEST | NLM_F_DUMP, 1, 0, 0, &bc_elems_desc, &m);
	ask(p, q.p, q.len);
	world_read(&p->now, &p->k);
	return compare(p, "the dump of elements");
}

/* Everything there is. */
static bool dump_all(struct play *p)
{
	static const struct {
		uint16_t type, flags;
		const char *what;
	} dumps[] = {
		{ NFT_MSG_GETTABLE, NLM_F_DUMP, "the dump of tables" },
		{ NFT_MSG_GETCHAIN, NLM_F_DUMP, "the dump of chains" },
		{ NFT_MSG_GETSET, NLM_F_DUMP, "the dump of sets" },
		{ NFT_MSG_GETRULE, NLM_F_DUMP, "the dump of rules" },
		{ NFT_MSG_GETOBJ, NLM_F_DUMP, "the dump of objects" },
		{ NFT_MSG_GETFLOWTABLE, NLM_F_DUMP, "the dump of flowtables" },
		{ NFT_MSG_GETGEN, 0, "the generation" },
	};
	struct world old = p->before;
	uint32_t n;

	p->before = p->now;
	p->now = old;
	world_clear(&p->now);
	for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		struct {
			struct nlmsghdr h;
			struct nfgenmsg g;
		} q = { .h = { sizeof(q), (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | dumps[i].type), NLM_F_REQUEST | dumps[i].flags, 1,
			       0 } };

		ask(p, &q, sizeof(q));
		world_read(&p->now, dumps[i].type == NFT_MSG_GETSET ? &p->e : &p->k);
		if (!compare(p, dumps[i].what) || (dumps[i].type == NFT_MSG_GETSET && !backends_agree(p)))
			return false;
	}
	n = p->now.n_sets;
	for (uint32_t i = 0; i < n; i++)
		if (!dump_elems(p, p->now.sets[i]))
			return false;
	return true;
}

static bool collect(struct play *p, unsigned sock, const char *what)
{
	buf_cut(&p->k, 0);
	buf_cut(&p->e, 0);
	target_drain(&p->kernel, sock, &p->k);
	target_drain(&p->engine, sock, &p->e);
	return compare(p, what);
}

/* False: they differ. */
static bool play_one(struct play *p, const struct command *c)
{
	if (c->kind == CMD_REOPEN) {
		target_reopen(&p->kernel, c->sock);
		target_reopen(&p->engine, c->sock);
	} else {
		target_send(&p->kernel, c->sock, c->bytes.p, c->bytes.len);
		target_send(&p->engine, c->sock, c->bytes.p, c->bytes.len);
	}
	/* the dumps first: they tell which sets are hashed */
	return collect(p, c->sock, "the answer") && collect(p, SOCK_LISTEN, "what listeners are told") && dump_all(p);
}

/* The number of the command after which they differ, n: none. */
static unsigned replay(const struct command *c, unsigned n, const bool *leave, struct buf *why)
{
	struct play p = { 0 };
	unsigned i;

	if (!play_open(&p))
		exit(2);
	for (i = 0; i < n; i++)
		if (!(leave && leave[i]) && !play_one(&p, &c[i]))
			break;
	if (why) {
		buf_cut(why, 0);
		buf_put(why, p.why.p ? p.why.p : "", p.why.len);
	}
	buf_free(&p.why);
	play_close(&p);
	return i;
}

/* ---- making it short ---- */

static void shorten_batch(struct command *c, unsigned at, unsigned n)
{
	for (size_t pos = 0; pos + NLMSG_HDRLEN <= c[at].bytes.len;) {
		const struct nlmsghdr *h = (const void *)(c[at].bytes.p + pos);
		size_t len = NLMSG_ALIGN(h->nlmsg_len);
		struct buf old = c[at].bytes, now = { 0 };

		if (len < NLMSG_HDRLEN || pos + len > c[at].bytes.len)
			return;
		if (h->nlmsg_type == NFNL_MSG_BATCH_BEGIN || h->nlmsg_type == NFNL_MSG_BATCH_END) {
			pos += len;
			continue;
		}
		buf_put(&now, old.p, pos);
		buf_put(&now, old.p + pos + len, old.len - pos - len);
		c[at].bytes = now;
		if (replay(c, n, NULL, NULL) < n) {
			buf_free(&old);
		} else {
			c[at].bytes = old;
			buf_free(&now);
			pos += len;
		}
	}
}

static unsigned shorten(struct command *c, unsigned n)
{
	bool leave[COMMANDS_MAX] = { 0 };
	unsigned kept = 0;

	n = replay(c, n, NULL, NULL) + 1;
	for (unsigned i = n; i-- > 0;) {
		leave[i] = true;
		if (replay(c, n, leave, NULL) >= n)
			leave[i] = false;
	}
	for (unsigned i = 0; i < n; i++) {
		struct command x = c[i];

		if (leave[i]) {
			command_free(&x);
			c[i].bytes = (struct buf){ 0 };
			continue;
		}
		c[i].bytes = (struct buf){ 0 };
		c[kept++] = x;
	}
	for (unsigned i = kept; i-- > 0;)
		if (c[i].kind == CMD_SEND)
			shorten_batch(c, i, kept);
	return kept;
}

static void report(uint64_t seed, struct command *c, unsigned n)
{
	struct buf why = { 0 }, text = { 0 };

	replay(c, n, NULL, &why);
	buf_printf(&text, "# seed %llu:\n", (unsigned long long)seed);
	for (unsigned i = 0; i < n; i++)
		show_command(&text, &c[i]);
	buf_puts(&text, why.len ? buf_str(&why) : "#   once only\n");
	if (write(STDOUT_FILENO, buf_str(&text), text.len) < 0)
		exit(2);
	buf_free(&why);
	buf_free(&text);
}

/* ---- sequences ---- */

/* True where both agree all along. */
static bool sequence(uint64_t seed, unsigned length)
{
	struct command c[COMMANDS_MAX] = { 0 };
	struct rng r = { seed };
	struct play p = { 0 };
	struct maker m = { .r = &r, .w = &p.now };
	bool good = true;
	unsigned n;

	if (!play_open(&p)) {
		printf("Bail out! no network namespace\n");
		exit(2);
	}
	for (n = 0; n < length && good; n++) {
		make_command(&m, n, &c[n]);
		good = play_one(&p, &c[n]);
	}
	buf_free(&p.why);
	play_close(&p);
	if (!good)
		report(seed, c, getenv("WHOLE") ? n : shorten(c, n));
	for (unsigned i = 0; i < COMMANDS_MAX; i++)
		command_free(&c[i]);
	return good;
}

/* Whether the kernel has flowtables. */
static bool probe(void)
{
	struct target k;
	struct bc_batch b = { 0 };
	struct bc_table t = { 0 };
	struct bc_flowtable f = { 0 };
	struct buf got = { 0 };
	bool there = true;

	if (!target_kernel(&k))
		return false;
	BC_SET(&t, NFTA_TABLE_NAME, name, "t");
	BC_SET(&f, NFTA_FLOWTABLE_TABLE, table, "t");
	BC_SET(&f, NFTA_FLOWTABLE_NAME, name, "f");
	BC_MARK(&f, NFTA_FLOWTABLE_HOOK);
	bc_batch_begin(&b, 1, 0);
	bc_batch_msg(&b, NFT_MSG_NEWTABLE, NFPROTO_IPV4, NLM_F_CREATE, &bc_table_desc, &t);
	bc_batch_msg(&b, NFT_MSG_NEWFLOWTABLE, NFPROTO_IPV4, NLM_F_CREATE, &bc_flowtable_desc, &f);
	bc_batch_end(&b);
	target_send(&k, SOCK_A, b.bytes.p, b.bytes.len);
	target_drain(&k, SOCK_A, &got);
	/* without a hook's number the name is at fault, without flowtables nothing is */
	if (got.len >= sizeof(struct nlmsghdr))
		there = ((const struct nlmsghdr *)(const void *)got.p)->nlmsg_flags & NLM_F_ACK_TLVS;
	buf_free(&got);
	bc_batch_free(&b);
	target_close(&k);
	return there;
}

enum { JOBS_MAX = 64 };

struct shared {
	_Atomic unsigned next, bad;
	struct {
		pid_t pid;
		uint64_t seed; /* at work on it */
	} job[JOBS_MAX];
};

static void work(struct shared *s, unsigned job, uint64_t seed, unsigned sequences, unsigned length)
{
	unsigned i;

	while ((i = s->next++) < sequences) {
		s->job[job].seed = seed + i;
		s->bad += !sequence(seed + i, length);
	}
	exit(0);
}

/* The number of processes that did not come to their end. */
static unsigned wait_all(struct shared *s, unsigned jobs)
{
	unsigned failed = 0;
	int status;
	pid_t pid;

	while ((pid = wait(&status)) > 0)
		for (unsigned i = 0; i < jobs; i++)
			if (s->job[i].pid == pid && status) {
				failed++;
				printf("# seed %llu: ended by %s %d\n", (unsigned long long)s->job[i].seed,
				       WIFEXITED(status) ? "status" : "signal",
				       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
			}
	return failed;
}

int main(int argc, char **argv)
{
	unsigned sequences = 40, length = 20, jobs = 4, failed;
	uint64_t seed = 1;
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int opt;

	while ((opt = getopt(argc, argv, "n:l:s:j:")) != -1)
		switch (opt) {
		case 'n':
			sequences = (unsigned)atoi(optarg);
			break;
		case 'l':
			length = (unsigned)atoi(optarg);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			jobs = (unsigned)atoi(optarg);
			break;
		default:
			return 2;
		}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (geteuid()) {
		puts("1..0 # SKIP needs root, for network namespaces");
		return 0;
	}
	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	if (length > COMMANDS_MAX)
		length = COMMANDS_MAX;
	puts("1..1");
	kernel_has_flowtables = probe();
	for (unsigned i = 0; i < jobs; i++)
		if (!(s->job[i].pid = fork()))
			work(s, i, seed, sequences, length);
	failed = wait_all(s, jobs);
	printf("%sok 1 - %u sequences of %u commands from seed %llu: %u differ\n", s->bad || failed ? "not " : "", sequences,
	       length, (unsigned long long)seed, s->bad);
	return s->bad || failed;
}
