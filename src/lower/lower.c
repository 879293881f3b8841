/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of lowering: commands in, messages out, and where each message came from. See lower.h. */
#include <stdlib.h>
#include <string.h>

#include "src/lower/lower_priv.h"
#include "src/types/hooks.h"

struct lower *lower_new(struct arena *a, struct texts *t, struct diag *d, const struct type_ctx *types, const struct lower_env *env,
			struct bc_batch *out)
{
	struct lower *l = arena_new_of(a, struct lower);

	*l = (struct lower){ .a = a, .texts = t, .d = d, .types = types, .env = env, .out = out, .first_seq = out->seq };
	l->scratch = arena_new();
	return l;
}

void lower_free(struct lower **lp)
{
	if (!*lp)
		return;
	for (struct tset *s = (*lp)->first_set; s; s = s->next)
		have_free(s->have);
	free((*lp)->marks);
	arena_free(&(*lp)->scratch);
	*lp = NULL;
}

void lower_parse(struct lower *l, struct parse *p)
{
	l->parse = p;
}

void lower_flags(struct lower *l, uint16_t flags)
{
	l->flags = flags;
}

void lower_debug(struct lower *l, struct buf *out)
{
	l->debug = out;
}

/* ---- messages and marks -------------------------------------------------------------------------- */

void mark(struct lower *l, uint32_t seq, struct place at)
{
	uint32_t i = seq - l->first_seq;

	while (i >= l->cap_marks) {
		uint32_t cap = l->cap_marks ? l->cap_marks * 2 : 64;
		struct lower_mark *m = realloc(l->marks, cap * sizeof(*m));

		if (!m)
			abort();
		memset(m + l->cap_marks, 0, (cap - l->cap_marks) * sizeof(*m));
		l->marks = m;
		l->cap_marks = cap;
	}
	l->marks[i] = (struct lower_mark){ .seq = seq, .at = at, .cmd = l->cmd, .obj = l->obj, .rule = l->rule };
	if (i >= l->n_marks)
		l->n_marks = i + 1;
}

/* Only what adds is echoed. */
uint16_t echo_flags(const struct lower *l)
{
	switch (l->cmd ? l->cmd->op : AST_ADD) {
	case AST_ADD:
	case AST_CREATE:
	case AST_INSERT:
	case AST_REPLACE:
		return l->flags;
	default:
		return 0;
	}
}

uint32_t emit(struct lower *l, uint16_t type, uint8_t family, uint16_t flags, const struct bc_desc *d, const void *s, struct place at)
{
	uint32_t seq = bc_batch_msg(l->out, type, family, flags | echo_flags(l), d, s);

	mark(l, seq, at);
	return seq;
}

const struct lower_mark *lower_mark_of(const struct lower *l, uint32_t seq)
{
	uint32_t i = seq - l->first_seq;

	return i < l->n_marks && l->marks[i].seq == seq ? &l->marks[i] : NULL;
}

uint16_t op_flags(enum ast_cmd_op op)
{
	switch (op) {
	case AST_CREATE:
		return NLM_F_CREATE | NLM_F_EXCL;
	case AST_ADD:
		return NLM_F_CREATE;
	default:
		return 0;
	}
}

uint16_t op_type(enum ast_cmd_op op, uint16_t new_type, uint16_t del_type, uint16_t destroy_type)
{
	return op == AST_DELETE ? del_type : op == AST_DESTROY ? destroy_type : new_type;
}

/* ---- what several kinds share ------------------------------------------------------------------------ */

enum { COMMENT_MAX = 128 };

int put_comment(struct lower *l, const struct ast_opt *opts, uint8_t type, struct bc_bytes *out, bool *has)
{
	const struct ast_opt *o = ast_opt_find(opts, "comment");
	const char *text = opt_text(opts, "comment");
	buf_auto b = { 0 };

	*has = false;
	if (!o)
		return 0;
	if (!text || strlen(text) > COMMENT_MAX)
		return diag_error(l->d, o->at, "comment too long, %d characters maximum allowed", COMMENT_MAX);
	bc_ud_put_str(&b, type, text);
	*out = (struct bc_bytes){ (const uint8_t *)arena_memdup(l->a, b.p, b.len), (uint32_t)b.len };
	*has = true;
	return 0;
}

static int add_device(struct lower *l, const struct ast_expr *e, struct bc_node ***tail)
{
	struct bc_device *d;
	size_t n;

	e = eval_deref(e);
	if (!e)
		return -1;
	if (e->kind == AST_LIST || e->kind == AST_SET) {
		for (const struct ast_expr *i = e->items; i; i = i->next)
			if (add_device(l, i, tail))
				return -1;
		return 0;
	}
	if (!e->text || (e->kind != AST_SYMBOL && e->kind != AST_STRING))
		return diag_error(l->d, e->at, "expected the name of a device");
	n = strlen(e->text);
	if (!n)
		return diag_error(l->d, e->at, "Empty string is not allowed");
	if (n > 15)
		return diag_error(l->d, e->at, "String exceeds maximum length of 15");
	d = bc_node_add(l->a, tail, sizeof(*d));
	if (e->text[n - 1] == '*' && (n < 2 || e->text[n - 2] != '\\'))
		BC_SET(d, NFTA_DEVICE_PREFIX, prefix, arena_memdup(l->a, e->text, n - 1));
	else
		BC_SET(d, NFTA_DEVICE_NAME, name, e->text);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct bc_device *x = BC_BODY(*(struct bc_node *const *)a, const struct bc_device);
	const struct bc_device *y = BC_BODY(*(struct bc_node *const *)b, const struct bc_device);

	return strcmp(x->name ? x->name : x->prefix, y->name ? y->name : y->prefix);
}

