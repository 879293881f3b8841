# SPDX-License-Identifier: GPL-2.0-or-later
"""Random frames for the built-in host, drawn from the same small pools as the rules' values, so that rules match often and fail often."""
import socket
import struct

A4 = [f"192.0.2.{i}" for i in (2, 3, 4, 7, 8, 20)]                  # eth0's side
B4 = [f"198.51.100.{i}" for i in (2, 3, 5, 6, 9, 254)]              # eth1's side
FAR4 = ["203.0.113.7", "203.0.113.130", "10.1.2.3", "172.16.9.1"]   # by the default route
OWN4 = ["192.0.2.1", "198.51.100.1"]
A6 = [f"2001:db8::{i:x}" for i in (2, 3, 4, 7, 20)]
B6 = [f"2001:db8:1::{i:x}" for i in (2, 3, 5, 6, 9)]
FAR6 = ["2001:db8:77::1", "2001:db8:77::8000:1", "fd00::5"]
OWN6 = ["2001:db8::1", "2001:db8:1::1"]
PORTS = [0, 7, 22, 53, 80, 443, 1023, 1024, 4000, 8080, 33000, 65535]
TTLS = [1, 2, 5, 63, 64, 128, 255]
TOS = [0, 1, 2, 3, 0x20, 0x28, 0x48, 0xB8, 0xB9, 0xFC]
TCP_FLAGS = [0, 1, 2, 4, 8, 0x10, 0x11, 0x12, 0x14, 0x18, 0x19, 0x29, 0x20, 0x31, 0x3F, 0x02 | 0x40, 0xC2]
WINDOWS = [0, 1, 512, 1024, 29200, 65535]
IDS = [0, 1, 7, 256, 0x1234, 65535]
ICMP_TYPES = [0, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17]
ICMP6_TYPES = [1, 2, 3, 4, 128, 129, 133, 135, 136, 137, 143]
MTUS = [0, 576, 1280, 1400, 1500]
FLOWLABELS = [0, 1, 0x12345, 0xFFFFF]
MACS = {"eth0": bytes.fromhex("020000000001"), "eth1": bytes.fromhex("020000000101")}
TCP, UDP, ICMP, ICMP6, SCTP, UDPLITE, ESP, AH, GRE, IGMP = 6, 17, 1, 58, 132, 136, 50, 51, 47, 2


def p4(addr):
    return socket.inet_aton(addr)


def p6(addr):
    return socket.inet_pton(socket.AF_INET6, addr)


def csum(data, start=0):
    if len(data) & 1:
        data += b"\0"
    total = start + sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def pseudo(src, dst, proto, size):
    if len(src) == 4:
        return src + dst + struct.pack(">BBH", 0, proto, size)
    return src + dst + struct.pack(">IHBB", size, 0, 0, proto)


def tcp(src, dst, sport, dport, flags, seq=1, ack=0, window=29200, options=b"", payload=b"", urg=0, good=True):
    options += b"\1" * (-len(options) % 4)
    off = 5 + len(options) // 4
    seg = struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, off << 4, flags, window, 0, urg) + options + payload
    c = csum(pseudo(src, dst, TCP, len(seg)) + seg)
    return seg[:16] + struct.pack(">H", c if good else c ^ 0x5555) + seg[18:]


def udp(src, dst, sport, dport, payload=b"", proto=UDP, good=True, zero=False):
    size = 8 + len(payload)
    seg = struct.pack(">HHHH", sport, dport, size if proto == UDP else 0, 0) + payload
    c = csum(pseudo(src, dst, proto, size) + seg) or 0xFFFF
    if zero:
        c = 0
    return seg[:6] + struct.pack(">H", c if good else c ^ 0x5555) + seg[8:]


def sctp(sport, dport, vtag, chunks):
    body = b"".join(struct.pack(">BBH", t, f, 4 + len(d)) + d + bytes(-len(d) % 4) for t, f, d in chunks)
    head = struct.pack(">HHI", sport, dport, vtag)
    return head + struct.pack("<I", crc32c(head + bytes(4) + body)) + body


def icmp(kind, code, rest, payload=b"", good=True):
    seg = struct.pack(">BBH", kind, code, 0) + rest + payload
    c = csum(seg)
    return seg[:2] + struct.pack(">H", c if good else c ^ 0x5555) + seg[4:]


def icmp6(src, dst, kind, code, rest, payload=b""):
    seg = struct.pack(">BBH", kind, code, 0) + rest + payload
    c = csum(pseudo(src, dst, ICMP6, len(seg)) + seg)
    return seg[:2] + struct.pack(">H", c) + seg[4:]


