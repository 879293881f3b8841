# SPDX-License-Identifier: GPL-2.0-or-later
"""Random iptables rulesets, in iptables-restore's form, for what stock iptables-nft sends as matches and targets of x_tables."""
import os
import re
import subprocess
import tempfile

import nat
import oracle
import traffic as t

HERE = os.path.dirname(os.path.abspath(__file__))
AREAS = ("iptables", "ip6tables", "iptables-nat", "ip6tables-nat")
ROUNDS = AREAS[2:]
# chain: (table, places where it may stand)
CHAINS = {"raw": ["PREROUTING", "OUTPUT"], "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"], "filter": ["INPUT", "FORWARD", "OUTPUT"]}
STATES = ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED", "NEW,ESTABLISHED", "INVALID,NEW"]
TYPES4 = ["UNICAST", "LOCAL", "BROADCAST", "MULTICAST", "UNSPEC", "LOCAL,BROADCAST"]
TYPES6 = ["UNICAST", "LOCAL", "MULTICAST", "UNSPEC", "ANYCAST"]
REJECT4 = ["icmp-net-unreachable", "icmp-host-unreachable", "icmp-proto-unreachable", "icmp-port-unreachable", "icmp-net-prohibited",
           "icmp-host-prohibited", "icmp-admin-prohibited", "tcp-reset"]
REJECT6 = ["icmp6-no-route", "icmp6-adm-prohibited", "icmp6-addr-unreachable", "icmp6-port-unreachable", "tcp-reset"]


