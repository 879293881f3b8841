/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables and chains. */
#include "src/raise/rx.h"
#include "src/types/hooks.h"
#include "src/types/names.h"

const char *raise_strdup(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : "";
}

struct ast_obj *raise_obj_new(const struct raise_ctx *c, enum ast_obj_kind kind, uint8_t family, const char *table)
{
	struct ast_obj *o = arena_new_of(c->a, struct ast_obj);

	o->kind = kind;
	o->h.family = family;
	o->h.family_given = true;
	o->h.table = raise_strdup(c->a, table);
	return o;
}

static void flag_opt(struct raise *r, struct ast_opt ***tail, const struct symbol *names, uint32_t flags)
{
	struct ast_expr *list = ast_expr(r->a, AST_LIST, (struct place){});

	for (; names->name; names++)
		if (flags & names->value)
			ast_list_add(list, raise_symbol(r, names->name));
	if (list->items)
		ast_opt(r->a, tail, "flags", list, (struct place){});
}

void raise_comment_opt(struct raise *r, struct ast_opt ***tail, struct bc_bytes ud, uint8_t type)
{
	const char *comment = raise_comment(r, ud, type);

	if (comment)
		ast_opt(r->a, tail, "comment", ast_string(r->a, comment, (struct place){}), (struct place){});
}

struct ast_obj *raise_table(const struct raise_ctx *c, uint8_t family, const struct bc_table *t)
{
	struct ast_obj *o = raise_obj_new(c, AST_TABLE, family, t->name);
	struct ast_opt **tail = &o->table.opts;
	struct raise r;

	raise_init(&r, c, family, o->h.table);
	o->h.handle = t->handle;
	o->h.has_handle = BC_HAS(t, NFTA_TABLE_HANDLE);
	flag_opt(&r, &tail, names_table_flag, t->flags);
	raise_comment_opt(&r, &tail, t->userdata, BC_UD_TABLE_COMMENT);
	raise_done(&r);
	return o;
}

/* ---- chains ---------------------------------------------------------------------------------------------- */

static void add_device(struct raise *r, struct ast_expr *list, const char *name, const char *suffix)
{
	struct ast_expr *e = raise_symbol(r, arena_printf(r->a, "%s%s", name, suffix));

	e->quoted = true;
	ast_list_add(list, e);
}

static void sort_by_name(struct ast_expr *list)
{
	struct ast_expr *rest = list->items, *e, **at;

	list->items = NULL;
	while ((e = rest)) {
		rest = e->next;
		for (at = &list->items; *at && strcmp((*at)->text, e->text) <= 0; at = &(*at)->next)
			;
		e->next = *at;
		*at = e;
		if (!e->next)
			list->items_last = e;
	}
}

/* One NFTA_HOOK_DEV, or a list of names and (Linux 6.16) beginnings of names. */
struct ast_expr *raise_devices(struct raise *r, const char *one, const struct bc_node *devs)
{
	struct ast_expr *list = ast_expr(r->a, AST_LIST, (struct place){});

	for (; devs; devs = devs->next) {
		const struct bc_device *d = BC_BODY(devs, struct bc_device);

		if (BC_HAS(d, NFTA_DEVICE_NAME))
			add_device(r, list, d->name, "");
		else if (d->prefix)
			add_device(r, list, d->prefix, "*");
	}
	if (!list->items && one)
		add_device(r, list, one, "");
	if (!list->items)
		return NULL;
	sort_by_name(list);
	return list;
}

/* "filter + 10" → name and offset */
static void priority(struct raise *r, struct ast_chain *o, uint32_t hook, int32_t prio)
{
	const char *blank;
	int32_t base = 0;

	o->prio_num = prio;
	buf_cut(&r->scratch, 0);
	priority_print(r->types, r->family, hook, prio, &r->scratch);
	if (!(r->scratch.p[0] >= 'a' && r->scratch.p[0] <= 'z'))
		return;
	blank = strchr(r->scratch.p, ' ');
	o->prio_name = arena_memdup(r->a, r->scratch.p, blank ? (size_t)(blank - r->scratch.p) : r->scratch.len);
	if (priority_by_name(r->family, hook, o->prio_name, &base))
		o->prio_num = prio - base;
}