def ip4(src, dst, proto, payload, ttl=64, tos=0, ident=1, frag=0, options=b"", good=True):
    options += b"\0" * (-len(options) % 4)
    ihl = 5 + len(options) // 4
    head = struct.pack(">BBHHHBBH", 0x40 | ihl, tos, ihl * 4 + len(payload), ident, frag, ttl, proto, 0) + src + dst + options
    c = csum(head)
    return head[:10] + struct.pack(">H", c if good else c ^ 0x1111) + head[12:] + payload


def ip6(src, dst, proto, payload, hop=64, tclass=0, label=0):
    return struct.pack(">IHBB", 6 << 28 | tclass << 20 | label, len(payload), proto, hop) + src + dst + payload


def ether(dev, payload, kind, src=None, dst=None, vlan=None):
    head = (dst or MACS[dev]) + (src or bytes.fromhex("0200000000") + (b"\2" if dev == "eth0" else b"\3"))
    if vlan is not None:
        head += struct.pack(">HH", 0x8100, vlan)
    return head + struct.pack(">H", kind) + payload


SCTP_ODD = ["init", "init", "init ack", "restart", "heartbeat", "heartbeat", "heartbeat", "abort", "complete", "bundle", "error", "bad sum", "icmp", "chunk"]


class Traffic:
    """Random, connectionless frames."""

    def __init__(self, rng):
        self.r = rng

    def pair4(self, dev):
        r = self.r
        near, other = (A4, B4) if dev == "eth0" else (B4, A4)
        src = r.choice(near) if r.random() < 0.9 else r.choice(FAR4 + ["127.0.0.5", "224.0.0.9", "0.0.0.0", "255.255.255.255"] if r.random() < 0.1 else FAR4)
        x = r.random()
        if x < 0.55:
            dst = r.choice(other)
        elif x < 0.75:
            dst = r.choice(OWN4)
        elif x < 0.9:
            dst = r.choice(FAR4)
        else:
            dst = r.choice(["255.255.255.255", "192.0.2.255", "224.0.0.1", "224.0.0.251", "127.0.0.1", "198.51.100.77", r.choice(near)])
        return p4(src), p4(dst)

    def pair6(self, dev):
        r = self.r
        near, other = (A6, B6) if dev == "eth0" else (B6, A6)
        src = r.choice(near) if r.random() < 0.93 else r.choice(FAR6 + ["::1", "ff02::9", "::"] if r.random() < 0.1 else FAR6)
        x = r.random()
        if x < 0.55:
            dst = r.choice(other)
        elif x < 0.75:
            dst = r.choice(OWN6)
        elif x < 0.93:
            dst = r.choice(FAR6)
        else:
            dst = r.choice(["ff02::1", "ff02::2", "ff05::2", "2001:db8::", "2001:db8:1::77", r.choice(near)])
        return p6(src), p6(dst)

    def payload(self):
        r = self.r
        return bytes(r.randrange(256) for _ in range(r.choice([0, 0, 1, 4, 8, 13, 40, 100])))

    def tcp_options(self):
        r, out = self.r, b""
        for o in r.sample([b"\2\4\5\xb4", b"\3\3\7", b"\4\2", b"\x08\x0a" + bytes(8), b"\x05\x0a" + bytes(8), b"\1"], r.choice([0, 0, 0, 1, 2, 3])):
            out += o
        return out

    def transport(self, src, dst):
        """(protocol, bytes) over IPv4 or IPv6, as the addresses say."""
        r, six = self.r, len(src) == 16
        kind = r.choices([TCP, UDP, ICMP6 if six else ICMP, SCTP, UDPLITE, GRE, ESP, IGMP, 99], [36, 30, 16, 6, 3, 2, 2, 2, 3])[0]
        good = r.random() < 0.97
        if kind == TCP:
            return kind, tcp(src, dst, r.choice(PORTS), r.choice(PORTS), r.choice(TCP_FLAGS), r.choice([0, 1, 0xFFFFFFFF, 1000]), r.choice([0, 1, 77]),
                             r.choice(WINDOWS), self.tcp_options(), self.payload(), r.choice([0, 0, 5]), good)
        if kind in (UDP, UDPLITE):
            return kind, udp(src, dst, r.choice(PORTS), r.choice(PORTS), self.payload(), kind, good, zero=kind == UDP and not six and r.random() < 0.1)
        if kind == ICMP:
            t = r.choice(ICMP_TYPES)
            code = r.choice([0, 0, 1, 2, 3, 4, 13])
            if t in (3, 4, 5, 11, 12):
                rest = struct.pack(">HH", 0, r.choice(MTUS)) if t == 3 else p4(r.choice(A4)) if t == 5 else bytes(4)
                inner = ip4(dst, src, UDP, udp(dst, src, r.choice(PORTS), r.choice(PORTS), b"1234"))
                return kind, icmp(t, code, rest, inner, good)
            return kind, icmp(t, 0 if r.random() < 0.8 else code, struct.pack(">HH", r.choice(IDS), r.choice(IDS)), self.payload(), good)
        if kind == ICMP6:
            t = r.choice(ICMP6_TYPES)
            code = r.choice([0, 0, 0, 1, 4])
            if t <= 4:
                inner = ip6(dst, src, UDP, udp(dst, src, r.choice(PORTS), r.choice(PORTS), b"1234"))
                return kind, icmp6(src, dst, t, code, struct.pack(">I", r.choice(MTUS)), inner)
            if t in (135, 136, 137):
                return kind, icmp6(src, dst, t, 0, bytes(4), p6(r.choice(A6)) + (p6(r.choice(A6)) if t == 137 else b""))
            return kind, icmp6(src, dst, t, code, struct.pack(">HH", r.choice(IDS), r.choice(IDS)), self.payload())
        if kind == SCTP:
            return kind, sctp(r.choice(PORTS), r.choice(PORTS), r.choice([0, 1, 77]), [(r.choice([0, 1, 3, 6, 7, 10]), r.choice([0, 1]), bytes(16))])
        if kind == GRE:
            return kind, struct.pack(">HH", 0, 0x0800) + self.payload()
        return kind, bytes(r.randrange(256) for _ in range(r.choice([0, 4, 8, 16, 40])))

    def packet4(self, dev):
        r = self.r
        src, dst = self.pair4(dev)
        proto, seg = self.transport(src, dst)
        frag = r.choices([0, 0x4000, 0x2000, 0x0010, 0x2010, 0x8000], [55, 35, 3, 3, 2, 2])[0]
        options = r.choices([b"", b"\1", b"\x07\x07\4\0\0\0\0", b"\x94\4\0\0", b"\x83\7\4" + p4("192.0.2.9")], [88, 3, 3, 3, 3])[0]
        good = r.random() < 0.985
        return ether(dev, ip4(src, dst, proto, seg, r.choice(TTLS), r.choice(TOS), r.choice(IDS), frag, options, good), 0x0800, **self.link())

    def packet6(self, dev):
        r = self.r
        src, dst = self.pair6(dev)
        proto, seg = self.transport(src, dst)
        x = r.random()
        if x < 0.03:
            seg, proto = struct.pack(">BBHI", proto, 0, r.choice([0, 1, 0x10, 0x11]), r.choice([1, 7])) + seg, 44
        elif x < 0.07:
            seg, proto = struct.pack(">BB", proto, 0) + b"\1\4\0\0\0\0" + seg, r.choice([0, 60])
        elif x < 0.09:
            seg, proto = struct.pack(">BBBB", proto, 2, r.choice([0, 2, 4]), 0) + bytes(4) + p6(r.choice(A6)) + seg, 43
        return ether(dev, ip6(src, dst, proto, seg, r.choice(TTLS), r.choice(TOS), r.choice(FLOWLABELS)), 0x86DD, **self.link())

    def link(self):
        r = self.r
        out = {"src": bytes.fromhex("0200000000") + bytes([r.choice([2, 3, 4, 0x20])])}
        x = r.random()
        if x < 0.02:
            out["dst"] = bytes.fromhex("020000000099")
        elif x < 0.04:
            out["dst"] = b"\xff" * 6
        elif x < 0.05:
            out["dst"] = bytes.fromhex("01005e000001")
        if r.random() < 0.03:
            out["vlan"] = r.choice([0, 0x2000, 0x6005, 5])
        return out

    def arp(self, dev):
        r = self.r
        body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, r.choice([1, 2])) + MACS["eth1"] + p4(r.choice(A4)) + bytes(6) + p4(r.choice(A4 + OWN4))
        return ether(dev, body, 0x0806, **self.link())

    def frame(self):
        """(device, frame)"""
        r = self.r
        dev = "eth0" if r.random() < 0.7 else "eth1"
        x = r.random()
        f = self.packet4(dev) if x < 0.62 else self.packet6(dev) if x < 0.96 else self.arp(dev) if x < 0.98 else \
            ether(dev, self.payload(), r.choice([0x88CC, 0x9000, 0x0800, 0x86DD]), **self.link())
        if r.random() < 0.02:
            f = f[:r.randrange(14, max(15, len(f)))]
        return ("eth1" if f[:6] == MACS["eth1"] else "eth0"), f


