/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AST_FIELD: who evaluates which, by its head. What is not in the table is a header of src/types/proto. */
#include "src/types/eval_field.h"

#include <string.h>

#include "base/bytes.h"
#include "src/types/number.h"

typedef struct tx *(*field_fn)(struct eval *, const struct ast_expr *, struct expect);

static const struct { const char *head; field_fn eval; } heads[] = {
	{ "meta", eval_meta },
	{ "ct", eval_ct },
	{ "tcp option", eval_tcp_option },
	{ "ip option", eval_ip_option },
	{ "sctp chunk", eval_sctp_chunk },
	{ "dccp option", eval_dccp_option },
	{ "exthdr", eval_exthdr },
	{ "fib", eval_fib },
	{ "rt", eval_rt },
	{ "socket", eval_socket },
	{ "osf", eval_osf },
	{ "ipsec", eval_xfrm },
	{ "numgen", eval_numgen },
	{ "jhash", eval_hash },
	{ "symhash", eval_hash },
	{ "tunnel", eval_tunnel },
	{ "vxlan", eval_tunnel_header },
	{ "geneve", eval_tunnel_header },
	{ "gre", eval_tunnel_header },
	{ "gretap", eval_tunnel_header },
};

struct tx *eval_field(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const char *head = e->field->head;
	const struct proto *p;

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (!strcmp(heads[i].head, head))
			return heads[i].eval(v, e, x);
	p = proto_by_name(head);
	if (!p) {
		diag_error(v->d, e->field->head_at, "unknown header '%s'", head);
		return NULL;
	}
	return p->kind == PROTO_EXTHDR ? eval_ip6_header(v, e, x) : eval_payload(v, e, x);
}

const char *field_words(struct eval *v, const struct ast_field *f, unsigned from)
{
	buf_auto b = { 0 };

	if (f->n_words == from + 1)
		return f->words[from].text;
	for (unsigned i = from; i < f->n_words; i++)
		buf_printf(&b, "%s%s", i > from ? " " : "", f->words[i].text);
	return arena_strdup(v->a, buf_str(&b));
}

bool field_is(const struct ast_field *f, unsigned i, const char *word)
{
	return i < f->n_words && !strcmp(f->words[i].text, word);
}

int64_t field_number(struct eval *v, const struct ast_field *f, unsigned i, uint32_t max)
{
	u128 n;

	if (i >= f->n_words)
		return diag_error(v->d, f->head_at, "a number is missing");
	if (!number_parse(f->words[i].text, &n))
		return diag_error(v->d, f->words[i].at, "expected a number, not '%s'", f->words[i].text);
	if (n > max)
		return diag_error(v->d, f->words[i].at, "value too large");
	return (int64_t)n;
}

struct tx *field_load(struct eval *v, const struct ast_expr *e, enum tx_load load, const struct datatype *type, enum byteorder bo, uint32_t bits)
{
	struct tx *t = tx_new(v, TX_LOAD, e->at, type, bo, bits);

	t->load = (uint8_t)load;
	t->inner = v->tunnel;
	return t;
}

struct tx *field_load_key(struct eval *v, const struct ast_expr *e, enum tx_load load, const struct key *k)
{
	struct tx *t = field_load(v, e, load, k->type, k->byteorder, k->bits);

	if (k->type == &type_boolean)
		t->vbits = 1;
	return t;
}

struct tx *field_unknown(struct eval *v, const struct ast_expr *e, unsigned i)
{
	if (i < e->field->n_words)
		diag_error(v->d, e->field->words[i].at, "unknown %s key '%s'", e->field->head, e->field->words[i].text);
	else
		diag_error(v->d, e->at, "%s needs a key", e->field->head);
	return NULL;
}
