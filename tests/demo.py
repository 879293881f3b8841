#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo's capture was recorded through the kernel with the demo's ruleset: replayed, every counter must be what the kernel counted."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernel"))
import compare  # noqa: E402

demo = os.path.join(os.environ.get("top_srcdir", "."), "examples", "demo")


def engine():
    p = subprocess.run([os.environ.get("NFVM", "nfvm"), "run", "-f", f"{demo}/router.nft", "-r", f"{demo}/office.pcapng", "--host", f"{demo}/host.json", "--json"],
                       capture_output=True, text=True)
    if p.returncode:
        sys.exit(f"nfvm run: {p.stderr}")
    return json.loads(p.stdout.splitlines()[-1])["ruleset"]


kernel = compare.state_of(json.load(open(f"{demo}/kernel.json"))["nftables"])
ours = compare.state_of(engine())
diff = [f"kernel: {x}" for x in compare.only_in(kernel, ours)] + [f"engine: {x}" for x in compare.only_in(ours, kernel)]
print("1..1")
print(("not ok" if diff else "ok") + f" 1 - real traffic: {len(kernel)} rules, sets and counters as the kernel counted them")
for line in diff:
    print("# " + line)
sys.exit(bool(diff))
