# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rulesets, each rule with a counter of its own and the names of what it exercises, so that a run can tell how often each did and did not match."""
import fields

HOOKS = {"prerouting": [-300, -200, -150, 0], "input": [0, 10], "forward": [-10, 0, 5], "postrouting": [0, 100], "output": [0]}
L3_TYPES = {"ip": "ipv4_addr", "ip6": "ipv6_addr"}
TYPES = {"ip saddr": "ipv4_addr", "ip daddr": "ipv4_addr", "ip6 saddr": "ipv6_addr", "ip6 daddr": "ipv6_addr", "tcp dport": "inet_service",
         "tcp sport": "inet_service", "udp dport": "inet_service", "udp sport": "inet_service", "th dport": "inet_service", "th sport": "inet_service",
         "meta mark": "mark", "meta l4proto": "inet_proto", "ip protocol": "inet_proto", "icmp type": "icmp_type", "icmpv6 type": "icmpv6_type",
         "ether saddr": "ether_addr", "iifname": "ifname", "ip dscp": "dscp", "ct state": "ct_state", "ct mark": "mark"}


class Rule:
    """text: without the counter. tags: what it exercises. ends: nothing behind it is reached by what it matches. at: where the counter stands."""

    def __init__(self, match, tags, action="", ends=False):
        self.match, self.tags, self.action, self.ends = match, tags, action, ends

    def text(self):
        return " ".join(x for x in (self.match, "counter", self.action) if x)


