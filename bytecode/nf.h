/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constants of nf_tables and its neighbours: the kernel's headers, and beside them what is newer than
 * the oldest headers we build with (Linux 6.1). Include this file, never the kernel's own: where a newer header has an
 * enumerator of the same name, the macro below, of the same value, comes after it and does no harm.
 */
#ifndef NFVM_BYTECODE_NF_H
#define NFVM_BYTECODE_NF_H

#include <net/if.h>     /* libc's first: the kernel's headers leave out what it has, but not the other way round */
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

/* messages: Linux 6.2, 6.3, 6.5 */
#define NFT_MSG_GETRULE_RESET 25
#define NFT_MSG_DESTROYTABLE 26
#define NFT_MSG_DESTROYCHAIN 27
#define NFT_MSG_DESTROYRULE 28
#define NFT_MSG_DESTROYSET 29
#define NFT_MSG_DESTROYSETELEM 30
#define NFT_MSG_DESTROYOBJ 31
#define NFT_MSG_DESTROYFLOWTABLE 32
#define NFT_MSG_GETSETELEM_RESET 33

/* table flags (6.9), sets' type and count in dumps (6.18), devices by prefix (6.16) */
#define NFT_TABLE_F_PERSIST 0x4
#define NFTA_SET_TYPE 19
#define NFTA_SET_COUNT 20
#define NFTA_DEVICE_PREFIX 2

/* expr "bitwise" with two operands (6.13) */
#define NFTA_BITWISE_SREG2 8
#define NFT_BITWISE_MASK_XOR 0
#define NFT_BITWISE_AND 3
#define NFT_BITWISE_OR 4
#define NFT_BITWISE_XOR 5

/* expr "dynset": delete (6.0), and what its attributes may say */
#define NFT_DYNSET_OP_DELETE 2

/* expr "payload": of a tunnel's header (6.2) */
#define NFT_PAYLOAD_INNER_HEADER 3
#define NFT_PAYLOAD_TUN_HEADER 4

/* expr "inner" (6.2) */
#define NFTA_INNER_NUM 1
#define NFTA_INNER_TYPE 2
#define NFTA_INNER_FLAGS 3
#define NFTA_INNER_HDRSIZE 4
#define NFTA_INNER_EXPR 5
#define NFT_INNER_UNSPEC 0
#define NFT_INNER_VXLAN 1
#define NFT_INNER_GENEVE 2
#define NFT_INNER_HDRSIZE 0x1
#define NFT_INNER_LL 0x2
#define NFT_INNER_NH 0x4
#define NFT_INNER_TH 0x8
#undef NFT_INNER_MASK /* newer headers have it as a macro of other words */
#define NFT_INNER_MASK 0xf

/* expr "exthdr": DCCP options (6.5) */
#define NFT_EXTHDR_OP_SCTP 3
#define NFT_EXTHDR_OP_DCCP 4

/* expr "meta": bridge (6.9, 6.18); 36 is the kernel's own */
#define NFT_META_BRI_BROUTE 35
#define NFT_META_BRI_IIFHWADDR 37

/* expr "match" and "target" (linux/netfilter/nf_tables_compat.h) */
#define NFTA_MATCH_NAME 1
#define NFTA_MATCH_REV 2
#define NFTA_MATCH_INFO 3
#define NFTA_TARGET_NAME 1
#define NFTA_TARGET_REV 2
#define NFTA_TARGET_INFO 3

/* trace: conntrack (6.16) */
#define NFTA_TRACE_CT_ID 18
#define NFTA_TRACE_CT_DIRECTION 19
#define NFTA_TRACE_CT_STATUS 20
#define NFTA_TRACE_CT_STATE 21

/* limits of the kernel's that no header of user space has */
#define NFT_MODULE_AUTOLOAD_LIMIT 42 /* longest name of an expression or chain type */
#define NFT_RULE_MAXEXPRS 128
#define NFT_EXPR_MAXATTR 16
#define NF_CT_HELPER_NAME_LEN 16
#define XT_EXTENSION_MAXNAMELEN 29
#define NF_LOG_PREFIXLEN 128
#define NF_NAT_RANGE_ALL 0x7f /* NF_NAT_RANGE_MASK */

#endif
