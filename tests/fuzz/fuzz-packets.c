/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: frames through an engine with a ruleset of many expressions.
 *
 * Input: the number of rules to add (low 4 bits; bit 4: trace; bits 5-7 all set: list afterwards), for each a byte that chooses it from `choices` and
 * one that chooses its chain; then frames: a kind (low 3 bits, `enum kind`; bit 3: enters eth1; bit 4: lengths and header checksum are set
 * right; bits 5-7: seconds since the last one), a length, bytes.
 *
 * An engine serves many inputs: making one costs more than running them. Behind each input the chains that it changed are as they were, sets and
 * connections empty, and an hour passes, so that a finding repeats alone (but for what counters and quotas had counted). Rules are compiled once
 * and kept as the batches that load them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "app/ruleset_json.h"
#include "app/session.h"
#include "base/bytes.h"
#include "vm/ct/ct.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fixed[] =
	"table netdev n { chain more { }; chain in { type filter hook ingress device eth0 priority 0; jump more; } }\n"
	"table inet t {\n"
	" set hosts { type ipv4_addr; flags interval; elements = { 192.0.2.0/25, 198.51.100.3-198.51.100.9 } }\n"
	" set six { type ipv6_addr; elements = { 2001:db8::2, 2001:db8:1::2 } }\n"
	" set tuples { type ipv4_addr . inet_proto . inet_service; flags interval; elements = { 192.0.2.0/24 . tcp . 0-1023 } }\n"
	" set seen { type ipv4_addr; size 16; flags dynamic,timeout; timeout 2s; }\n"
	" set meter { type ipv4_addr . inet_service; size 8; flags dynamic; }\n"
	" map marks { type inet_service : mark; flags interval; elements = { 1-79 : 1, 80 : 2, 81-65535 : 3 } }\n"
	" counter total { }\n"
	" quota much { over 2000 bytes }\n"
	" limit some { rate 3/second burst 2 packets }\n"
	" chain more { }\n"
	" chain pre { type filter hook prerouting priority raw; }\n"
	" chain mid { type filter hook prerouting priority 0; }\n"
	" chain in { type filter hook input priority 0; }\n"
	" chain fwd { type filter hook forward priority 0; }\n"
	" chain out { type filter hook output priority 0; jump more; }\n"
	" chain post { type filter hook postrouting priority 0; }\n"
	"}\n";

/* Chains that rules are added to, and what stands in each before. */
static const struct {
	const char *name, *rules[3];
} chains[] = {
	{ "inet t more", { "counter name total", "ip saddr . meta l4proto . th dport @tuples counter" } },
	{ "inet t pre", { "jump more" } },
	{ "inet t mid", { "ct state invalid counter", "ct state new counter", "jump more" } },
	{ "inet t in", { "jump more" } },
	{ "inet t fwd", { "jump more" } },
	{ "inet t post", { "jump more" } },
	{ "netdev n more", { "meta protocol arp counter", "vlan id 5 counter", "ether saddr 02:00:00:00:00:02 counter" } },
};

/* A rule of any chain; those that its hook or family refuses are passed over. */
static const char *const choices[] = {
	"ip saddr @hosts counter", "ip6 saddr @six counter", "ip option lsrr exists counter", "ip option rr addr 192.0.2.1 counter",
	"tcp option maxseg size 1-1400 counter", "tcp option sack0 left 5 counter", "tcp option timestamp exists counter",
	"tcp option maxseg size set 1200", "tcp option window exists reset tcp option window", "tcp flags & (syn|ack) == syn counter",
	"tcp dport vmap { 22 : drop, 80 : accept }", "udp dport { 53, 67 } counter", "udp length > 20 counter", "icmp type echo-request drop",
	"icmpv6 type nd-neighbor-solicit counter", "sctp chunk init exists counter", "sctp dport 80 counter", "dccp sport 7 counter",
	"exthdr frag exists counter", "frag more-fragments 1 counter", "rt type 0 counter", "hbh nexthdr 6 counter", "ah spi 1 counter",
	"meta mark set th dport map @marks", "meta mark set ip dscp", "meta mark set numgen inc mod 7", "meta mark set jhash ip saddr mod 16",
	"meta length 40-100 counter", "meta pkttype broadcast counter", "meta l4proto { tcp, udp } counter", "meta time > 0 counter",
	"ip ttl set 1", "ip dscp set cs3", "ip6 flowlabel set 7", "ip6 hoplimit set 1", "tcp dport set 81", "udp sport set 9", "ip id set 3",
	"ip daddr set 192.0.2.1", "ip checksum set 0", "ether saddr set 02:00:00:00:00:09", "notrack", "ct state established accept",
	"ct mark set mark", "ct original packets > 1 counter", "ct direction reply counter", "ct status seen-reply counter",
	"ct expiration > 1s counter", "ct zone set 5", "limit rate 2/second burst 1 packets counter", "limit name \"some\" drop",
	"quota name \"much\" drop", "quota until 500 bytes counter", "ct count over 2 drop", "log prefix \"x\"", "log group 2 snaplen 64",
	"reject", "reject with icmpx admin-prohibited", "reject with tcp reset", "queue", "add @seen { ip saddr }",
	"update @seen { ip daddr timeout 1s counter }", "delete @seen { ip saddr }", "add @meter { ip saddr . th dport limit rate 2/second } drop",
	"fib daddr type local counter", "fib saddr . iif oif missing drop", "rt nexthop 192.0.2.1 counter", "rt tcpmss 1460 counter",
	"socket transparent 1 counter", "osf name \"Linux\" counter", "@nh,0,8 0x45 counter", "@th,1000,32 1 counter", "@ih,0,64 1 counter",
	"@ll,0,48 set 0x020000000001", "vlan id set 6", "vxlan vni 5 counter", "vxlan ip saddr 192.0.2.1 counter", "gre ip saddr 192.0.2.1 counter",
	"geneve vni 9 counter", "dup to 192.0.2.9", "dup to eth1", "fwd to eth1", "meta nftrace set 1", "iifname eth0 last counter",
	"meta cpu 0 counter", "synproxy mss 1460 wscale 7", "tproxy to :50080", "return", "goto more", "continue", "drop", "accept",
};

