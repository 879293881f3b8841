/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flowtables: hook, priority, devices, flags. */
#include <string.h>

#include "src/lower/lower_priv.h"
#include "src/types/names.h"

enum { INGRESS = 0 };

static int flags_of(struct lower *l, const struct ast_opt *opts, uint32_t *flags)
{
	uint64_t bit;

	for (const struct ast_opt *o = opts; o; o = o->next) {
		const struct ast_expr *i = eval_deref(o->val);

		if (!strcmp(o->name, "counter"))
			*flags |= NFT_FLOWTABLE_COUNTER;
		if (strcmp(o->name, "flags") || !i)
			continue;
		for (i = i->kind == AST_LIST ? i->items : i; i; i = i->next) {
			if (!i->text || !names_value(names_flowtable_flag, i->text, &bit))
				return diag_error(l->d, i->at, "unknown flowtable flag '%s'", i->text ? i->text : "");
			*flags |= (uint32_t)bit;
		}
	}
	return 0;
}

static int hook_of(struct lower *l, const struct ast_obj *o, struct bc_flowtable *f)
{
	const struct ast_opt *hook = ast_opt_find(o->opts, "hook"), *prio = ast_opt_find(o->opts, "priority");
	const struct ast_opt *offset = ast_opt_find(o->opts, "priority-offset"), *devices = ast_opt_find(o->opts, "devices");
	const struct ast_expr *p = prio ? eval_deref(prio->val) : NULL;
	int32_t num;

	BC_MARK(f, NFTA_FLOWTABLE_HOOK);
	if (hook) {
		if (!opt_text(o->opts, "hook") || strcmp(opt_text(o->opts, "hook"), "ingress"))
			return diag_error(l->d, hook->at, "unknown chain hook");
		num = offset ? (int32_t)eval_deref(offset->val)->num : p && p->kind == AST_NUMBER ? (int32_t)p->num : 0;
		if (priority_of(l, NFPROTO_NETDEV, INGRESS, p && p->kind == AST_SYMBOL ? p->text : NULL, num, prio ? prio->at : o->at, &num))
			return -1;
		BC_SET(&f->hook, NFTA_FLOWTABLE_HOOK_NUM, hooknum, INGRESS);
		BC_SET(&f->hook, NFTA_FLOWTABLE_HOOK_PRIORITY, priority, (uint32_t)num);
	}
	if (devices) {
		if (device_list(l, devices->val, &f->hook.devs))
			return -1;
		BC_MARK(&f->hook, NFTA_FLOWTABLE_HOOK_DEVS);
	}
	return 0;
}

int lower_flowtable(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct bc_flowtable f = { 0 };
	uint32_t flags = 0;

	BC_SET(&f, NFTA_FLOWTABLE_TABLE, table, o->h.table);
	if (o->h.has_handle)
		BC_SET(&f, NFTA_FLOWTABLE_HANDLE, handle, o->h.handle);
	else
		BC_SET(&f, NFTA_FLOWTABLE_NAME, name, o->h.name);
	if (op == AST_ADD || op == AST_CREATE || o->opts) {
		if (hook_of(l, o, &f) || flags_of(l, o->opts, &flags))
			return -1;
		BC_SET(&f, NFTA_FLOWTABLE_FLAGS, flags, flags);
	}
	emit(l, op_type(op, NFT_MSG_NEWFLOWTABLE, NFT_MSG_DELFLOWTABLE, NFT_MSG_DESTROYFLOWTABLE), family_of(&o->h), op_flags(op),
	     &bc_flowtable_desc, &f, o->at);
	return 0;
}
