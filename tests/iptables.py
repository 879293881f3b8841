#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What stock iptables-nft sent, and what the kernel counted under it (recorded, tests/data/iptables), beside `nfvm run -b`. Prints TAP."""
import json
import os
import subprocess
import sys

TOP = os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "kernel"))
import compare  # noqa: E402

NFVM = os.environ.get("NFVM", "nfvm")
DATA = os.path.join(TOP, "tests", "data", "iptables")


def one(where):
    p = subprocess.run([NFVM, "run", "-b", os.path.join(where, "batch"), "-r", os.path.join(where, "frames.pcap"), "--json"], capture_output=True, text=True)
    if p.returncode:
        return [p.stderr.strip()]
    ours = compare.state_of(json.loads(p.stdout.splitlines()[-1])["ruleset"])
    with open(os.path.join(where, "state")) as f:
        theirs = f.read().splitlines()
    return [f"only the kernel: {x}" for x in compare.only_in(theirs, ours)] + [f"only the engine: {x}" for x in compare.only_in(ours, theirs)]


def main():
    cases, bad = sorted(os.listdir(DATA)), 0
    print(f"1..{len(cases)}")
    for n, case in enumerate(cases, 1):
        diff = one(os.path.join(DATA, case))
        bad += bool(diff)
        for line in diff:
            print("# " + line)
        print(f"{'not ok' if diff else 'ok'} {n} - {case}")
    return 1 if bad else 0


sys.exit(main())
