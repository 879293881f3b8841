/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP options (RFC 9293 §3.2; sack RFC 2018, window and timestamp RFC 7323, md5sig RFC 2385, fastopen RFC 7413, mptcp RFC 8684). */
#include "src/types/proto/field.h"

static const struct proto_field eol_fields[] = {
	F("kind", integer, 0, 8),
};
static const struct proto_field nop_fields[] = {
	F("kind", integer, 0, 8),
};
static const struct proto_field maxseg_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("size", integer, 16, 16),
};
static const struct proto_field window_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("count", integer, 16, 8),
};
static const struct proto_field sack_perm_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
};
static const struct proto_field sack_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("left", integer, 16, 32),
	F("right", integer, 48, 32),
};
static const struct proto_field sack0_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("left", integer, 16, 32),
	F("right", integer, 48, 32),
};
static const struct proto_field sack1_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("left", integer, 80, 32),
	F("right", integer, 112, 32),
};
static const struct proto_field sack2_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("left", integer, 144, 32),
	F("right", integer, 176, 32),
};
static const struct proto_field sack3_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("left", integer, 208, 32),
	F("right", integer, 240, 32),
};
static const struct proto_field timestamp_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("tsval", integer, 16, 32),
	F("tsecr", integer, 48, 32),
};
static const struct proto_field md5sig_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
};
static const struct proto_field mptcp_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
	F("subtype", mptcp_subtype, 16, 4),
};
static const struct proto_field fastopen_fields[] = {
	F("kind", integer, 0, 8),
	F("length", integer, 8, 8),
};

#define OPTION(word, num, f)                                                                                                       \
	{                                                                                                                          \
		.name = word, .kind = PROTO_TCPOPT, .base = PROTO_TH, .number = num, FIELDS(f), NO_CHECKSUM                        \
	}

const struct proto proto_tcpopts[] = {
	OPTION("eol", 0, eol_fields),
	OPTION("nop", 1, nop_fields),
	OPTION("maxseg", 2, maxseg_fields),
	OPTION("window", 3, window_fields),
	OPTION("sack-perm", 4, sack_perm_fields),
	OPTION("sack", 5, sack_fields),
	OPTION("sack0", 5, sack0_fields),
	OPTION("sack1", 5, sack1_fields),
	OPTION("sack2", 5, sack2_fields),
	OPTION("sack3", 5, sack3_fields),
	OPTION("timestamp", 8, timestamp_fields),
	OPTION("md5sig", 19, md5sig_fields),
	OPTION("mptcp", 30, mptcp_fields),
	OPTION("fastopen", 34, fastopen_fields),
	{ .name = NULL },
};
