/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log: to the kernel log by level, or to a netlink group. */
#include "src/raise/rx.h"
#include "src/types/names.h"

#include <linux/netfilter/nf_log.h>

static void flags_opt(struct raise *r, struct ast_stmt *s, uint32_t flags)
{
	struct ast_expr *list = ast_expr(r->a, AST_LIST, (struct place){});

	for (const struct symbol *w = names_log_flag; w->name; w++) {
		if ((flags & w->value) != w->value)
			continue;
		if (list->items && w->value != NF_LOG_TCPOPT) {
			raise_opt(r, s, "flags", list);
			list = ast_expr(r->a, AST_LIST, (struct place){});
		}
		ast_list_add(list, raise_symbol(r, w->name));
	}
	raise_opt(r, s, "flags", list);
}

static void raise_log(struct raise *r, const void *body)
{
	const struct bc_log *l = body;
	struct ast_stmt *s = raise_emit(r, "log");
	const char *level = names_name(names_log_level, l->level);

	if (BC_HAS(l, NFTA_LOG_PREFIX))
		raise_opt(r, s, "prefix", ast_string(r->a, arena_strdup(r->a, l->prefix), (struct place){}));
	if (BC_HAS(l, NFTA_LOG_GROUP))
		raise_opt_number(r, s, "group", l->group);
	if (l->snaplen)
		raise_opt_number(r, s, "snaplen", l->snaplen);
	if (l->qthreshold)
		raise_opt_number(r, s, "queue-threshold", l->qthreshold);
	if (BC_HAS(l, NFTA_LOG_LEVEL) && l->level != NFT_LOGLEVEL_WARNING && level)
		raise_opt_symbol(r, s, "level", level);
	if ((l->flags & NF_LOG_MASK) == NF_LOG_MASK)
		raise_opt_symbol(r, s, "flags", "all");
	else if (l->flags & NF_LOG_MASK)
		flags_opt(r, s, l->flags & NF_LOG_MASK);
}

const struct raise_type raise_log_type = { "log", raise_log };
