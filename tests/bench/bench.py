#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Benchmarks: CPU time beside stock nft and the kernel, both in the same run, interleaved; minimum of several rounds.

usage: bench.py [--rounds N] [--only TEXT] [--scale N]
JSON lines: {"name", "ns", "vs", "vs_ns", "ratio", "target"}; ns is for one rule, element, frame or command. Rows of memory have bytes instead.
Rows "above the kernel" are CPU time less what the kernel takes for the same batch sent from memory.

A peer that this machine does not have is skipped with a line {"name", "skipped"}.
"""
import argparse
import ctypes
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NFVM = os.environ.get("NFVM", "nfvm")
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Peer(Exception):
    """What is measured against is not here."""


def measure(argv, env=None):
    """Seconds of user time, of user and system time, and the peak memory in bytes (of which this program's own is the least that is seen)."""
    p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
    error = p.stderr.read()
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    p.stderr.close()
    if p.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {error.strip()[:300]}")
    return used.ru_utime, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def cpu(argv):
    """Seconds of user and system time."""
    return measure(argv)[1]


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


# ---- with the kernel: what is above its own time, and memory -----------------------------------------------


class Namespace:
    """A network namespace that lasts for some commands: a process holds it."""

    def __enter__(self):
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 100000"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        return self

    def __exit__(self, *_):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()

    def argv(self, argv):
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *argv]

    def measure(self, argv, env=None):
        """We go there ourselves, so that what is measured is the command alone."""
        home, there = os.open("/proc/self/ns/net", os.O_RDONLY), os.open(f"/proc/{self.holder.pid}/ns/net", os.O_RDONLY)
        try:
            if LIBC.setns(there, 0):
                raise OSError(ctypes.get_errno(), "setns")
            return measure(argv, env)
        finally:
            LIBC.setns(home, 0)
            os.close(home)
            os.close(there)

    def kernel(self, *what):
        """Seconds that the kernel needs by itself, see kernel.py."""
        out = subprocess.run(self.argv([sys.executable, f"{HERE}/kernel.py", *what]), capture_output=True, text=True, check=True)
        return float(out.stdout)


HERE = os.path.dirname(os.path.abspath(__file__))
LIBC = ctypes.CDLL(None, use_errno=True)
LOADS = (("rules", rules, 100000, ("rules",)), ("hash elements", elements, 1000000, ("inet", "t", "s")),
         ("intervals", intervals, 1000000, ("inet", "t", "s")))


def row(name, ours, theirs, n, target, vs, unit="ns"):
    """Lists of a round's figures each: minimum and median of both. Bytes where the unit is that."""
    ratio = [round(f(theirs) / max(f(ours), 1e-9), 2) for f in (min, statistics.median)]
    scale = 1e9 / n if unit == "ns" else 1
    print(json.dumps({"name": name, unit: round(min(ours) * scale, 1), "vs": vs, f"vs_{unit}": round(min(theirs) * scale, 1), "ratio": ratio[0],
                      "median_ratio": ratio[1], "target": target}), flush=True)


def recorder(tmp):
    compiler = os.environ.get("CC", "cc").split()
    if not shutil.which(compiler[-1]):
        raise Peer("a compiler, to record batches with")
    out = f"{tmp}/record.so"
    subprocess.run([*compiler, "-shared", "-fPIC", "-O1", "-o", out, f"{HERE}/record.c", "-ldl"], check=True)
    return out


def record(shim, path, to):
    with Namespace() as ns:
        ns.measure([NFVM, "--kernel", "-f", path], {"LD_PRELOAD": shim, "NFVM_RECORD": to})


def one_load(argv, path, listing):
    """A load into an empty namespace and a listing of it."""
    with Namespace() as ns:
        load = ns.measure([*argv, "-f", path])
        shown = ns.measure([*argv, *listing])
    return load, shown


def kernel_alone(batch, dump):
    with Namespace() as ns:
        return ns.kernel("replay", batch), ns.kernel("dump", *dump)


def above(figures, which, own):
    """Time above the kernel's own: never less than a hundredth of a second, which is what it is measured in."""
    return [max(f[which] - o, 0.01) for f, o in zip(figures, own)]


def bench_loads(tmp, rounds, only, scale):
    shim = recorder(tmp)
    for kind, make, n, dump in LOADS:
        n //= scale
        if only not in f"kernel load list {n} {kind}":
            continue
        path, batch, ours, theirs, own = f"{tmp}/load.nft", f"{tmp}/batch", [], [], []
        with open(path, "w") as f:
            f.write(make(n))
        record(shim, path, batch)
        for _ in range(rounds):
            own.append(kernel_alone(batch, dump))
            ours.append(one_load([NFVM, "--kernel"], path, ("list", "ruleset")))
            theirs.append(one_load(["nft"], path, ("list", "ruleset")))
        loads, lists = [o[0] for o in own], [0] * rounds # a listing's user time is not the kernel's
        vs = "nft with the kernel"
        row(f"load {n} {kind}: above the kernel", above([o[0] for o in ours], 1, loads), above([t[0] for t in theirs], 1, loads), n, 5, vs)
        row(f"load {n} {kind}: memory", [o[0][2] for o in ours], [t[0][2] for t in theirs], n, 4, vs, "bytes")
        row(f"list {n} {kind}: user time", above([o[1] for o in ours], 0, lists), above([t[1] for t in theirs], 0, lists), n, 10, vs)
        row(f"list {n} {kind}: memory", [o[1][2] for o in ours], [t[1][2] for t in theirs], n, 5, vs, "bytes")


