/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of a packet test. Packets run one at a time, traced, so that a failure can show its way. See check.h. */
#include "app/test/check.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <stdarg.h>
#include <string.h>

#include "app/json_out.h"
#include "app/test/state.h"
#include "bytecode/msg.h"

enum { BEGIN_S = 1700000000 };

/* ---- what the worker tells ---------------------------------------------------------------------------- */

static void on_out(void *ctx, const struct nfvm_out *o)
{
	struct outcome *got = &((struct check *)ctx)->got;

	if (got->n_out++)
		return;
	got->dev = o->dev;
	buf_put(&got->frame, o->data, o->len);
}

static void on_step(void *ctx, const struct nfvm_step *s)
{
	struct check *c = ctx;
	struct book_rule *r = rulebook_step(c->s->book, s);

	if (s->handle && s->verdict != NFT_CONTINUE && s->verdict != NFT_RETURN && s->verdict != NFT_JUMP && s->verdict != NFT_GOTO)
		c->got.rule = r;
	else if (!s->handle && s->policy)
		c->got.rule = NULL;
}

static void on_trace(void *ctx, uint32_t in, const void *nlmsg, size_t len)
{
	const struct nlmsghdr *h = nlmsg;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(h);
	struct check *c = ctx;
	const struct nlattr *at = bc_find(nfg + 1, len - sizeof(*h) - sizeof(*nfg), NFTA_TRACE_MARK);

	c->got.has_mark = at;
	c->got.mark = at ? ntohl(mnl_attr_get_u32(at)) : 0;
	trace_print(&c->trace, nlmsg, len, &c->got.trace);
}

/* ---- life ------------------------------------------------------------------------------------------------ */

int check_begin(struct check *c, struct session *s, const struct texts *t, struct arena *a)
{
	struct nfvm_sink sink = { .ctx = c, .out = on_out, .step = on_step, .trace = on_trace };

	*c = (struct check){ .s = s, .texts = t, .a = a, .now_ns = (uint64_t)BEGIN_S * 1000000000 };
	c->types = session_types(s);
	c->trace = (struct trace_ctx){ .types = &c->types, .rule = session_rule_text, .ctx = s };
	if (session_list_rules(s) || nfvm_worker_new(s->engine, &sink, &c->worker))
		return -1;
	nfvm_worker_trace_all(c->worker, true);
	return 0;
}

void check_end(struct check *c)
{
	nfvm_worker_free(&c->worker);
	packet_free(&c->packet);
	buf_free(&c->frame);
	buf_free(&c->left);
	buf_free(&c->fault);
	buf_free(&c->got.frame);
	buf_free(&c->got.trace);
}

bool check_fail(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf_reserve(&c->fault, 500), 500, fmt, ap);
	c->fault.len += strlen(c->fault.p + c->fault.len);
	va_end(ap);
	buf_putc(&c->fault, '\n');
	return false;
}

/* ---- expectations ------------------------------------------------------------------------------------------ */

static const char *dev_name(const struct check *c, uint32_t dev)
{
	const char *name = dev == NFVM_DEV_LOCAL ? "local0" : nfvm_device_name(c->s->engine, dev);

	return name ? name : "?";
}

