/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures: written and read again, other link types, files cut off anywhere. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "tests/unit/unit.h"
#include "vm/io/capture.h"

static char path[] = "/tmp/nfvm-capture-XXXXXX";
static const uint8_t frame[60] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };

static void fresh(void)
{
	strcpy(path, "/tmp/nfvm-capture-XXXXXX");
	close(mkstemp(path));
}

static void write_three(void)
{
	struct capture_writer *w;

	fresh();
	ck_assert_int_eq(capture_writer_open(path, &w), 0);
	ck_assert_int_eq(capture_write(w, "eth0", frame, 60, 1700000000123456789), 0);
	ck_assert_int_eq(capture_write(w, "a-long-name.42", frame, 33, 1700000001000000000), 0);
	ck_assert_int_eq(capture_write(w, "eth0", frame, 14, 1700000002000000001), 0);
	ck_assert_int_eq(capture_writer_close(&w), 0);
}

START_TEST(what_is_written_is_read)
{
	static const struct {
		const char *name;
		uint32_t len;
		uint64_t ns;
	} want[] = { { "eth0", 60, 1700000000123456789 }, { "a-long-name.42", 33, 1700000001000000000 }, { "eth0", 14, 1700000002000000001 } };
	struct capture *c;
	struct capture_frame f;
	char *why = NULL;

	write_three();
	ck_assert_int_eq(capture_open(path, &c, &why), 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		ck_assert_int_eq(capture_next(c, &f, &why), 1);
		ck_assert_str_eq(f.ifname, want[i].name);
		ck_assert_uint_eq(f.len, want[i].len);
		ck_assert_uint_eq(f.time_ns, want[i].ns);
		ck_assert_mem_eq(f.data, frame, f.len);
		ck_assert(!f.synthetic);
	}
	ck_assert_int_eq(capture_next(c, &f, &why), 0);
	capture_close(&c);
	unlink(path);
}
END_TEST

/* Cut anywhere: whole frames before the cut are given, then an error that says so, or the end where the cut is between blocks. */
START_TEST(a_file_cut_off_anywhere_is_an_error)
{
	char bytes[1024];
	size_t len;
	FILE *f;

	write_three();
	f = fopen(path, "r");
	len = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	ck_assert_uint_gt(len, 200);
	for (size_t cut = 0; cut < len; cut++) {
		struct capture *c = NULL;
		struct capture_frame fr;
		char *why = NULL;
		int got;

		f = fopen(path, "w");
		fwrite(bytes, 1, cut, f);
		fclose(f);
		if (capture_open(path, &c, &why)) {
			ck_assert_ptr_nonnull(why);
			free(why);
			continue;
		}
		while ((got = capture_next(c, &fr, &why)) > 0)
			;
		ck_assert_int_eq(got < 0, why != NULL);
		free(why);
		capture_close(&c);
	}
	unlink(path);
}
END_TEST

static void write_pcap(uint32_t linktype, const uint8_t *data, uint32_t len)
{
	uint32_t head[] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, linktype }, rec[] = { 7, 5, len, len };
	FILE *f;

	fresh();
	f = fopen(path, "w");
	fwrite(head, 1, sizeof(head), f);
	fwrite(rec, 1, sizeof(rec), f);
	fwrite(data, 1, len, f);
	fclose(f);
}

START_TEST(other_link_types_get_an_ethernet_header)
{
	static const struct {
		uint32_t linktype, header;
		uint8_t bytes[20];
	} kinds[] = {
		{ 101, 0, { 0 } },
		{ 228, 0, { 0 } },
		{ 0, 4, { 2, 0, 0, 0 } },
		{ 108, 4, { 0, 0, 0, 2 } },
		{ 113, 16, { 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, 8, 0 } },
		{ 276, 20, { 8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint8_t data[48] = { 0 };
		struct capture *c;
		struct capture_frame f;
		char *why = NULL;

		memcpy(data, kinds[i].bytes, kinds[i].header);
		data[kinds[i].header] = 0x45;
		write_pcap(kinds[i].linktype, data, kinds[i].header + 20);
		ck_assert_int_eq(capture_open(path, &c, &why), 0);
		ck_assert_int_eq(capture_next(c, &f, &why), 1);
		ck_assert(f.synthetic);
		ck_assert_uint_eq(f.len, 34);
		ck_assert_uint_eq(be16_load(f.data + 12), 0x0800);
		ck_assert_uint_eq(f.data[14], 0x45);
		ck_assert_uint_eq(f.time_ns, UINT64_C(7000005000));
		capture_close(&c);
		unlink(path);
	}
}
END_TEST

START_TEST(what_is_no_capture_is_refused)
{
	struct capture *c = NULL;
	char *why = NULL;

	write_pcap(147, frame, 60);
	ck_assert_int_lt(capture_open(path, &c, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "147"));
	free(why);
	unlink(path);
	why = NULL;
	ck_assert_int_lt(capture_open("/nowhere/at/all", &c, &why), 0);
	ck_assert_ptr_nonnull(why);
	free(why);
	ck_assert_ptr_null(c);
}
END_TEST

UNIT_MAIN("io-capture", what_is_written_is_read, a_file_cut_off_anywhere_is_an_error, other_link_types_get_an_ethernet_header,
	  what_is_no_capture_is_refused)
