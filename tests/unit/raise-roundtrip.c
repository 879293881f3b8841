/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text → bytes → text → bytes: what is listed compiles to the bytes that it was listed from. Rules are put together at random
 * from phrases; the seed is printed where one fails, and NFVM_SEED and NFVM_RULES choose another seed and number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/print.h"
#include "tests/unit/raise-world.h"
#include "tests/unit/unit.h"

/* ---- random rules ---------------------------------------------------------------------------------------------- */

static uint64_t state;

static uint32_t rnd(uint32_t n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33) % n;
}

/*
 * A phrase after = stands alone. Of those after + a rule has one: fields that lie side by side are merged, wherever in the rule
 * they stand, and what is asked for them beforehand stays where it was; a listing says the same, but not in the same bytes.
 *
 * %4 %6 addresses, %N %M prefixes of them, %p port, %r range of ports, %m mark, %b byte, %i device, %e Ethernet address,
 * %s ct states */
static const char *const matches[] = {
	"+ip saddr %4",
	"ip daddr != %4",
	"+ip saddr %N",
	"ip saddr != %N",
	"ip saddr %4-255.255.255.255",
	"ip saddr { %4, %4, %N }",
	"ip saddr @named",
	"ip saddr & 255.0.255.0 == 10.0.%b.0",
	"ip dscp cs%1",
	"ip dscp { cs1, cs2, af11 }",
	"ip dscp != ef",
	"ip ecn ce",
	"+ip length %p",
	"ip ttl > %b",
	"+ip id %p",
	"ip frag-off & 0x1fff != 0x0",
	"ip hdrlength 5-15",
	"ip version 4",
	"+ip6 saddr %6",
	"+ip6 daddr %M",
	"ip6 saddr { %6, %M }",
	"ip6 hoplimit %b",
	"+ip6 dscp cs%1",
	"ip6 flowlabel %p",
	"ip6 length %r",
	"+tcp sport %p tcp dport %p",
	"+ip saddr %4 ip daddr %4",
	"+tcp dport %p tcp sport %p",
	"+icmp type 3 icmp code %b",
	"+tcp dport %p",
	"+tcp sport %p",
	"tcp dport %r",
	"tcp dport != %r",
	"tcp dport { %p, %p, %r }",
	"tcp sport != { %p, %p }",
	"tcp flags syn",
	"tcp flags ! fin,rst",
	"tcp flags & (syn | ack) == syn",
	"+tcp flags == syn",
	"tcp flags { syn, ack }",
	"+tcp window %p",
	"+tcp sequence %m",
	"tcp option maxseg size %p",
	"tcp option sack-perm exists",
	"tcp option timestamp tsval %m",
	"+udp dport %p",
	"udp sport { %p, %p }",
	"udp length %r",
	"+sctp dport %p",
	"=th dport %p",
	"=th sport { %p, %p }",
	"+icmp type echo-request",
	"+icmp type { echo-reply, echo-request } icmp id %p",
	"+icmp mtu %p",
	"+icmp code %b",
	"+icmpv6 type nd-router-advert",
	"+icmpv6 mtu %p",
	"+icmpv6 id %p icmpv6 sequence %p",
	"+esp spi %m",
	"+ah spi %m",
	"meta mark %m",
	"meta mark != %m",
	"meta mark & 0x000000ff == 0x%b",
	"meta mark { %m, %m }",
	"meta mark %b-%p",
	"meta length > %p",
	"iif \"lo\"",
	"iifname \"%i\"",
	"iifname \"%i*\"",
	"iifname { \"%i\", \"%i\" }",
	"oifname != \"%i\"",
	"meta skuid %b",
	"meta cpu %b",
	"meta pkttype { broadcast, multicast }",
	"meta random < %p",
	"meta iifgroup %b",
	"meta hour \"0%1:1%1\"",
	"meta day \"Monday\"",
	"ct state %s",
	"ct state { new, established }",
	"ct state != new",
	"ct mark %m",
	"ct mark & 0x0000ff00 == 0x00000100",
	"ct direction original",
	"ct status snat,dnat",
	"ct zone %b",
	"ct original ip saddr %4",
	"ct reply proto-src %p",
	"ct bytes > %p",
	"ct helper \"ftp\"",
	"ct label %b",
	"fib daddr type local",
	"fib saddr . iif oif missing",
	"rt classid %b",
	"socket mark %m",
	"exthdr frag exists",
	"frag id %m",
	"ip saddr . tcp dport { %4 . %p, %4 . %p }",
	"ip saddr . tcp dport { %N . %r, %4 . %p }",
	"iifname . ip saddr { \"%i\" . %4 }",
	"meta mark . ip saddr { %m . %4 }",
	"ct state . ct mark { new . %m }",
	"ip saddr . ip daddr . meta l4proto { %4 . %4 . tcp }",
	"@nh,32,16 0x%p",
	"@th,64,8 0x%b",
	"@ih,0,32 0x%p",
	"numgen inc mod %b 0",
	"symhash mod 7 3",
	"jhash ip saddr mod 5 2",
};

