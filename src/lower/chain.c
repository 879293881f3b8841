/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains: hook, priority, policy, devices. */
#include <string.h>

#include "src/lower/lower_priv.h"
#include "src/types/hooks.h"
#include "src/types/names.h"

static int hook_of(struct lower *l, uint8_t family, const struct ast_chain *c, struct bc_hook *h)
{
	int num = hook_by_name(family, c->hook);
	int32_t prio;

	if (num < 0)
		return diag_error(l->d, c->hook_at, "The %s family does not support this hook", names_name(names_family, family));
	if (priority_of(l, family, (uint32_t)num, c->prio_name, c->prio_num, c->prio_at, &prio))
		return -1;
	if (!strcmp(c->type, "nat") && prio <= -200)
		return diag_error(l->d, c->prio_at, "Nat type not allowed for chains with priority below -200");
	BC_SET(h, NFTA_HOOK_HOOKNUM, hooknum, (uint32_t)num);
	BC_SET(h, NFTA_HOOK_PRIORITY, priority, (uint32_t)prio);
	return 0;
}

static int devices_of(struct lower *l, const struct ast_chain *c, struct bc_hook *h)
{
	struct bc_node *list;
	const struct bc_device *d;

	if (!c->devices)
		return 0;
	if (device_list(l, c->devices, &list))
		return -1;
	if (!list)
		return diag_error(l->d, c->devices->at, "expected the name of a device");
	d = BC_BODY(list, const struct bc_device);
	if (!list->next && d->name)
		BC_SET(h, NFTA_HOOK_DEV, dev, d->name);
	else
		BC_SET(h, NFTA_HOOK_DEVS, devs, list);
	return 0;
}

static int properties(struct lower *l, const struct ast_obj *o, struct bc_chain *b)
{
	const struct ast_chain *c = &o->chain;
	uint8_t family = family_of(&o->h);
	bool has;

	if (c->is_base) {
		BC_SET(b, NFTA_CHAIN_TYPE, type, c->type);
		if (!chain_type_known(c->type))
			return diag_error(l->d, c->type_at, "unknown chain type %s", c->type);
		BC_MARK(b, NFTA_CHAIN_HOOK);
		if (hook_of(l, family, c, &b->hook))
			return -1;
	}
	if (c->devices && !c->is_base)
		BC_MARK(b, NFTA_CHAIN_HOOK);
	if (devices_of(l, c, &b->hook))
		return -1;
	if (c->policy)
		BC_SET(b, NFTA_CHAIN_POLICY, policy, !strcmp(c->policy, "drop") ? NF_DROP : NF_ACCEPT);
	if (ast_opt_find(c->opts, "flags"))
		BC_SET(b, NFTA_CHAIN_FLAGS, flags, NFT_CHAIN_HW_OFFLOAD);
	if (put_comment(l, c->opts, BC_UD_CHAIN_COMMENT, &b->userdata, &has))
		return -1;
	if (has)
		BC_MARK(b, NFTA_CHAIN_USERDATA);
	return 0;
}

int lower_chain(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct bc_chain b = { 0 };

	BC_SET(&b, NFTA_CHAIN_TABLE, table, o->h.table);
	if (o->h.has_handle)
		BC_SET(&b, NFTA_CHAIN_HANDLE, handle, o->h.handle);
	else
		BC_SET(&b, NFTA_CHAIN_NAME, name, o->h.chain);
	if (properties(l, o, &b))
		return -1;
	emit(l, op_type(op, NFT_MSG_NEWCHAIN, NFT_MSG_DELCHAIN, NFT_MSG_DESTROYCHAIN), family_of(&o->h), op_flags(op), &bc_chain_desc, &b, o->at);
	if (op == AST_DELETE || op == AST_DESTROY)
		return 0;
	/* a chain of a table's block: its rules come last */
	return l->cmd && l->cmd->obj == o ? lower_chain_rules(l, o) : 0;
}

int lower_chain_rules(struct lower *l, const struct ast_obj *o)
{
	int err = 0;

	for (const struct ast_rule *r = o->chain.rules; r; r = r->next)
		if (lower_one_rule(l, AST_ADD, &o->h, o->h.chain, 0, r))
			err = -1;
	return err;
}

int lower_rename_chain(struct lower *l, const struct ast_obj *o, const struct ast_expr *name)
{
	const struct bc_chain *known = l->env && l->env->chain ? l->env->chain(l->env->ctx, family_of(&o->h), o->h.table, o->h.chain) : NULL;
	struct bc_chain b = { 0 };

	if (!known)
		return diag_error(l->d, o->h.chain_at, "No such file or directory");
	BC_SET(&b, NFTA_CHAIN_TABLE, table, o->h.table);
	BC_SET(&b, NFTA_CHAIN_HANDLE, handle, known->handle);
	BC_SET(&b, NFTA_CHAIN_NAME, name, name->text);
	emit(l, NFT_MSG_NEWCHAIN, family_of(&o->h), 0, &bc_chain_desc, &b, o->at);
	return 0;
}
