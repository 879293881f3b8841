/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the language, for tests of the parser alone: what src/types answers from its tables. */
#ifndef NFVM_TESTS_PARSER_WORDS_H
#define NFVM_TESTS_PARSER_WORDS_H

#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "parser/parse.h"

static const struct {
	const char *head, *fields;
} word_heads[] = {
	{ "ether", " daddr saddr type " },
	{ "vlan", " id cfi dei pcp type " },
	{ "arp", " htype ptype hlen plen operation saddr ip daddr ether " },
	{ "ip", " version hdrlength dscp ecn length id frag-off ttl protocol checksum saddr daddr " },
	{ "ip6", " version dscp ecn flowlabel length nexthdr hoplimit saddr daddr " },
	{ "icmp", " type code checksum id sequence gateway mtu " },
	{ "igmp", " type mrt checksum group " },
	{ "icmpv6", " type code checksum parameter-problem packet-too-big id sequence max-delay taddr daddr mtu " },
	{ "tcp", " sport dport sequence ackseq doff reserved flags window checksum urgptr " },
	{ "udp", " sport dport length checksum " },
	{ "udplite", " sport dport checksum " },
	{ "sctp", " sport dport vtag checksum " },
	{ "dccp", " sport dport type " },
	{ "ah", " nexthdr hdrlength reserved spi sequence " },
	{ "esp", " spi sequence " },
	{ "comp", " nexthdr flags cpi " },
	{ "th", " sport dport " },
	{ "gre", " flags version protocol " },
	{ "gretap", " " },
	{ "vxlan", " vni flags " },
	{ "geneve", " vni flags type " },
	{ "hbh", " nexthdr hdrlength " },
	{ "frag", " nexthdr reserved frag-off reserved2 more-fragments id " },
	{ "rt0", " addr[1] " },
	{ "rt2", " addr " },
	{ "srh", " flags tag sid[1] sid[2] seg-left last-entry " },
	{ "dst", " nexthdr hdrlength " },
	{ "mh", " nexthdr hdrlength type reserved checksum " },
};

static const char word_meta[] =
	" length nfproto l4proto protocol priority mark iif iifname iiftype oif oifname oiftype skuid skgid nftrace rtclassid ibrname obrname "
	"pkttype cpu iifgroup oifgroup cgroup random ipsec iifkind oifkind time hour day sdif sdifname broute ibrpvid ibrvproto ibrhwaddr secmark "
	"secpath bri_iifname ibriport obriport ";
static const char word_meta_bare[] =
	" mark iif iifname iiftype oif oifname oiftype skuid skgid nftrace rtclassid ibrname obrname pkttype cpu iifgroup oifgroup cgroup time hour day "
	"ibriport obriport ";
static const char word_ct[] = " state direction status mark expiration helper label count id l3proto saddr daddr protocol proto-src proto-dst packets "
			      "bytes avgpkt zone event secmark ";

static bool word_in(const char *list, const char *word)
{
	char padded[64];
	size_t n = strlen(word);

	if (!n || n > sizeof(padded) - 3 || strchr(word, ' '))
		return false;
	padded[0] = ' ';
	memcpy(padded + 1, word, n);
	strcpy(padded + 1 + n, " ");
	return strstr(list, padded);
}

static const char *word_fields(const char *head)
{
	for (size_t i = 0; i < ARRAY_SIZE(word_heads); i++) {
		if (strcmp(word_heads[i].head, head) == 0)
			return word_heads[i].fields;
	}
	return NULL;
}

static bool word_is_header(const char *word)
{
	return word_fields(word);
}

static bool word_is_field(const char *head, const char *word)
{
	const char *fields = word_fields(head);

	if (strcmp(head, "arp") == 0 && (strcmp(word, "saddr") == 0 || strcmp(word, "daddr") == 0 || strcmp(word, "ip") == 0 ||
					 strcmp(word, "ether") == 0))
		return false;
	return fields && word_in(fields, word);
}

static bool word_is_meta(const char *word, bool bare)
{
	return word_in(bare ? word_meta_bare : word_meta, word);
}

static bool word_is_ct(const char *word)
{
	return word_in(word_ct, word);
}

static const char *word_near(const char *head, const char *word)
{
	const char *names[ARRAY_SIZE(word_heads)];

	if (head)
		return strcmp(head, "tcp") == 0 && strcmp(word, "dprt") == 0 ? "dport" : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(word_heads); i++)
		names[i] = word_heads[i].head;
	return diag_nearest(word, names, ARRAY_SIZE(names));
}

static const struct parse_words test_words = {
	.is_header = word_is_header,
	.is_field = word_is_field,
	.is_meta_key = word_is_meta,
	.is_ct_key = word_is_ct,
	.near = word_near,
};

#endif
