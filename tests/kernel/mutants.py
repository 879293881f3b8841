#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does the comparison with the kernel find faults? Small wrong changes are made to the engine, one at a time, in a copy of the sources;
each must make some case differ.

usage: mutants.py [--cases N] [--only N,N] [--build DIR]     needs root, like check-kernel.py; takes some minutes
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = "tests/kernel/check-kernel.py"

# what is wrong, file, text, replacement, areas where it must show
MUTANTS = [
    ("equal and not equal swapped", "vm/expr/hot.h", "((word & i->mask) == i->value) ^ i->head.b", "((word & i->mask) != i->value) ^ i->head.b", "stateless"),
    ("only the first byte of a value compared", "vm/expr/hot.h", "((word & i->mask) == i->value)", "((word & i->mask & 0xff) == (i->value & 0xff))", "stateless"),
    ("one byte too far in a transport header", "vm/expr/hot.h", "off = p->l4 + i->offset;", "off = p->l4 + i->offset + 1;", "stateless"),
    ("the last byte of a packet cannot be read", "vm/expr/hot.h", "if (off + len > p->len)", "if (off + len >= p->len)", "stateless,sets"),
    ("a range matches outside", "vm/expr/range.c", "if (inside != (", "if (inside == (", "stateless"),
    ("the mask of bitwise skipped", "vm/run/run.c", "regs->w[i->a] = (regs->w[i->a] & b->mask) ^ b->xor;", "regs->w[i->a] = regs->w[i->a] ^ b->xor;", "stateless"),
    ("a counter not counted", "vm/expr/hot.h", "\trun_count(p->w, i->id, vm_pkt_len(p));", "\tif (vm_pkt_len(p) != 40)\n\t\trun_count(p->w, i->id, vm_pkt_len(p));", "stateless"),
    ("bytes counted with the link header", "vm/expr/hot.h", "run_count(p->w, i->id, vm_pkt_len(p))", "run_count(p->w, i->id, vm_pkt_len(p) + 14)", "stateless"),
    ("an inverted lookup matches what is there", "vm/expr/hot.h", "if (!e == !(i->head.c & 2))", "if (!e)", "sets"),
    ("a verdict map that only goes on", "vm/expr/hot.h", "regs->verdict.code = v->code;", "regs->verdict.code = v->code == NF_DROP ? NF_ACCEPT : v->code;", "maps"),
    ("the wrong data of a map", "vm/expr/hot.h", "vm_elem_data(e), s->data_len", "vm_elem_key(e), s->data_len", "maps"),
    ("intervals that are open at their start", "vm/set/interval.c", "k += n->key[i] <= p->key[0];", "k += n->key[i] < p->key[0];", "sets,maps"),
    ("the upper end of a concatenated range left out", "vm/set/concat.c", "words_cmp(&key[at], &b->w[x->words + at], n) > 0", "words_cmp(&key[at], &b->w[x->words + at], n) >= 0", "sets,maps"),
    ("limit's over and until swapped", "vm/expr/limit.c", "== s->invert", "!= s->invert", "stateless,sets"),
    ("a quota off by one packet", "vm/expr/quota.c", "memory_order_relaxed) + len;", "memory_order_relaxed);", "stateless,sets,maps"),
    ("return goes to the policy", "vm/run/run.c", "at = stack[--depth];", "return policy(base, &regs, pkt, &trace);", "stateless,maps"),
    ("checksums not repaired", "vm/expr/payload.c", "return (i->csum_type == NFT_PAYLOAD_CSUM_INET || i->csum_flags) &&", "return 0 &&", "mangle"),
    ("the pseudo header's part of a checksum forgotten", "vm/expr/payload.c", "if (i->csum_flags && !repair_l4(p, from, to))", "if (0)", "mangle"),
    ("the meta mark not set", "vm/expr/meta.c", "p->mark =", "if (0)\n\t\t\tp->mark =", "mangle,maps"),
    ("the ct mark not set", "vm/expr/ct.c", "\t\tct_set_mark(p->ct, *src);", "\t\t;", "ct"),
    ("every packet of a connection is new", "vm/ct/ct.h", "return NF_CT_STATE_BIT(pkt->ctinfo);", "return NF_CT_STATE_BIT(pkt->ctinfo == IP_CT_ESTABLISHED ? IP_CT_NEW : pkt->ctinfo);", "ct"),
    ("the policy of a chain turned", "vm/run/run.c", "\treturn verdict;\n}", "\treturn !verdict;\n}", "stateless"),
    ("reject that says nothing", "vm/expr/reject.c", "regs->verdict.code = NF_DROP;", "regs->verdict.code = NF_ACCEPT;", "stateless,sets"),
    ("a shift by one bit more", "vm/expr/bitwise.c", "i->shift >= 32", "++i->shift > 32", "mangle,stateless"),
]


def sh(*argv, **kw):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)


def prepare(build):
    src = os.path.join(build, "src")
    shutil.copytree(TOP, src, ignore=shutil.ignore_patterns("build", "build-*", "asan-*", ".git", "*.o", "*.lo", "*.la", ".libs", ".deps", "config.status", "autom4te.cache", "fuzz"))
    os.makedirs(os.path.join(build, "out"))
    for cmd in (["autoreconf", "-fi", src], [os.path.join(src, "configure"), "-q", "--disable-shared", "CFLAGS=-O1"], ["make", "-s", "-j2"]):
        p = sh(*cmd, cwd=os.path.join(build, "out"))
        if p.returncode:
            sys.exit(f"{' '.join(cmd)}:\n{p.stdout[-3000:]}")
    return src, os.path.join(build, "out")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--cases", type=int, default=25)
    a.add_argument("--only", default="")
    a.add_argument("--build")
    o = a.parse_args()
    only = {int(n) for n in o.only.split(",") if n}
    build = o.build or tempfile.mkdtemp(prefix="nfvm-mutants-")
    src, out = prepare(build)
    env = dict(os.environ, NFVM=os.path.join(out, "nfvm"))
    missed = 0
    whole = sh("python3", os.path.join(TOP, HERE), "--cases", str(o.cases), env=env)
    if whole.returncode:
        sys.exit(f"the engine as it is differs from the kernel:\n{whole.stdout[-2000:]}")
    print(f"1..{len(MUTANTS)}")
    for n, (what, name, text, wrong, areas) in enumerate(MUTANTS, 1):
        if only and n not in only:
            print(f"ok {n} - {what} # SKIP not asked for")
            continue
        path = os.path.join(src, name)
        right = open(path).read()
        if right.count(text) < 1:
            print(f"not ok {n} - {what}: {name} does not say '{text}' any more")
            missed += 1
            continue
        with open(path, "w") as f:
            f.write(right.replace(text, wrong, 1))
        built = sh("make", "-s", "-j2", "nfvm", cwd=out)
        run = sh("python3", os.path.join(TOP, HERE), "--cases", str(o.cases), "--areas", areas, env=env) if not built.returncode else built
        found = not built.returncode and run.returncode == 1
        missed += not found
        print(f"{'ok' if found else 'not ok'} {n} - {what}: {'found' if found else 'not found' if not built.returncode else 'does not build'}", flush=True)
        with open(path, "w") as f:
            f.write(right)
    if not o.build:
        shutil.rmtree(build)
    return bool(missed)


sys.exit(main())
