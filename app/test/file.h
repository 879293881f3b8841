/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet tests as text. doc/testing.md describes the language; in short:
 *
 *	ruleset "firewall.nft"            # or: ruleset { …nft text… }
 *	host "host.json"                  # optional
 *	local 192.0.2.7                   # one more address of the host's own
 *
 *	test "name" {
 *		packet eth0 ip saddr 192.0.2.2 ip daddr 198.51.100.2 tcp dport 80 tcp flags syn
 *			-> accept eth1 ip ttl 63 meta mark 0x10 by "tcp dport 80"
 *		reply tcp flags syn,ack -> accept
 *		repeat 5 -> drop              # the last packet again
 *		wait 30s
 *		counter web packets 3 bytes 120
 *		rule "tcp dport 80" packets 3
 *		set knockers has 192.0.2.2
 *	}
 */
#ifndef NFVM_APP_TEST_FILE_H
#define NFVM_APP_TEST_FILE_H

#include "app/test/packet.h"
#include "base/arena.h"
#include "base/diag.h"

enum step_kind { STEP_PACKET, STEP_REPLY, STEP_REPEAT, STEP_WAIT, STEP_COUNTER, STEP_RULE, STEP_SET };

/* A field that the frame which left must have. */
struct expect_field {
	struct expect_field *next;
	const struct proto *proto;
	const struct proto_field *field;
	u128 value;
	struct place at;
};

struct expect {
	bool given;
	const char *verdict;        /* NULL: any */
	const char *dev;            /* device it left by, "local0"; NULL: any */
	const char *by;             /* part of the text of the rule that decided, or file:line; NULL: any */
	bool has_mark, has_ct_mark;
	uint32_t mark, ct_mark;
	struct expect_field *fields;
	struct place at;
};

struct step {
	struct step *next;
	enum step_kind kind;
	struct place at;
	struct packet packet;       /* PACKET, REPLY: what was said; fields not said come from the packet before */
	const char *dev;            /* PACKET: where it enters; NULL: as before */
	unsigned times;             /* REPEAT */
	uint64_t wait_ns;
	struct expect expect;
	const char *name;           /* COUNTER, SET: name; RULE: part of its text */
	const char *element;        /* SET */
	bool absent;                /* SET: has not */
	bool has_packets, has_bytes;
	uint64_t packets, bytes;
};

struct test {
	struct test *next;
	const char *name;
	struct place at;
	struct step *steps;
};

struct test_file {
	const char *path;
	const char *ruleset_path;   /* as to be opened, or NULL */
	const char *ruleset_text;   /* inline, with newlines before it so that its line numbers are the file's */
	const char *host_path;
	const char **local;         /* NULL-terminated */
	struct test *tests;
	unsigned n_tests;
};

/* 0; -1 with the diag saying why. Everything lives in the arena; packets' payloads too. */
int test_file_read(const char *path, struct arena *a, struct texts *t, struct diag *d, struct test_file **out);

#endif