/* Sorted, as stock nft sends them. */
static struct bc_node *sort_devices(struct lower *l, struct bc_node *list)
{
	struct bc_node **all, *first = NULL;
	size_t n = 0, i = 0;

	for (struct bc_node *d = list; d; d = d->next)
		n++;
	if (n < 2)
		return list;
	all = arena_alloc(l->a, n * sizeof(*all));
	for (struct bc_node *d = list; d; d = d->next)
		all[i++] = d;
	qsort(all, n, sizeof(*all), by_name);
	while (i--) {
		all[i]->next = first;
		first = all[i];
	}
	return first;
}

int device_list(struct lower *l, const struct ast_expr *e, struct bc_node **out)
{
	struct bc_node *list = NULL, **tail = &list;

	if (add_device(l, e, &tail))
		return -1;
	*out = sort_devices(l, list);
	return 0;
}

int priority_of(struct lower *l, uint8_t family, uint32_t hook, const char *name, int32_t num, struct place at, int32_t *out)
{
	int32_t base = 0;

	if (name && !priority_by_name(family, hook, name, &base))
		return diag_error(l->d, at, priority_name_known(name) ? "'%s' is invalid priority in this context." : "invalid priority expression %s in this context.",
				  name);
	*out = base + num;
	return 0;
}

/* ---- commands --------------------------------------------------------------------------------------------- */

int lower_flush(struct lower *l, const struct ast_obj *o)
{
	uint8_t family = family_of(&o->h);
	struct bc_rule r = { 0 };
	struct bc_elems e = { 0 };
	struct bc_table t = { 0 };

	switch (o->kind) {
	case AST_RULESET:
		emit(l, NFT_MSG_DELTABLE, o->h.family, 0, &bc_table_desc, &t, o->at);
		sets_wipe(l, o->h.family, NULL, NULL);
		return 0;
	case AST_TABLE:
	case AST_CHAIN:
		BC_SET(&r, NFTA_RULE_TABLE, table, o->h.table);
		if (o->kind == AST_CHAIN)
			BC_SET(&r, NFTA_RULE_CHAIN, chain, o->h.chain);
		emit(l, NFT_MSG_DELRULE, family, 0, &bc_rule_desc, &r, o->at);
		return 0;
	case AST_SETOBJ:
	case AST_MAPOBJ:
	case AST_METER:
		BC_SET(&e, NFTA_SET_ELEM_LIST_TABLE, table, o->h.table);
		BC_SET(&e, NFTA_SET_ELEM_LIST_SET, set, o->h.name);
		emit(l, NFT_MSG_DELSETELEM, family, 0, &bc_elems_desc, &e, o->at);
		sets_wipe(l, family, o->h.table, o->h.name);
		return 0;
	default:
		return diag_error(l->d, o->at, "this cannot be flushed");
	}
}

typedef int (*kind_fn)(struct lower *, enum ast_cmd_op, const struct ast_obj *);

static const kind_fn kinds[] = {
	[AST_TABLE] = lower_table,
	[AST_CHAIN] = lower_chain,
	[AST_RULE] = lower_rules,
	[AST_SETOBJ] = lower_set,
	[AST_MAPOBJ] = lower_set,
	[AST_ELEMENT] = lower_elements,
	[AST_FLOWTABLE] = lower_flowtable,
	[AST_COUNTER] = lower_object,
	[AST_QUOTA] = lower_object,
	[AST_LIMIT] = lower_object,
	[AST_CT_HELPER] = lower_object,
	[AST_CT_TIMEOUT] = lower_object,
	[AST_CT_EXPECTATION] = lower_object,
	[AST_SECMARK] = lower_object,
	[AST_SYNPROXY] = lower_object,
	[AST_TUNNEL] = lower_object,
};

static int by_op(struct lower *l, const struct ast_cmd *cmd)
{
	const struct ast_obj *o = cmd->obj;

	switch (cmd->op) {
	case AST_ADD:
	case AST_CREATE:
	case AST_INSERT:
	case AST_REPLACE:
	case AST_DELETE:
	case AST_DESTROY:
		if (o->kind >= ARRAY_SIZE(kinds) || !kinds[o->kind])
			break;
		return kinds[o->kind](l, cmd->op, o);
	case AST_FLUSH:
		return lower_flush(l, o);
	case AST_RENAME:
		return lower_rename_chain(l, o, cmd->expr);
	default:
		break;
	}
	return diag_error(l->d, cmd->at, "this command changes nothing");
}

int lower_cmd(struct lower *l, const struct ast_cmd *cmd)
{
	int err;

	l->cmd = cmd;
	l->obj = cmd->obj;
	l->rule = NULL;
	err = by_op(l, cmd);
	if (!err && l->out->err)
		return diag_error(l->d, cmd->at, "this is too large for a message");
	return err;
}