static const char *const statements[] = {
	"accept",
	"drop",
	"return",
	"continue",
	"counter",
	"log prefix \"%i\"",
	"log group %b snaplen %b",
	"limit rate %b/minute burst %b packets",
	"limit rate over %p kbytes/second burst %b mbytes",
	"quota over %p kbytes",
	"ct count over %b",
	"notrack",
	"meta mark set %m",
	"meta mark set ct mark",
	"meta mark set meta mark & 0xffff0000 | 0x000000%1%1",
	"meta mark set meta mark ^ %m",
	"ct mark set meta mark",
	"ct mark set ct mark | %m",
	"meta mark set ip saddr map { %4 : %m, %4 : %m }",
	"meta mark set ip dscp",
	"meta priority set %1:%1",
	"ip ttl set %b",
	"ip dscp set cs%1",
	"ip saddr set %4",
	"tcp dport set %p",
	"ip6 hoplimit set %b",
	"meta nftrace set 1",
	"ct zone set %b",
	"add @dyn { ip saddr }",
	"update @dyn { ip saddr timeout %bs counter }",
	"tcp dport vmap { %p : accept, %p : drop }",
	"reject",
	"ip saddr vmap { %4 : accept, %N : drop }",
	"iifname vmap { \"%i\" : accept, \"%i\" : jump d }",
	"jump d",
	"goto d",
	"tcp option maxseg size set %p",
	"reject with icmpx admin-prohibited",
	"last",
};

static void put_value(struct buf *out, char code)
{
	static const char *const states[] = { "new", "established,related", "invalid", "new,untracked" };

	switch (code) {
	case '4':
		buf_printf(out, "%u.%u.%u.%u", rnd(223) + 1, rnd(256), rnd(256), rnd(256));
		break;
	case 'N':
		buf_printf(out, "%u.%u.0.0/%u", rnd(223) + 1, rnd(256), 16 + rnd(8));
		break;
	case '6':
		buf_printf(out, "%x:%x::%x", 0x2000 + rnd(4096), rnd(65535) + 1, rnd(65535) + 1);
		break;
	case 'M':
		buf_printf(out, "%x:%x::/%u", 0x2000 + rnd(4096), rnd(65535) + 1, 32 + rnd(60));
		break;
	case 'p':
		buf_printf(out, "%u", 1 + rnd(9999));
		break;
	case 'r':
		buf_printf(out, "%u-%u", 10000 + rnd(10000), 20001 + rnd(40000));
		break;
	case 'm':
		buf_printf(out, "0x%08x", rnd(0x7fffffff) + 1);
		break;
	case 'b':
		buf_printf(out, "%u", 1 + rnd(99));
		break;
	case '1':
		buf_printf(out, "%u", 1 + rnd(5));
		break;
	case 'i':
		buf_printf(out, "eth%u", rnd(50));
		break;
	case 'e':
		buf_printf(out, "00:%02x:%02x:00:01:02", rnd(256), rnd(256));
		break;
	case 's':
		buf_puts(out, states[rnd(ARRAY_SIZE(states))]);
		break;
	default:
		ck_abort_msg("no value %%%c", code);
	}
}

static void put_phrase(struct buf *out, const char *phrase)
{
	if (*phrase == '=' || *phrase == '+')
		phrase++;
	for (; *phrase; phrase++) {
		if (*phrase != '%')
			buf_putc(out, *phrase);
		else
			put_value(out, *++phrase);
	}
	buf_putc(out, ' ');
}

static void random_rule(struct buf *out)
{
	const char *phrase = matches[rnd(ARRAY_SIZE(matches))];
	bool alone = *phrase == '=', merges = *phrase == '+';

	put_phrase(out, phrase);
	for (unsigned n = alone ? 0 : rnd(3); n;) {
		phrase = matches[rnd(ARRAY_SIZE(matches))];
		if (*phrase == '=' || (*phrase == '+' && merges))
			continue;
		merges |= *phrase == '+';
		put_phrase(out, phrase);
		n--;
	}
	for (unsigned n = rnd(3); n; n--)
		put_phrase(out, statements[rnd(ARRAY_SIZE(statements))]);
}

/* ---- what is compared: sets with their elements in the order of their bytes, and the rule ----------------------- */

struct bytes {
	char *p;
	size_t len;
};

static int compare(const void *pa, const void *pb)
{
	const struct bytes *a = pa, *b = pb;
	int d = memcmp(a->p, b->p, a->len < b->len ? a->len : b->len);

	return d ? d : (a->len > b->len) - (a->len < b->len);
}

