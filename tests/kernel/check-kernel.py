#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rulesets and traffic through the real kernel and through `nfvm run`: every frame out, every connection, every counter and set must be the same.

usage: check-kernel.py [--cases N] [--quick] [--frames N] [--areas a,b] [--seed N] [--keep DIR] [--record DIR] [--report]

Prints TAP. A case is known by its area and seed alone; --keep writes the rules, frames and both results of cases that differ.
--record DIR writes cases of iptables with what the kernel counted: tests/iptables.py holds the engine against those without a kernel.
--report prints, for each field, operator and kind of set, how many packets matched and how many did not.
"""
import argparse
import json
import multiprocessing
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare  # noqa: E402
import iptables  # noqa: E402
import link  # noqa: E402
import nat  # noqa: E402
import oracle  # noqa: E402
import rules  # noqa: E402
import traffic  # noqa: E402

AREAS = ("stateless", "sets", "maps", "mangle", "ct", "nat", "help", *link.AREAS, *iptables.AREAS)
ROUNDS = ("nat", "help", *iptables.ROUNDS)  # areas whose frames depend on what came out before
NFVM = os.environ.get("NFVM", "nfvm")
WHEN = 1700000000


def load_what_loads(kernel, text, chains):
    """Loads a ruleset, without the lines that stock nft does not take (a generator this free writes a few); returns what was loaded."""
    for _ in range(60):
        try:
            kernel.load(text)
            return text, chains
        except RuntimeError as e:
            bad = {int(n) for n in re.findall(r"/dev/stdin:(\d+):", str(e))}
            if not bad:
                raise
            text, chains = without(text, chains, bad)
    raise RuntimeError("no ruleset left")


def without(text, chains, bad):
    lines = text.split("\n")
    gone = {lines[n - 1].strip() for n in bad}
    keep = [line for n, line in enumerate(lines, 1) if n not in bad]
    left = []
    for name, rs in chains:
        kept, dropped = [], False
        for r in rs:
            if r.text() in gone and r.text() != "counter" and not dropped:
                continue
            kept.append(r)
        left.append((name, kept))
    return "\n".join(keep), left


class Listed:
    """Frames that are known beforehand."""

    def __init__(self, frames):
        self.frames = frames

    def run(self, send):
        return self.frames, send(self.frames), []


def kernel_run(text, chains, play, pipe, make=oracle.Kernel, load=load_what_loads):
    try:
        k = make()
        host = k.host_file(NFVM) if isinstance(k, link.Said) else None
        text, chains, *batch = load(k, text, chains)
        frames, outs, views = play.run(lambda some: [k.send(dev, f) for dev, f in some])
        pipe.send({"host": host, "text": text, "batch": batch and batch[0], "chains": chains, "sent": frames, "frames": outs, "views": views, "conntrack": k.conntrack(), "ruleset": k.ruleset()})
    except Exception as e:  # the parent decides what it means
        pipe.send({"error": f"{type(e).__name__}: {e}", "missing": isinstance(e, oracle.Missing)})


def write_pcap(path, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for _, frame in frames:
            f.write(struct.pack("<IIII", WHEN, 0, len(frame), len(frame)) + frame)


def write_pcapng(path, frames):
    """With the names of the devices."""
    names = sorted({dev for dev, _ in frames})

    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))
    with open(path, "wb") as f:
        f.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        for n in names:
            f.write(block(1, struct.pack("<HHI", 1, 0, 0) + struct.pack("<HH", 2, len(n)) + n.encode() + bytes(-len(n) % 4) + bytes(4)))
        for dev, frame in frames:
            when = WHEN * 1000000
            f.write(block(6, struct.pack("<IIIII", names.index(dev), when >> 32, when & 0xFFFFFFFF, len(frame), len(frame)) + frame))


def engine_once(rules, frames, where, host=None):
    rules_file, pcap = os.path.join(where, "rules.nft"), os.path.join(where, "frames.pcap")
    told = []
    with open(rules_file, "wb") as f:
        f.write(rules)
    if host:
        told = ["--host", os.path.join(where, "host.json")]
        with open(told[1], "w") as f:
            f.write(host)
        write_pcapng(pcap, frames)
    else:
        write_pcap(pcap, frames)
    p = subprocess.run([NFVM, "run", "-f" if rules.isascii() else "-b", rules_file, "-r", pcap, "--json", *told], capture_output=True, text=True, timeout=120)
    if p.returncode:
        raise RuntimeError(f"nfvm run: status {p.returncode}: {p.stderr.strip()[:2000]}")
    out = {"frames": []}
    for line in p.stdout.splitlines():
        o = json.loads(line)
        if "n" in o:
            out["frames"].append([(x["dev"], bytes.fromhex(x["frame"])) for x in o["out"]])
        else:
            out.update({k: v for k, v in o.items() if k in ("conntrack", "ruleset")})
    return out


def engine_run(rules, play, where, host=None):
    """Where frames depend on what came out, all of them run again from the beginning: the engine repeats exactly."""
    sent, last = [], {}

    def send(some):
        sent.extend(some)
        last.update(engine_once(rules, sent, where, host))
        return last["frames"][len(sent) - len(some):]

    frames, _, views = play.run(send)
    return dict(last, sent=frames, views=views)


def count_coverage(cover, kernel):
    """Adds, for each tag of each rule, how many packets matched it and how many of those that reached it did not."""
    counted = compare.rule_counts(kernel["ruleset"])
    for name, rs in kernel["chains"]:
        got = counted.get(name, [])
        if len(got) != len(rs):
            continue
        for i, r in enumerate(rs):
            if not r.tags or got[i] is None or not i or rs[i - 1].tags or got[i - 1] is None:
                continue
            for tag in r.tags:
                hit, miss = cover.get(tag, (0, 0))
                cover[tag] = hit + got[i], miss + max(0, got[i - 1] - got[i])


def record_case(where, kernel):
    os.makedirs(where, exist_ok=True)
    write_pcap(os.path.join(where, "frames.pcap"), kernel["sent"])
    state = "\n".join(compare.state_of(kernel["ruleset"])) + "\n"
    for name, data in (("batch", kernel["batch"]), ("rules", kernel["text"].encode()), ("state", state.encode())):
        with open(os.path.join(where, name), "wb") as f:
            f.write(data)


def one_case(area, seed, n_frames, cover, keep, record=None):
    """None where both agree, else a list of differences."""
    rng = random.Random(f"{area} {seed}")
    make, maker, frames = link.AREAS.get(area, (oracle.Kernel, rules.Maker, traffic.Traffic))
    if area in iptables.AREAS:
        maker, frames = iptables.Maker(rng, area), traffic.Flows
    else:
        maker = nat.Maker(rng, area == "help") if area in ROUNDS else maker(rng, area)
    text, chains = maker.ruleset()
    if area in ROUNDS:
        play = nat.Play(rng, n_frames, area == "help")
    else:
        play = Listed(traffic.Flows(rng).frames(n_frames) if area == "ct" or area in iptables.AREAS else [frames(rng).frame() for _ in range(n_frames)])
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=kernel_run, args=(text, chains, play, theirs, make, getattr(maker, "load", load_what_loads)))
    child.start()
    kernel = ours.recv()
    child.join()
    if "error" in kernel:
        if kernel["missing"]:
            raise oracle.Missing(kernel["error"])
        return ["kernel: " + kernel["error"]]
    count_coverage(cover, kernel)
    with tempfile.TemporaryDirectory() as tmp:
        try:
            engine = engine_run(kernel["batch"] or kernel["text"].encode(), play, tmp, kernel["host"])
            wrong = []
            if area in ROUNDS:
                names = nat.Names(maker.ranges, kernel["views"], engine["views"])
                wrong, engine = names.wrong, names.apply(engine)
            diff = compare.differences(kernel, engine, area in ROUNDS) + wrong
        except (RuntimeError, subprocess.TimeoutExpired, ValueError) as e:
            diff = [str(e)]
    if record and kernel["batch"]:
        record_case(os.path.join(record, f"{area}-{seed}"), kernel)
    if diff and keep:
        where = os.path.join(keep, f"{area}-{seed}")
        os.makedirs(where, exist_ok=True)
        with open(os.path.join(where, "rules.nft"), "w") as f:
            f.write(kernel["text"])
        with open(os.path.join(where, "differences"), "w") as f:
            f.write("\n".join(diff) + "\n")
        if kernel["host"]:
            write_pcapng(os.path.join(where, "frames.pcap"), kernel["sent"])
            with open(os.path.join(where, "host.json"), "w") as f:
                f.write(kernel["host"])
        else:
            write_pcap(os.path.join(where, "frames.pcap"), kernel["sent"])
    return diff or None


def report(cover):
    for tag, (hit, miss) in sorted(cover.items()):
        print(f"# {'few' if hit < 20 or miss < 20 else '   '} {tag:45} matched {hit:8} not {miss:8}")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--cases", type=int, default=20)
    a.add_argument("--quick", action="store_true", help="a quarter of the cases in areas beside IP and those that play in rounds, of the frames, too, in these")
    a.add_argument("--frames", type=int, default=300)
    a.add_argument("--areas", default=",".join(AREAS))
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--keep")
    a.add_argument("--record")
    a.add_argument("--report", action="store_true")
    o = a.parse_args()
    try:
        oracle.require()
    except oracle.Missing as e:
        print(f"1..0 # SKIP {e}")
        return 0
    areas, failed, cover = o.areas.split(","), 0, {}
    print(f"1..{len(areas)}")
    for n, area in enumerate(areas, 1):
        bad = []
        rounds = o.quick and area in ROUNDS
        cases = max(1, o.cases // 4) if rounds or o.quick and area in link.AREAS else o.cases
        n_frames = o.frames // 4 if rounds else o.frames
        try:
            for seed in range(o.seed, o.seed + cases):
                diff = one_case(area, seed, n_frames, cover, o.keep, o.record)
                if diff:
                    bad.append(seed)
                    print(f"# {area} seed {seed}: {len(diff)} differences")
                    for line in diff[:3]:
                        print("#   " + line[:1500].replace("\n", "\n#   "))
                    sys.stdout.flush()
        except oracle.Missing as e:
            print(f"ok {n} - {area} # SKIP {e}")
            continue
        failed += bool(bad)
        print(f"{'not ok' if bad else 'ok'} {n} - {area}: {cases - len(bad)} of {cases} cases of {n_frames} frames agree with the kernel"
              + (f" (seeds {bad[:20]})" if bad else ""))
        sys.stdout.flush()
    if o.report:
        report(cover)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
