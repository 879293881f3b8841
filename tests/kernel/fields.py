# SPDX-License-Identifier: GPL-2.0-or-later
"""What rules can ask, as tables: each field with values that traffic.py's frames really have."""
import traffic as t

TCP_FLAG_NAMES = ["fin", "syn", "rst", "psh", "ack", "urg"]


class Field:
    """values: texts of single values. ordered: `<`, ranges and intervals make sense. bits: width, for masks (0: no masks). l3: only for this family."""

    def __init__(self, name, values, ordered=False, bits=0, l3=None, l4=None, hooks=None, prefix=None):
        self.name, self.values, self.ordered, self.bits, self.l3, self.l4, self.hooks, self.prefix = \
            name, [str(v) for v in values], ordered, bits, l3, l4, hooks, prefix


def num(name, values, bits=16, **kw):
    return Field(name, sorted(values), True, bits, **kw)


ADDR4 = t.A4 + t.B4 + t.FAR4 + t.OWN4
ADDR6 = t.A6 + t.B6 + t.FAR6 + t.OWN6
IN = ("prerouting", "input", "forward")
OUT = ("forward", "postrouting")
PROTOS = ["tcp", "udp", "icmp", "ipv6-icmp", "sctp", "udplite", "gre", "esp", 99]

HEADERS = [
    Field("ip saddr", ADDR4, True, 32, "ip", prefix=["192.0.2.0/24", "192.0.2.0/29", "198.51.100.0/24", "0.0.0.0/1", "203.0.113.0/25"]),
    Field("ip daddr", ADDR4 + ["255.255.255.255", "224.0.0.1"], True, 32, "ip", prefix=["198.51.100.0/24", "198.51.100.4/30", "224.0.0.0/4", "192.0.2.0/24"]),
    num("ip ttl", t.TTLS + [4, 62], 8, l3="ip"),
    num("ip length", [28, 40, 60, 68, 100, 140], l3="ip"),
    num("ip id", t.IDS, l3="ip", hooks=IN),  # behind forward, the host's own packets would be met: their ids, and so checksums, are random
    num("ip hdrlength", [5, 6, 7], 0, l3="ip"),
    num("ip frag-off", [0x0000, 0x4000, 0x2000, 0x10, 0x2010, 0x8000], l3="ip"),
    num("ip checksum", [0, 0x1234, 0x8000], l3="ip", hooks=IN),
    Field("ip protocol", ["tcp", "udp", "icmp", "sctp", "udplite", 99], False, 8, "ip"),
    Field("ip dscp", ["cs0", "cs1", "af11", "af21", "ef", 0x12, 0x3F], True, 0, "ip"),
    Field("ip ecn", ["not-ect", "ect0", "ect1", "ce"], False, 0, "ip"),
    num("ip version", [4], 0, l3="ip"),
    Field("ip6 saddr", ADDR6, True, 128, "ip6", prefix=["2001:db8::/64", "2001:db8:1::/64", "2001:db8::/32", "fd00::/8"]),
    Field("ip6 daddr", ADDR6 + ["ff02::1"], True, 128, "ip6", prefix=["2001:db8:1::/64", "ff00::/8", "2001:db8:77::/113"]),
    num("ip6 hoplimit", t.TTLS + [62, 4], 8, l3="ip6"),
    num("ip6 length", [8, 20, 28, 48, 60, 100], l3="ip6"),
    num("ip6 flowlabel", t.FLOWLABELS, 0, l3="ip6", hooks=IN),
    Field("ip6 nexthdr", ["tcp", "udp", "ipv6-icmp", "sctp", 0, 44, 99], False, 8, "ip6"),
    Field("ip6 dscp", ["cs0", "cs1", "ef", 0x12], True, 0, "ip6"),
    Field("ip6 ecn", ["not-ect", "ect0", "ce"], False, 0, "ip6"),
    Field("icmp type", ["echo-reply", "destination-unreachable", "redirect", "echo-request", "time-exceeded", "parameter-problem",
                        "timestamp-request", "info-request", "router-advertisement"], True, 8, "ip", "icmp"),
    num("icmp code", [0, 1, 3, 4, 13], 8, l3="ip", l4="icmp"),
    num("icmp checksum", [0, 0x1234, 0x8000, 0xFFFF], l3="ip", l4="icmp"),
    num("icmp id", t.IDS, l3="ip", l4="icmp"),
    num("icmp sequence", t.IDS, l3="ip", l4="icmp"),
    num("icmp mtu", t.MTUS, l3="ip", l4="icmp"),
    num("icmp gateway", [0, 0xC0000202, 0xC0000207], 0, l3="ip", l4="icmp"),
    Field("icmpv6 type", ["destination-unreachable", "packet-too-big", "time-exceeded", "parameter-problem", "echo-request", "echo-reply",
                          "nd-router-solicit", "nd-neighbor-solicit", "nd-neighbor-advert", "nd-redirect", 143], True, 8, "ip6", "icmpv6"),
    num("icmpv6 code", [0, 1, 4], 8, l3="ip6", l4="icmpv6"),
    num("icmpv6 id", t.IDS, l3="ip6", l4="icmpv6"),
    num("icmpv6 sequence", t.IDS, l3="ip6", l4="icmpv6"),
    num("icmpv6 mtu", t.MTUS, 0, l3="ip6", l4="icmpv6"),
    num("icmpv6 checksum", [0, 0x1234, 0x8000], l3="ip6", l4="icmpv6"),
    num("tcp sport", t.PORTS, l4="tcp"),
    num("tcp dport", t.PORTS, l4="tcp"),
    num("tcp sequence", [0, 1, 1000, 4294967295], 32, l4="tcp"),
    num("tcp ackseq", [0, 1, 77], 32, l4="tcp"),
    num("tcp doff", [5, 6, 7, 8], 0, l4="tcp"),
    num("tcp window", t.WINDOWS, l4="tcp"),
    num("tcp urgptr", [0, 5], l4="tcp"),
    num("tcp checksum", [0, 0x1234, 0x8000], l4="tcp"),
    Field("tcp flags", TCP_FLAG_NAMES, False, 8, l4="tcp"),
    num("udp sport", t.PORTS, l4="udp"),
    num("udp dport", t.PORTS, l4="udp"),
    num("udp length", [8, 9, 12, 16, 21, 48], l4="udp"),
    num("udp checksum", [0, 0x1234, 0x8000], l4="udp"),
    num("sctp sport", t.PORTS, l4="sctp"),
    num("sctp dport", t.PORTS, l4="sctp"),
    num("sctp vtag", [0, 1, 77], 32, l4="sctp"),
    num("th sport", t.PORTS),
    num("th dport", t.PORTS),
    num("udplite sport", t.PORTS, l4="udplite"),
    num("udplite checksum", [0, 0x8000], l4="udplite"),
    num("@th,0,16", t.PORTS),
    num("@th,16,16", t.PORTS),
    num("@nh,64,8", t.TTLS, 8),
    num("@nh,0,4", [4, 6], 0),
    num("@ll,40,8", [1], 0, hooks=IN),
    Field("ether saddr", ["02:00:00:00:00:02", "02:00:00:00:00:03", "02:00:00:00:00:04", "02:00:00:00:00:20"], True, 48, hooks=IN),
    Field("ether daddr", ["02:00:00:00:00:01", "02:00:00:00:01:01", "ff:ff:ff:ff:ff:ff"], True, 48, hooks=IN),
]

