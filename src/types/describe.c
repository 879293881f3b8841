/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `nft describe`, from the tables. Pure. */
#include "src/types/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "src/types/keys.h"
#include "src/types/proto.h"

static const char *word(const struct ast_field *f, unsigned i)
{
	return i < f->n_words ? f->words[i].text : "";
}

static const char *last_word(const struct ast_field *f)
{
	return f->n_words ? f->words[f->n_words - 1].text : "";
}

static bool is_family(const char *s)
{
	return !strcmp(s, "ip") || !strcmp(s, "ip6");
}

static bool found(struct field_info *out, const char *kind, const struct datatype *t, unsigned bits, unsigned byteorder)
{
	*out = (struct field_info){ kind, t, (uint16_t)bits, (uint8_t)byteorder };
	return true;
}

static bool info_field(const struct proto_field *f, const char *kind, struct field_info *out)
{
	return f && found(out, kind, f->type, f->len, f->byteorder);
}

static bool info_option(const struct ast_field *f, enum proto_kind kind, struct field_info *out)
{
	const struct proto *p = proto_option_by_name(kind, word(f, 0));

	if (!strcmp(word(f, 0), "@"))
		return found(out, "exthdr", &type_integer, (unsigned)strtoul(last_word(f), NULL, 0), BO_BIG);
	if (!p && strspn(word(f, 0), "0123456789") && f->n_words == 1 && kind != PROTO_SCTP_CHUNK && kind != PROTO_IPOPT)
		return found(out, "exthdr", &type_integer, 8, BO_BIG);
	if (!p)
		return false;
	return info_field(f->n_words > 1 ? proto_field_by_name(p, word(f, 1)) : &p->fields[0], "exthdr", out);
}

static bool info_meta(const struct ast_field *f, struct field_info *out)
{
	const struct meta_key *k = meta_key_by_name(word(f, 0));

	return k && found(out, "meta", k->type, k->bits, k->byteorder);
}

static bool info_ct(const struct ast_field *f, struct field_info *out)
{
	const char *family = NULL;
	const struct ct_key *k;

	for (unsigned i = 0; i + 1 < f->n_words; i++)
		if (is_family(word(f, i)))
			family = word(f, i);
	k = ct_key_by_name(last_word(f), family);
	return k && found(out, "ct", k->type, k->bits, k->byteorder);
}

static bool info_key(const struct ast_field *f, const struct key *table, const char *kind, const char *name, struct field_info *out)
{
	const char *family = NULL;
	const struct key *k;

	for (unsigned i = 0; i + 1 < f->n_words; i++)
		if (is_family(word(f, i)))
			family = word(f, i);
	k = key_by_name(table, name, family);
	return k && found(out, kind, k->type, k->bits, k->byteorder);
}

static bool info_header(const struct ast_field *f, struct field_info *out)
{
	const struct proto *p = proto_by_name(f->head);
	char name[32];

	if (!p)
		return false;
	snprintf(name, sizeof(name), f->n_words > 1 ? "%s %s" : "%s", word(f, 0), word(f, 1)); /* arp saddr ip */
	return info_field(proto_field_by_name(p, name), p->kind == PROTO_EXTHDR ? "exthdr" : "payload", out);
}

static bool info_exthdr(const struct ast_field *f, struct field_info *out)
{
	const struct proto *p = proto_by_name(word(f, 0));

	return p && p->kind == PROTO_EXTHDR && found(out, "exthdr", &type_inet_protocol, 8, BO_BIG);
}

static bool info_rt(const struct ast_field *f, struct field_info *out)
{
	if (info_key(f, rt_keys, "rt", last_word(f), out) || info_header(f, out))
		return true;
	return !strcmp(last_word(f), "nexthop") && found(out, "rt", &type_invalid, 0, BO_BIG);
}

