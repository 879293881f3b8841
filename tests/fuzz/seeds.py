#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeds for the fuzz targets, from what is in the tree.

usage: seeds.py TOP DIR     TOP: the sources; writes DIR/parser, DIR/roundtrip, DIR/json, DIR/netlink, DIR/packets

parser, roundtrip: the shipped rulesets, whole, and each of their lines; those of packet tests.
netlink: each message of the recorded batches, as a request and to keep (fuzz-netlink.c).
packets: frames of the demo's capture, a few in each, with every rule of fuzz-packets.c in every chain of it at least once.
"""
import glob
import hashlib
import json
import os
import re
import struct
import sys


def put(where, data):
    with open(os.path.join(where, hashlib.sha1(data).hexdigest()), "wb") as f:
        f.write(data)


def texts(top):
    for path in glob.glob(f"{top}/examples/**/*.nft", recursive=True) + glob.glob(f"{top}/tests/data/**/*.nft", recursive=True):
        with open(path) as f:
            yield f.read()
    for path in glob.glob(f"{top}/**/*.nft-test", recursive=True):
        with open(path) as f:
            yield from re.findall(r"^ruleset \{\n(.*?)^\}", f.read(), re.S | re.M)


def parser_seeds(top, where):
    for text in texts(top):
        put(where, text.encode())
        for line in text.splitlines():
            line = line.strip()
            if re.match("(add|create|insert|delete|destroy|list|flush|table|define|reset|rename|get) ", line):
                put(where, line.encode())
            elif line and line[-1] not in "{}," and not re.match("#|type |typeof |flags |elements |policy |include ", line):
                put(where, f"add rule inet t c {line}".encode())


def json_seeds(top, where):
    """The rulesets of tests/data, whole, and each of their objects with the table and chains before it."""
    for path in glob.glob(f"{top}/tests/data/json/*.json"):
        with open(path) as f:
            objects = json.load(f)["nftables"]
        put(where, json.dumps({"nftables": objects}).encode())
        base = [o for o in objects if "table" in o or "chain" in o]
        for o in objects:
            if "rule" in o and len(o["rule"]["expr"]) > 1:
                for e in o["rule"]["expr"]:
                    put(where, json.dumps({"nftables": base[:4] + [{"add": {"rule": dict(o["rule"], expr=[e])}}]}).encode())
            else:
                put(where, json.dumps({"nftables": base[:4] + [{"add": o}]}).encode())


def netlink_seeds(top, where):
    for path in glob.glob(f"{top}/tests/data/**/*.batch", recursive=True):
        with open(path, "rb") as f:
            data = f.read()
        at = 0
        while at + 20 <= len(data):
            size, kind = struct.unpack_from("=IH", data, at)
            if size < 16:
                break
            if kind >> 8 == 10:
                for keep in (0, 0x40):
                    put(where, bytes([kind & 0x3F | keep]) + data[at + 20:at + size])
            at += size + 3 & ~3


def frames(path):
    """Frames of a pcapng file of this machine's byte order, in order."""
    with open(path, "rb") as f:
        data = f.read()
    at = 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("=II", data, at)
        if kind == 6:
            n, = struct.unpack_from("=I", data, at + 20)
            yield data[at + 28:at + 28 + n]
        at += size


def packet_seeds(top, where):
    with open(f"{top}/tests/fuzz/fuzz-packets.c") as f:
        source = f.read()
    n_rules = len(re.findall(r'"(?:[^"\\]|\\.)*"', source.split("choices[] = {")[1].split("};")[0]))
    n_chains = len(re.findall(r'^\t\{ "', source.split("} chains[] = {")[1].split("\n};")[0], re.M))
    short = [f for f in frames(f"{top}/examples/demo/office.pcapng") if len(f) <= 300]
    short = short[::max(1, len(short) // 1500)]
    for k in range(n_rules * n_chains // 3 + 1):
        rules = b"".join(bytes([i % n_rules, i // n_rules % n_chains]) for i in range(3 * k, 3 * k + 3))
        some = [short[(k * 5 + j) % len(short)] for j in range(5)]
        put(where, bytes([3 | (0x10 if k % 3 == 0 else 0) | (0xE0 if k % 7 == 0 else 0)]) + rules +
            b"".join(bytes([0x20 if j == 3 else 0, (len(f) + 1) // 2]) + f + bytes(len(f) % 2) for j, f in enumerate(some)))


def main():
    top, out = sys.argv[1:]
    for name, make in (("parser", parser_seeds), ("roundtrip", parser_seeds), ("json", json_seeds), ("netlink", netlink_seeds), ("packets", packet_seeds)):
        where = os.path.join(out, name)
        os.makedirs(where, exist_ok=True)
        make(top, where)
        print(f"{name}: {len(os.listdir(where))} seeds")


main()