enum kind { KIND_RAW, KIND_IP4, KIND_IP6, KIND_ARP, KIND_VLAN4, KIND_TCP4, KIND_UDP6, KIND_FRAG4, KINDS };

static FILE *nowhere;

struct input {
	const uint8_t *p, *end;
};

static unsigned next(struct input *in)
{
	return in->p < in->end ? *in->p++ : 0;
}

/* Reads all bytes, so that the sanitizer sees those that are not there. */
static void touch(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum ^= b[i];
	__asm__ volatile("" : : "r"(sum));
}

static void on_out(void *ctx, const struct nfvm_out *o)
{
	if (o->len < 14)
		abort();
	touch(o->data, o->len);
}

static void on_trace(void *ctx, uint32_t in, const void *nlmsg, size_t len)
{
	touch(nlmsg, len);
}

static void on_log(void *ctx, uint32_t in, uint16_t group, uint8_t level, const char *prefix, const uint8_t *data, uint32_t len)
{
	touch(data, len);
	touch(prefix, prefix ? strlen(prefix) : 0);
}

/* ---- frames ---------------------------------------------------------------------------------------------- */

static const uint8_t eth4[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
static const uint8_t eth6[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd };
static const uint8_t eth_arp[] = { 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 2, 8, 6 };
static const uint8_t eth_vlan4[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 0, 8, 0 };
static const uint8_t ip4_tcp[] = { 0x45, 0, 0, 0, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 2, 198, 51, 100, 2 };
static const uint8_t ip4_frag[] = { 0x45, 0, 0, 0, 0, 1, 0x20, 0, 64, 17, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1 };
static const uint8_t ip6_udp[] = { 0x60, 0, 0, 0, 0, 0, 17, 64, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
				   0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 };

#define PART(x) { x, sizeof(x) }
static const struct {
	struct {
		const uint8_t *p;
		size_t len;
	} l2, l3;
} heads[KINDS] = {
	[KIND_IP4] = { .l2 = PART(eth4) }, [KIND_IP6] = { .l2 = PART(eth6) }, [KIND_ARP] = { .l2 = PART(eth_arp) }, [KIND_VLAN4] = { .l2 = PART(eth_vlan4) },
	[KIND_TCP4] = { PART(eth4), PART(ip4_tcp) }, [KIND_UDP6] = { PART(eth6), PART(ip6_udp) }, [KIND_FRAG4] = { PART(eth4), PART(ip4_frag) },
};

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Version, lengths and IPv4's header checksum as they should be, so that more than the sanity checks is reached. */
static void repair(uint8_t *ip, size_t len, bool six)
{
	size_t hl;
	uint32_t sum = 0;

	if (len < (six ? 40u : 20u))
		return;
	if (six) {
		ip[0] = (uint8_t)(0x60 | (ip[0] & 0xf));
		put16(ip + 4, len - 40);
		return;
	}
	hl = (size_t)(ip[0] & 0xf) * 4;
	hl = hl < 20 ? 20 : hl > len ? len & ~3u : hl;
	ip[0] = (uint8_t)(0x40 | hl / 4);
	put16(ip + 2, len);
	put16(ip + 10, 0);
	for (size_t i = 0; i < hl; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, ~(sum + (sum >> 16)) & 0xffff);
}

/* The next frame, on the heap and no larger than it is. */
static uint8_t *make_frame(struct input *in, unsigned control, uint32_t *len)
{
	unsigned kind = control & 7, want = next(in) * 2;
	size_t l2 = heads[kind].l2.len, l3 = heads[kind].l3.len, rest = (size_t)(in->end - in->p);
	size_t body = want < rest ? want : rest;
	uint8_t *f = malloc(l2 + l3 + body + !(l2 + l3 + body));

	if (l2)
		memcpy(f, heads[kind].l2.p, l2);
	if (l3)
		memcpy(f + l2, heads[kind].l3.p, l3);
	memcpy(f + l2 + l3, in->p, body);
	in->p += body;
	if (control & 16 && l2 && kind != KIND_ARP)
		repair(f + l2, l3 + body, kind == KIND_IP6 || kind == KIND_UDP6);
	*len = (uint32_t)(l2 + l3 + body);
	return f;
}

static void run_frames(struct nfvm_engine *e, struct nfvm_worker *w, struct input *in, uint64_t *now_ns)
{
	struct nfvm_frame frames[NFVM_BURST];
	uint8_t verdicts[NFVM_BURST];
	unsigned n = 0;

	while (in->p < in->end && n < NFVM_BURST) {
		unsigned control = next(in);
		struct nfvm_frame *f = &frames[n++];

		f->data = make_frame(in, control, &f->len);
		f->time_ns = *now_ns += (uint64_t)(control >> 5) * 1000000000;
		f->dev = nfvm_device_entering(e, nfvm_device_index(e, control & 8 ? "eth1" : "eth0"), f->data, f->len);
	}
	if (n)
		nfvm_worker_run(w, frames, n, verdicts);
	for (unsigned i = 0; i < n; i++) {
		if (verdicts[i] > NFVM_ERROR)
			abort();
		free((void *)frames[i].data);
	}
}

/* ---- rules ------------------------------------------------------------------------------------------------ */

/* What the client sends to load a text; len 0: nothing, since it or the engine refuses the text. */
struct batch {
	bool tried;
	size_t len;
	uint8_t *bytes;
};

static struct batch first, restore[ARRAY_SIZE(chains)], empty_sets, nothing, chosen[ARRAY_SIZE(chains)][ARRAY_SIZE(choices)];

/* A transport between client and engine that keeps the last batch that was sent. */
static struct {
	struct transport *to;
	int (*send)(struct transport *t, const void *bytes, size_t len);
	struct buf batch;
} recorder;

static int record_send(struct transport *t, const void *bytes, size_t len)
{
	if (((const struct nlmsghdr *)bytes)->nlmsg_type == NFNL_MSG_BATCH_BEGIN) {
		buf_cut(&recorder.batch, 0);
		buf_put(&recorder.batch, bytes, len);
	}
	return recorder.send(t, bytes, len);
}

/* The batch without the generation that it was made for (an attribute of its first message). */
static void keep(struct batch *b)
{
	const uint8_t *from = (const uint8_t *)recorder.batch.p;
	struct nlmsghdr head;

	memcpy(&head, from, sizeof(head));
	b->len = recorder.batch.len - head.nlmsg_len + NLMSG_LENGTH(sizeof(struct nfgenmsg));
	b->bytes = malloc(b->len);
	memcpy(b->bytes, from, NLMSG_LENGTH(sizeof(struct nfgenmsg)));
	memcpy(b->bytes + NLMSG_LENGTH(sizeof(struct nfgenmsg)), from + head.nlmsg_len, recorder.batch.len - head.nlmsg_len);
	head.nlmsg_len = NLMSG_LENGTH(sizeof(struct nfgenmsg));
	memcpy(b->bytes, &head, sizeof(head));
}

/* Compiles a text, behind the fixed rules where it is not them. */
static void compile(struct batch *b, const char *text)
{
	struct session s;
	struct session_options so = { .rules_name = "fixed", .rules_text = text == fixed ? "" : fixed, .err = nowhere };

	b->tried = true;
	if (getenv("FUZZ_SHOW"))
		so.err = stderr;
	if (session_open(&so, &s))
		abort();
	recorder.to = s.t;
	recorder.send = s.t->send;
	s.t->send = record_send;
	buf_cut(&recorder.batch, 0);
	if (!client_text(s.client, "choice", text) && recorder.batch.len)
		keep(b);
	session_close(&s);
}

static void send_batch(struct nfvm_socket *s, const struct batch *b)
{
	static uint8_t answer[65536];

	if (!b->len)
		return;
	if (nfvm_socket_send(s, b->bytes, b->len))
		abort();
	while (nfvm_socket_recv(s, answer, sizeof(answer), 0) > 0)
		;
}

/* Returns the chains that were changed, a bit each. */
static unsigned add_rules(struct nfvm_socket *s, struct input *in, unsigned n)
{
	unsigned changed = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned rule = next(in) % ARRAY_SIZE(choices), chain = next(in) % ARRAY_SIZE(chains);
		struct batch *b = &chosen[chain][rule];
		char text[256];

		snprintf(text, sizeof(text), "insert rule %s %s", chains[chain].name, choices[rule]);
		if (getenv("FUZZ_SHOW"))
			fprintf(stderr, "%s\n", text);
		if (!b->tried)
			compile(b, text);
		send_batch(s, b);
		changed |= 1u << chain;
	}
	return changed;
}

