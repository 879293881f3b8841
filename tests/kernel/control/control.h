/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control plane beside the kernel's: random sequences of commands, the same bytes to the kernel's nf_tables (in a network
 * namespace of their own) and to an engine, and everything that comes back compared.
 *
 *   main.c     sequences, minimising what differs        target.c  the two that are asked
 *   make*.c    random commands from what there is        world.c   what there is, read from the kernel's dumps
 *   mutate.c   bytes gone wrong                          canon.c   answers in a form that can be compared
 *   show.c     messages as text
 */
#ifndef NFVM_TESTS_CONTROL_H
#define NFVM_TESTS_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bytecode/expr.h"
#include "bytecode/msg.h"

/* ---- randomness: of a seed alone ---- */

struct rng {
	uint64_t s;
};
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	uint64_t z = r->s += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ? (uint32_t)(((z ^ z >> 31) >> 32) * n >> 32) : 0;
}
static inline bool rng_in(struct rng *r, uint32_t n)
{
	return rng_below(r, n) == 0;
}
#define RNG_OF(r, ...) ((const int64_t[]){ __VA_ARGS__ }[rng_below(r, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))])

/* ---- targets ---- */

enum { SOCK_A, SOCK_B, SOCK_LISTEN, SOCK_READ, N_SOCKS };

struct target {
	const char *name;
	struct nfvm_engine *engine; /* NULL: the kernel */
	struct nfvm_socket *sock[N_SOCKS];
	int fd[N_SOCKS];
	uint32_t port[N_SOCKS];
};
/* The kernel's: in a new namespace, which the caller enters. False: not possible here. */
bool target_kernel(struct target *t);
bool target_engine(struct target *t);
/* Whether this kernel was built with them. */
extern bool kernel_has_flowtables;
void target_close(struct target *t);
void target_reopen(struct target *t, unsigned sock);
void target_send(struct target *t, unsigned sock, const void *p, size_t len);
/* All datagrams that wait, one behind the other (aligned to 4). */
void target_drain(struct target *t, unsigned sock, struct buf *out);

/* ---- what there is ---- */

struct w_table {
	uint8_t family;
	const char *name;
	uint64_t handle;
	uint32_t flags;
};
struct w_chain {
	uint32_t table;
	const char *name, *type;
	uint64_t handle;
	uint32_t id, flags, hook;
	int32_t priority;
	bool base;
};
struct w_rule {
	uint32_t table;
	const char *chain;
	uint64_t handle;
	uint32_t id;
};
struct w_set {
	uint32_t table;
	const char *name, *type;
	uint64_t handle;
	uint32_t id, flags, key_len, data_type, data_len, obj_type, key_type, n_exprs;
	uint8_t n_fields, field_len[16];
};
struct w_elem {
	uint32_t set;
	struct bc_elem m;
};
struct w_obj {
	uint32_t table;
	const char *name;
	uint32_t type;
	uint64_t handle;
};
struct w_flowtable {
	uint32_t table;
	const char *name;
	uint64_t handle;
};

#define W_LIST(T, name)                                                                                                            \
	struct T *name;                                                                                                            \
	uint32_t n_##name, cap_##name
struct world {
	struct arena *arena;
	W_LIST(w_table, tables);
	W_LIST(w_chain, chains);
	W_LIST(w_rule, rules);
	W_LIST(w_set, sets);
	W_LIST(w_elem, elems);
	W_LIST(w_obj, objs);
	W_LIST(w_flowtable, flowtables);
	uint32_t gen;
};
void *w_grow(void *list, uint32_t n, uint32_t *cap, size_t size);
#define W_ADD(w, list)                                                                                                             \
	((w)->list = w_grow((w)->list, (w)->n_##list, &(w)->cap_##list, sizeof(*(w)->list)),                                       \
	 memset(&(w)->list[(w)->n_##list], 0, sizeof(*(w)->list)), &(w)->list[(w)->n_##list++])
void world_clear(struct world *w);
void world_free(struct world *w);
/* Reads a target's messages (of dumps). */
void world_read(struct world *w, const struct buf *b);
/* -1: none */
int world_table(const struct world *w, uint8_t family, const char *name);
const struct w_set *world_set(const struct world *w, uint8_t family, const char *table, const char *set);

/* ---- commands ---- */

enum command_kind { CMD_SEND, CMD_REOPEN };
struct command {
	uint8_t kind, sock;
	struct buf bytes;
};
void command_free(struct command *c);

/* A maker: appends random messages to out; what it makes is added to the world, as though it had succeeded. */
struct maker {
	struct rng *r;
	struct world *w;
	struct buf *out;
	uint32_t seq, id;
	size_t msg;    /* the message being built */
	bool plain;    /* not in a batch */
	bool no_ct;    /* the table chosen last is of a bridge, whose connections are an option of kernels */
	uint32_t rate; /* one in so many values is wrong */
};
/* The next command of a sequence. */
void make_command(struct maker *m, unsigned number, struct command *out);

/* parts of it: make.c */
bool wrong(struct maker *m);
void msg_begin(struct maker *m, uint16_t type, uint8_t family, uint16_t flags);
void msg_end(struct maker *m);
size_t nest_begin(struct maker *m, uint16_t type);
void nest_end(struct maker *m, size_t at);
void put(struct maker *m, uint16_t type, const void *p, size_t len);
void put_str(struct maker *m, uint16_t type, const char *s);
void put_be32(struct maker *m, uint16_t type, uint32_t v);
void put_be64(struct maker *m, uint16_t type, uint64_t v);
void put_u8(struct maker *m, uint16_t type, uint8_t v);
void put_be16(struct maker *m, uint16_t type, uint16_t v);
/* Some table's number; -1 with *name and *family of one that may not be there. */
int pick_table(struct maker *m, uint8_t *family, const char **name);
const char *name_of(struct maker *m, char prefix);
uint16_t new_flags(struct maker *m);
void make_userdata(struct maker *m, uint16_t type);
uint64_t some_handle(struct maker *m);
const struct w_chain *pick_chain(struct maker *m, int table, bool regular);
const struct w_set *pick_set(struct maker *m, int table, uint32_t with, uint32_t without);
const struct w_obj *pick_obj(struct maker *m, int table, uint32_t type);
uint16_t one_type(struct maker *m, uint16_t a, uint16_t b);

void make_table(struct maker *m);
void make_chain(struct maker *m);
void make_rule(struct maker *m);
void make_set(struct maker *m);
void make_elems(struct maker *m);
void make_obj(struct maker *m);
void make_flowtable(struct maker *m);
void make_get(struct maker *m);
/* A stateful expression in a list or nest of this type. */
void make_stateful(struct maker *m, uint16_t type, unsigned kind);
void make_verdict(struct maker *m, uint16_t type, int table, bool elem);
/* A set of a chosen table; returns its place among w->sets. flags: as they must be, or UINT32_MAX: any. */
int make_set_in(struct maker *m, int table, uint32_t flags);
void make_elems_of(struct maker *m, int set, unsigned n);
enum { N_STATEFUL = 5 };

/* Makes one random error in a message. */
void mutate(struct rng *r, struct buf *b, size_t msg);

/* ---- answers ---- */

/* The messages of b as one canonical text of bytes; ports by their number, times rounded, elements of hashed sets in order. */
void canon(const struct target *t, const struct world *w, const struct world *before, const struct buf *b, struct buf *out);
/* The first message in which two canonical answers differ, as text to out. */
void canon_differ(const struct buf *a, const struct buf *b, struct buf *out);

void show_msg(struct buf *out, const void *msg, size_t len);
void show_command(struct buf *out, const struct command *c);

#endif
