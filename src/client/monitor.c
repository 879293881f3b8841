/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events are read from a socket of their own, so that questions (the sets that are there already, the rule of a trace) can be asked
 * meanwhile. It joins the groups first and then reads the sets, so that no change is missed; one told of twice does no harm.
 */
#include "src/client/monitor.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "src/client/event.h"
#include "src/client/query.h"
#include "src/raise/json.h"
#include "src/raise/raise.h"
#include "src/raise/trace.h"

enum { RECEIVE_ROOM = 16 << 20 };

struct monitor {
	const struct list_ctx *c;
	struct transport *t; /* events */
	struct setbook *book;
	struct event_ctx ctx;
	uint64_t wanted; /* bit n: NFT_MSG_ n */
	bool json;
	struct arena *a; /* of one message */
	struct buf text; /* of one datagram */
	/* text of rules that traces have met, while the ruleset stays as it is */
	struct arena *rules_a;
	struct met_rule *rules;
};

/* ---- what is wanted ----------------------------------------------------------------------------------------- */

#define BIT(n)            (1ULL << (n))
#define NEW_AND_DEL(what) (BIT(NFT_MSG_NEW##what) | BIT(NFT_MSG_DEL##what))

static const uint64_t all_new = BIT(NFT_MSG_NEWTABLE) | BIT(NFT_MSG_NEWCHAIN) | BIT(NFT_MSG_NEWRULE) | BIT(NFT_MSG_NEWSET) |
				BIT(NFT_MSG_NEWSETELEM) | BIT(NFT_MSG_NEWOBJ) | BIT(NFT_MSG_NEWFLOWTABLE);
static const uint64_t all_del = BIT(NFT_MSG_DELTABLE) | BIT(NFT_MSG_DELCHAIN) | BIT(NFT_MSG_DELRULE) | BIT(NFT_MSG_DELSET) |
				BIT(NFT_MSG_DELSETELEM) | BIT(NFT_MSG_DELOBJ) | BIT(NFT_MSG_DELFLOWTABLE);

static const struct {
	const char *word;
	uint64_t types;
} objects[] = {
	{ "tables", NEW_AND_DEL(TABLE) }, { "chains", NEW_AND_DEL(CHAIN) },     { "rules", NEW_AND_DEL(RULE) },
	{ "sets", NEW_AND_DEL(SET) },     { "elements", NEW_AND_DEL(SETELEM) }, { "ruleset", all_new | all_del },
	{ "trace", BIT(NFT_MSG_TRACE) },
};

static uint64_t wanted_by(const struct ast_opt *opts)
{
	uint64_t types = ~0ULL;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (ast_opt_find(opts, objects[i].word))
			types = objects[i].types;
	if (ast_opt_find(opts, "new"))
		types &= all_new;
	if (ast_opt_find(opts, "destroy"))
		types &= all_del;
	return types;
}

/* ---- events -------------------------------------------------------------------------------------------------- */

static void show(void *ctx, const struct ast_cmd *cmd)
{
	struct monitor *m = ctx;
	const struct ast_print_opts *print = &m->c->o->print;
	json_t *j;
	char *text;

	if (!m->json) {
		ast_print_cmd(&m->text, cmd, print);
		return;
	}
	j = json_cmd(cmd, print);
	text = j ? json_dumps(j, 0) : NULL;
	if (text)
		buf_printf(&m->text, "%s\n", text);
	free(text);
	json_decref(j);
}

static void not_shown(void *ctx, const struct ast_cmd *cmd)
{
}

/* ---- traces --------------------------------------------------------------------------------------------------- */

struct met_rule {
	struct met_rule *next;
	uint8_t family;
	const char *table;
	uint64_t handle;
	const char *text; /* NULL: not there */
};

static const struct bc_set *ask_set(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems)
{
	struct known_set *k = setbook_find(((struct monitor *)ctx)->book, family, table, name);

	if (elems)
		*elems = k ? k->elems : NULL;
	return k ? k->s : NULL;
}

static int take_rule(void *ctx, uint16_t type, uint8_t family, void *s)
{
	*(const struct bc_rule **)ctx = s;
	return 0;
}

static const char *ask_rule(struct monitor *m, uint8_t family, const char *table, const char *chain, uint64_t handle)
{
	const struct bc_rule *found = NULL;
	struct bc_rule f = { 0 };
	struct query q = { .t = m->c->t,
			   .a = m->rules_a,
			   .type = NFT_MSG_GETRULE,
			   .family = family,
			   .filter = &f,
			   .fn = take_rule,
			   .ctx = &found };
	struct raise_ctx raise = { .a = m->rules_a, .types = m->ctx.types, .set = ask_set, .ctx = m };
	struct ast_rule *rule;
	buf_auto text = { 0 };

	BC_SET(&f, NFTA_RULE_TABLE, table, table);
	BC_SET(&f, NFTA_RULE_CHAIN, chain, chain);
	BC_SET(&f, NFTA_RULE_HANDLE, handle, handle);
	if (query_run(&q) || !found)
		return NULL;
	rule = raise_rule(&raise, family, found);
	if (!rule)
		return NULL;
	ast_print_rule(&text, rule, &m->c->o->print);
	return arena_strdup(m->rules_a, buf_str(&text));
}

