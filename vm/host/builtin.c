/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host that stands where no host file is given: two devices, one network on each, forwarding, default routes by eth1. */
#include "vm/host/model.h"

#include <stdio.h>
#include <sys/socket.h>

const char host_builtin_text[] =
	"{\"addr\":["
	"{\"ifindex\":1,\"ifname\":\"lo\",\"flags\":[\"LOOPBACK\",\"UP\",\"LOWER_UP\"],\"mtu\":65536,\"link_type\":\"loopback\","
	"\"address\":\"00:00:00:00:00:00\",\"addr_info\":[{\"family\":\"inet\",\"local\":\"127.0.0.1\",\"prefixlen\":8,\"scope\":\"host\"},"
	"{\"family\":\"inet6\",\"local\":\"::1\",\"prefixlen\":128,\"scope\":\"host\"}]},"
	"{\"ifindex\":2,\"ifname\":\"eth0\",\"flags\":[\"BROADCAST\",\"NOARP\",\"UP\",\"LOWER_UP\"],\"mtu\":1500,\"link_type\":\"ether\","
	"\"address\":\"02:00:00:00:00:01\",\"addr_info\":[{\"family\":\"inet\",\"local\":\"192.0.2.1\",\"prefixlen\":24},"
	"{\"family\":\"inet6\",\"local\":\"2001:db8::1\",\"prefixlen\":64}]},"
	"{\"ifindex\":3,\"ifname\":\"eth1\",\"flags\":[\"BROADCAST\",\"NOARP\",\"UP\",\"LOWER_UP\"],\"mtu\":1500,\"link_type\":\"ether\","
	"\"address\":\"02:00:00:00:01:01\",\"addr_info\":[{\"family\":\"inet\",\"local\":\"198.51.100.1\",\"prefixlen\":24},"
	"{\"family\":\"inet6\",\"local\":\"2001:db8:1::1\",\"prefixlen\":64}]}],"
	"\"route\":[{\"dst\":\"default\",\"gateway\":\"198.51.100.254\",\"dev\":\"eth1\"},"
	"{\"dst\":\"192.0.2.0/24\",\"dev\":\"eth0\",\"scope\":\"link\",\"prefsrc\":\"192.0.2.1\"},"
	"{\"dst\":\"198.51.100.0/24\",\"dev\":\"eth1\",\"scope\":\"link\",\"prefsrc\":\"198.51.100.1\"}],"
	"\"route6\":[{\"dst\":\"default\",\"gateway\":\"2001:db8:1::fe\",\"dev\":\"eth1\",\"metric\":1024},"
	"{\"dst\":\"2001:db8::/64\",\"dev\":\"eth0\",\"metric\":256},{\"dst\":\"2001:db8:1::/64\",\"dev\":\"eth1\",\"metric\":256}],"
	"\"sysctl\":{\"net.ipv4.ip_forward\":\"1\",\"net.ipv6.conf.all.forwarding\":\"1\",\"net.ipv4.conf.all.rp_filter\":\"0\","
	"\"net.ipv4.conf.eth0.accept_local\":\"1\",\"net.ipv4.conf.eth1.accept_local\":\"1\","
	"\"net.ipv4.icmp_ratelimit\":\"0\",\"net.ipv6.icmp.ratelimit\":\"0\",\"net.ipv4.ip_default_ttl\":\"64\","
	"\"net.ipv6.conf.all.hop_limit\":\"64\",\"net.netfilter.nf_conntrack_max\":\"262144\","
	"\"net.netfilter.nf_conntrack_tcp_loose\":\"1\",\"net.netfilter.nf_conntrack_tcp_be_liberal\":\"0\","
	"\"net.netfilter.nf_conntrack_checksum\":\"1\",\"net.netfilter.nf_conntrack_acct\":\"0\"}}";

/* Hosts 2 … 20 and 254 of each network, MAC address 02:00:00:00:network:host. */
int host_builtin_neighs(struct host *h)
{
	for (unsigned net = 0; net < 2; net++) {
		for (unsigned i = 2; i <= 21; i++) {
			uint8_t host = i == 21 ? 254 : (uint8_t)i;
			struct host_neighbour n4 = { .dev = 2 + net, .family = AF_INET, .mac = { 2, 0, 0, 0, (uint8_t)net, host } };
			struct host_neighbour n6 = n4;
			static const uint8_t nets[2][3] = { { 192, 0, 2 }, { 198, 51, 100 } };
			static const uint8_t net6[4] = { 0x20, 0x01, 0x0d, 0xb8 };

			memcpy(n4.addr, nets[net], 3);
			n4.addr[3] = host;
			n6.family = AF_INET6;
			memcpy(n6.addr, net6, 4);
			n6.addr[5] = (uint8_t)net;
			n6.addr[15] = host;
			if (host_neigh_add(h, &n4) || host_neigh_add(h, &n6))
				return -1;
		}
	}
	return 0;
}
