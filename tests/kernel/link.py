# SPDX-License-Identifier: GPL-2.0-or-later
"""Below and beside IP: bridges, ARP, devices' ingress and egress, and headers inside of headers. For each area its host, its rulesets and its frames.

Left out, since not every kernel has them: meta ibrname, reject and ct in the bridge family; fwd, dup and ct in netdev's.
"""
import os
import struct
import subprocess

import fields
import oracle
import rules
import traffic as t

PORTS = ("p0", "p1", "p2")
PORT_MACS = {p: bytes([2, 0, 0, 0, 2, i]) for i, p in enumerate(PORTS)}
BR_MAC = bytes.fromhex("0200000002ff")
STATIONS = [bytes([2, 0, 0, 0, 0, n]) for n in (2, 3, 4, 7)]
GROUPS = [bytes.fromhex(m) for m in ("ffffffffffff", "01005e000001", "333300000001", "0180c2000000", "0180c2000001", "0180c200000e", "0180c2000003")]


class Said:
    """A kernel whose host is told to the engine in a file, as `nfvm host` writes it."""

    def host_file(self, nfvm):
        return subprocess.run([nfvm, "host"], capture_output=True, text=True, check=True).stdout


class Bridge(oracle.Kernel, Said):
    """A bridge of three ports. It has an address and routes between two networks behind itself."""

    def _host(self):
        oracle.sysctl("ipv6/conf/default/addr_gen_mode", 1)
        oracle.sysctl("ipv6/conf/all/addr_gen_mode", 1)
        oracle.run("ip", "link", "add", "br0", "address", BR_MAC.hex(":"), "type", "bridge", "forward_delay", "0", "mcast_snooping", "0",
                   "stp_state", "0")
        oracle.sysctl("ipv6/conf/br0/accept_dad", 0)
        oracle.sysctl("ipv6/conf/br0/router_solicitations", 0)
        batch = "link set lo up\n"
        for p in PORTS:
            batch += self._tap(p, PORT_MACS[p].hex(":")) + f"link set {p} master br0\n"
        batch += "link set br0 arp off multicast off up\n"
        for i, (net4, net6) in enumerate((("192.0.2", "2001:db8:0"), ("198.51.100", "2001:db8:1"))):
            batch += f"addr add {net4}.1/24 dev br0\naddr add {net6}::1/64 dev br0 nodad\n"
            for h in oracle.HOSTS:
                for addr in (f"{net4}.{h}", f"{net6}::{h:x}"):
                    batch += f"neigh add {addr} lladdr 02:00:00:00:{i:02x}:{h:02x} dev br0 nud permanent\n"
        batch += "route add default via 198.51.100.254 dev br0\nroute add default via 2001:db8:1::fe dev br0\n"
        oracle.run("ip", "-force", "-batch", "-", stdin=batch)
        self._routing(("br0", *PORTS))
        for key in ("bridge/bridge-nf-call-iptables", "bridge/bridge-nf-call-ip6tables", "bridge/bridge-nf-call-arptables"):
            if os.path.exists("/proc/sys/net/" + key):
                oracle.sysctl(key, 0)


class Arp(oracle.Kernel, Said):
    """The usual host, with ARP on its devices. What passes the input hook is handed out there, so that it never answers."""
    arp = "on"

    def _local(self):
        super()._local()
        oracle.run("nft", "-f", "-", stdin="table arp nfvm_last { chain c { type filter hook input priority 2147483647; policy accept;\n"
                   f"log group {oracle.NFLOG_GROUP} snaplen 65535 queue-threshold 1 drop\n}}\n}}\n")


# ---- frames -------------------------------------------------------------------------------------------------


class BridgeTraffic(t.Traffic):
    """Stations that talk through the bridge, to the host, and to groups; a station is now and then seen at another port."""

    def link(self):
        r = self.r
        out = {"src": r.choice(STATIONS)}
        x = r.random()
        out["dst"] = r.choice(STATIONS) if x < 0.5 else BR_MAC if x < 0.75 else r.choice(list(PORT_MACS.values())) if x < 0.8 else \
            r.choice(GROUPS) if x < 0.95 else bytes.fromhex("020000000099")
        if r.random() < 0.01:
            out["src"] = r.choice([bytes(6), b"\x01" + bytes(5)])
        if r.random() < 0.12:
            out["vlan"] = r.choice([0, 0x2000, 0x6005, 5])
        return out

    def arp(self, dev):
        return arp_frame(self.r, dev, **self.link())

    def frame(self):
        r = self.r
        _, f = super().frame()
        return PORTS[f[11] % 3 if r.random() < 0.9 else r.randrange(3)], f


