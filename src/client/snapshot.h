/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a target holds, read by dumps of one generation: tables with all that is in them, or the part a command names.
 * Everything lives in the snapshot's arena. Also the answers that lowering needs (struct lower_env), each asked for by itself and only once.
 */
#ifndef NFVM_CLIENT_SNAPSHOT_H
#define NFVM_CLIENT_SNAPSHOT_H

#include "bytecode/msg.h"
#include "src/client/transport.h"

enum snap_what {
	SNAP_TABLES = 1, SNAP_CHAINS = 2, SNAP_RULES = 4, SNAP_SETS = 8, SNAP_ELEMS = 16, SNAP_OBJS = 32, SNAP_FLOWTABLES = 64,
	SNAP_ALL = 127,
};

struct snap_rule {
	struct snap_rule *next;
	struct bc_rule *r;
};

struct snap_chain {
	struct snap_chain *next;
	struct bc_chain *c;
	struct snap_rule *rules, **rules_tail;
	struct buf listed;         /* for snap_scope.rule to fill */
};

struct snap_set {
	struct snap_set *next;
	struct bc_set *s;
	struct bc_node *elems, **elems_tail;
	struct buf packed;         /* with snap_scope.pack, of a set with a name: all elements as they came */
	struct snap_set *same;     /* hash */
};

struct snap_obj {
	struct snap_obj *next;
	struct bc_obj *o;
};

struct snap_flowtable {
	struct snap_flowtable *next;
	struct bc_flowtable *f;
};

struct snap_table {
	struct snap_table *next;
	uint8_t family;
	struct bc_table *t;
	struct snap_chain *chains, **chains_tail;
	struct snap_set *sets, **sets_tail;
	struct snap_obj *objs, **objs_tail;
	struct snap_flowtable *flowtables, **flowtables_tail;
	struct snap_set **by_name; /* hash of sets */
	struct snap_chain *last;   /* the chain that was asked for last */
};

struct snapshot {
	struct arena *a;
	struct snap_table *tables, **tables_tail;
	uint32_t gen;
};

/*
 * family NFPROTO_UNSPEC: all; table, name may be NULL: all. name: of a chain (SNAP_RULES), a set (SNAP_ELEMS) or an object (obj_type); what is named
 * and not there is left out.
 */
struct snap_scope {
	unsigned what;             /* SNAP_… */
	uint8_t family;
	const char *table, *name;
	uint64_t rule_handle;      /* only this rule; 0: all */
	uint32_t obj_type;         /* NFT_OBJECT_…, 0: any */
	unsigned reset;            /* SNAP_RULES, ELEMS, OBJS: whose counters and the like are reset as they are read */
	bool anonymous_only;       /* elements of anonymous sets only (terse listings need them) */
	bool pack;                 /* elements of sets with names stay packed */
	/* Gets the rules of chains with names, while all else is there already, in the place of keeping them. Their memory is valid during the call. */
	void (*rule)(void *ctx, const struct snapshot *s, const struct snap_table *t, struct snap_chain *c, const struct bc_rule *r);
	void *ctx;
};

/* 0 or -errno. Tries again while the ruleset changes under it. */
int snapshot_read(struct transport *t, const struct snap_scope *scope, struct snapshot **out);
void snapshot_free(struct snapshot **s);

struct snap_table *snap_table(const struct snapshot *s, uint8_t family, const char *name);
struct snap_chain *snap_chain(const struct snap_table *t, const char *name);
struct snap_set *snap_set(const struct snap_table *t, const char *name);

#endif
