/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constants of nf_tables and its neighbours: the kernel's headers, and beside them what is newer than
 * the oldest headers we build with (Linux 6.1). An enumerator of a newer header and our macro of the same name have the same value.
 */
#ifndef NFVM_BYTECODE_NF_H
#define NFVM_BYTECODE_NF_H

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#define NFT_MSG_DESTROYTABLE 26
#define NFT_MSG_DESTROYCHAIN 27
#define NFT_MSG_DESTROYRULE 28
#define NFT_MSG_DESTROYSET 29
#define NFT_MSG_DESTROYSETELEM 30
#define NFT_MSG_DESTROYOBJ 31
#define NFT_MSG_DESTROYFLOWTABLE 32
#define NFT_MSG_GETSETELEM_RESET 33

/* expr "bitwise" with two operands (Linux 6.13) */
#define NFTA_BITWISE_SREG2 8
#define NFT_BITWISE_AND 3
#define NFT_BITWISE_OR 4
#define NFT_BITWISE_XOR 5

#endif
