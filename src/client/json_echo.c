/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See json_echo.h. */
#include "src/client/json_echo.h"

#include <string.h>

#include "base/bytes.h"
#include "bytecode/msg.h"

/* The object within its command, if it has one. */
static json_t *object_of(json_t *command)
{
	static const char *const words[] = { "add", "create", "insert", "replace" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		json_t *in = json_object_get(command, words[i]);

		if (in)
			command = in;
	}
	return json_object_iter_value(json_object_iter(command));
}

/* A rule's anonymous sets are not what the command names. */
static bool is_own(enum ast_obj_kind kind, uint16_t type, const void *s, uint64_t *handle)
{
	switch (type) {
	case NFT_MSG_NEWTABLE:
		*handle = ((const struct bc_table *)s)->handle;
		return kind == AST_TABLE;
	case NFT_MSG_NEWCHAIN:
		*handle = ((const struct bc_chain *)s)->handle;
		return kind == AST_CHAIN;
	case NFT_MSG_NEWRULE:
		*handle = ((const struct bc_rule *)s)->handle;
		return kind == AST_RULE;
	case NFT_MSG_NEWSET:
		*handle = ((const struct bc_set *)s)->handle;
		return kind == AST_SETOBJ || kind == AST_MAPOBJ;
	case NFT_MSG_NEWOBJ:
		*handle = ((const struct bc_obj *)s)->handle;
		return kind >= AST_COUNTER && kind <= AST_TUNNEL;
	case NFT_MSG_NEWFLOWTABLE:
		*handle = ((const struct bc_flowtable *)s)->handle;
		return kind == AST_FLOWTABLE;
	default:
		return false;
	}
}

void json_echo_take(const struct lower_mark *mark, uint16_t type, const void *s)
{
	uint64_t handle;
	json_t *o;

	if (!mark || !mark->cmd || !mark->cmd->json || !mark->obj || !is_own(mark->obj->kind, type, s, &handle))
		return;
	o = object_of(mark->cmd->json);
	if (json_is_object(o))
		json_object_set_new(o, "handle", json_integer((json_int_t)handle));
}

void json_echo_print(json_t *kept, FILE *out)
{
	json_t *root = json_pack("{s:O}", "nftables", kept);

	json_dumpf(root, out, 0);
	fputc('\n', out);
	json_decref(root);
}
