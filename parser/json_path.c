/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A place in JSON as a path: nftables[3].rule.expr[1].match.left. Worked out from the text when an error is printed: what is open
 * before the place, and the key or number of what begins there.
 */
#include "parser/json.h"

enum { DEEP = 128 };

struct level {
	bool array, value; /* value: the key is read */
	uint32_t index;
	size_t key, key_len;
};

struct path {
	struct level levels[DEEP];
	unsigned n;
};

/* Letters, digits, and the bytes of also. */
static bool is_plain(const char *s, size_t n, const char *also)
{
	for (size_t i = 0; i < n; i++)
		if (!(strchr(also, s[i]) || (s[i] >= '0' && s[i] <= '9') || ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z')))
			return false;
	return n;
}

static void print(const struct path *path, const char *bytes, struct buf *out)
{
	for (unsigned i = 0; i < path->n; i++) {
		const struct level *l = &path->levels[i];

		if (l->array)
			buf_printf(out, "[%u]", l->index);
		else if (l->value && is_plain(bytes + l->key, l->key_len, "_-"))
			buf_printf(out, "%s%.*s", i ? "." : "", (int)l->key_len, bytes + l->key);
		else if (l->value && is_plain(bytes + l->key, l->key_len, "_- "))
			buf_printf(out, "[\"%.*s\"]", (int)l->key_len, bytes + l->key);
	}
}

static size_t string_end(const char *bytes, size_t len, size_t i)
{
	for (i++; i < len && bytes[i] != '"'; i++)
		i += bytes[i] == '\\';
	return i;
}

void jp_path(const char *bytes, size_t len, size_t off, struct buf *out)
{
	struct path path = { .n = 0 };
	unsigned below = 0; /* levels that have no room */

	for (size_t i = 0; i < len && i < off; i++) {
		struct level *l = path.n && !below ? &path.levels[path.n - 1] : NULL;
		size_t end;

		switch (bytes[i]) {
		case '{':
		case '[':
			if (path.n == DEEP)
				below++;
			else
				path.levels[path.n++] = (struct level){ .array = bytes[i] == '[' };
			break;
		case '}':
		case ']':
			if (below)
				below--;
			else if (path.n)
				path.n--;
			break;
		case ',':
			if (l && l->array)
				l->index++;
			else if (l)
				l->value = false;
			break;
		case '"':
			end = string_end(bytes, len, i);
			if (l && !l->array && !l->value) {
				l->value = true;
				l->key = i + 1;
				l->key_len = end - i - 1;
			}
			i = end;
		}
	}
	print(&path, bytes, out);
}
