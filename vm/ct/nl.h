/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctnetlink, between its files: NFNL_SUBSYS_CTNETLINK, by which stock tools read and change the connection table. Control thread.
 * Reference: net/netfilter/nf_conntrack_netlink.c.
 */
#ifndef NFVM_VM_CT_NL_H
#define NFVM_VM_CT_NL_H

#include "vm/ct/help.h"
#include "vm/nl/nl.h"

#include <linux/netfilter/nfnetlink_conntrack.h>

/* ---- messages out (nl_fill.c) ---- */

/* A whole message for the entry (ctnetlink_fill_info). The caller is a reader of the table. */
void ct_nl_fill(struct buf *out, struct ct_table *t, struct ct_entry *ct, uint32_t seq, uint32_t port, uint16_t flags);
void ct_nl_put(struct buf *b, uint16_t type, const void *data, uint32_t len);
void ct_nl_put_be32(struct buf *b, uint16_t type, uint32_t v);
size_t ct_nl_nest(struct buf *b, uint16_t type);
void ct_nl_nest_end(struct buf *b, size_t at);

/* ---- attributes in (nl_parse.c) ---- */

/* Attributes of a list by type (the last of each counts); false: one of them does not fit. */
bool ct_nl_attrs(const void *attrs, size_t len, const struct nlattr **out, unsigned n);
/* A number of the attribute; otherwise where it is not there or too short. */
uint32_t ct_nl_be32(const struct nlattr *a, uint32_t otherwise);
/* A tuple (CTA_TUPLE_ORIG, CTA_TUPLE_REPLY) of the family; its zone as the attributes of the message say. 0 or -errno. */
int ct_nl_tuple(const struct nlattr *a, uint8_t l3, uint16_t zone, struct ct_tuple *k);

#endif