METAS = [
    num("meta length", [28, 40, 48, 60, 68, 100, 140], 32),
    Field("meta protocol", ["ip", "ip6"]),
    Field("meta nfproto", ["ipv4", "ipv6"]),
    Field("meta l4proto", PROTOS, False, 8),
    Field("meta mark", [0, 1, 0x10, 0x20, 0x2001], True, 32),
    Field("meta priority", ["0:0", "0:1", "1:2"], hooks=OUT + ("prerouting",)),
    Field("meta pkttype", ["host", "broadcast", "multicast"], hooks=IN),
    Field("iif", ["eth0", "eth1"], hooks=IN),
    Field("oif", ["eth0", "eth1"], hooks=OUT),
    Field("iifname", ['"eth0"', '"eth1"', '"eth*"', '"lo"'], hooks=IN),
    Field("oifname", ['"eth0"', '"eth1"', '"e*"', '"ppp*"'], hooks=OUT),
    Field("meta iiftype", ["ether", "loopback"]),
    Field("meta oiftype", ["ether", "ppp"], hooks=OUT),
    Field("meta iifgroup", ["default", 7], hooks=IN),
    Field("meta oifgroup", ["default", 7], hooks=OUT),
]

CT = [
    Field("ct state", ["new", "established", "related", "invalid", "untracked"], False, 32),
    Field("ct status", ["seen-reply", "assured", "confirmed", "expected"], False, 32),
    Field("ct direction", ["original", "reply"]),
    Field("ct mark", [0, 1, 0x10, 0x20], True, 32),
    Field("ct zone", [0, 1], True, 0),
    Field("ct protocol", PROTOS, False, 8),
    Field("ct l3proto", ["ipv4", "ipv6"]),
    Field("ct original ip saddr", ADDR4, True, 0, "ip"),
    Field("ct original ip daddr", ADDR4, True, 0, "ip"),
    Field("ct reply ip saddr", ADDR4, True, 0, "ip"),
    Field("ct original ip6 saddr", ADDR6, True, 0, "ip6"),
    Field("ct reply ip6 daddr", ADDR6, True, 0, "ip6"),
    num("ct original proto-src", t.PORTS, 0, l4="tcp"),
    num("ct original proto-dst", t.PORTS, 0, l4="tcp"),
    num("ct reply proto-src", t.PORTS, 0, l4="tcp"),
    num("ct reply proto-dst", t.PORTS, 0, l4="udp"),
    Field("ct original protocol", PROTOS),
    Field("ct reply protocol", PROTOS),
]