/* Batches that put chains back to what stands in them at first. */
static void compile_restore(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(chains); i++) {
		buf_auto text = { 0 };

		buf_printf(&text, "flush chain %s\n", chains[i].name);
		for (unsigned j = 0; j < ARRAY_SIZE(chains[i].rules) && chains[i].rules[j]; j++)
			buf_printf(&text, "add rule %s %s\n", chains[i].name, chains[i].rules[j]);
		compile(&restore[i], buf_str(&text));
		if (!restore[i].len)
			abort();
	}
	compile(&empty_sets, "flush set inet t seen; flush set inet t meter");
}

static void list(struct nfvm_engine *e)
{
	char *ct = nfvm_conntrack_json(e);
	struct transport *t;

	free(ct);
	if (transport_engine_new(e, &t) || ruleset_json_print(t, e, nowhere))
		abort();
	transport_free(&t);
}

/* ---- the engine ------------------------------------------------------------------------------------------- */

enum { INPUTS_EACH = 4096, RELOAD = 64 };
static const uint64_t begin_ns = 1700000000000000000, hour_ns = 3600000000000;

static struct {
	struct nfvm_engine *e;
	struct nfvm_socket *s;
	struct nfvm_worker *w, *traced;
	uint64_t now_ns;
	unsigned inputs;
} bed;

