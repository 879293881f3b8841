#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Benchmarks: CPU time beside stock nft and the kernel, both in the same run, interleaved; minimum of several rounds.

usage: bench.py [--rounds N] [--only TEXT]     JSON lines: {"name", "ns", "vs", "vs_ns", "ratio", "target"}; ns is for one rule, element or frame.

A peer that this machine does not have is skipped with a line {"name", "skipped"}.
"""
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

NFVM = os.environ.get("NFVM", "nfvm")
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def cpu(argv):
    """Seconds of user and system time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if p.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {p.stderr.strip()[:300]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def address(i):
    return f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"


def rules(n):
    body = "".join(f"\t\tip saddr {address(i)} tcp dport {1 + i % 65535} counter accept\n" for i in range(n))
    return f"table inet t {{\n\tchain c {{\n\t\ttype filter hook input priority 0; policy accept;\n{body}\t}}\n}}\n"


def elements(n):
    return f"table inet t {{\n\tset s {{\n\t\ttype ipv4_addr\n\t\telements = {{ {', '.join(address(i) for i in range(n))} }}\n\t}}\n}}\n"


def intervals(n):
    body = ", ".join(f"{address(4 * i)}-{address(4 * i + 2)}" for i in range(n))
    return f"table inet t {{\n\tset s {{\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = {{ {body} }}\n\t}}\n}}\n"


def versus(name, ours, theirs, n, rounds, target, vs):
    a, b = [], []
    for _ in range(rounds):
        a.append(cpu(ours))
        if theirs:
            b.append(cpu(theirs))
    row = {"name": name, "ns": round(min(a) / n * 1e9, 1)}
    if theirs:
        row.update({"vs": vs, "vs_ns": round(min(b) / n * 1e9, 1), "ratio": round(min(b) / min(a), 2), "target": target})
    print(json.dumps(row), flush=True)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--rounds", type=int, default=7)
    a.add_argument("--only", default="")
    o = a.parse_args()
    stock = ["unshare", "-n", "nft"] if os.geteuid() == 0 and shutil.which("nft") and shutil.which("unshare") else None
    with tempfile.TemporaryDirectory() as tmp:
        for kind, make, sizes in (("rules", rules, (1000, 10000, 100000)), ("elements", elements, (10000, 100000, 1000000)),
                                  ("intervals", intervals, (1000, 10000, 100000))):
            for n in sizes:
                name = f"check {n} {kind}"
                if o.only not in name:
                    continue
                path = f"{tmp}/{kind}-{n}.nft"
                with open(path, "w") as f:
                    f.write(make(n))
                if not stock:
                    print(json.dumps({"name": name, "skipped": "the peer, nft with the kernel, needs root, nft and unshare"}))
                versus(name, [NFVM, "-c", "-f", path], stock and [*stock, "-c", "-f", path], n, o.rounds, 2, "nft -c with the kernel")
                os.unlink(path)
        demo = f"{TOP}/examples/demo"
        if o.only in "run demo":
            versus("run demo", [NFVM, "run", "-f", f"{demo}/router.nft", "-r", f"{demo}/office.pcapng", "--host", f"{demo}/host.json"], None, 5302,
                   o.rounds, None, None)
    return 0


sys.exit(main())
