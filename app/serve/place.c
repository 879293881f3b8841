/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a network namespace is still in use. A server that lives in one keeps it alive, so its end cannot be waited for; but it
 * is as good as ended when no other process is in it, and no mount names it (as `ip netns add` makes them).
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/serve/server.h"

static bool named_by_mount(ino_t ino)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, want[64];
	size_t cap = 0;
	bool found = false;

	if (!f)
		return true;
	snprintf(want, sizeof(want), " net:[%lu] ", (unsigned long)ino);
	while (!found && getline(&line, &cap, f) >= 0)
		found = strstr(line, want);
	free(line);
	fclose(f);
	return found;
}

static bool has_others(const struct stat *own)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	bool found = false;

	if (!d)
		return true;
	while (!found && (e = readdir(d))) {
		char path[300];
		struct stat st;

		if (!isdigit((unsigned char)*e->d_name) || atoi(e->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", e->d_name);
		found = !stat(path, &st) && st.st_ino == own->st_ino && st.st_dev == own->st_dev;
	}
	closedir(d);
	return found;
}

/* Only root of a user namespace sees all of its processes. */
bool place_lives(void)
{
	struct stat own;

	return geteuid() || stat("/proc/self/ns/net", &own) || has_others(&own) || named_by_mount(own.st_ino);
}
