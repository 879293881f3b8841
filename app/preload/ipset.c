/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptables' `-m set` asks for sets by a socket option, on any socket (linux/netfilter/ipset/ip_set.h). The engine has no sets of
 * ipset's: every name is unknown.
 */
#include <errno.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <netinet/in.h>
#include <string.h>

#include "app/preload/preload.h"

#ifndef SO_IP_SET
#define SO_IP_SET 83
#endif

union ipset_req {
	struct ip_set_req_version version;
	struct ip_set_req_get_set set;
	struct ip_set_req_get_set_family family;
};

static int answer(union ipset_req *q, socklen_t len)
{
	switch (q->version.op) {
	case IP_SET_OP_VERSION:
		if (len != sizeof(q->version))
			return -EINVAL;
		q->version.version = IPSET_PROTOCOL;
		return 0;
	case IP_SET_OP_GET_BYNAME:
		if (len != sizeof(q->set))
			return -EINVAL;
		q->set.set.index = IPSET_INVALID_ID;
		return 0;
	case IP_SET_OP_GET_FNAME:
		if (len != sizeof(q->family))
			return -EINVAL;
		q->family.set.index = IPSET_INVALID_ID;
		return 0;
	case IP_SET_OP_GET_BYINDEX:
		if (len != sizeof(q->set))
			return -EINVAL;
		q->set.set.name[0] = 0;
		return 0;
	default:
		return -EBADMSG;
	}
}

bool ipset_getsockopt(int level, int option, void *value, socklen_t *len, int *ret)
{
	union ipset_req q = { 0 };

	if (level != SOL_IP || option != SO_IP_SET || !*preload_where)
		return false;
	if (*len < sizeof(q.version) || *len > sizeof(q)) {
		*ret = fail_with(-EINVAL);
		return true;
	}
	memcpy(&q, value, *len);
	*ret = fail_with(answer(&q, *len));
	memcpy(value, &q, *len);
	return true;
}