static bool rule_text(void *ctx, uint8_t family, const char *table, const char *chain, uint64_t handle, struct buf *out)
{
	struct monitor *m = ctx;
	struct met_rule *r = m->rules;

	while (r && (r->handle != handle || r->family != family || strcmp(r->table, table)))
		r = r->next;
	if (!r) {
		r = arena_new_of(m->rules_a, struct met_rule);
		*r = (struct met_rule){
			.next = m->rules, .family = family, .table = arena_strdup(m->rules_a, table), .handle = handle
		};
		r->text = ask_rule(m, family, table, chain, handle);
		m->rules = r;
	}
	if (r->text)
		buf_puts(out, r->text);
	return r->text;
}

static void forget_rules(struct monitor *m)
{
	arena_reset(m->rules_a);
	m->rules = NULL;
}

/* ---- messages --------------------------------------------------------------------------------------------------- */

static void take(struct monitor *m, const struct nlmsghdr *h)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(h);
	uint16_t type = h->nlmsg_type & 0xff;
	const struct bc_desc *d = bc_msg_desc(type);
	struct event e = { .type = type, .flags = h->nlmsg_flags, .family = nfg->nfgen_family };
	bool wanted = type < 64 && m->wanted & BIT(type);
	struct bc_err err;
	void *s;

	if (h->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES || !d || mnl_nlmsg_get_payload_len(h) < sizeof(*nfg))
		return;
	if (type == NFT_MSG_TRACE) {
		if (wanted)
			trace_print(&(struct trace_ctx){ .types = m->ctx.types, .rule = rule_text, .ctx = m }, h, h->nlmsg_len,
				    &m->text);
		return;
	}
	s = arena_alloc(m->a, d->size);
	if (bc_decode(d, nfg + 1, mnl_nlmsg_get_payload_len(h) - sizeof(*nfg), s, m->a, 0, &err))
		return;
	e.s = s;
	if (type == NFT_MSG_NEWGEN) {
		forget_rules(m);
		if (wanted && !m->json)
			event_generation(s, &m->text);
		return;
	}
	m->ctx.fn = wanted ? show : not_shown;
	event_read(&m->ctx, m->a, &e);
}

/* What was lost is lost; the sets are read again. */
static int lost(struct monitor *m)
{
	buf_puts(&m->text, "# ERROR: We lost some netlink events!\n");
	setbook_free(&m->book);
	m->book = m->ctx.book = setbook_new(m->c->t);
	forget_rules(m);
	return setbook_load(m->book);
}

static int receive(struct monitor *m)
{
	const void *bytes;
	ssize_t n = m->t->recv(m->t, &bytes, false);
	int left = (int)n, err = 0;

	if (n == -EAGAIN)
		return 0;
	if (n == -ENOBUFS)
		err = lost(m);
	else if (n <= 0)
		err = n ? (int)n : -ECONNRESET;
	else
		for (const struct nlmsghdr *h = bytes; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			take(m, h);
			arena_reset(m->a);
		}
	if (m->text.len && (fwrite(m->text.p, 1, m->text.len, m->c->o->out) != m->text.len || fflush(m->c->o->out)))
		err = err ? err : -EPIPE;
	buf_cut(&m->text, 0);
	return err;
}

/* ---- the loop --------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	stopped = sig;
}

static int loop(struct monitor *m, const sigset_t *waiting)
{
	struct pollfd p = { .fd = m->t->fd(m->t), .events = POLLIN };
	int err = 0;

	while (!stopped && !err) {
		if (ppoll(&p, 1, NULL, waiting) > 0)
			err = receive(m);
		else if (errno != EINTR)
			err = -errno;
	}
	return err;
}

/* SIGINT ends the loop where it does not end the process' being ignored, and only while it waits. */
static int run(struct monitor *m)
{
	struct sigaction act = { .sa_handler = stop }, old;
	sigset_t block, before;
	int err;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigprocmask(SIG_BLOCK, &block, &before);
	sigaction(SIGINT, NULL, &old);
	if (old.sa_handler != SIG_IGN)
		sigaction(SIGINT, &act, NULL);
	stopped = 0;
	err = loop(m, &before);
	sigaction(SIGINT, &old, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

static int listen_to(struct monitor *m)
{
	int err = m->c->t->again ? m->c->t->again(m->c->t, &m->t) : -EOPNOTSUPP;

	if (err)
		return err;
	if (m->t->fd(m->t) < 0)
		return -EOPNOTSUPP;
	if (m->t->room)
		m->t->room(m->t, RECEIVE_ROOM);
	err = m->t->join(m->t, NFNLGRP_NFTABLES);
	if (!err && m->wanted & BIT(NFT_MSG_TRACE))
		err = m->t->join(m->t, NFNLGRP_NFTRACE);
	return err ? err : setbook_load(m->book);
}

int monitor_cmd(const struct list_ctx *c, const struct ast_cmd *cmd)
{
	struct monitor m = { .c = c,
			     .a = arena_new(),
			     .rules_a = arena_new(),
			     .book = setbook_new(c->t),
			     .wanted = wanted_by(cmd->opts),
			     .json = c->o->json || ast_opt_find(cmd->opts, "json") };
	int err;

	m.ctx = (struct event_ctx){ .book = m.book, .types = &c->o->types, .json = m.json, .fn = show, .ctx = &m };
	err = listen_to(&m);
	if (!err)
		err = run(&m);
	transport_free(&m.t);
	setbook_free(&m.book);
	arena_free(&m.a);
	arena_free(&m.rules_a);
	buf_free(&m.text);
	return err ? diag_error(c->diag, cmd->at, "Could not receive events from %s: %s", c->t->name, strerror(-err)) : 0;
}
