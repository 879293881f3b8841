/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host names: devices, device groups, routing realms, packet marks, users, groups, control groups, traffic classes.
 * Realms, marks and groups are read from iproute2's files, each once.
 */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <net/if.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <linux/pkt_sched.h>

#include "src/types/datatype.h"
#include "src/types/number.h"
#include "src/types/symfile.h"

static const struct symbol *marks(void)
{
	static struct symfile f = { .path = { "/etc/iproute2/rt_marks", "/usr/share/iproute2/rt_marks" } };

	return symfile_load(&f);
}

static const struct symbol *realms(void)
{
	static struct symfile f = { .path = { "/etc/iproute2/rt_realms", "/usr/share/iproute2/rt_realms" } };

	return symfile_load(&f);
}

static const struct symbol *devgroups(void)
{
	static struct symfile f = { .path = { "/etc/iproute2/group", "/usr/share/iproute2/group" } };

	return symfile_load(&f);
}

const struct datatype type_mark = {
	.id = TYPE_MARK,
	.name = "mark",
	.desc = "packet mark",
	.byteorder = BO_HOST,
	.bits = 32,
	.prefix = true,
	.base = &type_integer,
	.host_symbols = marks,
	.quote = true,
	.hex = 8,
};

const struct datatype type_realm = {
	.id = TYPE_REALM,
	.name = "realm",
	.desc = "routing realm",
	.byteorder = BO_HOST,
	.bits = 32,
	.prefix = true,
	.base = &type_integer,
	.host_symbols = realms,
	.quote = true,
	.json_string = true,
};

const struct datatype type_devgroup = {
	.id = TYPE_DEVGROUP,
	.name = "devgroup",
	.desc = "devgroup name",
	.byteorder = BO_HOST,
	.bits = 32,
	.prefix = true,
	.base = &type_integer,
	.host_symbols = devgroups,
	.quote = true,
};

static int index_of(const struct type_ctx *c, const char *name)
{
	if (c && c->ifindex)
		return c->ifindex(c->host, name);
	return (int)if_nametoindex(name);
}

static int ifindex_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	int i = index_of(c, text);
	u128 v;

	if (i > 0) {
		*out = (u128)i;
	} else if (number_parse(text, &v)) {
		*out = v;
	} else {
		*why = "Interface does not exist";
		return -1;
	}
	return 0;
}

static void ifindex_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	char mem[IF_NAMESIZE];
	const char *name = c && c->ifname ? c->ifname(c->host, (uint32_t)v) : if_indextoname((unsigned)v, mem);

	if (name)
		buf_printf(out, "\"%s\"", name);
	else
		buf_printf(out, "%u", (unsigned)v);
}

const struct datatype type_ifindex = {
	.id = TYPE_IFINDEX,
	.name = "iface_index",
	.desc = "network interface index",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_integer,
	.parse = ifindex_parse,
	.print = ifindex_print,
	.json_string = true,
};

static int uid_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	u128 v;

	if (number_parse(text, &v)) {
		if (v > UINT32_MAX) {
			*why = "Value too large";
			return -1;
		}
		*out = v;
	} else {
		const struct passwd *p = getpwnam(text);

		if (!p) {
			*why = "User does not exist";
			return -1;
		}
		*out = p->pw_uid;
	}
	return 0;
}

static void uid_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	const struct passwd *p = c && c->guid_names ? getpwuid((uid_t)v) : NULL;

	if (p)
		buf_printf(out, "\"%s\"", p->pw_name);
	else
		buf_printf(out, "%u", (unsigned)v);
}

const struct datatype type_uid = {
	.id = TYPE_UID,
	.name = "uid",
	.desc = "user ID",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_integer,
	.parse = uid_parse,
	.print = uid_print,
};

static int gid_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	u128 v;

	if (number_parse(text, &v)) {
		if (v > UINT32_MAX) {
			*why = "Value too large";
			return -1;
		}
		*out = v;
	} else {
		const struct group *g = getgrnam(text);

		if (!g) {
			*why = "Group does not exist";
			return -1;
		}
		*out = g->gr_gid;
	}
	return 0;
}

