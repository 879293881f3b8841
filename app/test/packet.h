/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets from words, and words of packets: `ip saddr 192.0.2.2 tcp dport 22 tcp flags syn` to an Ethernet frame, and what a field of a
 * frame holds. Headers and fields are those of the rule language (src/types/proto).
 *
 * What a packet does not say is filled in: the header below (ether under ip), lengths, checksums, `ip protocol` and the like by what follows, TTL 64,
 * addresses of the first device's network. What it says is taken as it is, also where it is wrong: `ip checksum 0` is sent so.
 */
#ifndef NFVM_APP_TEST_PACKET_H
#define NFVM_APP_TEST_PACKET_H

#include "base/buf.h"
#include "src/types/proto.h"

enum { PACKET_LAYERS = 8, PACKET_FIELDS = 24 };

struct packet_value {
	const struct proto_field *field;
	u128 value;
};

struct packet_layer {
	const struct proto *proto;
	struct packet_value values[PACKET_FIELDS];
	unsigned n;
};

/* Layers in the order of the frame; lives by value. */
struct packet {
	struct packet_layer layers[PACKET_LAYERS];
	unsigned n;
	struct buf payload;     /* the packet's own */
};

void packet_free(struct packet *p);
/* Copies layers and payload. */
void packet_copy(struct packet *to, const struct packet *from);
/* The layer of a header, made in its place in the order of headers where it is not there; NULL: too many, or it cannot stand with the others. */
struct packet_layer *packet_layer(struct packet *p, const struct proto *proto);
const struct packet_value *packet_value(const struct packet *p, const struct proto *proto, const char *field);
/* Sets a field, replacing an earlier value. 0, -1: too many. */
int packet_set(struct packet_layer *l, const struct proto_field *f, u128 value);
/* Source and destination exchanged: addresses, ports; MAC addresses and TTL are forgotten. */
void packet_turn(struct packet *p);
/* A value of a field from text ("syn,ack", "192.0.2.1", "echo-request"). 0; -1: *why says what is wrong with it. */
int packet_parse_value(const struct proto_field *f, const char *text, u128 *out, struct arena *a, const char **why);

/* The frame. 0; -1: *why says what is missing (no ip or ip6 under tcp). dmac: of the device it enters. */
int packet_build(const struct packet *p, const uint8_t dmac[6], struct buf *out, const char **why);

/* The offset of a header in a frame, walking from ether; -1 where it has none. */
int packet_find(const uint8_t *frame, size_t len, const struct proto *proto);
/* A field of a frame. False where the frame does not hold it. */
bool packet_read(const uint8_t *frame, size_t len, const struct proto *proto, const struct proto_field *f, u128 *out);
/* "ip 192.0.2.2 > 198.51.100.2 tcp 4000 > 80 syn", for messages. */
void packet_describe(const uint8_t *frame, size_t len, struct buf *out);

#endif
