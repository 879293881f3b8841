/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands: batches, questions, and what does not belong. */
#include "tests/kernel/control/control.h"

#include <string.h>

static void head(struct maker *m, uint16_t type, uint16_t flags, const uint32_t *genid)
{
	struct nlmsghdr h = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = ++m->seq };
	struct nfgenmsg g = { .nfgen_family = AF_UNSPEC };
	size_t at = m->out->len;
	uint32_t len;

	be16_store(&g.res_id, rng_in(m->r, 200) ? rng_below(m->r, 20) : NFNL_SUBSYS_NFTABLES);
	buf_put(m->out, &h, sizeof(h));
	buf_put(m->out, &g, sizeof(g));
	if (genid)
		put_be32(m, NFNL_BATCH_GENID, *genid);
	len = (uint32_t)(m->out->len - at);
	memcpy(m->out->p + at, &len, sizeof(len));
}

static void one_message(struct maker *m)
{
	static void (*const makers[])(struct maker *) = { make_table, make_chain, make_chain,    make_rule,  make_rule,
							  make_rule,  make_set,   make_set,      make_elems, make_elems,
							  make_elems, make_obj,   make_flowtable };

	unsigned n = sizeof(makers) / sizeof(makers[0]) - !kernel_has_flowtables;

	if (m->w->n_tables == 0 && rng_below(m->r, 10))
		make_table(m);
	else
		makers[rng_below(m->r, n)](m);
}

static void batch_begin(struct maker *m)
{
	uint32_t gen = rng_below(m->r, 3) ? m->w->gen : m->w->gen + 1;

	head(m, NFNL_MSG_BATCH_BEGIN, rng_in(m->r, 8) ? NLM_F_ACK : 0, rng_in(m->r, 8) ? &gen : NULL);
}

static void batch_end(struct maker *m)
{
	if (!rng_in(m->r, 20)) /* without an end it is only checked */
		head(m, NFNL_MSG_BATCH_END, rng_in(m->r, 8) ? NLM_F_ACK : 0, NULL);
}

static void set_up(struct maker *m)
{
	m->rate = 1000;
	for (unsigned n = 2; n; n--) {
		make_table(m);
	}
	for (unsigned n = 3 + rng_below(m->r, 6); n; n--)
		make_chain(m);
	for (unsigned n = 2 + rng_below(m->r, 3); n; n--)
		make_obj(m);
	make_set(m);
	make_set(m);
}

void make_command(struct maker *m, unsigned number, struct command *out)
{
	unsigned kind = rng_below(m->r, 100);

	*out = (struct command){ .kind = CMD_SEND, .sock = rng_in(m->r, 5) ? SOCK_B : SOCK_A };
	m->out = &out->bytes;
	m->plain = false;
	m->rate = 40;
	if (number < 2) {
		batch_begin(m);
		set_up(m);
		batch_end(m);
	} else if (kind < 74) {
		batch_begin(m);
		for (unsigned n = 1 + rng_below(m->r, 4); n; n--)
			one_message(m);
		batch_end(m);
	} else if (kind < 95) {
		m->plain = true;
		make_get(m);
	} else if (kind < 97) { /* a change outside of a batch, a question inside */
		if (rng_in(m->r, 2)) {
			one_message(m);
		} else {
			batch_begin(m);
			m->plain = true;
			make_get(m);
			batch_end(m);
		}
	} else {
		out->kind = CMD_REOPEN;
		out->sock = rng_in(m->r, 2) ? SOCK_A : SOCK_B;
	}
}

void command_free(struct command *c)
{
	buf_free(&c->bytes);
}