class Flows(Traffic):
    """Connections with both sides: TCP lives, UDP and ICMP exchanges, errors about them; and a share of random frames."""

    def conversation(self):
        """A list of frames of one connection, in order."""
        r = self.r
        six = r.random() < 0.35
        near, far, own = (A6, B6, OWN6) if six else (A4, B4, OWN4)
        src = r.choice(near)
        dst = r.choice(far + [own[0]])
        kind = r.choices(["tcp", "udp", "echo", "sctp", "other"], [50, 20, 12, 18, 10])[0]
        return getattr(self, "talk_" + kind)(six, src, dst)

    def wrap(self, six, back, src, dst, proto, make, **kw):
        """One frame from src to dst (back: from dst to src). make(src, dst) gives the transport's bytes."""
        pack = p6 if six else p4
        a, b = pack(src), pack(dst)
        if back:
            a, b = b, a
        seg = make(a, b)
        dev = "eth1" if back else "eth0"
        if six:
            return ether(dev, ip6(a, b, proto, seg, kw.get("ttl", 64)), 0x86DD)
        return ether(dev, ip4(a, b, proto, seg, kw.get("ttl", 64), ident=kw.get("ident", 1), frag=0x4000), 0x0800)

    def talk_udp(self, six, src, dst):
        r = self.r
        sport, dport = r.choice(PORTS[2:]), r.choice(PORTS[2:])
        out = []
        for _ in range(r.choice([1, 2, 4, 8])):
            back = r.random() < 0.5 and bool(out)
            s, d = (dport, sport) if back else (sport, dport)
            data = self.payload()
            out.append(self.wrap(six, back, src, dst, UDP, lambda a, b: udp(a, b, s, d, data)))
            if r.random() < 0.15:
                out.append(self.error(six, not back, src, dst, out[-1]))
        return out

    def error(self, six, back, src, dst, about):
        """An ICMP error about a frame, from the side that got it."""
        r = self.r
        inner = about[14:14 + (100 if six else 60)]
        if six:
            kind, code = r.choice([(1, 4), (3, 0), (2, 0), (4, 1)])
            rest = struct.pack(">I", 1400 if kind == 2 else 0)
            return self.wrap(True, back, src, dst, ICMP6, lambda a, b: icmp6(a, b, kind, code, rest, inner))
        kind, code = r.choice([(3, 3), (3, 1), (11, 0), (12, 0), (3, 4)])
        return self.wrap(False, back, src, dst, ICMP, lambda a, b: icmp(kind, code, struct.pack(">HH", 0, 1400 if code == 4 else 0), inner))

    def talk_echo(self, six, src, dst):
        r = self.r
        ident, out = r.choice(IDS), []
        for n in range(r.choice([1, 2, 3])):
            for back in (False, True):
                if r.random() < 0.15:
                    continue
                rest = struct.pack(">HH", ident, n)
                if six:
                    out.append(self.wrap(True, back, src, dst, ICMP6, lambda a, b: icmp6(a, b, 129 if back else 128, 0, rest, b"ping")))
                else:
                    out.append(self.wrap(False, back, src, dst, ICMP, lambda a, b: icmp(0 if back else 8, 0, rest, b"ping")))
        return out

    def talk_other(self, six, src, dst):
        proto = self.r.choice([ESP, GRE, 99, UDPLITE, SCTP])
        if proto == UDPLITE:
            return [self.wrap(six, back, src, dst, proto, lambda a, b: udp(a, b, 7, 7, b"x", UDPLITE)) for back in (False, True)]
        if proto == GRE:
            return [self.wrap(six, back, src, dst, proto, lambda a, b: struct.pack(">HH", 0, 0x0800) + bytes(20)) for back in (False, True)]
        if proto == SCTP:
            proto = 98
        return [self.wrap(six, back, src, dst, proto, lambda a, b: bytes(16)) for back in (False, False, True)]

    def talk_sctp(self, six, src, dst):
        """A life of an SCTP association: its way through the states, and what goes wrong there: tags, retransmissions, restarts, collisions."""
        r = self.r
        sport, dport = r.choice(PORTS[2:]), r.choice(PORTS[2:])
        tags = [r.randrange(1, 1 << 32), r.randrange(1, 1 << 32)]  # what each side wants to see in packets to it
        out = []

        def say(back, *chunks, tag=None, good=True):
            s, d = (dport, sport) if back else (sport, dport)
            tag = tags[not back] if tag is None else tag
            if r.random() < 0.04:
                tag = r.choice([0, tags[back], tag ^ 1, r.randrange(1 << 32)])
            seg = sctp(s, d, tag, chunks)
            out.append(self.wrap(six, back, src, dst, SCTP, lambda a, b: seg if good else seg[:8] + b"\1\2\3\4" + seg[12:]))
            if r.random() < 0.08:
                out.append(out[-1])

        def init(kind, back, tag=None):
            return kind, 0, struct.pack(">IIHHI", tags[back] if tag is None else tag, 65535, 1, 1, 1)

        def odd():
            back = r.random() < 0.5
            x = r.choice(SCTP_ODD)
            if x == "init":
                say(back, init(1, back, r.choice([None, None, r.randrange(1, 1 << 32)])), tag=r.choice([0, 0, 0, None]))
            elif x == "init ack":
                say(back, init(2, back, r.choice([None, r.randrange(1, 1 << 32)])))
            elif x == "restart":
                tags[back] = r.randrange(1, 1 << 32)
                say(back, init(1, back), tag=0)
                say(not back, init(2, not back))
                if r.random() < 0.7:
                    say(back, (10, 0, b"cookie!!"))
                    say(not back, (11, 0, b""))
            elif x == "heartbeat":
                tag = r.choice([None, None, 0, r.randrange(1 << 32)])
                say(back, (4, 0, b"\0\1\0\x08abcd"), tag=tag)
                if r.random() < 0.7:
                    say(not back, (5, 0, b"\0\1\0\x08abcd"), tag=r.choice([None, None, r.randrange(1 << 32)]))
            elif x == "abort":
                flag = r.choice([0, 0, 1])
                say(back, (6, flag, b""), tag=tags[back] if flag and r.random() < 0.7 else None)
            elif x == "complete":
                flag = r.choice([0, 1])
                say(back, (14, flag, b""), tag=tags[back] if flag and r.random() < 0.7 else None)
            elif x == "bundle":
                say(back, *[(r.choice([0, 1, 3, 4, 5, 6, 7, 9, 10, 11, 14, 0xC1]), 0, bytes(r.choice([0, 8, 16]))) for _ in range(r.choice([2, 3]))])
            elif x == "error":
                say(back, (9, 0, b"\0\3\0\x08\0\0\0\0"))
            elif x == "bad sum":
                say(back, (0, 3, bytes(16)), good=False)
            elif x == "icmp" and out:
                out.append(self.error(six, not back, src, dst, out[-1]))
            else:
                say(back, (r.choice([7, 8, 10, 11, 12, 13, 15, 192]), 0, bytes(r.choice([0, 4, 8]))))

        for i in range(r.choice([0, 0, 0, 0, 1])):
            odd()
        opening = r.choices(["full", "no-answer", "refused", "collision", "mid", "heartbeat"], [60, 8, 8, 10, 8, 8])[0]
        if opening not in ("mid", "heartbeat"):
            say(False, init(1, False), tag=0)
        if opening == "collision":
            say(True, init(1, True), tag=0)
            say(r.random() < 0.5, init(2, r.random() < 0.5))
        if opening == "refused":
            say(True, (6, 0, b""))
        if opening == "heartbeat":
            say(False, (4, 0, b"\0\1\0\x08abcd"))
            say(True, (5, 0, b"\0\1\0\x08abcd"))
        if opening in ("full", "collision"):
            odd() if r.random() < 0.15 else None
            say(True, init(2, True))
            odd() if r.random() < 0.15 else None
            say(False, (10, 0, b"cookie!!"), *([(0, 3, bytes(16))] if r.random() < 0.3 else []))
            odd() if r.random() < 0.15 else None
            say(True, (11, 0, b""))
        if opening not in ("no-answer", "refused"):
            for _ in range(r.choice([0, 1, 2, 4])):
                back = r.random() < 0.5
                say(back, (0, 3, bytes(16)), *([(3, 0, bytes(12))] if r.random() < 0.3 else [])) if r.random() < 0.5 else odd()
        for _ in range(r.choice([0, 0, 1])):
            odd()
        if r.random() < 0.6:
            first = r.random() < 0.5
            say(first, (7, 0, bytes(4)))
            odd() if r.random() < 0.15 else None
            say(not first, (8, 0, b""))
            odd() if r.random() < 0.15 else None
            say(first, (14, 0, b""))
        return out

    def talk_tcp(self, six, src, dst):
        """A life of a TCP connection, with things that go wrong in it."""
        r = self.r
        sport, dport = r.choice(PORTS[2:]), r.choice(PORTS[2:])
        seq = [r.choice([0, 1000, 0xFFFFFF00, r.randrange(1 << 32)]), r.choice([0, 5000, 0xFFFFFFF0, r.randrange(1 << 32)])]
        scale = r.choice([b"", b"\3\3\7", b"\3\3\2"])
        sack = r.choice([b"", b"\4\2"])
        window = r.choice([512, 1024, 29200, 65535])
        out = []

        def say(back, flags, data=b"", ahead=0, options=b"", win=window, ackno=None):
            s, d = (dport, sport) if back else (sport, dport)
            a = seq[not back] if flags & 0x10 else 0
            if ackno is not None:
                a = ackno
            out.append(self.wrap(six, back, src, dst, TCP, lambda x, y: tcp(x, y, s, d, flags, seq[back] + ahead, a, win, options, data)))
            if not ahead:
                seq[back] = seq[back] + len(data) + bool(flags & 2) + bool(flags & 1) & 0xFFFFFFFF

        syn_opts = b"\2\4\5\xb4" + scale + sack
        opening = r.choices(["full", "no-answer", "refused", "mid", "simultaneous"], [70, 8, 8, 10, 4])[0]
        if opening != "mid":
            say(False, 2, options=syn_opts)
            if r.random() < 0.1:
                seq[0] -= 1
                say(False, 2, options=syn_opts)
        if opening == "no-answer":
            return out
        if opening == "refused":
            say(True, 0x14)
            return out
        if opening == "simultaneous":
            say(True, 2, options=syn_opts)
            say(False, 0x12) if r.random() < 0.5 else None
        if opening in ("full", "simultaneous"):
            say(True, 0x12, options=syn_opts)
            say(False, 0x10)
        for _ in range(r.choice([0, 1, 2, 4, 6])):
            back = r.random() < 0.5
            x = r.random()
            if x < 0.7:
                say(back, 0x18, self.payload())
            elif x < 0.78:
                say(back, 0x10)
            elif x < 0.84:
                say(back, 0x18, self.payload(), ahead=r.choice([-50, 100, 70000, 5000000, -70000]))
            elif x < 0.88:
                say(back, 0x10, ackno=seq[not back] + r.choice([-10, 100, 100000]))
            elif x < 0.91:
                say(back, r.choice([0x04, 0x14]), ahead=r.choice([0, 1, 50000, -1000]))
            elif x < 0.94:
                say(back, r.choice([2, 0x12]), options=syn_opts, ahead=r.choice([0, 1000]))
            elif x < 0.97:
                out.append(self.error(six, not back, src, dst, out[-1])) if out else None
            else:
                say(back, r.choice([0, 0x29, 0x03, 0x06, 0x3F]))
        closing = r.choice(["fin", "rst", "half", "none", "reuse"])
        if closing in ("fin", "half", "reuse"):
            first = r.random() < 0.5
            say(first, 0x11)
            say(not first, 0x10)
            if closing != "half":
                say(not first, 0x11)
                say(first, 0x10)
        if closing == "rst":
            say(r.random() < 0.5, r.choice([4, 0x14]))
        if closing == "reuse":
            seq[0], seq[1] = r.randrange(1 << 32), r.randrange(1 << 32)
            say(False, 2, options=syn_opts)
            say(True, 0x12, options=syn_opts)
            say(False, 0x10)
        return out

    def frames(self, count):
        """Several conversations, interleaved, each in its own order but for a few swaps."""
        r = self.r
        live, out = [], []
        while len(out) < count:
            while len(live) < 4:
                live.append(self.conversation())
            talk = r.choice(live)
            if not talk:
                live.remove(talk)
                continue
            f = talk.pop(0)
            out.append(("eth1" if f[:6] == MACS["eth1"] else "eth0", f))
            if r.random() < 0.06:
                out.append(self.frame())
            if r.random() < 0.02 and len(out) > 1:
                out[-1], out[-2] = out[-2], out[-1]
        return out[:count]
