/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCTP chunks (RFC 9260; ecne and cwr RFC 4960 appendix A, asconf RFC 5061, forward-tsn RFC 3758). */
#include "src/types/proto/field.h"

static const struct proto_field data_fields[] = {
	F("type", integer, 0, 8),     F("flags", integer, 8, 8), F("length", integer, 16, 16), F("tsn", integer, 32, 32),
	F("stream", integer, 64, 16), F("ssn", integer, 80, 16), F("ppid", integer, 96, 32),
};
static const struct proto_field init_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("init-tag", integer, 32, 32),
	F("a-rwnd", integer, 64, 32),
	F("num-outbound-streams", integer, 96, 16),
	F("num-inbound-streams", integer, 112, 16),
	F("initial-tsn", integer, 128, 32),
};
static const struct proto_field init_ack_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("init-tag", integer, 32, 32),
	F("a-rwnd", integer, 64, 32),
	F("num-outbound-streams", integer, 96, 16),
	F("num-inbound-streams", integer, 112, 16),
	F("initial-tsn", integer, 128, 32),
};
static const struct proto_field sack_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("cum-tsn-ack", integer, 32, 32),
	F("a-rwnd", integer, 64, 32),
	F("num-gap-ack-blocks", integer, 96, 16),
	F("num-dup-tsns", integer, 112, 16),
};
static const struct proto_field heartbeat_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field heartbeat_ack_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field abort_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field shutdown_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("cum-tsn-ack", integer, 32, 32),
};
static const struct proto_field shutdown_ack_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field error_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field cookie_echo_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field cookie_ack_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field ecne_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("lowest-tsn", integer, 32, 32),
};
static const struct proto_field cwr_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("lowest-tsn", integer, 32, 32),
};
static const struct proto_field shutdown_complete_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
};
static const struct proto_field asconf_ack_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("seqno", integer, 32, 32),
};
static const struct proto_field forward_tsn_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("new-cum-tsn", integer, 32, 32),
};
static const struct proto_field asconf_fields[] = {
	F("type", integer, 0, 8),
	F("flags", integer, 8, 8),
	F("length", integer, 16, 16),
	F("seqno", integer, 32, 32),
};

#define OPTION(word, num, f)                                                                                                       \
	{                                                                                                                          \
		.name = word, .kind = PROTO_SCTP_CHUNK, .base = PROTO_TH, .number = num, FIELDS(f), NO_CHECKSUM                    \
	}

const struct proto proto_sctp_chunks[] = {
	OPTION("data", 0, data_fields),
	OPTION("init", 1, init_fields),
	OPTION("init-ack", 2, init_ack_fields),
	OPTION("sack", 3, sack_fields),
	OPTION("heartbeat", 4, heartbeat_fields),
	OPTION("heartbeat-ack", 5, heartbeat_ack_fields),
	OPTION("abort", 6, abort_fields),
	OPTION("shutdown", 7, shutdown_fields),
	OPTION("shutdown-ack", 8, shutdown_ack_fields),
	OPTION("error", 9, error_fields),
	OPTION("cookie-echo", 10, cookie_echo_fields),
	OPTION("cookie-ack", 11, cookie_ack_fields),
	OPTION("ecne", 12, ecne_fields),
	OPTION("cwr", 13, cwr_fields),
	OPTION("shutdown-complete", 14, shutdown_complete_fields),
	OPTION("asconf-ack", 0x80, asconf_ack_fields),
	OPTION("forward-tsn", 0xc0, forward_tsn_fields),
	OPTION("asconf", 0xc1, asconf_fields),
	{ .name = NULL },
};