class Maker:
    """One case's ruleset. area: stateless, sets, maps, mangle, ct; or another where a subclass says what is in it."""
    family = "inet"

    def __init__(self, rng, area):
        self.r, self.area = rng, area
        self.named, self.aux, self.n = [], [], 0
        self.chains = []          # (name, header, [Rule])

    # -- matches ------------------------------------------------------------------------------------

    def pool(self):
        if self.area == "ct":
            return fields.CT if self.r.random() < 0.7 else fields.METAS + fields.HEADERS
        return fields.METAS if self.r.random() < 0.25 else fields.HEADERS

    def field(self, hook, want=lambda f: True, among=None):
        while True:
            f = self.r.choice(among or self.pool())
            if (f.hooks is None or hook in f.hooks) and want(f):
                return f

    def value(self, f):
        return self.r.choice(f.values)

    def two(self, f):
        """Two different values, the lesser first (values of ordered fields are listed in order, but for addresses)."""
        a, b = self.r.sample(range(len(f.values)), 2) if len(f.values) > 1 else (0, 0)
        return sorted((f.values[a], f.values[b]), key=sort_key)

    def guard(self, f):
        """A field of a conntrack tuple has no protocol of its own: say which."""
        if f.name.startswith("ct ") and "proto-" in f.name:
            return f"meta l4proto {{ tcp, udp }} "
        if f.name.startswith("@nh,64") or f.name.startswith("@nh,8,"):
            return "meta nfproto ipv4 "
        return ""

    def simple(self, hook):
        r = self.r
        f = self.field(hook)
        ops = ["==", "!="]
        wild = any("*" in v for v in f.values)
        if f.ordered and len(f.values) > 1:
            ops += ["<", ">", "<=", ">=", "range", "!range"]
        if f.bits:
            ops += ["mask", "!mask"]
        if f.prefix:
            ops += ["prefix", "!prefix"]
        if not wild and len(f.values) > 2:
            ops += ["set", "!set"]
        op = r.choice(ops)
        return self.guard(f) + self.relation(f, op), [f.name, f"{op} {'header' if ' ' in f.name else 'meta'}", "op " + op]

    def relation(self, f, op):
        r, name = self.r, f.name
        if op in ("==", "!=") and name in ("tcp flags", "ct state", "ct status"):
            return f"{name} {'!= ' if op == '!=' else ''}{self.value(f)}" if r.random() < 0.6 else f"{name} {op} {self.value(f)}"
        if op == "range":
            return "{} {}-{}".format(name, *self.two(f))
        if op == "!range":
            return "{} != {}-{}".format(name, *self.two(f))
        if op in ("set", "!set"):
            some = r.sample(f.values, r.randint(2, min(4, len(f.values))))
            return f"{name} {'!= ' if op[0] == '!' else ''}{{ {', '.join(some)} }}"
        if op in ("mask", "!mask"):
            return self.mask(f, "!=" if op[0] == "!" else "==")
        if op in ("prefix", "!prefix"):
            return f"{name} {'!= ' if op[0] == '!' else ''}{r.choice(f.prefix)}"
        return f"{name} {op + ' ' if op != '==' or r.random() < 0.3 else ''}{self.value(f)}"

    def mask(self, f, op):
        r = self.r
        if f.name == "tcp flags":
            mask = r.sample(fields.TCP_FLAG_NAMES, r.randint(2, 4))
            return f"tcp flags & ({' | '.join(mask)}) {op} {' | '.join(r.sample(mask, r.randint(1, len(mask))))}"
        if f.name in ("ct state", "ct status"):
            return f"{f.name} & ({' | '.join(r.sample(f.values, 2))}) {op} {r.choice(['0', f.values[0]])}"
        if f.name.startswith("ip6 ") and f.bits == 128:
            return f"{f.name} & {r.choice(['ffff:ffff::', '::ff', 'ffff:ffff:ffff:ffff::'])} {op} {r.choice(['2001:db8::', '::2', '::3', '2001:db8:1::'])}"
        if f.name.startswith("ip ") and f.bits == 32:
            return f"{f.name} & {r.choice(['255.255.255.0', '0.0.0.255', '0.0.0.3', '255.0.0.0'])} {op} {r.choice(['192.0.2.0', '0.0.0.2', '198.51.100.0', '0.0.0.3', '192.0.0.0'])}"
        if f.bits == 48:
            return f"{f.name} & ff:ff:ff:00:00:0f {op} {r.choice(['02:00:00:00:00:02', '02:00:00:00:00:01', '02:00:00:00:00:00'])}"
        bits = r.choice([1, 2, 3, 0xF, 0x10, 0x80, 0xFF]) & ((1 << f.bits) - 1)
        return f"{f.name} & {hex(bits)} {op} {hex(r.randrange(bits + 1) & bits)}"

    # -- sets ------------------------------------------------------------------------------------------

    def settable(self, hook, l3=None):
        return self.field(hook, lambda f: f.name in TYPES and not any("*" in v for v in f.values) and (l3 is None or f.l3 in (None, l3)),
                          [f for f in fields.HEADERS + fields.METAS + (fields.CT if self.area == "ct" else []) if f.name in TYPES])

    def element(self, f, interval):
        r = self.r
        if interval and f.prefix and r.random() < 0.4:
            return r.choice(f.prefix)
        if interval and f.ordered and r.random() < 0.6:
            return "{}-{}".format(*self.two(f))
        return self.value(f)

    def elements(self, fs, interval, count):
        """Elements that do not overlap, so that every version takes them. An interval in a concatenation needs not be disjoint field by field; whole ones do."""
        out, seen = [], []
        for _ in range(count * 4):
            parts = [self.element(f, interval and (len(fs) == 1 or self.r.random() < 0.6)) for f in fs]
            box = [bounds(p) for p in parts]
            if any(all(a[0] <= b[1] and b[0] <= a[1] for a, b in zip(box, other)) for other in seen):
                continue
            seen.append(box)
            out.append(" . ".join(parts))
            if len(out) == count:
                break
        return out

    def name(self, kind):
        self.n += 1
        return f"{kind}{self.n}"

    def set_match(self, hook):
        r = self.r
        concat = r.random() < 0.5
        first = self.settable(hook)
        fs = [first]
        if concat:
            l3 = first.l3
            for _ in range(r.choice([1, 1, 2])):
                f = self.settable(hook, l3 or ("ip" if first.l4 == "icmp" else None))
                if compatible(fs, f):
                    fs.append(f)
                    l3 = l3 or f.l3
        concat = len(fs) > 1
        interval = r.random() < 0.5 and any(f.ordered for f in fs) and all(f.ordered or concat for f in fs)
        named = r.random() < 0.6
        elems = self.elements(fs, interval, r.randint(2, 7))
        neg = "!= " if r.random() < 0.25 else ""
        kind = f"{'named' if named else 'anonymous'} {'interval ' if interval else ''}{'concat' if concat else 'set'}"
        key = " . ".join(f.name for f in fs)
        if not named:
            return f"{key} {neg}{{ {', '.join(elems)} }}", [kind + (" !=" if neg else "")]
        name = self.name("s")
        flags = "\t\tflags interval\n" if interval else ""
        extra = "\t\tcounter\n" if r.random() < 0.2 and not interval else ""
        self.named.append(f"\tset {name} {{\n\t\ttype {' . '.join(TYPES[f.name] for f in fs)}\n{flags}{extra}\t\telements = {{ {', '.join(elems)} }}\n\t}}\n")
        return f"{key} {neg}@{name}", [kind + (" !=" if neg else "") + (" counter" if extra else "")]

    # -- maps --------------------------------------------------------------------------------------------

    def map_rule(self, hook):
        r = self.r
        fs = [self.settable(hook)]
        if r.random() < 0.4:
            f = self.settable(hook, fs[0].l3)
            if compatible(fs, f):
                fs.append(f)
        interval = r.random() < 0.45 and any(f.ordered for f in fs) and all(f.ordered or len(fs) > 1 for f in fs)
        keys = self.elements(fs, interval, r.randint(2, 7))
        verdicts = r.random() < 0.55
        named = r.random() < 0.5
        key = " . ".join(f.name for f in fs)
        what = f"{'named' if named else 'anonymous'} {'interval ' if interval else ''}{'concat ' if len(fs) > 1 else ''}{'vmap' if verdicts else 'map'}"
        data = [self.verdict() if verdicts else hex(r.choice([1, 0x10, 0x20, 0x2001])) for _ in keys]
        body = ", ".join(f"{k} : {d}" for k, d in zip(keys, data))
        if r.random() < 0.15 and named:
            body += ", * : " + (self.verdict() if verdicts else "0x77")
        if named:
            name = self.name("m")
            self.named.append(f"\tmap {name} {{\n\t\ttype {' . '.join(TYPES[f.name] for f in fs)} : {'verdict' if verdicts else 'mark'}\n"
                              + ("\t\tflags interval\n" if interval else "") + f"\t\telements = {{ {body} }}\n\t}}\n")
            body = "@" + name
        else:
            body = "{ " + body + " }"
        if verdicts:
            return Rule(f"{key} vmap {body}", [], ends=True), what
        return Rule(f"meta mark set {key} map {body}", [], ""), what

    def verdict(self):
        r = self.r
        v = r.choices(["accept", "drop", "continue", "return", "jump", "goto"], [3, 2, 3, 2, 3, 2])[0]
        return f"{v} {self.side_chain()}" if v in ("jump", "goto") else v

    def side_chain(self):
        """A regular chain with a few rules; made now, so that it stands before what jumps there."""
        if self.aux and self.r.random() < 0.6:
            return self.r.choice(self.aux)[0]
        name = self.name("c")
        rules = [Rule("", [])]
        for _ in range(self.r.randint(0, 2)):
            match, tags = self.simple("any")
            rules.append(Rule(match, tags, self.r.choice(["", "", "return", "accept", "drop"])))
        self.aux.append((name, rules))
        return name

    # -- rules ----------------------------------------------------------------------------------------------

    def change(self, hook):
        r = self.r
        while True:
            form, values, l3, l4, hooks = r.choice(fields.CHANGES)
            if hooks is None or hook in hooks:
                break
        text = form.format(r.choice(values))
        guard = f"meta nfproto {'ipv4' if l3 == 'ip' else 'ipv6'}" if l3 else f"meta l4proto {l4}" if l4 else ""
        return Rule(guard if r.random() < 0.5 else self.simple(hook)[0] if not l3 and not l4 else guard, ["set " + form.split(" set")[0]], text)

    def ct_action(self, hook):
        r = self.r
        acts = ["ct mark set 0x1", "ct mark set 0x10", "ct mark set meta mark", "meta mark set ct mark", "ct mark set ct mark | 0x20"]
        return Rule(self.simple(hook)[0], ["ct set"], r.choice(acts))

    def stateful(self, hook):
        r = self.r
        match, tags = self.simple(hook)
        what = r.choice(["limit rate 5/hour burst 7 packets", "limit rate over 3/hour burst 4 packets", "limit rate 2 kbytes/hour burst 900 bytes",
                         "quota 700 bytes", "quota over 500 bytes", 'limit name "l1"', 'quota name "q1"'])
        return Rule(f"{match} {what}", tags + ["stateful " + what.split()[0]], "")

    def action(self, hook):
        r = self.r
        if r.random() < 0.78:
            return "", False
        v = r.choice(["accept", "drop", "continue", "return", "reject", "reject with icmpx admin-prohibited", "reject with tcp reset", "jump", "goto"])
        if v.startswith("reject") and hook not in ("input", "forward", "prerouting"):
            v = "drop"
        if v in ("jump", "goto"):
            return f"{v} {self.side_chain()}", True
        return v, v not in ("continue",)

    def rule(self, hook):
        r, area = self.r, self.area
        x = r.random()
        if area == "maps" and x < 0.7:
            rule, what = self.map_rule(hook)
            rule.tags = [what]
            return rule
        if area == "mangle" and x < 0.6:
            return self.change(hook)
        if area == "ct" and x < 0.2:
            return self.ct_action(hook)
        if x > 0.95:
            return self.stateful(hook)
        match, tags = self.set_match(hook) if area == "sets" and x < 0.8 else self.simple(hook)
        if r.random() < 0.15 and area == "stateless":
            more, tags2 = self.simple(hook)
            if not more.startswith("meta nfproto") and joinable(match, more):
                match, tags = f"{match} {more}", []
        action, ends = self.action(hook)
        if action == "reject with tcp reset":
            match, tags = "meta l4proto tcp " + ("" if conflicts(match) else match), []
        return Rule(match, tags, action, ends)

    def heads(self):
        """(hook, head of the chain) for each base chain."""
        r = self.r
        return [(h, f"type filter hook {h} priority {r.choice(HOOKS[h])};") for h in r.sample(["prerouting", "input", "forward", "postrouting"], r.randint(2, 3))]

    def ruleset(self):
        """(text, [(chain, [Rule])]): a bare counter stands before each rule whose predecessor may have ended."""
        r = self.r
        chains, base = [], []
        for n, (hook, head) in enumerate(self.heads()):
            rules = []
            for _ in range(r.randint(3, 8)):
                new = self.rule(hook)
                rules.append(Rule("", []))
                rules.append(new)
            policy = r.choice(["accept", "accept", "accept", "drop"])
            name = f"b_{hook}" if not any(b[0] == f"b_{hook}" for b in base) else f"b_{hook}{n}"
            base.append((name, f"{head} policy {policy};", rules))
        if self.area == "ct" and not any("ct " in x.match for b in base for x in b[2]):
            base[0][2].append(Rule("ct state new", []))
        chains = [(n, "", rules) for n, rules in self.aux] + base
        text = [f"table {self.family} t {{\n", "\tlimit l1 {\n\t\trate 4/hour burst 6 packets\n\t}\n", "\tquota q1 {\n\t\tover 600 bytes\n\t}\n"]
        text += self.named
        late = self.late() if self.area == "ct" and r.random() < 0.4 else None
        for name, head, rules in chains:
            text.append(f"\tchain {name} {{\n" + (f"\t\t{head}\n" if head else "") + "".join(f"\t\t{x.text()}\n" for x in rules) + "\t}\n")
        if late:
            text.append("}\n" + late[0])
            chains.append(late[1:])
        return "".join(text) + "}\n", [(name, rules) for name, _, rules in chains]

    def late(self):
        """A table behind those that first need connection tracking, with a chain at its priority: it runs before it."""
        hook = self.r.choice(["prerouting", "prerouting", "output"])
        rules = [Rule(self.relation(self.field(hook, among=fields.CT[:4]), self.r.choice(["==", "!="])), []) for _ in range(3)]
        rules.append(Rule("ct state != invalid", []))
        head = f"type filter hook {hook} priority -200; policy accept;"
        return f"table inet late {{\n\tchain late {{\n\t\t{head}\n" + "".join(f"\t\t{x.text()}\n" for x in rules) + "\t}\n", "late", head, rules