static bool is_number(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

/* by "text": a part of the rule; by FILE:LINE or LINE: where it stands. */
static bool is_rule(struct check *c, const struct book_rule *r, const char *want)
{
	buf_auto text = { 0 };
	buf_auto place = { 0 };
	const char *colon;

	if (!strcmp(want, "policy"))
		return !r;
	if (!r)
		return false;
	book_rule_text(client_texts(c->s->client), r, 4096, &text);
	book_rule_place(client_texts(c->s->client), r, &place);
	colon = strrchr(buf_str(&place), ':');
	if (is_number(want))
		return colon && !strcmp(colon + 1, want);
	return strstr(buf_str(&text), want) || !strcmp(buf_str(&place), want);
}

static void say_rule(struct check *c, const struct book_rule *r, struct buf *out)
{
	if (!r) {
		buf_puts(out, "the policy of a chain, or no chain at all");
		return;
	}
	book_rule_place(client_texts(c->s->client), r, out);
	buf_puts(out, " ");
	book_rule_text(client_texts(c->s->client), r, 100, out);
}

static bool check_field(struct check *c, const struct expect_field *f)
{
	static const struct type_ctx plain;
	buf_auto want = { 0 };
	buf_auto got = { 0 };
	u128 v;

	if (!c->got.n_out)
		return check_fail(c, "expected: %s %s in a frame that leaves\nactual:   none left", f->proto->name, f->field->name);
	if (!packet_read((const uint8_t *)c->got.frame.p, c->got.frame.len, f->proto, f->field, &v))
		return check_fail(c, "expected: %s %s\nactual:   the frame has no such header", f->proto->name, f->field->name);
	if (v == f->value)
		return true;
	datatype_print(f->field->type, &plain, f->value, f->field->len, &want);
	datatype_print(f->field->type, &plain, v, f->field->len, &got);
	return check_fail(c, "expected: %s %s %s\nactual:   %s %s %s", f->proto->name, f->field->name, buf_str(&want), f->proto->name, f->field->name,
		    buf_str(&got));
}

static bool check_expect(struct check *c, const struct expect *e)
{
	struct outcome *got = &c->got;
	bool ok = true;

	if (!e->given)
		return true;
	if (e->verdict && strcmp(e->verdict, verdict_name(got->verdict)))
		ok = check_fail(c, "expected: %s\nactual:   %s", e->verdict, verdict_name(got->verdict));
	if (e->dev && (!got->n_out || strcmp(e->dev, dev_name(c, got->dev))))
		ok = check_fail(c, "expected: out by %s\nactual:   %s%s", e->dev, got->n_out ? "out by " : "no frame left",
			  got->n_out ? dev_name(c, got->dev) : "");
	if (e->by && !is_rule(c, got->rule, e->by)) {
		buf_auto rule = { 0 };

		say_rule(c, got->rule, &rule);
		ok = check_fail(c, "expected: by \"%s\"\nactual:   by %s", e->by, buf_str(&rule));
	}
	if (e->has_mark && e->mark != got->mark)
		ok = check_fail(c, "expected: meta mark 0x%x\nactual:   meta mark 0x%x", e->mark, got->mark);
	if (e->has_ct_mark && !state_ct_mark(c, e->ct_mark))
		ok = false;
	for (const struct expect_field *f = e->fields; f; f = f->next)
		ok &= check_field(c, f);
	return ok;
}

/* ---- packets -------------------------------------------------------------------------------------------------- */

/* Lays what was said over p; a packet with a network header of its own begins anew. */
static bool merge(struct check *c, struct packet *p, const struct packet *said, bool anew)
{
	if (anew) {
		packet_copy(p, said);
		return true;
	}
	for (unsigned i = 0; i < said->n; i++) {
		struct packet_layer *l = packet_layer(p, said->layers[i].proto);

		if (!l)
			return check_fail(c, "%s cannot stand with the headers of the packet before", said->layers[i].proto->name);
		for (unsigned v = 0; v < said->layers[i].n; v++)
			if (packet_set(l, said->layers[i].values[v].field, said->layers[i].values[v].value))
				return check_fail(c, "too many fields");
	}
	if (said->payload.len) {
		buf_cut(&p->payload, 0);
		buf_put(&p->payload, said->payload.p, said->payload.len);
	}
	return true;
}

static bool build(struct check *c, const struct packet *p, uint32_t dev)
{
	uint8_t mac[6] = { 0 };
	const char *why = NULL;

	nfvm_device_mac(c->s->engine, dev, mac);
	c->frame_dev = dev;
	return !packet_build(p, mac, &c->frame, &why) || check_fail(c, "%s", why);
}

static void run_frame(struct check *c)
{
	struct nfvm_frame f = { .data = (const uint8_t *)c->frame.p, .len = (uint32_t)c->frame.len, .dev = c->frame_dev, .time_ns = c->now_ns };

	buf_cut(&c->got.frame, 0);
	buf_cut(&c->got.trace, 0);
	c->got = (struct outcome){ .frame = c->got.frame, .trace = c->got.trace };
	nfvm_worker_run(c->worker, &f, 1, &c->got.verdict);
}

static bool has_network(const struct packet *p)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->layers[i].proto->base == PROTO_NH && p->layers[i].proto->kind == PROTO_HEADER && p->layers[i].n > 1)
			return true;
	return false;
}