static void base_chain(struct raise *r, struct ast_chain *o, const struct bc_chain *ch)
{
	const char *hook = hook_name(r->family, ch->hook.hooknum);

	o->is_base = true;
	o->type = arena_strdup(r->a, ch->type ? ch->type : "filter");
	o->hook = hook ? hook : "unknown";
	priority(r, o, ch->hook.hooknum, (int32_t)ch->hook.priority);
	o->devices = raise_devices(r, BC_HAS(&ch->hook, NFTA_HOOK_DEV) ? ch->hook.dev : NULL, ch->hook.devs);
	if (BC_HAS(ch, NFTA_CHAIN_POLICY))
		o->policy = ch->policy == NF_DROP ? "drop" : "accept";
}

struct ast_obj *raise_chain(const struct raise_ctx *c, uint8_t family, const struct bc_chain *ch)
{
	struct ast_obj *o = raise_obj_new(c, AST_CHAIN, family, ch->table);
	struct ast_opt **tail = &o->chain.opts;
	struct raise r;

	raise_init(&r, c, family, o->h.table);
	o->h.chain = raise_strdup(c->a, ch->name);
	o->h.handle = ch->handle;
	o->h.has_handle = BC_HAS(ch, NFTA_CHAIN_HANDLE);
	if (BC_HAS(ch, NFTA_CHAIN_HOOK))
		base_chain(&r, &o->chain, ch);
	flag_opt(&r, &tail, names_chain_flag, ch->flags & NFT_CHAIN_HW_OFFLOAD);
	raise_comment_opt(&r, &tail, ch->userdata, BC_UD_CHAIN_COMMENT);
	raise_done(&r);
	return o;
}

/* ---- flowtables -------------------------------------------------------------------------------------------- */

struct ast_obj *raise_flowtable(const struct raise_ctx *c, uint8_t family, const struct bc_flowtable *f)
{
	struct ast_obj *o = raise_obj_new(c, AST_FLOWTABLE, family, f->table);
	struct ast_opt **tail = &o->opts;
	struct ast_chain prio = { 0 };
	struct ast_expr *devices;
	struct raise r;

	raise_init(&r, c, family, o->h.table);
	o->h.name = raise_strdup(c->a, f->name);
	o->h.handle = f->handle;
	o->h.has_handle = BC_HAS(f, NFTA_FLOWTABLE_HANDLE);
	ast_opt(c->a, &tail, "hook", raise_symbol(&r, "ingress"), (struct place){});
	r.family = NFPROTO_INET;
	priority(&r, &prio, NF_INET_INGRESS, (int32_t)f->hook.priority);
	ast_opt(c->a, &tail, "priority",
		prio.prio_name ? raise_symbol(&r, prio.prio_name) : raise_number(&r, (u128)(__int128)prio.prio_num),
		(struct place){});
	if (prio.prio_name)
		ast_opt(c->a, &tail, "priority-offset", raise_number(&r, (u128)(__int128)prio.prio_num), (struct place){});
	devices = raise_devices(&r, NULL, f->hook.devs);
	if (devices)
		ast_opt(c->a, &tail, "devices", devices, (struct place){});
	if (f->flags & NFT_FLOWTABLE_HW_OFFLOAD)
		flag_opt(&r, &tail, names_flowtable_flag, f->flags & NFT_FLOWTABLE_HW_OFFLOAD);
	if (f->flags & NFT_FLOWTABLE_COUNTER)
		ast_opt(c->a, &tail, "counter", NULL, (struct place){});
	raise_done(&r);
	return o;
}
