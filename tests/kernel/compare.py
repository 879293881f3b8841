# SPDX-License-Identifier: GPL-2.0-or-later
"""Two runs of the same frames under the same rules, held side by side: frames out, connections, counters, sets.

What two right answers may differ in is left out: the IP id, flow label and so the checksum of packets that the firewall itself made,
the MAC addresses of what was delivered to the host, handles, order and times of set elements.
"""
import json

OWN = {bytes([192, 0, 2, 1]), bytes([198, 51, 100, 1]), bytes.fromhex("20010db8" + "00" * 12), bytes.fromhex("20010db80001" + "00" * 10),  # anycast
       bytes([203, 0, 113, 9]), bytes([192, 0, 2, 9]), bytes.fromhex("fd00" + "00" * 13 + "09"), bytes.fromhex("20010db8" + "00" * 11 + "09"),  # rewritten by rules
       bytes.fromhex("20010db8" + "00" * 11 + "01"), bytes.fromhex("20010db80001" + "00" * 9 + "01")}
COUNTS = ("counter", "quota", "last", "connlimit")


def own_packet(f, translated=False):
    """An ICMP error from an address of the host, or a TCP reset. translated: the address may be any; the host's errors have a TOS of their own."""
    if f[12:14] == b"\x08\x00" and len(f) >= 34:
        l4 = f[14 + (f[14] & 15) * 4:]
        return f[23] == 1 and (f[26:30] in OWN or translated and f[15] & 0xC0 == 0xC0) and l4[:1] in (b"\3", b"\5", b"\x0b", b"\x0c") or f[23] == 6 and len(l4) > 13 and bool(l4[13] & 4)
    if f[12:14] == b"\x86\xdd" and len(f) >= 54:
        l4 = f[54:]
        return f[20] == 58 and (f[22:38] in OWN or translated) and l4[:1] in (b"\1", b"\2", b"\3", b"\4") or f[20] == 6 and len(l4) > 13 and bool(l4[13] & 4)
    return False


def canonical(dev, frame, translated=False):
    f = bytearray(frame)
    if dev == "local0":
        f[:12] = bytes(12)
    if own_packet(bytes(f), translated):
        if f[12:14] == b"\x08\x00":
            f[18:20] = f[24:26] = b"\0\0"
        else:
            f[15] &= 0xF0
            f[16:18] = b"\0\0"
    return dev, bytes(f).hex()


def strip(v, parent=""):
    if isinstance(v, dict):
        return {k: strip(w, k) for k, w in v.items() if k not in ("handle", "expires", "index") and not (k == "used" and parent == "last")}
    if isinstance(v, list):
        out = [strip(x, parent) for x in v]
        return sorted(out, key=lambda x: json.dumps(x, sort_keys=True)) if parent in ("elem", "set") else out
    return v


def counts(v):
    if isinstance(v, dict):
        own = [{k: strip(w, k)} for k, w in v.items() if k in COUNTS and isinstance(w, dict)]
        return own + [x for k, w in v.items() if k not in COUNTS for x in counts(w)]
    return [x for w in v for x in counts(w)] if isinstance(v, list) else []


def state_of(ruleset):
    """Everything of a ruleset that packets change, as comparable lines."""
    lines, place = [], {}
    for obj in ruleset:
        (kind, o), = obj.items()
        if kind == "rule":
            chain = f"{o['family']} {o['table']} {o['chain']}"
            place[chain] = place.get(chain, 0) + 1
            lines.append(f"rule {place[chain]} of {chain}: {json.dumps(counts(o['expr']), sort_keys=True)}")
        elif kind in ("set", "map"):
            lines.append(f"{kind} {o['name']}: {json.dumps(strip(o.get('elem', []), 'elem'), sort_keys=True)}")
        elif kind in COUNTS:
            lines.append(f"{kind}: {json.dumps(strip(o), sort_keys=True)}")
    return lines


def rule_counts(ruleset):
    """{chain: [packets of each rule's counter, in order]}"""
    out = {}
    for obj in ruleset:
        if "rule" in obj:
            o = obj["rule"]
            found = [c["counter"]["packets"] for c in counts(o["expr"]) if "counter" in c]
            out.setdefault(o["chain"], []).append(found[0] if found else None)
    return out


def only_in(a, b):
    b, out = list(b), []
    for x in a:
        if x in b:
            b.remove(x)
        else:
            out.append(x)
    return out


def differences(kernel, engine, translated=False):
    """Both: {"frames": [[(dev, bytes)]], "conntrack": […], "ruleset": […]}. A list of texts, empty where the two agree."""
    out = []
    for n, (k, e) in enumerate(zip(kernel["frames"], engine["frames"]), 1):
        k, e = sorted(canonical(*x, translated) for x in k), sorted(canonical(*x, translated) for x in e)
        if k != e:
            out.append(f"frame {n}: kernel {k} engine {e}")
    if len(kernel["frames"]) != len(engine["frames"]):
        out.append(f"{len(kernel['frames'])} frames in the kernel's run, {len(engine['frames'])} in the engine's")
    for what, pick in (("connection", lambda r: [json.dumps(f, sort_keys=True) for f in r["conntrack"]]), ("state", lambda r: state_of(r["ruleset"]))):
        k, e = pick(kernel), pick(engine)
        out += [f"{what} only in the kernel: {x}" for x in only_in(k, e)] + [f"{what} only in the engine: {x}" for x in only_in(e, k)]
    return out
