#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rulesets of tests/data/json, each as text and as JSON: one converted is the other, and both mean the same bytes. No privilege needed."""
import glob
import json
import os
import subprocess

NFVM = os.environ["NFVM"]
DATA = os.path.join(os.environ["top_srcdir"], "tests/data/json")
done = 0


def nfvm(*args, text=None):
    env = dict(os.environ, TZ="UTC-2")
    env.pop("NFVM_ENGINE", None)
    p = subprocess.run([NFVM, *args], input=text, capture_output=True, text=True, timeout=60, env=env)
    return p.returncode, p.stdout, p.stderr


def ok(good, name, *why):
    global done
    done += 1
    print(f"{'ok' if good else 'not ok'} {done} - {name}")
    if not good:
        for w in why:
            print("# " + str(w).rstrip().replace("\n", "\n# "))


def objects(text):
    """Without what a listing adds: handles, versions."""
    try:
        listed = json.loads(text)["nftables"]
    except (ValueError, KeyError):
        return None
    return [strip(o) for o in listed if "metainfo" not in o]


def strip(v):
    if isinstance(v, dict):
        return {k: strip(w) for k, w in v.items() if k != "handle"}
    return [strip(w) for w in v] if isinstance(v, list) else v


def first_difference(a, b):
    if a is None or b is None:
        return "not JSON"
    for x, y in zip(a, b):
        if x != y:
            return json.dumps(x) + "\n" + json.dumps(y)
    return f"{len(a)} objects, {len(b)} objects"


def bytecode(*args):
    """Rules by themselves: where the sets' elements stand in the batch is not the same."""
    rc, out, err = nfvm("-c", "--debug=netlink", *args)
    rules = []
    for line in out.splitlines():
        if line.startswith("  ["):
            rules[-1].append(line)
        elif line.strip() and not line.startswith("\t"):
            rules.append([line])
    return rc, [r for r in rules if len(r) > 1], err


def pair(path):
    name = os.path.basename(path)[:-4]
    with open(path) as f:
        text = f.read()
    with open(path[:-4] + ".json") as f:
        want = f.read()
    rc, out, err = nfvm("convert", path)
    ok(rc == 0 and objects(out) == objects(want), f"{name}: text to JSON", err, first_difference(objects(out), objects(want)))
    rc, out, err = nfvm("convert", path[:-4] + ".json")
    ok(rc == 0 and out == text, f"{name}: JSON to text", err, *[f"{a}\n{b}" for a, b in zip(text.splitlines(), out.splitlines()) if a != b][:3])
    a, b = bytecode("-f", path), bytecode("-j", "-f", path[:-4] + ".json")
    ok(a[0] == 0 and a[1] and a[1:] == b[1:], f"{name}: the same bytes", a[2], b[2], *[f"{x}\n{y}" for x, y in zip(a[1], b[1]) if x != y][:3])
    scalars(name, want)


def as_scalars(v):
    """Lists of one where a scalar says the same, and a scalar for a list of one."""
    if isinstance(v, dict):
        return {k: one(k, as_scalars(w)) for k, w in v.items()}
    return [as_scalars(w) for w in v] if isinstance(v, list) else v


FLAGS = ("flags", "type_flags", "dev")


def one(key, v):
    if key not in FLAGS:
        return v
    if isinstance(v, str):
        return [v]
    return v[0] if len(v) == 1 else v


def scalars(name, text):
    """A scalar or a list of it: the same."""
    rc, out, err = nfvm("convert", "--to", "json", "-", text=json.dumps(as_scalars(json.loads(text))))
    ok(rc == 0 and objects(out) == objects(text), f"{name}: lists of one and scalars", err, first_difference(objects(out), objects(text)))


def main():
    for path in sorted(glob.glob(DATA + "/*.nft")):
        pair(path)
    rc, out, err = nfvm("convert", "--to", "text", "-", text="table ip t { chain c { tcp dport $p accept; }; }")
    ok(rc == 1 and out == "" and "unknown identifier 'p'" in err, "errors of the input are errors", out, err)
    rc, out, err = nfvm("convert", "-D", "p=22", "--to", "text", "-", text="table ip t { chain c { tcp dport $p accept; }; }")
    ok(rc == 0 and "tcp dport 22 accept" in out, "text to text, with a definition", out, err)
    rc, out, err = nfvm("convert", "/nonexistent")
    ok(rc == 1 and "Could not open file" in err, "a file that is not there", err)
    rc, out, err = nfvm("convert")
    ok(rc == 1 and err.startswith("Usage: nfvm convert"), "no file", err)
    print(f"1..{done}")


main()
