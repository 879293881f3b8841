#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""JSON as input: the same bytes as the text says, errors at their places. Needs no privilege: everything is checked on the engine in the process."""
import json
import os
import subprocess

NFVM = os.environ["NFVM"]
done = 0


def nfvm(*args, text=None):
    p = subprocess.run([NFVM, *args], input=text, capture_output=True, text=True, timeout=60, env=dict(os.environ, TZ="UTC-2", NFVM_ENGINE=""))
    return p.returncode, p.stdout, p.stderr


def ok(good, name, *why):
    global done
    done += 1
    print(f"{'ok' if good else 'not ok'} {done} - {name}")
    if not good:
        for w in why:
            print("# " + str(w).rstrip().replace("\n", "\n# "))


def doc(*commands):
    return json.dumps({"nftables": list(commands)})


def refused(name, text, *wanted):
    rc, out, err = nfvm("-c", "-j", "-f", "-", text=text)
    ok(rc == 1 and all(w in err for w in wanted), name, rc, out, err, wanted)


TABLE = {"add": {"table": {"family": "inet", "name": "t"}}}
CHAIN = {"add": {"chain": {"family": "inet", "table": "t", "name": "c"}}}


def rule(*expr, **more):
    return {"add": {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": list(expr), **more}}}


def match(left, right, op="=="):
    return {"match": {"op": op, "left": left, "right": right}}


DPORT = {"payload": {"protocol": "tcp", "field": "dport"}}


def errors():
    refused("no JSON behind the brace", "{ nftables", "/dev/stdin:1:", "JSON:")
    refused("a command that is cut off", '{"nftables": [{"add": {"table": {', "/dev/stdin:1:", "JSON:")
    refused("text behind it", doc(TABLE) + " x", "nothing expected behind the closing brace")
    refused("no commands", "{}", '"nftables" expected')
    refused("another member", '{"nftable": []}', '"nftables" expected')
    refused("not an array", '{"nftables": {}}', "an array of commands expected")
    refused("an unknown command", doc({"ad": {"table": {}}}), "unknown command 'ad'", "did you mean 'add'?", "in nftables[0]")
    refused("an unknown object", doc({"add": {"tabel": {}}}), "unknown object 'tabel'", "did you mean 'table'?", "in nftables[0].add.tabel")
    refused("no family", doc({"add": {"table": {"name": "t"}}}), '"family" is missing', "in nftables[0].add.table")
    refused("a family that there is not", doc({"add": {"table": {"family": "ipv4", "name": "t"}}}), "unknown family 'ipv4'",
            "in nftables[0].add.table.family")
    refused("two commands in one object", doc({"add": TABLE["add"], "flush": {"ruleset": None}}), "one member, not 2")
    refused("a newer schema", doc({"metainfo": {"json_schema_version": 2}}), "Schema version 2 is not supported")
    refused("two errors in one rule", doc(TABLE, CHAIN, rule(match({"payload": {"protocol": "tcp", "field": "dprt"}}, 22), {"acept": None})),
            "unknown field 'dprt' of tcp", "did you mean 'dport'?", "in nftables[2].add.rule.expr[0].match.left.payload.field",
            "unknown statement 'acept'", "did you mean 'accept'?", "in nftables[2].add.rule.expr[1]")
    refused("an unknown expression", doc(TABLE, CHAIN, rule(match({"paylod": {}}, 1))), "unknown expression 'paylod'", "did you mean 'payload'?")
    refused("a value of no port", doc(TABLE, CHAIN, rule(match(DPORT, 65536))), "Service out of range",
            "in nftables[2].add.rule.expr[0].match.right")
    refused("a negative value", doc(TABLE, CHAIN, rule(match(DPORT, -1))), "in nftables[2].add.rule.expr[0].match.right")
    refused("a fraction", doc(TABLE, CHAIN, rule(match(DPORT, 1.5))), "a number with a fraction")
    refused("null as a value", doc(TABLE, CHAIN, rule(match(DPORT, None))), "not null")
    refused("an operator that there is not", doc(TABLE, CHAIN, rule(match(DPORT, 1, "~"))), "unknown operator '~'")
    refused("a set that there is not", doc(TABLE, CHAIN, rule(match(DPORT, "@s"))), "No such file or directory", "expr[0].match.right")
    refused("a mapping of three", doc(TABLE, CHAIN, rule({"vmap": {"key": DPORT, "data": {"set": [[1, {"accept": None}, 2]]}}})), "array of two")
    refused("a huge number", '{"nftables": [{"add": {"table": {"family": "ip", "name": "t", "handle": 123456789012345678901234567890}}}]}', "JSON: too big")
    deep = {"concat": ["a", "b"]}
    for _ in range(200):
        deep = {"|": [deep, 1]}
    refused("deep nesting", doc(TABLE, CHAIN, rule(match(deep, 1))), "nested too deeply")
    refused("deeper nesting", '{"nftables":' + "[" * 100000, "JSON: maximum parsing depth")
    refused("the target's errors have a place", doc(rule({"accept": None})), "Could not process rule: No such file or directory", "in nftables[0]")
    refused("xt", doc(TABLE, CHAIN, rule({"xt": {"type": "match", "name": "comment"}})), "use iptables-nft")
    refused("replace without a handle", doc({"replace": rule()["add"]}), '"handle" is missing')
    refused("a set inserted", doc({"insert": {"set": {"family": "ip", "table": "t", "name": "s"}}}), "only rules are inserted")
    rc, out, err = nfvm("-c", "-j", doc({"add": {"tabel": {}}}))
    ok(rc == 1 and err.startswith("Error: unknown object 'tabel'"), "on the command line: no place before the message", err)
    rc, out, err = nfvm("-c", "-j", "add table ip t")
    ok(rc == 0, "text is text with -j, too", err)
    refused("text is wrong as text", "add tabel ip t", "/dev/stdin:1:", "syntax error")


def listings():
    """Of a kind, only its objects are listed, without their tables."""
    rc, out, err = nfvm("convert", "--to", "json", "-", text="table ip t { counter c { }; chain x { }; }; table ip u { }")
    kinds = [next(iter(o)) for o in json.loads(out)["nftables"]] if rc == 0 else err
    ok(kinds == ["metainfo", "table", "chain", "counter", "table"], "a ruleset: tables, chains, objects", kinds)
    commands = [TABLE, {"list": {"ruleset": None}}]
    rc, out, err = nfvm("-c", "-j", doc(*commands))
    ok(rc == 0 and [next(iter(o)) for o in json.loads(out)["nftables"]] == ["metainfo"], "lists are of what was before", out, err)


if __name__ == "__main__":
    errors()
    listings()
    print(f"1..{done}")