bool field_info(const struct ast_field *f, struct field_info *out)
{
	static const struct {
		const char *head;
		enum proto_kind kind;
	} options[] = {
		{ "tcp option", PROTO_TCPOPT },
		{ "ip option", PROTO_IPOPT },
		{ "sctp chunk", PROTO_SCTP_CHUNK },
		{ "dccp option", PROTO_DCCPOPT },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(f->head, options[i].head))
			return info_option(f, options[i].kind, out);
	if (!strcmp(f->head, "meta"))
		return info_meta(f, out);
	if (!strcmp(f->head, "ct"))
		return info_ct(f, out);
	if (!strcmp(f->head, "rt"))
		return info_rt(f, out);
	if (!strcmp(f->head, "exthdr"))
		return info_exthdr(f, out);
	if (!strcmp(f->head, "socket"))
		return info_key(f, socket_keys, "socket", word(f, 0), out);
	if (!strcmp(f->head, "osf"))
		return info_key(f, osf_keys, "osf", !strcmp(word(f, 0), "ttl") ? last_word(f) : word(f, 0), out);
	if (!strcmp(f->head, "ipsec"))
		return info_key(f, xfrm_keys, "xfrm", last_word(f), out);
	if (!strcmp(f->head, "tunnel"))
		return info_key(f, tunnel_keys, "tunnel", word(f, 0), out);
	if (!strcmp(f->head, "fib"))
		return f->result && info_key(f, fib_results, "fib", f->result, out);
	if (!strcmp(f->head, "numgen"))
		return found(out, "numgen", &type_integer, 32, BO_HOST);
	if (!strcmp(f->head, "jhash") || !strcmp(f->head, "symhash"))
		return found(out, "hash", &type_integer, 32, BO_HOST);
	return info_header(f, out);
}

/* chars: a string's width is in characters. */
static void put_type(const struct datatype *t, unsigned bits, bool chars, struct buf *out)
{
	const char *sep = " (basetype ";

	buf_printf(out, "datatype %s (%s)", t->name, t->desc);
	if (t == &type_invalid) {
		buf_putc(out, '\n');
		return;
	}
	for (const struct datatype *b = t->base; b; b = b->base) {
		buf_printf(out, "%s%s", sep, b->desc);
		sep = ", ";
	}
	if (t->base)
		buf_putc(out, ')');
	if (!chars || !datatype_is(t, &type_string))
		buf_printf(out, ", %u bits\n", bits);
	else if (bits)
		buf_printf(out, ", %u characters\n", bits / 8);
	else
		buf_puts(out, ", dynamic length\n");
}

/* Of a type that is named by itself, nft shows the value's bytes as they lie in memory: EtherTypes and ARP operations are swapped.
 */
static uint64_t shown_value(const struct datatype *t, uint64_t v, bool in_place)
{
	return !in_place && t->byteorder == BO_BIG && t->bits == 16 ? be16_load(&(uint16_t){ (uint16_t)v }) : v;
}

/* in_place: of a field's type, not of a type alone. */
static void put_symbols(const struct datatype *t, bool in_place, struct buf *out)
{
	if (t->describe)
		t->describe(out);
	if (!t->symbols)
		return;
	buf_printf(out, "\npre-defined symbolic constants (in %s):\n", t->describe_hex ? "hexadecimal" : "decimal");
	for (const struct symbol *s = t->symbols; s->name; s++)
		if (t->describe_hex)
			buf_printf(out, "\t%-30s\t0x%0*llx\n", s->name, (t->bits + 7) / 8 * 2,
				   (unsigned long long)shown_value(t, s->value, in_place));
		else
			buf_printf(out, "\t%-30s\t%20llu\n", s->name, (unsigned long long)s->value);
}

static bool raw_info(const struct ast_expr *e, struct field_info *out)
{
	bool port = !strcmp(e->text, "th") && e->num2 == 16 && (e->num == 0 || e->num == 16);

	return found(out, "payload", port ? &type_inet_service : &type_xinteger, (unsigned)e->num2, BO_BIG);
}

int describe(const struct ast_expr *e, struct buf *out, const char **why)
{
	struct field_info info;
	const struct datatype *t;

	switch (e->kind) {
	case AST_SYMBOL:
	case AST_STRING:
	case AST_NUMBER:
		t = e->kind == AST_SYMBOL && !e->quoted ? datatype_by_name(e->text) : NULL;
		if (t) {
			put_type(t, t->bits, false, out);
			put_symbols(t, false, out);
		} else {
			buf_puts(out, "symbol expression, datatype invalid (invalid)\n");
		}
		return 0;
	case AST_FIELD:
		if (e->a && proto_by_name(e->field->head)) /* vxlan tcp dport */
			return describe(e->a, out, why);
		if (!field_info(e->field, &info)) {
			*why = "unknown expression";
			return -1;
		}
		break;
	case AST_RAW:
		raw_info(e, &info);
		break;
	default:
		*why = "only an expression that reads a packet, or a type, can be described";
		return -1;
	}
	buf_printf(out, "%s expression, ", info.kind);
	put_type(info.type, info.bits, true, out);
	put_symbols(info.type, true, out);
	return 0;
}