def arp_frame(r, dev, **link):
    op = r.choice([1, 1, 2, 2, 3, 8, 10])
    hw, proto, hln, pln = r.choices([(1, 0x0800, 6, 4), (6, 0x0800, 6, 4), (1, 0x86DD, 6, 4), (1, 0x0800, 8, 4), (1, 0x0800, 6, 6)], [90, 3, 3, 2, 2])[0]
    body = struct.pack(">HHBBH", hw, proto, hln, pln, op) + r.choice(STATIONS) + t.p4(r.choice(t.A4)) + r.choice([bytes(6), *STATIONS]) + \
        t.p4(r.choice(t.A4 + t.OWN4))
    return t.ether(dev, body + bytes(r.choice([0, 0, 18])), 0x0806, **link)


class ArpTraffic(t.Traffic):
    def frame(self):
        r = self.r
        dev = "eth0" if r.random() < 0.7 else "eth1"
        link = {"src": r.choice(STATIONS), "dst": r.choice([t.MACS[dev], t.MACS[dev], b"\xff" * 6, b"\xff" * 6, STATIONS[0], GROUPS[1]])}
        if r.random() < 0.03:
            link["vlan"] = r.choice([0, 5])
        f = arp_frame(r, dev, **link)
        if r.random() < 0.04:
            f = f[:r.randrange(14, len(f))]
        return dev, f


