#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""doc/extending.md: the code that it shows stands so in the files that it names, the files are there, and its commands run."""
import glob
import os
import re
import subprocess
import sys

top = os.environ.get("top_srcdir", ".")
NFVM = os.environ.get("NFVM", "nfvm")
text = open(f"{top}/doc/extending.md").read()
results = []

for name, code in re.findall(r"^`([^`\n]+)`\n\n```\w*\n(.*?)^```", text, re.S | re.M):
    results.append((code.strip("\n") in open(f"{top}/{name}").read() if os.path.exists(f"{top}/{name}") else False, f"{name} has what is shown"))
for name in sorted({x for x in re.findall(r"`((?:src|parser|vm|bytecode|tests)/[^`]+)`", text)}):
    pattern = re.sub(r"HEADER|NAME", "*", name)
    results.append((bool(glob.glob(f"{top}/{pattern}")), f"{name} is there"))
for table, name in re.findall(r"`(\w+)\[\]` in `([^`]+)`", text):
    results.append((f"{table}[" in open(f"{top}/{name}").read(), f"{name} has {table}[]"))
for line in re.findall(r"^nfvm (.*)$", text, re.M):
    p = subprocess.run(f"{NFVM} {line}", shell=True, cwd=top, capture_output=True, text=True, env=dict(os.environ, NFVM_ENGINE=""))
    results.append((p.returncode == 0 and bool(p.stdout), f"nfvm {line}"))
print(f"1..{len(results)}")
for i, (good, name) in enumerate(results, 1):
    print(("ok" if good else "not ok") + f" {i} - {name}")
sys.exit(not all(x for x, _ in results))