# What a rule may change: statement, l3, l4, hooks. Values are drawn from the texts.
CHANGES = [
    ("ip ttl set {}", [5, 63, 200], "ip", None, None),
    ("ip dscp set {}", ["cs0", "cs1", "ef", "af21"], "ip", None, None),
    ("ip ecn set {}", ["ce", "ect0", "not-ect"], "ip", None, None),
    ("ip id set {}", [0, 7, 65535], "ip", None, None),
    ("ip saddr set {}", ["192.0.2.9", "203.0.113.9"], "ip", None, ("postrouting",)),
    ("ip daddr set {}", ["198.51.100.9", "198.51.100.3"], "ip", None, ("prerouting", "postrouting")),
    ("ip6 hoplimit set {}", [5, 63, 200], "ip6", None, None),
    ("ip6 dscp set {}", ["cs0", "ef"], "ip6", None, None),
    ("ip6 ecn set {}", ["ce", "not-ect"], "ip6", None, None),
    ("ip6 flowlabel set {}", [0, 5, 0xABCDE], "ip6", None, None),
    ("ip6 saddr set {}", ["2001:db8::9", "fd00::9"], "ip6", None, ("postrouting",)),
    ("ip6 daddr set {}", ["2001:db8:1::9"], "ip6", None, ("prerouting", "postrouting")),
    ("tcp dport set {}", [22, 8080, 65535], None, "tcp", None),
    ("tcp sport set {}", [1, 4000], None, "tcp", None),
    ("tcp window set {}", [0, 4096], None, "tcp", None),
    ("tcp flags set {}", ["syn", "ack", "fin"], None, "tcp", None),
    ("tcp sequence set {}", [0, 123456], None, "tcp", None),
    ("tcp checksum set {}", [0, 4660], None, "tcp", None),
    ("tcp option maxseg size set {}", [500, 1000, 1400], None, "tcp", None),
    ("udp dport set {}", [53, 5353], None, "udp", None),
    ("udp sport set {}", [1, 4000], None, "udp", None),
    ("sctp dport set {}", [9, 7], None, "sctp", None),
    ("icmp code set {}", [1, 13], "ip", "icmp", None),
    ("icmpv6 code set {}", [1, 3], "ip6", "icmpv6", None),
    ("@th,0,16 set {}", [7, 4660], None, "tcp", None),
    ("@nh,8,8 set {}", [0x20, 0xB8], "ip", None, None),
    ("meta mark set {}", [1, 0x10, 0x20, "meta mark | 0x2000", "meta mark & 0xff00", "meta mark ^ 0x11", "meta mark << 1", "meta mark >> 4"], None, None, None),
    ("meta priority set {}", ["0:1", "1:2"], None, None, None),
    ("ether saddr set {}", ["02:00:00:00:00:77"], None, None, ("prerouting",)),
]
