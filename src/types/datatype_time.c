/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time: durations (ct expiration), and meta time, hour and day.
 *
 * The kernel has time in nanoseconds since the epoch and hours in seconds of the day, both UTC; text is in the time
 * zone of this process. An hour uses the zone's offset of today, a date that of its day.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/bytes.h"
#include "src/types/number.h"
#include "src/types/time.h"

enum { DAY_SECONDS = 86400 };

static const struct {
	const char *name;
	uint64_t ms;
} units[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};

/* The unit that stands at *p, which is moved behind it; ARRAY_SIZE(units) if none. */
static unsigned unit_at(const char **p)
{
	for (unsigned i = ARRAY_SIZE(units); i--;) {
		size_t n = strlen(units[i].name);

		if (!strncmp(*p, units[i].name, n)) {
			*p += n;
			return i;
		}
	}
	return ARRAY_SIZE(units);
}

int duration_parse(const char *text, uint64_t *ms, const char **why)
{
	unsigned seen = 0;
	uint64_t sum = 0;

	*why = "wrong time format";
	if (!*text)
		return -1;
	for (const char *p = text; *p;) {
		uint64_t n = 0;
		unsigned u;

		if (!isdigit((unsigned char)*p))
			return -1;
		for (; isdigit((unsigned char)*p); p++) {
			n = n * 10 + (uint64_t)(*p - '0');
			if (n > UINT32_MAX * 1000ull) {
				*why = "value too large";
				return -1;
			}
		}
		if (!*p && !seen) {
			sum = n * 1000;
			break;
		}
		u = unit_at(&p);
		if (u == ARRAY_SIZE(units) || seen & 1u << u)
			return -1;
		seen |= 1u << u;
		sum += n * units[u].ms;
	}
	*ms = sum;
	return 0;
}

void duration_print(uint64_t ms, struct buf *out)
{
	if (!ms)
		buf_puts(out, "0s");
	for (unsigned i = 0; i < ARRAY_SIZE(units); i++) {
		if (ms / units[i].ms)
			buf_printf(out, "%llu%s", (unsigned long long)(ms / units[i].ms), units[i].name);
		ms %= units[i].ms;
	}
}

static int time_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	uint64_t ms;

	if (duration_parse(text, &ms, why))
		return -1;
	if (ms > UINT32_MAX) {
		*why = "value too large";
		return -1;
	}
	*out = ms;
	return 0;
}

static void time_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	if (c && (c->numeric_time || c->numeric_all))
		buf_printf(out, "%llus", (unsigned long long)(v / 1000));
	else
		duration_print((uint64_t)v, out);
}

/* Milliseconds. */
const struct datatype type_time = {
	.id = TYPE_TIME,
	.name = "time",
	.desc = "relative time",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_integer,
	.parse = time_parse,
	.print = time_print,
};

/* "2019-06-21", with " 17:00" or " 17:00:14": seconds since the epoch. */
static bool date_seconds(const char *text, int64_t *out)
{
	static const char *const forms[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d" };

	for (unsigned i = 0; i < ARRAY_SIZE(forms); i++) {
		struct tm tm = { 0 }, local;
		const char *end = strptime(text, forms[i], &tm);
		time_t t;

		if (!end || *end)
			continue;
		t = timegm(&tm);
		if (!localtime_r(&t, &local))
			return false;
		*out = t - local.tm_gmtoff;
		return true;
	}
	return false;
}

static int date_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	int64_t t = 0;
	u128 n;

	if (date_seconds(text, &t) && t >= 0) {
		*out = (u128)t * 1000000000;
		return 0;
	}
	if (number_parse(text, &n) && n < UINT64_MAX / 1000000000) {
		*out = n * 1000000000;
		return 0;
	}
	*why = "Cannot parse date";
	return -1;
}

static void date_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	time_t t = (time_t)(v / 1000000000);
	struct tm tm;
	char text[40];

	if (localtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		buf_printf(out, "\"%s\"", text);
	else
		buf_printf(out, "%lld", (long long)t);
}

/* Nanoseconds. */
const struct datatype type_date = {
	.id = TYPE_TIME_DATE,
	.name = "time",
	.desc = "Relative time of packet reception",
	.byteorder = BO_HOST,
	.bits = 64,
	.base = &type_integer,
	.parse = date_parse,
	.print = date_print,
	.json_string = true,
};

static long zone_offset(void)
{
	time_t now = time(NULL);
	struct tm tm;

	return localtime_r(&now, &tm) ? tm.tm_gmtoff : 0;
}

/* "17:00", "17:00:01", or a duration since midnight; seconds of the day in local time. */
static int hour_seconds(const char *text, int64_t *out, struct arena *a, const char **why)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%H:%M:%S", &tm);
	uint64_t ms;

	if (!end || *end) {
		memset(&tm, 0, sizeof(tm));
		end = strptime(text, "%H:%M", &tm);
	}
	if (end && !*end) {
		*out = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
		return 0;
	}
	if (duration_parse(text, &ms, why))
		return -1;
	if (ms / 1000 > DAY_SECONDS) {
		*why = arena_printf(a, "Value %llu exceeds valid range 0-%d", (unsigned long long)(ms / 1000), DAY_SECONDS);
		return -1;
	}
	*out = (int64_t)(ms / 1000);
	return 0;
}

static int hour_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	int64_t s;

	if (hour_seconds(text, &s, a, why))
		return -1;
	s -= zone_offset();
	if (s < 0)
		s += DAY_SECONDS;
	if (s > DAY_SECONDS)
		s -= DAY_SECONDS;
	*out = (u128)s;
	return 0;
}

static void hour_print(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out)
{
	int64_t s = ((int64_t)(v % DAY_SECONDS) + zone_offset() + DAY_SECONDS) % DAY_SECONDS;

	buf_printf(out, "\"%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60));
	if (s % 60)
		buf_printf(out, ":%02d", (int)(s % 60));
	buf_putc(out, '"');
}

const struct datatype type_hour = {
	.id = TYPE_TIME_HOUR,
	.name = "hour",
	.desc = "Hour of day of packet reception",
	.byteorder = BO_HOST,
	.bits = 32,
	.base = &type_integer,
	.parse = hour_parse,
	.print = hour_print,
	.json_string = true,
};

static const struct symbol days[] = {
	{ "Sunday", 0 },   { "Monday", 1 }, { "Tuesday", 2 },  { "Wednesday", 3 },
	{ "Thursday", 4 }, { "Friday", 5 }, { "Saturday", 6 }, { NULL, 0 },
};

static int day_parse(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why)
{
	const struct symbol *found = NULL;
	unsigned n = 0;
	u128 v;

	if (number_parse(text, &v)) {
		if (v <= 6) {
			*out = v;
			return 0;
		}
		*why = arena_printf(a, "Value %s exceeds valid range 0-6", text);
		return -1;
	}
	for (const struct symbol *s = days; s->name && *text; s++)
		if (!strncasecmp(s->name, text, strlen(text))) {
			found = s;
			n++;
		}
	if (n != 1) {
		*why = "Could not parse Day of week of packet reception";
		return -1;
	}
	*out = found->value;
	return 0;
}

const struct datatype type_day = {
	.id = TYPE_TIME_DAY,
	.name = "day",
	.desc = "Day of week of packet reception",
	.byteorder = BO_HOST,
	.bits = 8,
	.base = &type_integer,
	.symbols = days,
	.quote = true,
	.parse = day_parse,
};
