/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables: the message, and the block with all that is in it, in the order in which things need each other. */
#include <string.h>

#include "src/lower/lower_priv.h"
#include "src/types/names.h"

/* NEWTABLE carries which nft wrote it: 1.1.6, built by nobody in particular. */
static const uint8_t version[] = { 1, 1, 6 };

static int flags_of(struct lower *l, const struct ast_opt *opts, uint32_t *flags)
{
	uint64_t bit;

	for (const struct ast_opt *o = opts; o; o = o->next) {
		const struct ast_expr *i = eval_deref(o->val);

		if (strcmp(o->name, "flags") || !i)
			continue;
		for (i = i->kind == AST_LIST ? i->items : i; i; i = i->next) {
			if (!i->text || !names_value(names_table_flag, i->text, &bit))
				return diag_error(l->d, i->at, "unknown table flag '%s'", i->text ? i->text : "");
			*flags |= (uint32_t)bit;
		}
	}
	return 0;
}

static int userdata(struct lower *l, const struct ast_opt *opts, struct bc_table *t)
{
	struct bc_bytes comment = { 0 };
	buf_auto b = { 0 };
	bool has;

	if (put_comment(l, opts, BC_UD_TABLE_COMMENT, &comment, &has))
		return -1;
	if (has)
		buf_put(&b, comment.p, comment.len);
	bc_ud_put(&b, BC_UD_TABLE_NFTVER, version, sizeof(version));
	bc_ud_put(&b, BC_UD_TABLE_NFTBLD, "\0\0\0\0\0\0\0\0", 8);
	BC_MARK(t, NFTA_TABLE_USERDATA);
	t->userdata = (struct bc_bytes){ (const uint8_t *)arena_memdup(l->a, b.p, b.len), (uint32_t)b.len };
	return 0;
}

static int add_table(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct bc_table t = { 0 };
	uint32_t flags = 0;

	if (flags_of(l, o->table.opts, &flags))
		return -1;
	BC_SET(&t, NFTA_TABLE_NAME, name, o->h.table);
	BC_SET(&t, NFTA_TABLE_FLAGS, flags, flags);
	if (userdata(l, o->table.opts, &t))
		return -1;
	emit(l, NFT_MSG_NEWTABLE, family_of(&o->h), op == AST_CREATE ? NLM_F_CREATE | NLM_F_EXCL : 0, &bc_table_desc, &t, o->at);
	return 0;
}

static int remove_table(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct bc_table t = { 0 };

	if (o->h.has_handle)
		BC_SET(&t, NFTA_TABLE_HANDLE, handle, o->h.handle);
	else
		BC_SET(&t, NFTA_TABLE_NAME, name, o->h.table);
	emit(l, op_type(op, 0, NFT_MSG_DELTABLE, NFT_MSG_DESTROYTABLE), family_of(&o->h), 0, &bc_table_desc, &t, o->at);
	if (!o->h.has_handle)
		sets_wipe(l, family_of(&o->h), o->h.table, NULL);
	return 0;
}

static bool is_set(const struct ast_obj *o)
{
	return o->kind == AST_SETOBJ || o->kind == AST_MAPOBJ;
}

static bool is_object(const struct ast_obj *o)
{
	return o->kind >= AST_COUNTER && o->kind <= AST_TUNNEL;
}

static bool is_chain(const struct ast_obj *o)
{
	return o->kind == AST_CHAIN;
}

static bool is_flowtable(const struct ast_obj *o)
{
	return o->kind == AST_FLOWTABLE;
}

static int declare_chain(struct lower *l, const struct ast_obj *o)
{
	return lower_chain(l, AST_ADD, o);
}

static int declare_object(struct lower *l, const struct ast_obj *o)
{
	return lower_object(l, AST_ADD, o);
}

static int declare_set(struct lower *l, const struct ast_obj *o)
{
	return lower_set(l, AST_ADD, o);
}

static int declare_flowtable(struct lower *l, const struct ast_obj *o)
{
	return lower_flowtable(l, AST_ADD, o);
}

/* Chains before what jumps to them, objects and sets before the rules that use them. */
static int contents(struct lower *l, const struct ast_obj *table)
{
	static const struct {
		bool (*is)(const struct ast_obj *o);
		int (*lower)(struct lower *l, const struct ast_obj *o);
	} passes[] = {
		{ is_chain, declare_chain }, { is_object, declare_object }, { is_set, declare_set }, { is_flowtable, declare_flowtable },
		{ is_set, lower_set_elements }, { is_chain, lower_chain_rules },
	};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(passes); i++)
		for (const struct ast_obj *o = table->table.objs; o; o = o->next) {
			if (!passes[i].is(o))
				continue;
			l->obj = o;
			if (passes[i].lower(l, o))
				err = -1;
		}
	l->obj = table;
	return err;
}

int lower_table(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	if (op == AST_DELETE || op == AST_DESTROY)
		return remove_table(l, op, o);
	if (add_table(l, op, o))
		return -1;
	return contents(l, o);
}
