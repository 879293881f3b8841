/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of `ct`: what the connection of a packet knows. One row each; addresses have one for each family. */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/proto.h"

enum { RO = false, SET = true };
enum { NODIR = CT_KEY_NODIR, DIR = CT_KEY_DIR, EITHER = CT_KEY_NODIR | CT_KEY_DIR };

#define CT(name, family, key, type, bits, bo, dirs, set)                                                                           \
	{                                                                                                                          \
		name, family, NFT_CT_##key, &type_##type, bits, bo, dirs, set                                                      \
	}

const struct ct_key ct_keys[] = {
	CT("state", NULL, STATE, ct_state, 32, BO_HOST, NODIR, RO),
	CT("direction", NULL, DIRECTION, ct_dir, 8, BO_HOST, NODIR, RO),
	CT("status", NULL, STATUS, ct_status, 32, BO_HOST, NODIR, RO),
	CT("mark", NULL, MARK, mark, 32, BO_HOST, NODIR, SET),
	CT("expiration", NULL, EXPIRATION, time, 32, BO_HOST, NODIR, RO),
	CT("helper", NULL, HELPER, string, 128, BO_HOST, NODIR, RO),
	CT("l3proto", NULL, L3PROTOCOL, nfproto, 8, BO_HOST, EITHER, RO),
	CT("saddr", NULL, SRC, invalid, 0, BO_BIG, DIR, RO),
	CT("daddr", NULL, DST, invalid, 0, BO_BIG, DIR, RO),
	CT("protocol", NULL, PROTOCOL, inet_protocol, 8, BO_BIG, EITHER, RO),
	CT("proto-src", NULL, PROTO_SRC, inet_service, 16, BO_BIG, DIR, RO),
	CT("proto-dst", NULL, PROTO_DST, inet_service, 16, BO_BIG, DIR, RO),
	CT("label", NULL, LABELS, ct_label, 128, BO_HOST, NODIR, SET),
	CT("packets", NULL, PKTS, integer, 64, BO_HOST, EITHER, RO),
	CT("bytes", NULL, BYTES, integer, 64, BO_HOST, EITHER, RO),
	CT("avgpkt", NULL, AVGPKT, integer, 64, BO_HOST, EITHER, RO),
	CT("zone", NULL, ZONE, integer, 16, BO_HOST, EITHER, SET),
	CT("event", NULL, EVENTMASK, ct_event, 32, BO_HOST, NODIR, SET),
	CT("saddr", "ip", SRC_IP, ipaddr, 32, BO_BIG, DIR, RO),
	CT("daddr", "ip", DST_IP, ipaddr, 32, BO_BIG, DIR, RO),
	CT("saddr", "ip6", SRC_IP6, ip6addr, 128, BO_BIG, DIR, RO),
	CT("daddr", "ip6", DST_IP6, ip6addr, 128, BO_BIG, DIR, RO),
	CT("secmark", NULL, SECMARK, integer, 32, BO_HOST, NODIR, SET),
	CT("id", NULL, ID, integer, 32, BO_BIG, NODIR, RO),
	{ .name = NULL },
};

static bool same_family(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

const struct ct_key *ct_key_by_name(const char *name, const char *family)
{
	for (const struct ct_key *k = ct_keys; k->name; k++)
		if (!strcmp(k->name, name) && same_family(k->family, family))
			return k;
	return NULL;
}

const struct ct_key *ct_key_by_number(uint32_t key)
{
	for (const struct ct_key *k = ct_keys; k->name; k++)
		if (k->key == key)
			return k;
	return NULL;
}