static void gid_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	const struct group *g = c && c->guid_names ? getgrgid((gid_t)v) : NULL;

	if (g)
		buf_printf(out, "\"%s\"", g->gr_name);
	else
		buf_printf(out, "%u", (unsigned)v);
}

const struct datatype type_gid = {
	.id = TYPE_GID,
	.name = "gid",
	.desc = "group ID",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_integer,
	.parse = gid_parse,
	.print = gid_print,
};

#define CGROUP_ROOT "/sys/fs/cgroup"

/* A control group is the inode number of its directory. */
static int cgroup_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	struct stat st;

	if (!stat(arena_printf(a, CGROUP_ROOT "/%s", text), &st)) {
		*out = st.st_ino;
		return 0;
	}
	*why = arena_printf(a, "cgroupv2 path fails: %s", strerror(errno));
	return number_parse(text, out) ? 0 : -1;
}

/* Into path, the directory below it with that inode; false if there is none. Depth is bounded by the path's. */
static bool cgroup_find(char *path, size_t size, ino_t ino)
{
	DIR *d = opendir(path);
	size_t n = strlen(path);
	const struct dirent *e;
	bool found = false;

	while (d && !found && (e = readdir(d))) {
		if (e->d_type != DT_DIR || !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || n + strlen(e->d_name) + 2 > size)
			continue;
		snprintf(path + n, size - n, "/%s", e->d_name);
		found = e->d_ino == ino || cgroup_find(path, size, ino);
		if (!found)
			path[n] = '\0';
	}
	if (d)
		closedir(d);
	return found;
}

static void cgroup_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	char path[1024] = CGROUP_ROOT;

	if (cgroup_find(path, sizeof(path), (ino_t)v))
		buf_printf(out, "\"%s\"", path + strlen(CGROUP_ROOT) + 1);
	else
		buf_printf(out, "%llu", (unsigned long long)v);
}

const struct datatype type_cgroupv2 = {
	.id = TYPE_CGROUPV2,
	.name = "cgroupsv2",
	.desc = "cgroupsv2 path",
	.byteorder = BO_HOST,
	.bits = 64,
	.base = &type_integer,
	.parse = cgroup_parse,
	.print = cgroup_print,
	.json_string = true,
};

/* "major:minor" in hexadecimal, either may be missing. */
static int classid_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	unsigned part[2] = { 0, 0 }, i = 0, digits = 0, all = 0;

	if (!strcmp(text, "root")) {
		*out = TC_H_ROOT;
		return 0;
	}
	if (!strcmp(text, "none")) {
		*out = TC_H_UNSPEC;
		return 0;
	}
	if (number_parse(text, out))
		return 0;
	for (; *text; text++) {
		int d = *text >= '0' && *text <= '9'                     ? *text - '0'
			: (*text | 0x20) >= 'a' && (*text | 0x20) <= 'f' ? (*text | 0x20) - 'a' + 10
									 : -1;

		if (*text == ':' && !i) {
			i = 1;
			digits = 0;
		} else if (d >= 0 && ++digits <= 4) {
			part[i] = part[i] << 4 | (unsigned)d;
			all++;
		} else {
			break;
		}
	}
	if (*text || !i || !all) {
		*why = "Could not parse TC classid";
		return -1;
	}
	*out = part[0] << 16 | part[1];
	return 0;
}

static void classid_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	if (v == TC_H_ROOT)
		buf_puts(out, "root");
	else if (v == TC_H_UNSPEC)
		buf_puts(out, "none");
	else
		buf_printf(out, "%x:%x", (unsigned)v >> 16, (unsigned)v & 0xffff);
}

const struct datatype type_classid = {
	.id = TYPE_CLASSID,
	.name = "classid",
	.desc = "TC classid",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_integer,
	.parse = classid_parse,
	.print = classid_print,
	.json_string = true,
};
