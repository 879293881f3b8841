/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target: frames through an engine with a ruleset of many expressions.
 *
 * Input: the number of rules to add (low 4 bits; bit 4: trace, bit 5: list afterwards), for each a byte that chooses it from `choices` and
 * one that chooses its chain; then frames: a kind (low 3 bits, `enum kind`; bit 3: enters eth1; bit 4: lengths and header checksum are set
 * right; bits 5-7: seconds since the last one), a length, bytes. Each input has an engine of its own, so that a finding repeats.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/ruleset_json.h"
#include "app/session.h"
#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fixed[] =
	"table netdev n { chain in { type filter hook ingress device eth0 priority 0; jump more; }\n"
	" chain more { meta protocol arp counter; vlan id 5 counter; ether saddr 02:00:00:00:00:02 counter; } }\n"
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
	" chain pre { type filter hook prerouting priority raw; jump more; }\n"
	" chain mid { type filter hook prerouting priority 0; ct state invalid counter; ct state new counter; jump more; }\n"
	" chain in { type filter hook input priority 0; jump more; }\n"
	" chain fwd { type filter hook forward priority 0; jump more; }\n"
	" chain out { type filter hook output priority 0; jump more; }\n"
	" chain post { type filter hook postrouting priority 0; jump more; }\n"
	" chain more { counter name total; ip saddr . meta l4proto . th dport @tuples counter; }\n"
	"}\n";

static const char *const chains[] = { "inet t more", "inet t pre", "inet t mid", "inet t in", "inet t fwd", "inet t post", "netdev n more" };

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

struct input {
	const uint8_t *p, *end;
};

static unsigned next(struct input *in)
{
	return in->p < in->end ? *in->p++ : 0;
}

static void touch(const void *bytes, size_t len)
{
	static volatile uint8_t sum;
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++)
		sum ^= b[i];
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

static void run_frames(struct session *s, struct nfvm_worker *w, struct input *in)
{
	uint64_t now = 1700000000000000000;
	struct nfvm_frame frames[NFVM_BURST];
	uint8_t verdicts[NFVM_BURST];
	unsigned n = 0;

	while (in->p < in->end && n < NFVM_BURST) {
		unsigned control = next(in);
		struct nfvm_frame *f = &frames[n++];

		f->data = make_frame(in, control, &f->len);
		f->time_ns = now += (uint64_t)(control >> 5) * 1000000000;
		f->dev = nfvm_device_entering(s->engine, nfvm_device_index(s->engine, control & 8 ? "eth1" : "eth0"), f->data, f->len);
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

static FILE *nowhere;

static void add_rules(struct session *s, struct input *in, unsigned n)
{
	char text[256];

	for (unsigned i = 0; i < n; i++) {
		unsigned rule = next(in), chain = next(in);

		snprintf(text, sizeof(text), "insert rule %s %s", chains[chain % ARRAY_SIZE(chains)], choices[rule % ARRAY_SIZE(choices)]);
		if (getenv("FUZZ_SHOW"))
			fprintf(stderr, "%s\n", text);
		client_text(s->client, "choice", text);
	}
}

static void list(struct session *s)
{
	char *ct = nfvm_conntrack_json(s->engine);

	free(ct);
	if (ruleset_json_print(s->t, s->engine, nowhere))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	unsigned control = next(&in);
	struct session s;
	struct session_options so = { .rules_name = "fixed", .rules_text = fixed, .err = stderr };
	struct nfvm_sink sink = { .out = on_out, .trace = control & 16 ? on_trace : NULL, .log = on_log };
	struct nfvm_worker *w;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	so.err = getenv("FUZZ_SHOW") ? stderr : nowhere;
	if (session_open(&so, &s) || nfvm_worker_new(s.engine, &sink, &w))
		abort();
	add_rules(&s, &in, control & 15);
	nfvm_worker_trace_all(w, control & 16);
	run_frames(&s, w, &in);
	if (control & 32)
		list(&s);
	nfvm_worker_free(&w);
	session_close(&s);
	return 0;
}
