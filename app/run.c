/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nfvm run. The ruleset is loaded over the engine's netlink socket like any client's; then the capture's frames go through a worker
 * in bursts, and what came out is reported: as JSON lines, as a trace, or as a summary. One thread.
 */
#include "app/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/json_out.h"
#include "app/progress.h"
#include "app/report.h"
#include "app/ruleset_json.h"
#include "app/session.h"
#include "src/raise/trace.h"
#include "vm/io/capture.h"

/* A frame of the burst under way: its bytes (the capture's own are gone at the next one) and what came of it. */
struct slot {
	struct buf bytes, outs, trace;
	struct nfvm_frame f;
};

struct runner {
	const struct run_options *o;
	struct session s;
	struct nfvm_worker *worker;
	struct capture *capture;
	struct capture_writer *writer;
	struct report report;
	struct progress progress;
	struct type_ctx types;
	struct trace_ctx trace;
	struct slot slots[NFVM_BURST];
	unsigned n; /* frames in the burst */
	int write_err;
};

/* ---- what the worker tells ------------------------------------------------------------------------- */

static const char *dev_name(const struct runner *r, uint32_t dev)
{
	const char *name = dev == NFVM_DEV_LOCAL ? "local0" : nfvm_device_name(r->s.engine, dev);

	return name ? name : "?";
}

static void on_out(void *ctx, const struct nfvm_out *out)
{
	struct runner *r = ctx;
	struct slot *s = &r->slots[out->in];
	const char *dev = dev_name(r, out->dev);

	if (r->o->json)
		json_out_frame(&s->outs, dev, out->data, out->len);
	if (r->writer && !r->write_err)
		r->write_err = capture_write(r->writer, dev, out->data, out->len, s->f.time_ns);
}

static void on_trace(void *ctx, uint32_t in, const void *nlmsg, size_t len)
{
	struct runner *r = ctx;

	trace_print(&r->trace, nlmsg, len, &r->slots[in].trace);
}

static void on_step(void *ctx, const struct nfvm_step *s)
{
	rulebook_step(((struct runner *)ctx)->s.book, s);
}

/* ---- frames ------------------------------------------------------------------------------------------ */

static void print_frame(struct runner *r, struct slot *s, uint8_t verdict)
{
	uint64_t n = ++r->report.frames;

	r->report.bytes += s->f.len;
	r->report.verdict_frames[verdict]++;
	r->report.verdict_bytes[verdict] += s->f.len;
	if (r->o->json) {
		buf_auto line = { 0 };

		json_out_line(&line, n, dev_name(r, s->f.dev), verdict, &s->outs);
		fwrite(line.p, 1, line.len, stdout);
	}
	if (r->o->trace)
		fprintf(r->o->json ? stderr : stdout, "%s", buf_str(&s->trace));
}

static void run_burst(struct runner *r)
{
	struct nfvm_frame frames[NFVM_BURST];
	uint8_t verdicts[NFVM_BURST];

	if (!r->n)
		return;
	for (unsigned i = 0; i < r->n; i++) {
		struct slot *s = &r->slots[i];

		s->f.data = (const uint8_t *)s->bytes.p;
		frames[i] = s->f;
		buf_cut(&s->outs, 0);
		buf_cut(&s->trace, 0);
	}
	nfvm_worker_run(r->worker, frames, r->n, verdicts);
	for (unsigned i = 0; i < r->n; i++)
		print_frame(r, &r->slots[i], verdicts[i]);
	r->n = 0;
}

/* By the interface's name where the capture has one that the host knows, else by the destination MAC, which the engine decides (dev
 * 0). */
static uint32_t entering(const struct runner *r, const struct capture_frame *f)
{
	return f->ifname ? nfvm_device_index(r->s.engine, f->ifname) : 0;
}

static void take_frame(struct runner *r, const struct capture_frame *f)
{
	struct slot *s = &r->slots[r->n++];

	buf_cut(&s->bytes, 0);
	buf_put(&s->bytes, f->data, f->len);
	s->f = (struct nfvm_frame){ .len = f->len, .time_ns = f->time_ns };
	s->f.dev = nfvm_device_entering(r->s.engine, entering(r, f), f->data, f->len);
	if (!r->report.first_ns || f->time_ns < r->report.first_ns)
		r->report.first_ns = f->time_ns;
	if (f->time_ns > r->report.last_ns)
		r->report.last_ns = f->time_ns;
}