class Headers(t.Traffic):
    """Extension headers and options in most packets."""

    def tcp_options(self):
        r, out = self.r, b""
        for o in r.sample([b"\2\4" + struct.pack(">H", r.choice([500, 536, 1200, 1460])), b"\3\3" + bytes([r.choice([0, 2, 7])]), b"\4\2",
                           b"\x08\x0a" + struct.pack(">II", r.choice([0, 1, 77]), r.choice([0, 9])), b"\x05\x0a" + struct.pack(">II", 1, 1000),
                           b"\x05\x12" + struct.pack(">IIII", 1, 1000, 2000, 3000), b"\1", b"\1\1\1", b"\x22\x06abcd", b"\x02\x04\x05", b"\x0f\0", b"\0"],
                          r.choice([0, 1, 2, 3])):
            out += o
        return out[:40]

    def packet4(self, dev):
        r = self.r
        src, dst = self.pair4(dev)
        proto, seg = self.transport(src, dst)
        options = b"".join(r.sample([b"\1", b"\x07\x07\4\xc0\0\2\1", b"\x94\4\0\0", b"\x83\7\4" + t.p4("192.0.2.9"), b"\x89\7\4" + t.p4("192.0.2.9"),
                                     b"\x44\x08\x09\0\0\0\0\0", b"\x94\4\0\1"], r.choice([0, 1, 1, 2])))
        return t.ether(dev, t.ip4(src, dst, proto, seg, r.choice(t.TTLS), r.choice(t.TOS), r.choice(t.IDS), 0x4000, options), 0x0800, **self.link())

    def packet6(self, dev):
        r = self.r
        src, dst = self.pair6(dev)
        proto, seg = self.transport(src, dst)
        for _ in range(r.choice([0, 1, 1, 2])):
            kind = r.choice([0, 60, 43, 44, 51, 135])
            if kind in (0, 60):
                size = r.choice([8, 16])
                seg = bytes([proto, size // 8 - 1]) + b"\1" + bytes([size - 4]) + bytes(size - 4) + seg
            elif kind == 43:
                seg = bytes([proto, 2, r.choice([0, 2, 4]), r.choice([0, 0, 1])]) + bytes(4) + t.p6(r.choice(t.A6)) + seg
            elif kind == 44:
                seg = struct.pack(">BBHI", proto, 0, r.choice([0, 1, 0x10, 0x11]), r.choice([1, 7])) + seg
            elif kind == 51:
                seg = struct.pack(">BBHII", proto, 4, 0, r.choice([1, 256]), r.choice([1, 9])) + bytes(12) + seg
            else:
                seg = struct.pack(">BBBBH", 59, 0, r.choice([0, 1, 5]), 0, 0) + bytes(2)
            proto = kind
        return t.ether(dev, t.ip6(src, dst, proto, seg, r.choice(t.TTLS), r.choice(t.TOS), r.choice(t.FLOWLABELS)), 0x86DD, **self.link())


class DeviceTraffic(t.Traffic):
    def link(self):
        out = super().link()
        if self.r.random() < 0.1:
            out["vlan"] = self.r.choice([0, 0x2000, 0x6005, 5, 5])
        return out


# ---- rulesets -------------------------------------------------------------------------------------------------

F, num = fields.Field, fields.num
MACS = [m.hex(":") for m in STATIONS] + [BR_MAC.hex(":"), "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01"]
LINK = [
    F("ether saddr", MACS[:4], True, 48), F("ether daddr", MACS, True, 48), F("ether type", ["ip", "ip6", "arp", "vlan", 0x88CC, 0x9000], False, 0),
    num("vlan id", [0, 5], 0), num("vlan pcp", [0, 1, 3], 0), num("vlan dei", [0, 1], 0), F("vlan type", ["ip", "ip6", "arp"], False, 0),
    F("meta pkttype", ["host", "broadcast", "multicast", "other"]), F("meta protocol", ["ip", "ip6", "arp", "vlan"]),
    num("meta length", [28, 40, 48, 60, 68, 100, 140], 32), F("meta mark", [0, 1, 0x10, 0x20], True, 32), num("@ll,40,8", [1, 2, 3, 4, 0xFF], 0),
    num("@ll,96,16", [0x0800, 0x86DD, 0x0806, 0x8100], 0), F("meta l4proto", fields.PROTOS, False, 8),
]
ARP = [
    num("arp htype", [1, 6], 0), F("arp ptype", ["ip", "ip6"], False, 0), num("arp hlen", [6, 8], 0), num("arp plen", [4, 6], 0),
    F("arp operation", ["request", "reply", "rrequest", "inrequest", "nak"], True, 0), F("arp saddr ether", MACS[:4], True, 48),
    F("arp daddr ether", MACS[:4] + ["00:00:00:00:00:00"], True, 48), F("arp saddr ip", t.A4, True, 32, prefix=["192.0.2.0/29", "192.0.2.4/30"]),
    F("arp daddr ip", t.A4 + t.OWN4, True, 32, prefix=["192.0.2.0/29", "198.51.100.0/24"]), num("@nh,48,16", [1, 2, 3], 0),
]
IP = [f for f in fields.HEADERS if f.name.split()[0] in ("ip", "ip6", "tcp", "udp", "icmp", "icmpv6", "th")
      and f.name.split()[1] not in ("checksum", "id", "flowlabel", "sequence")]
HEADERS = [
    num("tcp option maxseg size", [500, 536, 1200, 1460], l4="tcp"), num("tcp option window count", [0, 2, 7], 0, l4="tcp"),
    num("tcp option timestamp tsval", [0, 1, 77], 32, l4="tcp"), num("tcp option timestamp tsecr", [0, 9], 32, l4="tcp"),
    num("tcp option sack left", [1, 2], 32, l4="tcp"), num("tcp option sack right", [1000, 3000], 32, l4="tcp"), num("tcp option sack1 left", [2000, 5], 32, l4="tcp"),
    num("tcp option maxseg length", [4, 5], 0, l4="tcp"), num("tcp option @34,16,16", [0x6162, 0x6364], 0, l4="tcp"),
    *[F(f"tcp option {o}", ["exists", "missing"], l4="tcp") for o in ("maxseg", "window", "sack-perm", "sack", "timestamp", "nop", "eol")],
    num("ip option rr ptr", [4, 8], 0, l3="ip"), num("ip option rr length", [7, 11], 0, l3="ip"), num("ip option lsrr ptr", [4], 0, l3="ip"),
    F("ip option lsrr addr", ["192.0.2.9", "192.0.2.3"], True, 0, "ip"), num("ip option ra value", [0, 1], 0, l3="ip"),
    *[F(f"ip option {o}", ["exists", "missing"], l3="ip") for o in ("rr", "lsrr", "ssrr", "ra")],
    num("frag id", [1, 7], 32, l3="ip6"), num("frag more-fragments", [0, 1], 0, l3="ip6"), num("frag frag-off", [0, 2], 0, l3="ip6"),
    F("frag nexthdr", ["tcp", "udp", "ipv6-icmp", 60], False, 8, "ip6"), num("hbh hdrlength", [0, 1], 0, l3="ip6"),
    F("hbh nexthdr", ["tcp", "udp", "ipv6-icmp"], False, 8, "ip6"), num("dst hdrlength", [0, 1], 0, l3="ip6"), F("dst nexthdr", ["tcp", "udp"], False, 8, "ip6"),
    num("rt type", [0, 2, 4], 0, l3="ip6"), num("rt seg-left", [0, 1], 0, l3="ip6"), num("rt hdrlength", [2, 3], 0, l3="ip6"),
    num("mh type", [0, 1, 5], 0, l3="ip6"), num("ah spi", [1, 256], 32), num("ah sequence", [1, 9], 32), num("ah hdrlength", [4], 0),
    *[F(f"exthdr {o}", ["exists", "missing"], l3="ip6") for o in ("hbh", "rt", "frag", "dst", "mh")],
    F("meta l4proto", fields.PROTOS, False, 8), F("ip6 nexthdr", ["tcp", "udp", 0, 43, 44, 51, 60], False, 8, "ip6"), num("th dport", t.PORTS),
    F("ip protocol", ["tcp", "udp", "icmp"], False, 8, "ip"),
]
TYPES = {"vlan id": "vlan_id", "arp operation": "arp_op", "meta protocol": "ether_type", "ether daddr": "ether_addr"}


class Maker(rules.Maker):
    """family, and of each hook its priorities and what stands before them in a chain's head."""
    family, rejects = "bridge", False
    hooks = {"prerouting": [-300, 0], "input": [-200, 0], "forward": [0, 10], "output": [0, 100], "postrouting": [300, 0]}
    few = (2, 4)
    names = [F("iifname", ['"p0"', '"p1"', '"p2"', '"br0"', '"p*"'], hooks=("prerouting", "input", "forward")),
             F("oifname", ['"p0"', '"p1"', '"p2"', '"p*"'], hooks=("forward", "output", "postrouting"))]
    changes = ["meta mark set 0x10", "meta mark set 0x1", "ether daddr set 02:00:00:00:00:03", "ether saddr set 02:00:00:00:00:07",
               "ip dscp set cs1", "tcp dport set 22", "ip ttl set 9", "ip6 hoplimit set 3"]

    def pool(self):
        return [LINK, LINK, IP, ARP, self.names, self.names][self.r.randrange(6)]

    def settable(self, hook, l3=None):
        return self.field(hook, lambda f: (f.name in TYPES or f.name in rules.TYPES) and not any("*" in v for v in f.values) and
                          (l3 is None or f.l3 in (None, l3)), [f for f in LINK + IP + ARP if f.name in TYPES or f.name in rules.TYPES])

    def rule(self, hook):
        if self.r.random() < 0.15:
            return rules.Rule(self.simple(hook)[0] if self.r.random() < 0.7 else "", [], self.r.choice(self.changes))
        rule = super().rule(hook)
        if "reject" in rule.action:
            rule.action = "drop"
        return rule

    def heads(self):
        """(hook, head of the chain), one for each base chain."""
        r = self.r
        hooks = r.sample(sorted(self.hooks), r.randint(min(self.few[0], len(self.hooks)), min(self.few[1], len(self.hooks))))
        return [(h, f"type filter hook {h} priority {r.choice(self.hooks[h])};") for h in hooks]


class ArpMaker(Maker):
    family = "arp"
    hooks = {"input": [0, 10]}
    names = [F("iifname", ['"eth0"', '"eth1"', '"e*"'])]
    changes = ["meta mark set 0x10", "meta mark set 0x1", "arp operation set reply", "arp saddr ip set 192.0.2.7", "arp daddr ether set 02:00:00:00:00:03"]

    def pool(self):
        return [ARP, ARP, LINK, self.names][self.r.randrange(4)]

    def settable(self, hook, l3=None):
        return self.field(hook, lambda f: f.name in TYPES or f.name in rules.TYPES, [f for f in LINK + ARP if f.name in TYPES or f.name in rules.TYPES])


class DeviceMaker(Maker):
    family = "netdev"
    hooks = {"ingress": [-100, 0, 5], "egress": [0, 7]}
    few = (2, 2)
    names = [F("iifname", ['"eth0"', '"eth1"'], hooks=("ingress",)), F("oifname", ['"eth0"', '"eth1"'], hooks=("egress",))]

    def pool(self):
        return [LINK, IP, IP, ARP, self.names][self.r.randrange(5)]

    def heads(self):
        r = self.r
        return [(h, f"type filter hook {h} device {d} priority {r.choice(self.hooks[h])};") for h in ("ingress", "egress")
                for d in r.sample(("eth0", "eth1"), r.choice([1, 1, 2]))]


class HeadersMaker(rules.Maker):
    def pool(self):
        return HEADERS

    def change(self, hook):
        return rules.Rule("", ["set option"], self.r.choice(["tcp option maxseg size set 536", "tcp option window count set 1", "tcp option timestamp tsval set 9",
                                                             "reset tcp option sack-perm", "reset tcp option timestamp"]))

    def rule(self, hook):
        return self.change(hook) if self.r.random() < 0.12 else super().rule(hook)


# What each area is made of: host, rulesets, frames.
AREAS = {
    "bridge": (Bridge, Maker, BridgeTraffic),
    "arp": (Arp, ArpMaker, ArpTraffic),
    "netdev": (oracle.Kernel, DeviceMaker, DeviceTraffic),
    "headers": (oracle.Kernel, HeadersMaker, Headers),
}