def joinable(a, b):
    return not conflicts(a) or not conflicts(b)


def conflicts(match):
    return any(w in match for w in ("ip", "icmp", "tcp", "udp", "sctp", "@", "l4proto", "nfproto", "protocol", "th "))


def compatible(fs, f):
    """Fields that can stand in one concatenation: one network and one transport protocol."""
    l3 = {x.l3 for x in fs + [f]} - {None}
    l4 = {x.l4 for x in fs + [f]} - {None}
    names = {x.name for x in fs}
    mixed = any(n in ("meta l4proto", "ip protocol", "th sport", "th dport") for n in names | {f.name}) and l4
    return len(l3) < 2 and len(l4) < 2 and f.name not in names and not mixed


SYMBOLS = {"echo-reply": 0, "destination-unreachable": 3, "redirect": 5, "echo-request": 8, "time-exceeded": 11, "parameter-problem": 12,
           "timestamp-request": 13, "info-request": 15, "router-advertisement": 9, "cs0": 0, "cs1": 8, "af11": 10, "af21": 18, "ef": 46}
SYMBOLS6 = {"packet-too-big": 2, "nd-router-solicit": 133, "nd-neighbor-solicit": 135, "nd-neighbor-advert": 136, "nd-redirect": 137}


def sort_key(text):
    import socket
    if ":" in text and text.count(":") == 5:
        return int(text.replace(":", ""), 16)
    if ":" in text:
        return int.from_bytes(socket.inet_pton(socket.AF_INET6, text), "big")
    if text.count(".") == 3:
        return int.from_bytes(socket.inet_aton(text), "big")
    if text in SYMBOLS:
        return SYMBOLS[text]
    if text in SYMBOLS6:
        return SYMBOLS6[text]
    try:
        return int(text, 0)
    except ValueError:
        return hash(text) & 0xFFFF | 1 << 40


def bounds(part):
    if "/" in part:
        import ipaddress
        net = ipaddress.ip_network(part)
        return int(net[0]), int(net[-1])
    if "-" in part and part not in SYMBOLS and part not in SYMBOLS6 and part != "ipv6-icmp":
        low, high = part.split("-") if part.count("-") == 1 else (part, part)
        try:
            return sort_key(low), sort_key(high)
        except OSError:
            return 0, 1 << 128
    return sort_key(part), sort_key(part)
