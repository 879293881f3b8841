/* SPDX-License-Identifier: GPL-2.0-or-later */
/* synproxy: answers SYNs for a server behind. Also the object's properties. */
#include "src/raise/rx.h"

#include <linux/netfilter/nf_synproxy.h>

void raise_synproxy_opts(struct raise *r, struct ast_opt ***tail, uint32_t mss, uint32_t wscale, uint32_t flags)
{
	if (flags & NF_SYNPROXY_OPT_MSS)
		ast_opt(r->a, tail, "mss", raise_number(r, mss), (struct place){});
	if (flags & NF_SYNPROXY_OPT_WSCALE)
		ast_opt(r->a, tail, "wscale", raise_number(r, wscale), (struct place){});
	if (flags & NF_SYNPROXY_OPT_TIMESTAMP)
		ast_opt(r->a, tail, "timestamp", NULL, (struct place){});
	if (flags & NF_SYNPROXY_OPT_SACK_PERM)
		ast_opt(r->a, tail, "sack-perm", NULL, (struct place){});
}

static void raise_synproxy(struct raise *r, const void *body)
{
	const struct bc_synproxy *y = body;
	struct ast_stmt *s = raise_emit(r, "synproxy");
	struct ast_opt **tail = &s->opts;

	raise_synproxy_opts(r, &tail, y->mss, y->wscale, y->flags);
}

const struct raise_type raise_synproxy_type = { "synproxy", raise_synproxy };
