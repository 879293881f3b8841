/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The netlink decoder: the first byte chooses a message type, the rest are its attributes. What is accepted must encode to
 * something that decodes to the same: encode(decode(encode(decode(x)))) equals encode(decode(x)).
 */
#include <stdlib.h>

#include "bytecode/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what)
{
	if (!what)
		abort();
}

static void dump(const struct bc_desc *d, const void *s)
{
	struct buf text = { 0 };

	if (d == &bc_rule_desc)
		bc_dump_rule(&text, NFPROTO_INET, s);
	else if (d == &bc_set_msg_desc)
		bc_dump_set(&text, NFPROTO_INET, s);
	else if (d == &bc_elems_desc)
		bc_dump_elems(&text, NFPROTO_INET, s);
	buf_free(&text);
}

static void there_and_back(const struct bc_desc *d, const void *s, struct arena *a)
{
	struct buf once = { 0 }, twice = { 0 };
	void *t = arena_alloc(a, d->size);

	if (!bc_encode(&once, d, s)) {
		require(!bc_decode(d, once.p, once.len, t, a, 0, NULL));
		require(!bc_encode(&twice, d, bc_copy(a, d, t)));
		require(once.len == twice.len && (!once.len || !memcmp(once.p, twice.p, once.len)));
	}
	buf_free(&once);
	buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bc_desc *d = size ? bc_msg_desc(data[0] & 0x3f) : NULL;
	struct arena *a;
	struct bc_err err;
	void *s, *msg;

	if (!d || size > 70000)
		return 0;
	a = arena_new();
	s = arena_alloc(a, d->size);
	msg = malloc(size); /* of its own size and aligned, as a message's attributes are */
	memcpy(msg, data + 1, size - 1);
	if (!bc_decode(d, msg, size - 1, s, a, data[0] & 0x40 ? BC_REQUEST : BC_COPY, &err)) {
		there_and_back(d, s, a);
		dump(d, s);
	} else {
		require(err.err < 0);
	}
	free(msg);
	arena_free(&a);
	return 0;
}
