/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person wants to see first of a run: verdicts, base chains, rules that hit, rules that never did. */
#ifndef NFVM_APP_REPORT_H
#define NFVM_APP_REPORT_H

#include "app/rulebook.h"

enum { REPORT_VERDICTS = NFVM_ERROR + 1 };

struct report {
	const char *capture, *rules;
	uint64_t frames, bytes;
	uint64_t first_ns, last_ns;    /* of the frames' time stamps */
	uint64_t verdict_frames[REPORT_VERDICTS], verdict_bytes[REPORT_VERDICTS];
	uint64_t own;                  /* frames the host itself made: errors, resets */
	uint64_t flows;                /* connections known at the end */
	double seconds;                /* the run took */
};

void report_print(const struct report *r, const struct rulebook *book, const struct texts *t, bool colour, FILE *out);
/* 1234567 → "1,234,567"; 1234567 → "1.2 MB". Static buffers, a few at a time. */
const char *report_count(uint64_t n);
const char *report_bytes(uint64_t n);

#endif