static bool step_packet(struct check *c, const struct step *s)
{
	if (s->dev)
		c->dev = nfvm_device_index(c->s->engine, s->dev);
	else if (!c->dev)
		c->dev = nfvm_device_entering(c->s->engine, 0, NULL, 0);
	if (!c->dev)
		return check_fail(c, "the host has no device '%s'", s->dev);
	if (!merge(c, &c->packet, &s->packet, has_network(&s->packet)) || !build(c, &c->packet, c->dev))
		return false;
	run_frame(c);
	c->out_dev = c->got.n_out && c->got.verdict == NFVM_ACCEPT ? c->got.dev : 0;
	buf_cut(&c->left, 0);
	if (c->out_dev)
		buf_put(&c->left, c->got.frame.p, c->got.frame.len);
	return check_expect(c, &s->expect);
}

/* Addresses, ports and ids of p become those of the frame that left: rules may have changed them. */
static void as_it_left(const struct check *c, struct packet *p)
{
	static const char *const names[] = { "saddr", "daddr", "sport", "dport", "id" };

	for (unsigned i = 0; i < p->n; i++) {
		struct packet_layer *l = &p->layers[i];

		if (l->proto->base == PROTO_LL)
			continue;
		for (unsigned v = 0; v < l->n; v++)
			for (unsigned n = 0; n < ARRAY_SIZE(names); n++)
				if (!strcmp(l->values[v].field->name, names[n]))
					packet_read((const uint8_t *)c->left.p, c->left.len, l->proto, l->values[v].field, &l->values[v].value);
	}
}

/* The answer to the last packet: from where that one left, addresses and ports exchanged. */
static bool step_reply(struct check *c, const struct step *s)
{
	struct packet p = { 0 };
	bool ok;

	if (!c->packet.n)
		return check_fail(c, "there is no packet yet to reply to");
	if (c->out_dev == NFVM_DEV_LOCAL)
		return check_fail(c, "the packet went to the host itself, which does not answer");
	packet_copy(&p, &c->packet);
	as_it_left(c, &p);
	packet_turn(&p);
	ok = merge(c, &p, &s->packet, false) && build(c, &p, c->out_dev ? c->out_dev : c->dev);
	packet_free(&p);
	if (!ok)
		return false;
	run_frame(c);
	return check_expect(c, &s->expect);
}

static bool step_repeat(struct check *c, const struct step *s)
{
	if (!c->frame.len)
		return check_fail(c, "there is no packet yet to repeat");
	for (unsigned i = 0; i < s->times; i++) {
		run_frame(c);
		if (!check_expect(c, &s->expect))
			return check_fail(c, "at repetition %u", i + 1);
	}
	return true;
}

static bool step_wait(struct check *c, const struct step *s)
{
	c->now_ns += s->wait_ns;
	nfvm_engine_advance(c->s->engine, c->now_ns);
	return true;
}

static bool step_rule(struct check *c, const struct step *s)
{
	unsigned found = 0;
	uint64_t packets = 0, bytes = 0;

	for (const struct book_rule *r = c->s->book->rules; r; r = r->next)
		if (is_rule(c, r, s->name)) {
			found++;
			packets += r->packets;
			bytes += r->bytes;
		}
	if (!found)
		return check_fail(c, "no rule says \"%s\"", s->name);
	if (s->has_packets && packets != s->packets)
		return check_fail(c, "expected: rule \"%s\" packets %llu\nactual:   packets %llu", s->name, (unsigned long long)s->packets,
			    (unsigned long long)packets);
	if (s->has_bytes && bytes != s->bytes)
		return check_fail(c, "expected: rule \"%s\" bytes %llu\nactual:   bytes %llu", s->name, (unsigned long long)s->bytes,
			    (unsigned long long)bytes);
	return true;
}

bool check_step(struct check *c, const struct step *s)
{
	static bool (*const steps[])(struct check *, const struct step *) = {
		[STEP_PACKET] = step_packet, [STEP_REPLY] = step_reply, [STEP_REPEAT] = step_repeat, [STEP_WAIT] = step_wait,
		[STEP_COUNTER] = state_counter, [STEP_RULE] = step_rule, [STEP_SET] = state_set,
	};

	buf_cut(&c->fault, 0);
	return steps[s->kind](c, s);
}