static int run_frames(struct runner *r)
{
	struct capture_frame f;
	uint64_t done, total;
	char *why = NULL;
	int got;

	while ((got = capture_next(r->capture, &f, &why)) > 0) {
		take_frame(r, &f);
		if (r->n < NFVM_BURST)
			continue;
		run_burst(r);
		capture_progress(r->capture, &done, &total);
		progress_show(&r->progress, done, total, r->report.frames);
	}
	run_burst(r);
	progress_end(&r->progress);
	if (got < 0)
		fprintf(stderr, "Error: %s: after frame %llu: %s\n", r->o->capture, (unsigned long long)r->report.frames, why);
	free(why);
	return got;
}

/* ---- set-up --------------------------------------------------------------------------------------------- */

static int open_session(struct runner *r)
{
	struct session_options so = { .host_file = r->o->host_file,
				      .local = r->o->local,
				      .include_dirs = r->o->include_dirs,
				      .defines = r->o->defines,
				      .rules_file = r->o->rules,
				      .batches = r->o->batches,
				      .optimize = r->o->optimize,
				      .seed = r->o->seed,
				      .err = stderr };

	return session_open(&so, &r->s);
}

/* Frames are read while others are written. */
static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int open_captures(struct runner *r)
{
	char *why = NULL;
	int err = capture_open(r->o->capture, &r->capture, &why);

	if (err) {
		fprintf(stderr, "Error: %s: %s\n", r->o->capture, why ? why : strerror(-err));
		free(why);
		return -1;
	}
	if (r->o->write && same_file(r->o->capture, r->o->write))
		return fprintf(stderr, "Error: %s: is the capture that is read\n", r->o->write), -1;
	err = r->o->write ? capture_writer_open(r->o->write, &r->writer) : 0;
	if (err)
		fprintf(stderr, "Error: %s: %s\n", r->o->write, strerror(-err));
	return err ? -1 : 0;
}

static int open_worker(struct runner *r)
{
	struct nfvm_sink sink = { .ctx = r, .out = on_out };
	int err;

	if (r->o->trace)
		sink.trace = on_trace;
	if (!r->o->json)
		sink.step = on_step;
	r->types = session_types(&r->s);
	r->trace = (struct trace_ctx){ .types = &r->types, .rule = session_rule_text, .ctx = &r->s };
	if (r->o->trace && session_list_rules(&r->s))
		return fputs("Error: the ruleset cannot be listed\n", stderr), -1;
	err = nfvm_worker_new(r->s.engine, &sink, &r->worker);
	if (err)
		return fprintf(stderr, "Error: %s\n", strerror(-err)), -1;
	nfvm_worker_trace_all(r->worker, r->o->trace);
	return 0;
}

/* ---- the end ----------------------------------------------------------------------------------------- */

static int print_state(struct runner *r)
{
	char *ct = nfvm_conntrack_json(r->s.engine);

	if (!ct)
		return -1;
	printf("{\"conntrack\":%s}\n", ct);
	free(ct);
	return ruleset_json_print(r->s.t, r->s.engine, stdout);
}

static int finish(struct runner *r, int ret)
{
	int err = 0;

	if (r->writer)
		err = capture_writer_close(&r->writer);
	if (r->write_err || err) {
		fprintf(stderr, "Error: %s: %s\n", r->o->write, strerror(-(r->write_err ? r->write_err : err)));
		ret = -1;
	}
	if (r->o->json && print_state(r))
		ret = -1;
	else if (!r->o->json && !r->o->trace)
		report_print(&r->report, r->s.book, client_texts(r->s.client), isatty(STDOUT_FILENO), stdout);
	if (fflush(stdout) || ferror(stdout))
		ret = -1;
	return ret;
}

static void clean_up(struct runner *r)
{
	nfvm_worker_free(&r->worker);
	capture_close(&r->capture);
	if (r->writer)
		capture_writer_close(&r->writer);
	session_close(&r->s);
	for (unsigned i = 0; i < NFVM_BURST; i++) {
		buf_free(&r->slots[i].bytes);
		buf_free(&r->slots[i].outs);
		buf_free(&r->slots[i].trace);
	}
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int run(struct runner *r)
{
	double begun;
	int ret;

	if (open_session(r) || open_captures(r) || open_worker(r))
		return -1;
	progress_begin(&r->progress, r->o->quiet);
	begun = seconds();
	ret = run_frames(r);
	r->report.seconds = seconds() - begun;
	return finish(r, ret);
}

int run_main(const struct run_options *o)
{
	struct runner *r = calloc(1, sizeof(*r));
	int ret;

	if (!r)
		return 1;
	r->o = o;
	r->report.capture = o->capture;
	r->report.rules = o->rules ? o->rules : o->batches[0];
	ret = run(r);
	clean_up(r);
	free(r);
	return ret ? 1 : 0;
}
