/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table as JSON, in the words of /proc/net/nf_conntrack (ct_seq_show). Control thread. */
#include "vm/ct/proto.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct lines {
	char **line;
	size_t n, cap;
};

static void set_text(json_t *o, const char *key, const char *fmt, unsigned long long v)
{
	char buf[32];

	snprintf(buf, sizeof(buf), fmt, v);
	json_object_set_new(o, key, json_string(buf));
}

/* IPv6 addresses stand there unabbreviated. */
static void set_address(json_t *o, const char *key, const struct ct_tuple *k, const uint8_t *a)
{
	char buf[48];
	int n = 0;

	if (k->l3 == NFPROTO_IPV4) {
		inet_ntop(AF_INET, a, buf, sizeof(buf));
	} else {
		for (unsigned i = 0; i < 16; i += 2)
			n += snprintf(buf + n, sizeof(buf) - (size_t)n, "%s%04x", i ? ":" : "", be16_load(a + i));
	}
	json_object_set_new(o, key, json_string(buf));
}

static json_t *side(const struct ct_entry *ct, int dir)
{
	const struct ct_tuple *k = &ct->dir[dir].tuple;
	const struct ct_l4proto *proto = ct_proto_of(k->proto);
	json_t *o = json_object();
	uint8_t type[2];

	set_address(o, "src", k, k->src);
	set_address(o, "dst", k, k->dst);
	if (k->proto == IPPROTO_ICMP || k->proto == IPPROTO_ICMPV6) {
		memcpy(type, &k->dport, 2);
		set_text(o, "type", "%llu", type[0]);
		set_text(o, "code", "%llu", type[1]);
		set_text(o, "id", "%llu", __builtin_bswap16(k->sport));
	} else if (k->proto == IPPROTO_GRE) {
		set_text(o, "srckey", "0x%llx", __builtin_bswap16(k->sport));
		set_text(o, "dstkey", "0x%llx", __builtin_bswap16(k->dport));
	} else if (proto->tuple) {
		set_text(o, "sport", "%llu", __builtin_bswap16(k->sport));
		set_text(o, "dport", "%llu", __builtin_bswap16(k->dport));
	}
	if (ct->acct) {
		uint64_t packets, bytes;

		ct_counters(ct, dir, &packets, &bytes);
		set_text(o, "packets", "%llu", packets);
		set_text(o, "bytes", "%llu", bytes);
	}
	return o;
}

static void set_zone(json_t *o, const struct ct_entry *ct)
{
	static const char *const names[] = { [1] = "zone-orig", [2] = "zone-reply", [3] = "zone" };

	if (ct->zone_dirs < ARRAY_SIZE(names) && names[ct->zone_dirs])
		set_text(o, names[ct->zone_dirs], "%llu", ct->zone);
}

static json_t *entry(const struct ct_entry *ct)
{
	const struct ct_tuple *k = &ct->dir[CT_ORIG].tuple;
	const struct ct_l4proto *proto = ct_proto_of(k->proto);
	json_t *o = json_object(), *flags = json_array();
	uint32_t status = ct_status(ct);

	json_object_set_new(o, "l3", json_string(k->l3 == NFPROTO_IPV4 ? "ipv4" : "ipv6"));
	json_object_set_new(o, "proto", json_string(ct_proto_name(k->proto)));
	json_object_set_new(o, "orig", side(ct, CT_ORIG));
	json_object_set_new(o, "reply", side(ct, CT_REPLY));
	if (!(status & IPS_SEEN_REPLY))
		json_array_append_new(flags, json_string("UNREPLIED"));
	if (status & IPS_ASSURED)
		json_array_append_new(flags, json_string("ASSURED"));
	json_object_set_new(o, "flags", flags);
	if (proto->state)
		json_object_set_new(o, "state", json_string(proto->state(ct)));
	set_text(o, "mark", "%llu", ct_mark(ct));
	set_zone(o, ct);
	return o;
}

static int add_line(void *ctx, struct ct_entry *ct)
{
	struct lines *l = ctx;
	json_t *o;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 256;
		char **p = realloc(l->line, cap * sizeof(*p));

		if (!p)
			return -1;
		l->line = p;
		l->cap = cap;
	}
	o = entry(ct);
	l->line[l->n] = json_dumps(o, JSON_SORT_KEYS);
	json_decref(o);
	return l->line[l->n++] ? 0 : -1;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *ct_dump_json(struct vm_engine *e)
{
	struct lines l = { 0 };
	buf_auto out = { 0 };
	int err = ct_walk(e, add_line, &l);
	char *text = NULL;

	if (!err) {
		if (l.n)
			qsort(l.line, l.n, sizeof(*l.line), by_text);
		buf_putc(&out, '[');
		for (size_t i = 0; i < l.n; i++) {
			buf_puts(&out, i ? ", " : "");
			buf_puts(&out, l.line[i]);
		}
		buf_putc(&out, ']');
		text = strdup(buf_str(&out));
	}
	for (size_t i = 0; i < l.n; i++)
		free(l.line[i]);
	free(l.line);
	return text;
}
