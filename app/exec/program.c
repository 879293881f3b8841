/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dynamic loader reads LD_PRELOAD, so a program must have one: its ELF header names it (PT_INTERP). Go makes its system calls
 * itself, even where it is linked dynamically; its linker leaves a note.
 */
#include "app/exec/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPTS_MAX = 4, LINE_MAX_BYTES = 256 };

struct kind {
	bool elf, foreign, loader, go;
};

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

char *program_find(const char *name)
{
	const char *path = getenv("PATH");
	size_t len;

	if (strchr(name, '/'))
		return strdup(name);
	for (path = path ? path : "/bin:/usr/bin";; path += len + 1) {
		buf_auto b = { 0 };

		len = strcspn(path, ":");
		buf_put(&b, len ? path : ".", len ? len : 1);
		buf_printf(&b, "/%s", name);
		if (is_program(b.p))
			return strdup(b.p);
		if (!path[len])
			break;
	}
	errno = ENOENT;
	return NULL;
}

static bool has_go_note(int fd, const ElfW(Phdr) * p)
{
	char note[16];

	return p->p_filesz >= sizeof(note) && pread(fd, note, sizeof(note), (off_t)p->p_offset) == (ssize_t)sizeof(note) &&
	       !memcmp(note + 12, "Go\0", 4);
}

static void look_at_segments(int fd, const ElfW(Ehdr) * h, struct kind *k)
{
	for (unsigned i = 0; i < h->e_phnum; i++) {
		ElfW(Phdr) p;

		if (pread(fd, &p, sizeof(p), (off_t)(h->e_phoff + i * sizeof(p))) != (ssize_t)sizeof(p))
			return;
		k->loader |= p.p_type == PT_INTERP;
		k->go |= p.p_type == PT_NOTE && has_go_note(fd, &p);
	}
}

static void look_at(int fd, struct kind *k)
{
	static const unsigned char own_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
	ElfW(Ehdr) h, own;
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	bool have_own = self >= 0 && pread(self, &own, sizeof(own), 0) == (ssize_t)sizeof(own);

	if (self >= 0)
		close(self);
	if (pread(fd, &h, sizeof(h), 0) != (ssize_t)sizeof(h) || memcmp(h.e_ident, ELFMAG, SELFMAG))
		return;
	k->elf = true;
	k->foreign = h.e_ident[EI_CLASS] != own_class || (have_own && h.e_machine != own.e_machine);
	if (!k->foreign)
		look_at_segments(fd, &h, k);
}

/* The interpreter of a script's first line, to be freed; NULL: no script. `env` names it in its argument. */
static char *interpreter(int fd)
{
	char line[LINE_MAX_BYTES], *word, *rest;
	ssize_t n = pread(fd, line, sizeof(line) - 1, 0);

	if (n < 3 || line[0] != '#' || line[1] != '!')
		return NULL;
	line[n] = 0;
	line[strcspn(line, "\n")] = 0;
	word = strtok_r(line + 2, " \t", &rest);
	if (!word)
		return NULL;
	if (strlen(word) >= 4 && !strcmp(word + strlen(word) - 4, "/env")) {
		word = strtok_r(NULL, " \t", &rest);
		return word ? program_find(word) : NULL;
	}
	return strdup(word);
}

static int refuse(struct buf *why, const char *path, const char *reason)
{
	buf_printf(why, "%s %s", path, reason);
	return -1;
}

static int judge(const char *path, int fd, struct buf *why)
{
	struct kind k = { 0 };
	struct stat st;

	look_at(fd, &k);
	if (k.go)
		return refuse(why, path,
			      "is a Go program: it makes its system calls itself, past the library that leads them to an engine");
	if (k.elf && k.foreign)
		return refuse(why, path,
			      "is made for another machine: the library that leads its sockets to an engine does not fit");
	if (k.elf && !k.loader)
		return refuse(why, path,
			      "is linked statically: no library can be put before it, so its sockets would lead to the kernel");
	if (!fstat(fd, &st) &&
	    ((st.st_mode & S_ISUID && st.st_uid != geteuid()) || (st.st_mode & S_ISGID && st.st_gid != getegid())))
		return refuse(why, path, "runs as another user or group (set-user-id): no library is put before such programs");
	return 0;
}

static int check(const char *path, struct buf *why, unsigned depth)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;
	char *next = NULL;

	if (fd < 0)
		return errno == EACCES ? 0 : refuse(why, path, strerror(errno)); /* it may be run, but not read */
	next = depth < SCRIPTS_MAX ? interpreter(fd) : NULL;
	ret = next ? check(next, why, depth + 1) : judge(path, fd, why);
	free(next);
	close(fd);
	return ret;
}

int program_check(const char *path, struct buf *why)
{
	return check(path, why, 0);
}