static void put_elements(struct buf *out, const struct bc_node *elems)
{
	struct bytes sorted[64];
	size_t n = 0;

	for (; elems; elems = elems->next) {
		struct buf one = { 0 };

		ck_assert_uint_lt(n, ARRAY_SIZE(sorted));
		bc_encode(&one, &bc_elem_desc, BC_BODY(elems, struct bc_elem));
		sorted[n++] = (struct bytes){ one.p, one.len };
	}
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; i < n; i++) {
		buf_put(out, sorted[i].p, sorted[i].len);
		free(sorted[i].p);
	}
}

static void canonical(const struct world *w, struct buf *out)
{
	for (const struct held *h = w->first; h; h = h->next) {
		if (h->type == NFT_MSG_NEWSET) {
			bc_encode(out, &bc_set_msg_desc, h->msg);
			put_elements(out, h->elems);
		} else if (h->type == NFT_MSG_NEWRULE) {
			bc_encode(out, &bc_rule_desc, h->msg);
		}
	}
}

static void list(struct world *w, uint8_t family, struct buf *out)
{
	for (const struct held *h = w->first; h; h = h->next)
		if (h->type == NFT_MSG_NEWRULE)
			ast_print_rule(out, raise_rule(&w->raise, family, h->msg), NULL);
}

/* ---- the property ------------------------------------------------------------------------------------------------ */

static void script(struct buf *out, const char *family, const char *rule)
{
	buf_printf(out,
		   "add table %s t\nadd chain %s t c\nadd chain %s t d\nadd set %s t named { type ipv4_addr; }\n"
		   "add set %s t dyn { type ipv4_addr; flags dynamic,timeout; }\nadd rule %s t c %s\n",
		   family, family, family, family, family, family, rule);
}

/* 1: there and back; 0: such a rule does not compile. */
static int round_trip(const char *family, uint8_t number, const char *rule, uint64_t seed)
{
	struct world one = { 0 }, two = { 0 };
	buf_auto first = { 0 }, listed = { 0 }, second = { 0 }, bytes_one = { 0 }, bytes_two = { 0 };
	int ok;

	script(&first, family, rule);
	ok = !world_compile(&one, buf_str(&first));
	if (ok) {
		list(&one, number, &listed);
		script(&second, family, buf_str(&listed));
		ck_assert_msg(!world_compile(&two, buf_str(&second)), "seed %llu: %s | %s\n  lists as %s\n  which does not compile",
			      (unsigned long long)seed, family, rule, buf_str(&listed));
		canonical(&one, &bytes_one);
		canonical(&two, &bytes_two);
		ck_assert_msg(bytes_one.len == bytes_two.len && !memcmp(bytes_one.p, bytes_two.p, bytes_one.len),
			      "seed %llu: %s | %s\n  lists as %s\n  which compiles to other bytes", (unsigned long long)seed,
			      family, rule, buf_str(&listed));
		world_free(&two);
	}
	world_free(&one);
	return ok;
}

static const struct {
	const char *name;
	uint8_t number;
} families[] = { { "inet", NFPROTO_INET },
		 { "ip", NFPROTO_IPV4 },
		 { "ip6", NFPROTO_IPV6 },
		 { "bridge", NFPROTO_BRIDGE },
		 { "netdev", NFPROTO_NETDEV } };

START_TEST(random_rules)
{
	const char *seed_text = getenv("NFVM_SEED"), *count_text = getenv("NFVM_RULES");
	unsigned long long seed = seed_text ? strtoull(seed_text, NULL, 0) : 1,
			   count = count_text ? strtoull(count_text, NULL, 0) : 3000;
	unsigned long long compiled = 0;

	for (unsigned long long i = 0; i < count; i++) {
		unsigned f = (unsigned)(i % ARRAY_SIZE(families));
		buf_auto rule = { 0 };

		state = (seed << 32) + i;
		random_rule(&rule);
		compiled += (unsigned long long)round_trip(families[f].name, families[f].number, buf_str(&rule), (seed << 32) + i);
	}
	ck_assert_msg(compiled > count / 5, "only %llu of %llu rules compile", compiled, count);
}
END_TEST

/* Every phrase by itself, so that none is always lost to a conflict. */
START_TEST(each_phrase)
{
	for (unsigned i = 0; i < ARRAY_SIZE(matches) + ARRAY_SIZE(statements); i++) {
		buf_auto rule = { 0 };
		int n = 0;

		state = i;
		put_phrase(&rule, i < ARRAY_SIZE(matches) ? matches[i] : statements[i - ARRAY_SIZE(matches)]);
		for (unsigned f = 0; f < ARRAY_SIZE(families); f++)
			n += round_trip(families[f].name, families[f].number, buf_str(&rule), i);
		ck_assert_msg(n, "%s compiles in no family", buf_str(&rule));
	}
}
END_TEST

UNIT_MAIN("raise-roundtrip", each_phrase, random_rules)
