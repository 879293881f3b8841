/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the language for numbers in messages that are no datatype: flags, units, levels, kinds. A table is an
 * array of struct symbol that ends with a NULL name; where two words have one value, the first is printed.
 */
#ifndef NFVM_TYPES_NAMES_H
#define NFVM_TYPES_NAMES_H

#include "src/types/datatype.h"

extern const struct symbol names_family[];        /* NFPROTO_*: "ip", "inet"… */
extern const struct symbol names_log_level[];     /* NFT_LOGLEVEL_* */
extern const struct symbol names_log_flag[];      /* NF_LOG_* bits: "tcp sequence", … "all" */
extern const struct symbol names_nat_flag[];      /* NF_NAT_RANGE_* bits */
extern const struct symbol names_queue_flag[];    /* NFT_QUEUE_FLAG_* bits */
extern const struct symbol names_table_flag[];    /* NFT_TABLE_F_* bits */
extern const struct symbol names_chain_flag[];    /* NFT_CHAIN_* bits */
extern const struct symbol names_set_flag[];      /* NFT_SET_* bits */
extern const struct symbol names_set_policy[];    /* NFT_SET_POL_* */
extern const struct symbol names_flowtable_flag[]; /* NFT_FLOWTABLE_* bits */
extern const struct symbol names_object[];        /* NFT_OBJECT_*: "counter", "ct helper" */
extern const struct symbol names_verdict[];       /* NF_*, NFT_* verdicts, as 32-bit two's complement */
extern const struct symbol names_time_unit[];     /* of limit: "second" is 1, in seconds */
extern const struct symbol names_byte_unit[];     /* of limit and quota: "kbytes" is 1024 */
extern const struct symbol names_numgen[];        /* NFT_NG_* */
extern const struct symbol names_osf_ttl[];       /* NF_OSF_TTL_*; the default has no word */
extern const struct symbol names_synproxy_flag[]; /* NF_SYNPROXY_OPT_* bits, "mss" and "wscale" among them */
extern const struct symbol names_fib_flag[];      /* NFTA_FIB_F_* bits, in the order in which they are printed */
extern const struct symbol names_fib_result[];    /* NFT_FIB_RESULT_*; "check" is oif with NFTA_FIB_F_PRESENT: see keys.h */
extern const struct symbol names_ct_timeout_tcp[]; /* states of a timeout policy: CTA_TIMEOUT_TCP_* */
extern const struct symbol names_ct_timeout_udp[]; /* CTA_TIMEOUT_UDP_* */

/* False where the word or the value is not in the table. */
bool names_value(const struct symbol *table, const char *name, uint64_t *value);
/* NULL where the value is not in the table. */
const char *names_name(const struct symbol *table, uint64_t value);
/* The nearest word, for a hint, or NULL. */
const char *names_near(const struct symbol *table, const char *text);

#endif