def bench_single(tmp, rounds, only, scale):
    """One element, with the kernel: all that the command takes."""
    jobs = (("add one element to", intervals, 100000, "intervals", "add element inet t s {{ 11.0.0.{} }}", 65),
            ("get one of", elements, 500000, "hash elements", "get element inet t s {{ 10.0.0.{} }}", 300))
    for what, make, n, kind, command, target in jobs:
        n //= scale
        if only not in f"kernel {what} {n} {kind}":
            continue
        with open(f"{tmp}/set.nft", "w") as f:
            f.write(make(n))
        ours, theirs = [], []
        with Namespace() as ns:
            ns.measure([NFVM, "--kernel", "-f", f"{tmp}/set.nft"])
            for i in range(rounds):
                ours.append(ns.measure([NFVM, "--kernel", command.format(2 * i + 1)])[1])
                theirs.append(ns.measure(["nft", command.format(2 * i + 2)])[1])
        row(f"{what} {n} {kind}", ours, theirs, 1, target, "nft with the kernel")


# ---- the engine as a daemon --------------------------------------------------------------------------------


class Daemon(Namespace):
    """nfvm serve in a namespace of its own."""

    def __enter__(self):
        super().__enter__()
        self.server = subprocess.Popen(self.argv([NFVM, "serve"]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if subprocess.run(self.argv([NFVM, "list", "tables"]), capture_output=True).returncode == 0:
                return self
            time.sleep(0.05)
        raise Peer("nfvm serve does not answer")

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()
        super().__exit__()

    def server_seconds(self):
        with open(f"/proc/{self.server.pid}/schedstat") as f: # its control thread
            return int(f.read().split()[0]) / 1e9

    def both(self, argv):
        """Seconds of a command: the client's and the daemon's."""
        before = self.server_seconds()
        return self.measure([NFVM, *argv])[1] + self.server_seconds() - before


def jobs_of(kind, n):
    if kind == "rules":
        return (("replace one", ("replace", "rule", "inet", "t", "c", "handle", str(n // 2), "drop")),)
    one = "11.0.0.1" if kind == "hash elements" else "11.0.0.1-11.0.0.3"
    return (("add one", (f"add element inet t s {{ {one} }}",)), ("get one", ("get element inet t s { 10.0.0.4 }",)))


def bench_engine(tmp, rounds, only, scale):
    for kind, make, n in (("rules", rules, 100000), ("hash elements", elements, 1000000), ("intervals", intervals, 100000)):
        n //= scale
        if only not in f"engine {n} {kind}":
            continue
        with open(f"{tmp}/engine.nft", "w") as f:
            f.write(make(n))
        jobs = (("load", ("-f", f"{tmp}/engine.nft")), ("list", ("list", "ruleset")), *jobs_of(kind, n))
        ours, theirs = {j: [] for j, _ in jobs}, {j: [] for j, _ in jobs}
        for _ in range(rounds):
            with Daemon() as d, Namespace() as ns:
                for job, argv in jobs:
                    ours[job].append(d.both(argv))
                    theirs[job].append(ns.measure(["nft", *argv])[1])
        for job, _ in jobs:
            row(f"engine: {job}, {n} {kind}", ours[job], theirs[job], 1 if " " in job else n, 5, "nft with the kernel")


def bench_kernel(tmp, rounds, only, scale):
    for name, bench in (("kernel", bench_loads), ("kernel", bench_single), ("engine", bench_engine)):
        try:
            if os.geteuid() or not all(shutil.which(p) for p in ("nft", "unshare", "nsenter")):
                raise Peer("the peer, nft with the kernel, needs root, nft, unshare and nsenter")
            bench(tmp, rounds, only, scale)
        except Peer as e:
            print(json.dumps({"name": bench.__name__.replace("bench_", name + " "), "skipped": str(e)}), flush=True)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--rounds", type=int, default=7)
    a.add_argument("--only", default="")
    a.add_argument("--scale", type=int, default=1, help="divides the sizes of what is done with the kernel and the daemon")
    o = a.parse_args()
    stock = ["unshare", "-n", "nft"] if os.geteuid() == 0 and shutil.which("nft") and shutil.which("unshare") else None
    with tempfile.TemporaryDirectory() as tmp:
        bench_kernel(tmp, o.rounds, o.only, o.scale)
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
