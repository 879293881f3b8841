/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of the language's words for flags, units, levels and kinds. */
#include "src/types/names.h"

#include <string.h>

#include "base/bytes.h"
#include "bytecode/nf.h"

#include <linux/netfilter/nf_synproxy.h>
#include <linux/netfilter/nfnetlink_cttimeout.h>

const struct symbol names_family[] = {
	{ "ip", NFPROTO_IPV4 },
	{ "ip6", NFPROTO_IPV6 },
	{ "inet", NFPROTO_INET },
	{ "arp", NFPROTO_ARP },
	{ "bridge", NFPROTO_BRIDGE },
	{ "netdev", NFPROTO_NETDEV },
	{ NULL, 0 },
};

const struct symbol names_log_level[] = {
	{ "emerg", 0 },  { "alert", 1 }, { "crit", 2 },  { "err", 3 },   { "warn", 4 },
	{ "notice", 5 }, { "info", 6 },  { "debug", 7 }, { "audit", 8 }, { NULL, 0 },
};

/* linux/netfilter/nf_log.h */
const struct symbol names_log_flag[] = {
	{ "tcp sequence", 0x01 },
	{ "tcp options", 0x02 },
	{ "ip options", 0x04 },
	{ "skuid", 0x08 },
	{ "ether", 0x20 },
	{ "all", 0x2f },
	{ NULL, 0 },
};

const struct symbol names_nat_flag[] = {
	{ "random", NF_NAT_RANGE_PROTO_RANDOM },
	{ "fully-random", NF_NAT_RANGE_PROTO_RANDOM_FULLY },
	{ "persistent", NF_NAT_RANGE_PERSISTENT },
	{ NULL, 0 },
};

const struct symbol names_queue_flag[] = {
	{ "bypass", NFT_QUEUE_FLAG_BYPASS },
	{ "fanout", NFT_QUEUE_FLAG_CPU_FANOUT },
	{ NULL, 0 },
};

const struct symbol names_table_flag[] = { { "dormant", 1 }, { "owner", 2 }, { "persist", 4 }, { NULL, 0 } };

const struct symbol names_chain_flag[] = { { "offload", NFT_CHAIN_HW_OFFLOAD }, { NULL, 0 } };

const struct symbol names_set_flag[] = {
	{ "constant", NFT_SET_CONSTANT },
	{ "interval", NFT_SET_INTERVAL },
	{ "dynamic", NFT_SET_EVAL },
	{ "timeout", NFT_SET_TIMEOUT },
	{ NULL, 0 },
};

const struct symbol names_set_policy[] = {
	{ "performance", NFT_SET_POL_PERFORMANCE },
	{ "memory", NFT_SET_POL_MEMORY },
	{ NULL, 0 },
};

const struct symbol names_flowtable_flag[] = {
	{ "offload", NFT_FLOWTABLE_HW_OFFLOAD },
	{ "counter", NFT_FLOWTABLE_COUNTER },
	{ NULL, 0 },
};

const struct symbol names_object[] = {
	{ "counter", NFT_OBJECT_COUNTER },     { "quota", NFT_OBJECT_QUOTA },
	{ "ct helper", NFT_OBJECT_CT_HELPER }, { "limit", NFT_OBJECT_LIMIT },
	{ "tunnel", NFT_OBJECT_TUNNEL },       { "ct timeout", NFT_OBJECT_CT_TIMEOUT },
	{ "secmark", NFT_OBJECT_SECMARK },     { "ct expectation", NFT_OBJECT_CT_EXPECT },
	{ "synproxy", NFT_OBJECT_SYNPROXY },   { NULL, 0 },
};

const struct symbol names_verdict[] = {
	{ "accept", NF_ACCEPT },
	{ "drop", NF_DROP },
	{ "continue", (uint32_t)NFT_CONTINUE },
	{ "break", (uint32_t)NFT_BREAK },
	{ "return", (uint32_t)NFT_RETURN },
	{ "jump", (uint32_t)NFT_JUMP },
	{ "goto", (uint32_t)NFT_GOTO },
	{ "queue", NF_QUEUE },
	{ NULL, 0 },
};

const struct symbol names_time_unit[] = {
	{ "second", 1 }, { "minute", 60 }, { "hour", 3600 }, { "day", 86400 }, { "week", 604800 }, { NULL, 0 },
};

const struct symbol names_byte_unit[] = { { "bytes", 1 }, { "kbytes", 1024 }, { "mbytes", 1024 * 1024 }, { NULL, 0 } };

const struct symbol names_numgen[] = { { "inc", NFT_NG_INCREMENTAL }, { "random", NFT_NG_RANDOM }, { NULL, 0 } };

/* linux/netfilter/nfnetlink_osf.h */
const struct symbol names_osf_ttl[] = { { "loose", 1 }, { "skip", 2 }, { NULL, 0 } };

const struct symbol names_synproxy_flag[] = {
	{ "mss", NF_SYNPROXY_OPT_MSS },
	{ "wscale", NF_SYNPROXY_OPT_WSCALE },
	{ "timestamp", NF_SYNPROXY_OPT_TIMESTAMP },
	{ "sack-perm", NF_SYNPROXY_OPT_SACK_PERM },
	{ NULL, 0 },
};

const struct symbol names_fib_flag[] = {
	{ "saddr", NFTA_FIB_F_SADDR }, { "daddr", NFTA_FIB_F_DADDR }, { "mark", NFTA_FIB_F_MARK },
	{ "iif", NFTA_FIB_F_IIF },     { "oif", NFTA_FIB_F_OIF },     { NULL, 0 },
};

const struct symbol names_fib_result[] = {
	{ "oif", NFT_FIB_RESULT_OIF },
	{ "oifname", NFT_FIB_RESULT_OIFNAME },
	{ "type", NFT_FIB_RESULT_ADDRTYPE },
	{ NULL, 0 },
};

const struct symbol names_ct_timeout_tcp[] = {
	{ "syn_sent", CTA_TIMEOUT_TCP_SYN_SENT },
	{ "syn_recv", CTA_TIMEOUT_TCP_SYN_RECV },
	{ "established", CTA_TIMEOUT_TCP_ESTABLISHED },
	{ "fin_wait", CTA_TIMEOUT_TCP_FIN_WAIT },
	{ "close_wait", CTA_TIMEOUT_TCP_CLOSE_WAIT },
	{ "last_ack", CTA_TIMEOUT_TCP_LAST_ACK },
	{ "time_wait", CTA_TIMEOUT_TCP_TIME_WAIT },
	{ "close", CTA_TIMEOUT_TCP_CLOSE },
	{ "syn_sent2", CTA_TIMEOUT_TCP_SYN_SENT2 },
	{ "retrans", CTA_TIMEOUT_TCP_RETRANS },
	{ "unack", CTA_TIMEOUT_TCP_UNACK },
	{ NULL, 0 },
};

const struct symbol names_ct_timeout_udp[] = {
	{ "unreplied", CTA_TIMEOUT_UDP_UNREPLIED },
	{ "replied", CTA_TIMEOUT_UDP_REPLIED },
	{ NULL, 0 },
};

bool names_value(const struct symbol *table, const char *name, uint64_t *value)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name)) {
			*value = table->value;
			return true;
		}
	return false;
}

const char *names_name(const struct symbol *table, uint64_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

const char *names_near(const struct symbol *table, const char *text)
{
	const char *words[64];
	size_t n = 0;

	for (; table->name && n < ARRAY_SIZE(words); table++)
		words[n++] = table->name;
	return diag_nearest(text, words, n);
}
