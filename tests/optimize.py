#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""-o: what it merges and says; what it must not merge; and random rulesets over random frames, with and without: the same verdicts, frames and counts.
NFVM_SEED and NFVM_CASES choose another seed and number."""
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernel"))
import importlib  # noqa: E402
import traffic  # noqa: E402

write_pcap = importlib.import_module("check-kernel").write_pcap
NFVM = os.environ.get("NFVM", "nfvm")
count = failed = 0


def check(good, name, why=""):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok") + f" {count} - {name}")
    if not good:
        print("\n".join("# " + x for x in str(why).split("\n")))


def chain(*rules, head="", before=""):
    return before + "table inet t {\n" + head + "\tchain c {\n\t\ttype filter hook forward priority 0; policy drop;\n" + \
        "".join(f"\t\t{r}\n" for r in rules) + "\t}\n}\n"


def optimized(text, *options):
    p = subprocess.run([NFVM, "-c", "-o", *options, "-f", "-"], input=text, capture_output=True, text=True, env=dict(os.environ, NFVM_ENGINE=""))
    return p.returncode, p.stderr


def into(said):
    lines = said.split("\n")
    return [lines[i + 1].strip() for i, x in enumerate(lines) if x == "into:"]


MERGES = [
    (["ip saddr 1.1.1.1 accept", "ip saddr 2.2.2.2 accept"], "ip saddr { 1.1.1.1, 2.2.2.2 } accept"),
    (["ip saddr 1.1.1.1 drop", "ip saddr { 2.2.2.2, 3.0.0.0/8 } drop"], "ip saddr { 1.1.1.1, 2.2.2.2, 3.0.0.0/8 } drop"),
    (["ct state invalid drop", "ct state established,related accept"], "ct state vmap { invalid : drop, established : accept, related : accept }"),
    (["tcp dport 22 accept", "tcp dport 23 drop", "tcp dport 80-90 accept"], "tcp dport vmap { 22 : accept, 23 : drop, 80-90 : accept }"),
    (["tcp dport 22 counter accept", "tcp dport 23 counter drop"], "tcp dport vmap { 22 counter : accept, 23 counter : drop }"),
    (["ip daddr 1.1.1.1 counter accept", "ip daddr 2.2.2.2 counter accept"], "ip daddr { 1.1.1.1 counter, 2.2.2.2 counter } accept"),
    (["iifname eth1 ip saddr 1.1.1.1 ip daddr 2.2.2.3 accept", "iifname eth1 ip saddr 1.1.1.2 ip daddr 2.2.3.0/24 accept"],
     "iifname . ip saddr . ip daddr { eth1 . 1.1.1.1 . 2.2.2.3, eth1 . 1.1.1.2 . 2.2.3.0/24 } accept"),
    (["ip saddr 1.1.1.1 tcp dport 22 accept", "tcp dport 23 ip saddr 1.1.1.1 drop"],
     "ip saddr . tcp dport vmap { 1.1.1.1 . 22 : accept, 1.1.1.1 . 23 : drop }"),
    (["iifname eth0 tcp dport { 1, 2 } accept", "iifname eth1 tcp dport 3 accept"], "iifname . tcp dport { eth0 . 1, eth0 . 2, eth1 . 3 } accept"),
    (["udp dport vmap { 1 : accept, 2 : drop }", "udp dport vmap { 3 : drop }"], "udp dport vmap { 1 : accept, 2 : drop, 3 : drop }"),
    (["tcp dport 1 log prefix \"x\" accept", "tcp dport 2 log prefix \"x\" accept"], "tcp dport { 1, 2 } log prefix \"x\" accept"),
    (["tcp dport 1 log", "tcp dport 2 log"], "tcp dport { 1, 2 } log"),
    (["iifname eth0 jump d", "iifname eth1 jump d"], "iifname { eth0, eth1 } jump d"),
    (["tcp dport 1 accept", "tcp dport 1 accept"], "tcp dport 1 accept"),
    (["tcp flags == syn accept", "tcp flags == ack accept"], "tcp flags { syn, ack } accept"),
    (["tcp dport 1 counter name n accept", "tcp dport 2 counter name n accept"], "tcp dport { 1, 2 } counter name n accept"),
    (["meta mark 1 accept", "meta mark 2 jump d"], "meta mark vmap { 1 : accept, 2 : jump d }"),
    (["@th,0,16 1 accept", "@th,0,16 2 accept"], "@th,0,16 { 1, 2 } accept"),
]

APART = [
    ("a test of bits is no value", ["tcp flags syn accept", "tcp flags ack accept"]),
    ("nor is one of a status", ["ct status snat accept", "ct status dnat accept"]),
    ("nor one with a mask", ["meta mark & 0xff == 1 accept", "meta mark & 0xff == 2 accept"]),
    ("or a mask of a variable", ["tcp flags & $flags == syn accept", "tcp flags & $flags == ack accept"]),
    ("the first of two that overlap decides", ["ip saddr 10.0.0.0/8 accept", "ip saddr 10.1.0.0/16 drop"]),
    ("also in maps", ["ip saddr vmap { 10.0.0.0/8 : accept }", "ip saddr vmap { 10.1.0.0/16 : drop }"]),
    ("also in concatenations", ["iif lo tcp dport 1-9 accept", "iif lo tcp dport 5 drop"]),
    ("a negation excludes", ["ip saddr != 1.1.1.1 accept", "ip saddr != 2.2.2.2 accept"]),
    ("a limit is one bucket for each rule", ["tcp dport 1 limit rate 1/second accept", "tcp dport 2 limit rate 1/second accept"]),
    ("so is a quota", ["tcp dport 1 quota 1 mbytes accept", "tcp dport 2 quota 1 mbytes accept"]),
    ("one counter counts one element", ["tcp dport { 1, 2 } counter accept", "tcp dport { 3, 4 } counter accept"]),
    ("counters of intervals that touch would become one", ["tcp dport 1-4 counter accept", "tcp dport 5 counter accept"]),
    ("a counter that has counted stays", ["tcp dport 1 counter packets 5 bytes 6 accept", "tcp dport 2 counter packets 5 bytes 6 accept"]),
    ("a counter before the matches counts more", ["counter tcp dport 1 accept", "counter tcp dport 2 accept"]),
    ("what a jump may change is asked again", ["meta mark 1 jump d", "meta mark 2 jump d"]),
    ("as are addresses", ["ip saddr 1.1.1.1 jump d", "ip saddr 1.1.1.2 accept"]),
    ("what the rule itself changes", ["meta mark 1 meta mark set 2", "meta mark 2 meta mark set 3"]),
    ("a log before a verdict is not in a map", ["tcp dport 1 log accept", "tcp dport 2 log drop"]),
    ("or another log", ["tcp dport 1 log prefix \"a\" accept", "tcp dport 2 log prefix \"b\" accept"]),
    ("numgen counts each time", ["numgen inc mod 3 0 accept", "numgen inc mod 3 1 accept"]),
    ("chance is another each time", ["meta random 1 accept", "meta random 2 accept"]),
    ("comments stay", ["tcp dport 1 accept comment \"a\"", "tcp dport 2 accept"]),
    ("named sets are lived in", ["ip saddr @s accept", "ip saddr 1.1.1.1 accept"]),
    ("presence is no value", ["tcp option sack-perm exists accept", "tcp option sack-perm missing accept"]),
    ("order decides between other rules", ["tcp dport 1 accept", "udp dport 1 drop", "tcp dport 2 accept"]),
    ("other fields", ["tcp dport 1 accept", "tcp sport 2 accept"]),
    ("prefixes of names", ["iifname \"eth*\" accept", "iifname \"veth*\" drop"]),
]
HEAD = "\tcounter n { }\n\tset s { type ipv4_addr; }\n\tchain d { meta mark set 7 ip saddr set 9.9.9.9 }\n"


def examples():
    for rules, want in MERGES:
        rc, said = optimized(chain(*rules, head=HEAD))
        check(rc == 0 and into(said) == [want], "into: " + want, said)
    rc, said = optimized(chain("ip saddr 1.1.1.1 accept", "ip saddr 2.2.2.2 accept"))
    check(said == "Merging:\n/dev/stdin:4:3-25: \t\tip saddr 1.1.1.1 accept\n/dev/stdin:5:3-25: \t\tip saddr 2.2.2.2 accept\ninto:\n"
          "\tip saddr { 1.1.1.1, 2.2.2.2 } accept\n", "what is said", said)
    for name, rules in APART:
        rc, said = optimized(chain(*rules, head=HEAD, before="define flags = syn|ack\n" if "$" in rules[0] else ""))
        check(rc == 0 and said == "", "apart: " + name, said)
    rc, said = optimized(chain("ip saddr 1.1.1.1 jump d", "ip saddr 1.1.1.2 accept", head="\tchain d { counter }\n", before="flush ruleset\n"))
    check(rc == 0 and len(into(said)) == 1, "a jump changes nothing where all rules are known", said)
    rc, said = optimized(chain("tcp dport $a accept", "tcp dport $b drop", before="define a = { 1, 2 }\n", head=""), "-D", "b=3")
    check(rc == 0 and into(said) == ["tcp dport vmap { 1 : accept, 2 : accept, 3 : drop }"], "variables are what they stand for", said)


def included(where):
    with open(where + "/inner", "w") as f:
        f.write("tcp dport 2 accept\n")
    with open(where + "/outer", "w") as f:
        f.write("table inet t { chain c {\ntcp dport 1 accept\ninclude \"./inner\"\n} }\n")
    p = subprocess.run([NFVM, "-c", "-o", "-f", "outer"], cwd=where, capture_output=True, text=True, env=dict(os.environ, NFVM_ENGINE=""))
    check(p.returncode == 0 and "outer:2:1-18: tcp dport 1 accept\n" in p.stderr and "inner:1:1-18: tcp dport 2 accept\n" in p.stderr,
          "rules of included files, with their places", p.stderr)


# ---- random rulesets ---------------------------------------------------------------------------------------------------

def pools():
    t = traffic
    return {
        "ip saddr": t.A4 + t.B4 + ["192.0.2.0/29", "198.51.100.0/24", "203.0.113.0/25", "192.0.2.0-192.0.2.5"],
        "ip daddr": t.B4 + t.A4 + ["198.51.100.4/30", "224.0.0.0/4"],
        "ip6 saddr": t.A6 + t.B6 + ["2001:db8::/64"],
        "iifname": ["eth0", "eth1"],
        "oifname": ["eth0", "eth1"],
        "meta l4proto": ["tcp", "udp", "icmp", "ipv6-icmp", "sctp"],
        "tcp dport": [22, 53, 80, 443, "1-79", "500-65535", 81],
        "udp dport": [53, 123, 67, "1-60", "100-200"],
        "th sport": [1024, 22, 80, "1-1000", "2000-60000"],
        "ip ttl": [1, 2, 63, 64, "3-62"],
        "ip dscp": ["cs0", "cs1", "af11", "ef"],
        "tcp flags": ["syn", "ack", "rst", "fin"],
        "ip protocol": ["tcp", "udp", "icmp"],
        "icmp type": ["echo-request", "echo-reply", "destination-unreachable"],
        "meta mark": [0, 1, 2, 7],
        "ct state": ["new", "established", "invalid", "new,established"],
        "ct mark": [0, 1, 2],
        "meta length": ["0-60", "61-100", 40, 60],
    }


def rule(r, fields, pool, actions):
    out = []
    for f in fields:
        v = str(r.choice(pool[f]))
        if "," not in v and r.random() < 0.2:
            v = "{ " + ", ".join(sorted({str(x) for x in r.sample(pool[f], min(2, len(pool[f]))) if "," not in str(x)} or {v})) + " }"
        op = "== " if "," not in v and (f == "tcp flags" or r.random() < 0.1) and r.random() < 0.8 else "!= " if r.random() < 0.05 else ""
        out.append(f"{f} {op}{v}")
    return " ".join(out) + " " + r.choice(actions)


def ruleset(r):
    pool, chains, text = pools(), ["d", "e"], ""
    base = ["accept", "drop", "counter accept", "counter drop", "counter name n accept", "meta mark set 2 accept", "log accept", "counter", "counter name n",
            "jump d", "jump e", "counter jump d", "continue", "return", "meta mark set 1", "ct mark set 2", "goto e"]
    inner = ["ip saddr set 192.0.2.9", "meta mark set 7", "ct mark set 1", "meta mark 1 accept", "ip daddr 198.51.100.0/28 counter drop", "counter name n",
             "ip ttl set 2", "tcp dport 80 counter accept", "tcp dport 443 counter drop"]
    if r.random() < 0.5:
        text += "flush ruleset\n"
        if r.random() < 0.5:
            inner = [x for x in inner if "set" not in x]
    text += "table inet t {\n\tcounter n { }\n"
    for name in chains:
        text += f"\tchain {name} {{\n" + "".join(f"\t\t{x}\n" for x in r.sample(inner, r.randint(1, 3))) + "\t}\n"
    for hook in ("prerouting", "forward", "input"):
        text += f"\tchain {hook} {{\n\t\ttype filter hook {hook} priority 0; policy {r.choice(['accept', 'drop'])};\n"
        for _ in range(r.randint(2, 6)):
            names = [x for x in pool if hook == "forward" or x != "oifname"]
            fields = r.sample(names, r.choice([1, 1, 1, 2, 2, 3]))
            actions = r.sample(base, r.choice([1, 1, 2, 3]))
            for _ in range(r.randint(2, 6)):
                order = fields if r.random() < 0.9 else fields[::-1]
                if len(fields) == 1 and r.random() < 0.1 and fields[0] not in ("ct state", "tcp flags"):
                    text += f"\t\t{fields[0]} vmap {{ {r.choice(pool[fields[0]])} : {r.choice(['accept', 'drop', 'jump d'])} }}\n"
                else:
                    text += "\t\t" + rule(r, order, pool, actions) + "\n"
        text += "\t}\n"
    return text + "}\n"


def counters(v, out):
    if isinstance(v, dict):
        if "packets" in v and "bytes" in v and v["packets"]:
            out.append((v["packets"], v["bytes"]))
        for x in v.values():
            counters(x, out)
    elif isinstance(v, list):
        for x in v:
            counters(x, out)
    return sorted(out)


def outcome(where, *options):
    p = subprocess.run([NFVM, "run", "-q", "-f", "rules", "-r", "cap", "--json", *options], cwd=where, capture_output=True, text=True)
    if p.returncode:
        return None, p.stderr
    lines = [json.loads(x) for x in p.stdout.splitlines()]
    frames = [(x["verdict"], x["out"]) for x in lines if "n" in x]
    rest = [x["conntrack"] for x in lines if "conntrack" in x]
    return (frames, rest, counters([x for x in lines if "ruleset" in x], [])), p.stderr


def loadable(where, text):
    """Leaves out the lines that do not compile: fields of two families in a rule."""
    while True:
        p = subprocess.run([NFVM, "-c", "-f", "-"], input=text, capture_output=True, text=True, env=dict(os.environ, NFVM_ENGINE=""))
        if p.returncode == 0:
            break
        bad = {int(x.split(":")[1]) for x in p.stderr.split("\n") if x.startswith("/dev/stdin:")}
        if not bad:
            return p.stderr
        text = "\n".join(x for i, x in enumerate(text.split("\n"), 1) if i not in bad)
    with open(where + "/rules", "w") as f:
        f.write(text)
    return None


def random_cases(where, seed, cases):
    merged, wrong = 0, []
    for i in range(cases):
        r = random.Random(f"{seed} {i}")
        why = loadable(where, ruleset(r))
        t = traffic.Traffic(r)
        write_pcap(where + "/cap", [t.frame() for _ in range(200)])
        plain, said = outcome(where)
        better, said = outcome(where, "-o") if plain else (None, said)
        merged += said.count("into:\n") if plain else 0
        if why or not plain or plain != better:
            wrong.append(f"case {i}: " + (why or said or "") + "\n" + open(where + "/rules").read())
        if len(wrong) > 2:
            break
    check(not wrong, f"{cases} random rulesets (seed {seed}) do the same", "\n".join(wrong)[:6000])
    check(merged > cases, f"with {merged} merges in them")


examples()
with tempfile.TemporaryDirectory() as tmp:
    included(tmp)
    random_cases(tmp, int(os.environ.get("NFVM_SEED", "1")), int(os.environ.get("NFVM_CASES", "15")))
print(f"1..{count}")
sys.exit(bool(failed))
