/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See host_file.h. iproute2 is asked, since it knows all of rtnetlink and its JSON is the form of the file. */
#include "app/host_file.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"

static const struct {
	const char *key, *command;
	bool needed;
} parts[] = {
	{ "addr", "ip -j -d addr", true },
	{ "route", "ip -j route show table all", true },
	{ "route6", "ip -j -6 route show table all", false },
	{ "neigh", "ip -j neigh", true },
	{ "rule", "ip -j rule", false },
	{ "fdb", "bridge -j fdb 2>/dev/null", false },
};

static const char *const sysctls[] = {
	"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv4.conf.all.rp_filter", "net.ipv4.icmp_ratelimit",
	"net.ipv6.icmp.ratelimit", "net.ipv4.ip_default_ttl", "net.ipv6.conf.all.hop_limit", "net.netfilter.nf_conntrack_max",
	"net.netfilter.nf_conntrack_tcp_loose", "net.netfilter.nf_conntrack_tcp_be_liberal", "net.netfilter.nf_conntrack_checksum",
	"net.netfilter.nf_conntrack_acct", "net.netfilter.nf_conntrack_generic_timeout", "net.netfilter.nf_conntrack_udp_timeout",
	"net.netfilter.nf_conntrack_udp_timeout_stream", "net.netfilter.nf_conntrack_icmp_timeout",
	"net.netfilter.nf_conntrack_tcp_timeout_established",
};
static const char *const device_sysctls[] = { "rp_filter", "accept_local", "forwarding", "route_localnet" };

static json_t *ask(const char *command)
{
	FILE *p = popen(command, "re");
	buf_auto b = { 0 };
	size_t n;

	if (!p)
		return NULL;
	while ((n = fread(buf_reserve(&b, 65536), 1, 65536, p)) > 0)
		b.len += n;
	if (pclose(p))
		return NULL;
	return b.len ? json_loadb(b.p, b.len, 0, NULL) : json_array();
}

static void add_sysctl(json_t *to, const char *name)
{
	char path[256], value[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	for (char *c = path + strlen("/proc/sys/"); *c; c++)
		if (*c == '.')
			*c = '/';
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(value, sizeof(value), f)) {
		value[strcspn(value, "\n")] = 0;
		json_object_set_new(to, name, json_string(value));
	}
	fclose(f);
}

/* A device's name may hold dots, which the path of its sysctls keeps: those devices' sysctls go by the "all" ones. */
static void add_device_sysctls(json_t *to, const json_t *addrs)
{
	const json_t *dev;
	char name[256];
	size_t i;

	json_array_foreach(addrs, i, dev) {
		const char *ifname = json_string_value(json_object_get(dev, "ifname"));

		if (!ifname || strchr(ifname, '.'))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(device_sysctls); k++) {
			snprintf(name, sizeof(name), "net.ipv4.conf.%s.%s", ifname, device_sysctls[k]);
			add_sysctl(to, name);
		}
		snprintf(name, sizeof(name), "net.ipv6.conf.%s.forwarding", ifname);
		add_sysctl(to, name);
	}
}

int host_file_write(FILE *out)
{
	json_t *root = json_object(), *values = json_object();
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		json_t *part = ask(parts[i].command);

		if (!part && parts[i].needed) {
			fprintf(stderr, "Error: `%s` said nothing that could be used (is iproute2 installed?)\n", parts[i].command);
			json_decref(root);
			json_decref(values);
			return -1;
		}
		if (part)
			json_object_set_new(root, parts[i].key, part);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sysctls); i++)
		add_sysctl(values, sysctls[i]);
	add_device_sysctls(values, json_object_get(root, "addr"));
	json_object_set_new(root, "sysctl", values);
	ret = json_dumpf(root, out, JSON_INDENT(1)) || fputc('\n', out) == EOF ? -1 : 0;
	json_decref(root);
	return ret;
}