class Maker:
    """One case: IPv6's tools and addresses in areas of that name; a nat table in those that play in rounds, whose ranges of ports are noted."""

    def __init__(self, rng, area):
        self.r, self.six, self.nat, self.ranges = rng, area.startswith("ip6"), area in ROUNDS, []
        self.pool = t.A6 + t.B6 + t.OWN6 if self.six else t.A4 + t.B4 + t.OWN4

    def inv(self):
        return "! " if self.r.random() < 0.3 else ""

    def addr(self):
        return self.r.choice(self.pool)

    def two(self):
        pack = t.p6 if self.six else t.p4
        return "-".join(sorted((self.addr(), self.addr()), key=pack))

    def ports(self, sep):
        a, b = sorted(self.r.sample(t.PORTS, 2))
        return self.r.choice([str(a), f"{a}{sep}{b}", f"{b}"])

    # -- matches: text; each a function of the table and chain ---------------------------------------------

    def proto(self):
        return self.r.choice(["tcp", "udp", "udplite", "sctp"])

    def m_multiport(self, table, chain):
        some = [self.ports(":") for _ in range(self.r.randint(1, 4))]
        return f"-p {self.proto()} -m multiport {self.inv()}--{self.r.choice(['sports', 'dports', 'ports'])} {','.join(some)}"

    def m_tcp_option(self, table, chain):
        return f"-p tcp -m tcp {self.inv()}--tcp-option {self.r.choice([2, 3, 4, 5, 8])}"

    def m_tcp_flags(self, table, chain):
        return f"-p tcp -m tcp {self.inv()}--tcp-flags {self.r.choice(['SYN,RST,ACK,FIN SYN', 'ALL NONE', 'SYN,ACK SYN,ACK', 'PSH,FIN FIN'])}"

    def m_ports(self, table, chain):
        return f"-p {self.r.choice(['tcp', 'udp'])} {self.inv()}--{self.r.choice(['sport', 'dport'])} {self.ports(':')}"

    def m_icmp(self, table, chain):
        if self.six:
            return f"-p ipv6-icmp -m icmp6 {self.inv()}--icmpv6-type {self.r.choice(['128', '129', '1/4', '135', '2', '3/0'])}"
        return f"-p icmp -m icmp {self.inv()}--icmp-type {self.r.choice(['8', '0', '3/1', '3', '11', 'any'])}"

    def m_conntrack(self, table, chain):
        r, some = self.r, []
        for _ in range(r.randint(1, 2)):
            some.append(r.choice([
                lambda: f"{self.inv()}--ctstate {r.choice(STATES)}", lambda: f"{self.inv()}--ctproto {r.choice(['tcp', 'udp'])}",
                lambda: f"{self.inv()}--ctorigsrc {self.addr()}", lambda: f"{self.inv()}--ctorigdst {self.addr()}",
                lambda: f"{self.inv()}--ctreplsrc {self.addr()}", lambda: f"{self.inv()}--ctrepldst {self.addr()}",
                lambda: f"--ctproto tcp {self.inv()}--ctorigdstport {self.ports(':')}", lambda: f"--ctproto udp {self.inv()}--ctreplsrcport {self.ports(':')}",
                lambda: f"{self.inv()}--ctstatus {r.choice(['ASSURED', 'SEEN_REPLY', 'CONFIRMED', 'NONE'])}",
                lambda: f"--ctdir {r.choice(['ORIGINAL', 'REPLY'])}"])())
        words = {}
        for s in some:
            words[[w for w in s.split() if w.startswith("--")][-1]] = s
        text = " ".join(words.values())
        return "-m conntrack " + (text.replace("--ctproto tcp ", "", 1) if text.count("--ctproto") > 1 else text)

    def m_state(self, table, chain):
        return f"-m state {self.inv()}--state {self.r.choice(STATES)}"

    def m_addrtype(self, table, chain):
        types = TYPES6 if self.six else TYPES4
        limit = {"PREROUTING": " --limit-iface-in", "INPUT": " --limit-iface-in", "POSTROUTING": " --limit-iface-out", "OUTPUT": " --limit-iface-out"}
        out = f"-m addrtype {self.inv()}--{self.r.choice(['src', 'dst'])}-type {self.r.choice(types)}"
        return out + (limit.get(chain, "") if self.r.random() < 0.3 and not self.six else "")

    def m_mark(self, table, chain):
        return f"-m mark {self.inv()}--mark {self.r.choice(['0x1', '0x2/0x3', '0x0', '0x10/0xf0'])}"

    def m_connmark(self, table, chain):
        return f"-m connmark {self.inv()}--mark {self.r.choice(['0x1', '0x2/0x3', '0x0', '0x10/0xf0'])}"

    def m_mac(self, table, chain):
        if chain not in ("PREROUTING", "INPUT", "FORWARD"):
            return ""
        return f"-m mac {self.inv()}--mac-source 02:00:00:00:00:0{self.r.choice([2, 3, 4])}"

    def m_iprange(self, table, chain):
        return f"-m iprange {self.inv()}--{self.r.choice(['src', 'dst'])}-range {self.two()}"

    def m_owner(self, table, chain):
        return f"-m owner {self.inv()}--uid-owner {self.r.choice([0, 1000])}" if chain in ("OUTPUT", "POSTROUTING") else ""

    def m_comment(self, table, chain):
        return '-m comment --comment "what it is for"'

    def m_addresses(self, table, chain):
        return f"{self.inv()}-{self.r.choice('sd')} {self.addr()}/{self.r.choice([64, 126, 127, 128] if self.six else [24, 28, 30, 31, 32])}"

    # -- targets ----------------------------------------------------------------------------------------------

    def target(self, table, chain, match):
        r = self.r
        tcp = match.startswith("-p tcp")
        some = ["", "", "", "-j LOG --log-prefix x", "-j NFLOG --nflog-group 7 --nflog-prefix y"]
        if table == "filter":
            kinds = REJECT6 if self.six else REJECT4
            some += ["-j ACCEPT", "-j DROP", "-j RETURN"] + ["-j REJECT --reject-with " + r.choice(kinds if tcp else kinds[:-1])] * 2
        if table == "raw":
            some += ["-j CT --notrack", "-j NOTRACK", f"-j CT --zone {r.choice([1, 7])}", f"-j CT --zone-orig {r.choice([1, 7])}", "-j CT --zone mark"]
        if table == "mangle":
            some += [f"-j MARK --set-xmark {r.choice(['0x1/0xff', '0x2/0xffffffff', '0x10/0xf0'])}", "-j MARK --or-mark 0x3",
                     f"-j CONNMARK --set-xmark {r.choice(['0x1/0xff', '0x2/0xffffffff'])}", "-j CONNMARK --save-mark", "-j CONNMARK --restore-mark",
                     "-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xf0"]
            if tcp:
                some += [f"-j TCPMSS --set-mss {r.choice([536, 1000, 1400])}"] * 2
                some += ["-j TCPMSS --clamp-mss-to-pmtu"] * 2 if chain in ("FORWARD", "OUTPUT", "POSTROUTING") else []
        return r.choice(some)

    # -- address translation ------------------------------------------------------------------------------------

    def port_range(self):
        low, high = self.r.choice(nat.RANGES)
        self.ranges.append((low, high))
        return f"{low}-{high}" if low != high else str(low)

    def to(self):
        r, some = self.r, nat.NEW6 if self.six else nat.NEW4
        addr = r.choice(some)
        port = ":" + self.port_range() if r.random() < 0.4 else ""
        return f"[{addr}]{port}" if self.six and port else addr + port

    def nat_target(self, chain):
        r = self.r
        net = f"2001:db8:1:{r.choice('79')}::/112" if self.six else f"203.0.113.{r.choice([0, 64])}/26"
        some = [f"-j NETMAP --to {net}"]
        if chain in ("PREROUTING", "OUTPUT"):
            some += [f"-j DNAT --to-destination {self.to()}"] * 4 + ["-j REDIRECT", f"-j REDIRECT --to-ports {self.port_range()}"]
        else:
            some += [f"-j SNAT --to-source {self.to()}"] * 4
        if chain == "POSTROUTING":
            some += ["-j MASQUERADE", f"-j MASQUERADE --to-ports {self.port_range()}", "-j MASQUERADE --random"]
        return r.choice(some)

    def nat_rule(self, chain):
        while True:
            match = f"-p {self.r.choice(['tcp', 'udp'])} {self.m_addresses('nat', chain)}"
            target = self.nat_target(chain)
            if self.r.random() < 0.3:
                match += " " + self.r.choice([self.m_mark, self.m_conntrack, self.m_addrtype, self.m_iprange])("nat", chain)
            if " -p" not in match[1:]:
                return f"-A {chain} {match} {target}"

    def nat_table(self):
        chains = [c for c in ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING") if self.r.random() < 0.7]
        return ["*nat"] + [f":{c} ACCEPT [0:0]" for c in chains] + [self.nat_rule(c) for c in chains for _ in range(self.r.randint(1, 5))] + ["COMMIT"]

    # -- rules --------------------------------------------------------------------------------------------------

    def rule(self, table, chain):
        r = self.r
        kinds = [n for n in dir(self) if n.startswith("m_")]
        first = ""
        while not first:
            first = getattr(self, r.choice(kinds))(table, chain)
        more = getattr(self, r.choice(kinds))(table, chain) if r.random() < 0.3 else ""
        if more.startswith("-p") or more[:5] == first[:5] or more.split(" ")[:2] == first.split(" ")[:2]:
            more = ""
        target = self.target(table, chain, first)
        if "tcp-reset" in target or "TCPMSS" in target:
            more = "" if more.startswith("!") else more
        return f"-A {chain} {first} {more} {target}"

    def ruleset(self):
        out = self.nat_table() if self.nat else []
        for table in self.r.sample(sorted(CHAINS), self.r.randint(1, 3)):
            chains = self.r.sample(CHAINS[table], self.r.randint(1, len(CHAINS[table])))
            out.append("*" + table)
            out += [f":{c} {self.r.choice(['ACCEPT', 'ACCEPT', 'DROP'])} [0:0]" for c in chains]
            out += [self.rule(table, c) for c in chains for _ in range(self.r.randint(2, 8))]
            out.append("COMMIT")
        return "\n".join(out) + "\n", []

    def load(self, kernel, text, chains):
        """Loads the text with stock iptables-nft; lines that it does not take are left out. Returns what was loaded, and the batches that it sent."""
        with tempfile.TemporaryDirectory() as tmp:
            batch = os.path.join(tmp, "batch")
            text = load(self, text, batch)
            with open(batch, "rb") as f:
                return text, chains, f.read()


def recorder():
    """The path of the recorder's shared object, built on first use; Missing where there is no compiler."""
    out = os.path.join(tempfile.gettempdir(), f"nfvm-recorder-{os.getuid()}.so")
    if not os.path.exists(out):
        src = os.path.join(HERE, "..", "tools", "netlink-recorder.c")
        try:
            subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", out, src, "-ldl"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as e:
            raise oracle.Missing(f"needs a compiler: {e}")
    return out


def load(maker, text, batch):
    tool = "ip6tables-nft-restore" if maker.six else "iptables-nft-restore"
    so = recorder()
    for _ in range(60):
        if os.path.exists(batch):
            os.unlink(batch)
        p = subprocess.run([tool], input=text, capture_output=True, text=True, env={**os.environ, "LD_PRELOAD": so, "NETLINK_RECORD": batch})
        if not p.returncode:
            return text
        bad = [int(n) for n in re.findall(r"line:? (\d+)", p.stderr)]
        if not bad:
            raise RuntimeError(p.stderr)
        lines = text.split("\n")
        if lines[bad[0] - 1] == "COMMIT":
            raise RuntimeError(p.stderr)
        text = "\n".join(lines[:bad[0] - 1] + lines[bad[0]:])
        for table in (*CHAINS, "nat"):  # what has been committed in front of the line
            subprocess.run(["nft", "delete", "table", "ip6" if maker.six else "ip", table], capture_output=True)
    raise RuntimeError("no ruleset left")
