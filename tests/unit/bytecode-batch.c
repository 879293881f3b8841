/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches, long lists of elements, userdata; and batches that stock nft sent, which must come back byte for byte. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/unit/bytecode-random.h"
#include "tests/unit/unit.h"

static const struct nlmsghdr *next(const struct nlmsghdr *h, const struct buf *b)
{
	const char *p = h ? (const char *)h + NLMSG_ALIGN(h->nlmsg_len) : b->p;

	return p + sizeof(*h) <= b->p + b->len ? (const void *)p : NULL;
}

static const void *attrs(const struct nlmsghdr *h)
{
	return (const char *)h + NLMSG_HDRLEN + sizeof(struct nfgenmsg);
}

static size_t attrs_len(const struct nlmsghdr *h)
{
	return h->nlmsg_len - NLMSG_HDRLEN - sizeof(struct nfgenmsg);
}

START_TEST(batch_is_framed)
{
	struct bc_batch b = { 0 };
	struct bc_table t = { 0 };
	const struct nlmsghdr *h;

	BC_SET(&t, NFTA_TABLE_NAME, name, "t");
	bc_batch_begin(&b, 7, 99);
	ck_assert_uint_eq(bc_batch_msg(&b, NFT_MSG_NEWTABLE, NFPROTO_INET, NLM_F_CREATE, &bc_table_desc, &t), 8);
	bc_batch_end(&b);
	ck_assert_int_eq(b.err, 0);

	h = next(NULL, &b.bytes);
	ck_assert_uint_eq(h->nlmsg_type, NFNL_MSG_BATCH_BEGIN);
	ck_assert_uint_eq(h->nlmsg_seq, 7);
	ck_assert_uint_eq(((const struct nfgenmsg *)(h + 1))->res_id, __builtin_bswap16(NFNL_SUBSYS_NFTABLES));
	ck_assert_uint_eq(be32_load((const char *)bc_find(attrs(h), attrs_len(h), NFNL_BATCH_GENID) + 4), 99);
	h = next(h, &b.bytes);
	ck_assert_uint_eq(h->nlmsg_type, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE);
	ck_assert_uint_eq(h->nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE);
	ck_assert_uint_eq(((const struct nfgenmsg *)(h + 1))->nfgen_family, NFPROTO_INET);
	h = next(h, &b.bytes);
	ck_assert_uint_eq(h->nlmsg_type, NFNL_MSG_BATCH_END);
	ck_assert_uint_eq(h->nlmsg_seq, 9);
	ck_assert_ptr_null(next(h, &b.bytes));
	bc_batch_free(&b);
}
END_TEST

enum { MANY = 300000 };

static uint32_t count(const struct buf *bytes, uint32_t *messages)
{
	struct arena *a = arena_new();
	uint32_t n = 0;

	*messages = 0;
	for (const struct nlmsghdr *h = next(NULL, bytes); h; h = next(h, bytes)) {
		struct bc_elems list;
		uint32_t in_message = 0;

		if (h->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES)
			continue;
		ck_assert_uint_le(h->nlmsg_len, 66000);
		ck_assert_int_eq(bc_decode(&bc_elems_desc, attrs(h), attrs_len(h), &list, a, 0, NULL), 0);
		ck_assert_str_eq(list.table, "t");
		ck_assert_str_eq(list.set, "s");
		for (const struct bc_node *e = list.elems; e; e = e->next) {
			ck_assert_uint_eq(be32_load(BC_BODY(e, struct bc_elem)->key.value), n++);
			ck_assert_uint_eq(e->type, ++in_message);
		}
		++*messages;
		arena_reset(a);
	}
	arena_free(&a);
	return n;
}

START_TEST(elements_are_split)
{
	struct bc_batch b = { 0 };
	struct bc_elem_writer w;
	struct bc_elems head = { 0 };
	uint32_t messages, last = 0;
	clock_t began = clock();

	BC_SET(&head, NFTA_SET_ELEM_LIST_TABLE, table, "t");
	BC_SET(&head, NFTA_SET_ELEM_LIST_SET, set, "s");
	bc_batch_begin(&b, 1, 0);
	bc_elems_open(&w, &b, NFT_MSG_NEWSETELEM, NFPROTO_IPV4, NLM_F_CREATE, &head);
	for (uint32_t i = 0; i < MANY; i++) {
		uint8_t key[4];
		struct bc_elem e = { 0 };

		be32_store(key, i);
		e.key = (struct bc_data){ .kind = BC_DATA_VALUE, .value = key, .len = sizeof(key) };
		BC_MARK(&e, NFTA_SET_ELEM_KEY);
		last = bc_elems_put(&w, &e);
	}
	bc_elems_close(&w);
	bc_batch_end(&b);
	ck_assert_int_eq(b.err, 0);
	ck_assert_uint_eq(count(&b.bytes, &messages), MANY);
	ck_assert_uint_eq(messages, (MANY + 4094) / 4095); /* (65535 - 4) / 16 */
	ck_assert_uint_eq(last, messages + 1);
	printf("# %d elements there and back in %ld ms\n", MANY, (long)((clock() - began) * 1000 / CLOCKS_PER_SEC));
	bc_batch_free(&b);
}
END_TEST