static void bed_free(void)
{
	nfvm_worker_free(&bed.traced);
	nfvm_worker_free(&bed.w);
	nfvm_socket_free(&bed.s);
	nfvm_engine_free(&bed.e);
	bed.inputs = 0;
}

static void load_all(void)
{
	send_batch(bed.s, &first);
	for (unsigned i = 0; i < ARRAY_SIZE(chains); i++)
		send_batch(bed.s, &restore[i]);
}

static void bed_new(void)
{
	static const struct nfvm_options options;
	static const struct nfvm_sink sink = { .out = on_out, .log = on_log }, tracing = { .out = on_out, .trace = on_trace, .log = on_log };

	if (!nowhere) {
		nowhere = fopen("/dev/null", "w");
		compile(&first, fixed);
		compile(&nothing, "delete table netdev n; delete table inet t");
		compile_restore();
		atexit(bed_free);
	}
	if (!first.len || !nothing.len || !empty_sets.len || nfvm_engine_new(&options, &bed.e, NULL) || nfvm_socket_new(bed.e, &bed.s))
		abort();
	load_all();
	if (nfvm_worker_new(bed.e, &sink, &bed.w) || nfvm_worker_new(bed.e, &tracing, &bed.traced))
		abort();
	nfvm_worker_trace_all(bed.traced, true);
	bed.now_ns = begin_ns;
}

static int forget(void *ctx, struct ct_entry *ct)
{
	ct_delete(ctx, ct);
	return 0;
}

static void bed_restore(unsigned changed)
{
	if (bed.inputs % RELOAD == 0) {
		send_batch(bed.s, &nothing);
		load_all();
	} else {
		for (unsigned i = 0; i < ARRAY_SIZE(chains); i++)
			if (changed >> i & 1)
				send_batch(bed.s, &restore[i]);
		send_batch(bed.s, &empty_sets);
	}
	ct_walk(bed.e, forget, bed.e);
	bed.now_ns += hour_ns;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	unsigned control = next(&in), changed;

	if (!bed.e)
		bed_new();
	changed = add_rules(bed.s, &in, control & 15);
	run_frames(bed.e, control & 16 ? bed.traced : bed.w, &in, &bed.now_ns);
	if (control >= 0xe0)
		list(bed.e);
	if (++bed.inputs == INPUTS_EACH)
		bed_free();
	else
		bed_restore(changed);
	return 0;
}
