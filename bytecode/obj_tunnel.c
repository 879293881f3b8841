/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object "tunnel": metadata that packets leave with. nft_tunnel.c. */
#include "bytecode/codec.h"
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_tunnel_vxlan
static const struct bc_attr vxlan_attrs[] = {
	A(NFTA_TUNNEL_KEY_VXLAN_GBP, BC_BE32, gbp),
};
static const struct bc_desc vxlan_desc = BC_DESC("vxlan", vxlan_attrs);
#undef T

#define T struct bc_tunnel_erspan
static const struct bc_attr erspan_attrs[] = {
	A(NFTA_TUNNEL_KEY_ERSPAN_VERSION, BC_BE32, version),
	A(NFTA_TUNNEL_KEY_ERSPAN_V1_INDEX, BC_BE32, v1_index),
	A(NFTA_TUNNEL_KEY_ERSPAN_V2_HWID, BC_U8, v2_hwid),
	A(NFTA_TUNNEL_KEY_ERSPAN_V2_DIR, BC_U8, v2_dir),
};
static const struct bc_desc erspan_desc = BC_DESC("erspan", erspan_attrs);
#undef T

#define T struct bc_tunnel_geneve
static const struct bc_attr geneve_attrs[] = {
	A(NFTA_TUNNEL_KEY_GENEVE_CLASS, BC_BE16, class, .flags = BC_A_EXACT),
	A(NFTA_TUNNEL_KEY_GENEVE_TYPE, BC_U8, type, .flags = BC_A_EXACT),
	A(NFTA_TUNNEL_KEY_GENEVE_DATA, BC_BYTES, data, .max = 127),
};
static const struct bc_desc geneve_desc = BC_DESC("geneve", geneve_attrs);
#undef T

#define T struct bc_tunnel_opt
static const struct bc_attr opt_attrs[] = {
	A(NFTA_TUNNEL_KEY_OPTS_VXLAN, BC_NEST, vxlan, .sub = &vxlan_desc),
	A(NFTA_TUNNEL_KEY_OPTS_ERSPAN, BC_NEST, erspan, .sub = &erspan_desc),
	A(NFTA_TUNNEL_KEY_OPTS_GENEVE, BC_NEST, geneve, .sub = &geneve_desc),
};
static const struct bc_desc opt_desc = BC_DESC("opts", opt_attrs);
#undef T

#define T struct bc_tunnel_ip
static const struct bc_attr ip_attrs[] = {
	A(NFTA_TUNNEL_KEY_IP_SRC, BC_BYTES, src, .max = 4, .flags = BC_A_MIN),
	A(NFTA_TUNNEL_KEY_IP_DST, BC_BYTES, dst, .max = 4, .flags = BC_A_MIN),
};
static const struct bc_desc ip_desc = BC_DESC("ip", ip_attrs);
#undef T

#define T struct bc_tunnel_ip6
static const struct bc_attr ip6_attrs[] = {
	A(NFTA_TUNNEL_KEY_IP6_SRC, BC_BYTES, src, .max = 16, .flags = BC_A_MIN),
	A(NFTA_TUNNEL_KEY_IP6_DST, BC_BYTES, dst, .max = 16, .flags = BC_A_MIN),
	A(NFTA_TUNNEL_KEY_IP6_FLOWLABEL, BC_BE32, flowlabel),
};
static const struct bc_desc ip6_desc = BC_DESC("ip6", ip6_attrs);
#undef T

#define T struct bc_tunnel_obj
static const struct bc_attr attrs[] = {
	A(NFTA_TUNNEL_KEY_ID, BC_BE32, id),
	A(NFTA_TUNNEL_KEY_IP, BC_NEST, ip, .sub = &ip_desc),
	A(NFTA_TUNNEL_KEY_IP6, BC_NEST, ip6, .sub = &ip6_desc),
	A(NFTA_TUNNEL_KEY_SPORT, BC_BE16, sport),
	A(NFTA_TUNNEL_KEY_DPORT, BC_BE16, dport),
	A(NFTA_TUNNEL_KEY_TOS, BC_U8, tos),
	A(NFTA_TUNNEL_KEY_TTL, BC_U8, ttl),
	A(NFTA_TUNNEL_KEY_FLAGS, BC_BE32, flags),
	A(NFTA_TUNNEL_KEY_OPTS, BC_ATTRS, opts, .sub = &opt_desc),
};
const struct bc_desc bc_tunnel_desc = BC_DESC("tunnel", attrs);