START_TEST(random_elements_are_split)
{
	struct rnd_opts o = { .arena = arena_new() };
	struct bc_batch b = { 0 };
	struct bc_elem_writer w;
	struct bc_elems head = { 0 }, list;
	struct bc_elem *elems[4000];
	unsigned n = 0;

	rnd_seed();
	BC_SET(&head, NFTA_SET_ELEM_LIST_SET_ID, set_id, 1);
	bc_elems_open(&w, &b, NFT_MSG_NEWSETELEM, NFPROTO_IPV4, 0, &head);
	for (unsigned i = 0; i < ARRAY_SIZE(elems); i++)
		bc_elems_put(&w, elems[i] = rnd_struct(&o, &bc_elem_desc));
	bc_elems_close(&w);
	ck_assert_int_eq(b.err, 0);
	for (const struct nlmsghdr *h = next(NULL, &b.bytes); h; h = next(h, &b.bytes)) {
		const char *where;

		ck_assert_int_eq(bc_decode(&bc_elems_desc, attrs(h), attrs_len(h), &list, o.arena, 0, NULL), 0);
		for (const struct bc_node *e = list.elems; e; e = e->next)
			ck_assert(same_struct(&bc_elem_desc, elems[n++], e->body, &where));
	}
	ck_assert_uint_eq(n, ARRAY_SIZE(elems));
	bc_batch_free(&b);
	arena_free(&o.arena);
}
END_TEST

START_TEST(userdata_is_bounded)
{
	struct buf b = { 0 };
	struct bc_bytes ud, v;

	bc_ud_put_str(&b, BC_UD_SET_COMMENT, "hello");
	bc_ud_put_u32(&b, BC_UD_SET_KEYBYTEORDER, 2);
	ud = (struct bc_bytes){ (uint8_t *)b.p, (uint32_t)b.len };
	ck_assert(bc_ud_get(ud, BC_UD_SET_KEYBYTEORDER, &v));
	ck_assert_uint_eq(v.len, 4);
	ck_assert(bc_ud_get(ud, BC_UD_SET_COMMENT, &v));
	ck_assert_str_eq((const char *)v.p, "hello");
	ck_assert(!bc_ud_get(ud, BC_UD_SET_EXPR, &v));
	ud.len--; /* the number is cut short */
	ck_assert(!bc_ud_get(ud, BC_UD_SET_KEYBYTEORDER, &v));
	ud.len = 1;
	ck_assert(!bc_ud_get(ud, BC_UD_SET_COMMENT, &v));
	ck_assert(!bc_ud_get((struct bc_bytes){ 0 }, 0, &v));
	buf_free(&b);
}
END_TEST

static void read_file(const char *name, struct buf *b)
{
	char path[300], chunk[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), TESTDATA "/bytecode/%s.batch", name);
	f = fopen(path, "rb");
	ck_assert_msg(f, "%s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)))
		buf_put(b, chunk, n);
	fclose(f);
}

/*
 * Recorded by tests/tools/record-batches. libnftnl sends the names of objects, helpers and security contexts without a NUL, which not all
 * readers can bear; we add one. There, what is decoded again must be the same.
 */
static const struct {
	const char *name;
	bool unterminated;
} recorded[] = { { "filter", false }, { "sets", false }, { "objects", true }, { "nat", false }, { "commands", false } };

static void check_same(const struct bc_desc *d, const void *s, const struct buf *msg, struct arena *a)
{
	const struct nlmsghdr *h = (const void *)msg->p;
	void *again = arena_alloc(a, d->size);
	const char *where = "";

	ck_assert_int_eq(bc_decode(d, attrs(h), attrs_len(h), again, a, BC_COPY, NULL), 0);
	ck_assert_msg(same_struct(d, s, again, &where), "%s at %s", d->name, where);
}

static void check_recorded(const char *name, bool unterminated)
{
	struct buf b = { 0 }, out = { 0 };
	struct arena *a = arena_new();

	read_file(name, &b);
	ck_assert_uint_gt(b.len, 100);
	for (const struct nlmsghdr *h = next(NULL, &b); h; h = next(h, &b)) {
		const struct bc_desc *d = bc_msg_desc(h->nlmsg_type & 0xff);
		const struct nfgenmsg *g = (const void *)(h + 1);
		struct bc_err err;
		void *s;

		if (h->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES)
			continue;
		ck_assert_ptr_nonnull(d);
		s = arena_alloc(a, d->size);
		bc_decode(d, attrs(h), attrs_len(h), s, a, BC_REQUEST, &err);
		ck_assert_msg(!err.err, "%s: %s: %d", name, d->name, err.err);
		buf_cut(&out, 0);
		ck_assert_int_eq(bc_msg(&out, NFNL_SUBSYS_NFTABLES, h->nlmsg_type & 0xff, g->nfgen_family, h->nlmsg_flags, h->nlmsg_seq,
					h->nlmsg_pid, __builtin_bswap16(g->res_id), d, s),
				 0);
		check_same(d, s, &out, a);
		ck_assert_msg(unterminated || (out.len == h->nlmsg_len && !memcmp(out.p, h, out.len)), "%s: message %u (%s)", name,
			      h->nlmsg_seq, d->name);
	}
	buf_free(&b);
	buf_free(&out);
	arena_free(&a);
}

START_TEST(recorded_batches_come_back)
{
	for (unsigned i = 0; i < ARRAY_SIZE(recorded); i++)
		check_recorded(recorded[i].name, recorded[i].unterminated);
}
END_TEST

UNIT_MAIN("bytecode batch", batch_is_framed, elements_are_split, random_elements_are_split, userdata_is_bounded,
	  recorded_batches_come_back)
