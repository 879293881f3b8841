# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rulesets with address translation, and connections that answer what they see: an answer goes to where the translated packet came from.

So the frames are not known beforehand. A case is played in rounds; in each, every connection sends one frame, made from what came out before. The kernel
and the engine each get their own play of the same script. Ports that were chosen at random are renamed in the engine's results to the kernel's
before the two are compared (Names), if both lie in the same ranges.
"""
import struct

import traffic as t

TCP, UDP, ICMP, ICMP6, SCTP, UDPLITE, GRE = t.TCP, t.UDP, t.ICMP, t.ICMP6, t.SCTP, t.UDPLITE, t.GRE
NEW4 = ["198.51.100.1", "198.51.100.9", "203.0.113.77", "198.51.100.5", "192.0.2.9"]
NEW6 = ["2001:db8:1::1", "2001:db8:1::9", "2001:db8:77::77", "2001:db8:1::5", "2001:db8::9"]
RANGES = [(5000, 5003), (6000, 6099), (20000, 29999), (600, 700), (5353, 5353), (8080, 8080)]
HOOKS = {"prerouting": (["dstnat", "-90", "50"], True), "output": (["-100", "0"], True), "input": (["100", "0"], False),
         "postrouting": (["srcnat", "0", "150"], False)}


# ---- frames, taken apart ----

class Parts:
    """Where the fields of an IP packet at offset `at` of a frame are. key: (protocol, source, port, destination, port), ids stand for both ports."""

    def __init__(self, f, at=14, error=True):
        self.at = at
        v = f[at] >> 4
        if v == 4:
            self.l4, self.proto, n, a = at + (f[at] & 15) * 4, f[at + 9], 4, at + 12
            if struct.unpack_from(">H", f, at + 6)[0] & 0x1FFF:
                raise ValueError("a later fragment")
        elif v == 6:
            self.l4, self.proto, n, a = at + 40, f[at + 6], 16, at + 8
            while self.proto in (0, 43, 60):
                self.proto, self.l4 = f[self.l4], self.l4 + (f[self.l4 + 1] + 1) * 8
            if self.proto == 44:
                raise ValueError("a fragment")
        else:
            raise ValueError("no IP")
        self.src, self.dst = bytes(f[a:a + n]), bytes(f[a + n:a + 2 * n])
        self.sport = self.dport = self.check = None
        kind = f[self.l4] if len(f) > self.l4 else 0
        self.echo = self.proto == ICMP and kind in (0, 8, 13, 14, 15, 16, 17, 18) or self.proto == ICMP6 and kind in (128, 129)
        self.error = self.proto == ICMP and kind in (3, 4, 5, 11, 12) or self.proto == ICMP6 and kind < 5
        if self.proto in (TCP, UDP, SCTP, UDPLITE):
            self.sport, self.dport = self.l4, self.l4 + 2
            self.check = {TCP: 16, UDP: 6, UDPLITE: 6, SCTP: None}[self.proto]
        elif self.echo:
            self.sport = self.dport = self.l4 + 4
            self.check = 2
        elif self.error:
            self.check = 2
        self.check = self.check and self.l4 + self.check
        ports = [struct.unpack_from(">H", f, p)[0] if p else 0 for p in (self.sport, self.dport)]
        self.key = (self.proto, self.src, ports[0], self.dst, ports[1])
        self.inner = None
        if self.error and error:
            try:
                self.inner = Parts(f, self.l4 + 8, False)
            except (ValueError, IndexError, struct.error):
                pass


def parts(frame):
    if frame[12:14] not in (b"\x08\x00", b"\x86\xdd"):
        return None
    try:
        return Parts(frame)
    except (ValueError, IndexError, struct.error):
        return None


def back(key):
    return key[0], key[3], key[4], key[1], key[2]


# ---- one connection ----

class Flow:
    """steps: (side, kind, argument). side 0: who began it."""

    def __init__(self, rng, kind=None):
        r = self.r = rng
        self.six = r.random() < 0.35
        near, far, own, away = (t.A6, t.B6, t.OWN6, t.FAR6) if self.six else (t.A4, t.B4, t.OWN4, t.FAR4)
        self.pack = t.p6 if self.six else t.p4
        self.kind = kind or r.choices(["tcp", "udp", "echo", "sctp", "udplite", "gre", "proto"], [45, 27, 14, 5, 3, 3, 3])[0]
        self.proto = {"tcp": TCP, "udp": UDP, "echo": ICMP6 if self.six else ICMP, "sctp": SCTP, "udplite": UDPLITE, "gre": GRE, "proto": 99}[self.kind]
        if r.random() < 0.12:
            near, far = far, near
        src, dst = r.choice(near), r.choice(r.choices([far, away, own, near], [60, 15, 18, 7])[0])
        self.ports = [r.choice(t.PORTS[1:]), r.choice([22, 53, 80, 443, 4000, 8080, 7])]
        if self.kind == "echo":
            self.ports = [r.choice(t.IDS)] * 2
        elif self.kind in ("gre", "proto"):
            self.ports = [0, 0]
        self.first_dev = "eth1" if near in (t.B4, t.B6) else "eth0"
        self.begun = (self.proto, self.pack(src), self.ports[0], self.pack(dst), self.ports[1])
        self.seq = [r.randrange(1 << 32), r.randrange(1 << 32)]
        self.steps = self.script()

    def script(self):
        r, out = self.r, []
        if self.kind == "tcp":
            out = [(0, "syn", None), (1, "synack", None), (0, "ack", None)]
            for _ in range(r.choice([0, 1, 2, 3])):
                out.append((r.randrange(2), "data", r.choice([1, 5, 40])))
            if r.random() < 0.3:
                out.append((r.randrange(2), "rst", None))
            elif r.random() < 0.6:
                first = r.randrange(2)
                out += [(first, "fin", None), (1 - first, "fin", None), (first, "ack", None)]
            if r.random() < 0.15:
                out.insert(1, (0, "syn", "again"))
        else:
            for i in range(r.choice([1, 2, 3, 5])):
                out.append((0 if not i else r.randrange(2), "data", r.choice([0, 1, 8, 33])))
        while r.random() < 0.35:
            out.insert(r.randrange(1, len(out) + 1), (r.randrange(2), "error", (r.randrange(4), r.choice([28, 60, 120]), r.random() < 0.3)))
        return out

    def begin(self):
        """Forgets what was learned, for a new play."""
        self.view = [self.begun, self.begun]            # as its beginner and as its other end know it
        self.dev = [self.first_dev, "eth1" if self.first_dev == "eth0" else "eth0"]
        self.seen = [None, None]                          # the last frame that came out at either end
        self.views = []
        self.heard = [None, None]                         # what each end has to acknowledge
        self.at, self.now = 0, list(self.seq)

    def learn(self, step, outs):
        """What came out because of a step."""
        if step is None or step[1] == "error":
            return
        other = 1 - step[0]
        for dev, f in outs:
            p = parts(f)
            if not p or p.proto != self.proto or p.error or (p.proto == TCP and f[p.l4 + 13] & 4 and step[1] != "rst"):
                continue
            self.seen[other] = f if dev != "local0" else None
            self.views.append(p.key)
            if p.proto == TCP:
                seq, head = struct.unpack_from(">I", f, p.l4 + 4)[0], (f[p.l4 + 12] >> 4) * 4
                data = f[p.l4 + head:self.ip_end(f)]
                self.heard[other] = seq + len(data) + (f[p.l4 + 13] & 2 > 0) + (f[p.l4 + 13] & 1)
                if step[1] == "text":
                    self.told(other, data)
            if not step[0]:
                self.view[1] = p.key
                self.dev[1] = dev
            break

    def told(self, side, data):
        """A line of text came out at this end."""

    def ip_end(self, f):
        return 14 + struct.unpack_from(">H", f, 16)[0] if not self.six else 54 + struct.unpack_from(">H", f, 18)[0]

    def next(self):
        """(step, device, frame), or None where there is nothing to send in this round."""
        if self.at >= len(self.steps):
            return None
        step = self.steps[self.at]
        self.at += 1
        side, kind, arg = step
        if side and self.dev[1] == "local0":
            return None
        f = self.error(side, arg) if kind == "error" else self.wrap(self.oriented(side), self.segment(side, kind, arg))
        return f and (step, self.dev[side], t.ether(self.dev[side], f, 0x86DD if self.six else 0x0800))

    def oriented(self, side):
        return back(self.view[1]) if side else self.view[0]

    def wrap(self, key, make):
        proto, src, sport, dst, dport = key
        seg = make(src, dst, sport, dport)
        return t.ip6(src, dst, proto, seg) if self.six else t.ip4(src, dst, proto, seg, frag=0x4000)

    def segment(self, side, kind, arg):
        if self.proto == TCP:
            return self.tcp(side, kind, arg)
        data = bytes(arg)
        if self.kind == "echo":
            return self.echo(side, data)
        if self.proto in (UDP, UDPLITE):
            zero = self.proto == UDP and not self.six and arg == 8
            return lambda a, b, s, d: t.udp(a, b, s, d, data, self.proto, zero=zero)
        if self.proto == SCTP:
            vtag = 0 if not side and self.at == 1 else 77
            chunk = (1, 0, struct.pack(">IIHHI", 77, 65535, 5, 5, 1)) if not vtag else (2, 0, struct.pack(">IIHHI", 77, 65535, 5, 5, 1)) if side else (10, 0, bytes(8))
            return lambda a, b, s, d: t.sctp(s, d, vtag, [chunk])
        if self.proto == GRE:
            return lambda a, b, s, d: struct.pack(">HH", 0, 0x0800) + bytes(20)
        return lambda a, b, s, d: bytes(16)

    def echo(self, side, data):
        if self.six:
            return lambda a, b, s, d: t.icmp6(a, b, 129 if side else 128, 0, struct.pack(">HH", s, 1), data)
        return lambda a, b, s, d: t.icmp(0 if side else 8, 0, struct.pack(">HH", s, 1), data)

    def tcp(self, side, kind, arg):
        flags = {"syn": 2, "synack": 0x12, "ack": 0x10, "data": 0x18, "text": 0x18, "fin": 0x11, "rst": 0x14}[kind]
        if kind == "syn" and arg == "again":
            self.now[side] -= 1
        data = bytes(arg) if kind == "data" else self.words(side, arg) if kind == "text" else b""
        seq, ack = self.now[side], (self.now[1 - side] if self.heard[side] is None else self.heard[side]) if flags & 0x10 else 0
        self.now[side] += len(data) + (flags & 2 > 0) + (flags & 1)
        opts = b"\2\4\5\xb4" if flags & 2 else b""
        return lambda a, b, s, d: t.tcp(a, b, s, d, flags, seq, ack, options=opts, payload=data)

    def error(self, side, arg):
        """An error about what came out at this end last."""
        kind, size, router = arg
        about = self.seen[side]
        if not about:
            return None
        inner = about[14:14 + size]
        dst, src = Parts(about).src, Parts(about).dst
        if router:
            src = self.pack(("2001:db8:1::fe" if self.six else "198.51.100.254") if self.dev[side] == "eth1" else ("2001:db8::fe" if self.six else "192.0.2.254"))
        if self.six:
            what = [(1, 4), (3, 0), (2, 0), (4, 1)][kind]
            return t.ip6(src, dst, ICMP6, t.icmp6(src, dst, *what, struct.pack(">I", 1400 if what[0] == 2 else 0), inner))
        what = [(3, 3), (11, 0), (3, 4), (5, 1)][kind]
        rest = t.p4("192.0.2.254") if what[0] == 5 else struct.pack(">HH", 0, 1400 if what == (3, 4) else 0)
        return t.ip4(src, dst, ICMP, t.icmp(*what, rest, inner))


class Session(Flow):
    """One that leads to others: `child` begins when the announcement has come out."""

    def __init__(self, rng):
        super().__init__(rng, self.base)
        self.child = Child(rng, self)
        if self.begun[3] in [self.pack(a) for a in (t.OWN6 if self.six else t.OWN4)] or rng.random() < 0.7:
            near, far = (t.A6, t.B6) if self.six else (t.A4, t.B4)
            self.begun = (self.proto, self.pack(rng.choice(near)), self.begun[2], self.pack(rng.choice(far)), self.begun[4])
            self.first_dev = "eth0"
        self.begun = self.begun[:4] + (self.port,)

    def begin(self):
        super().begin()
        self.child.begun = None


class Child(Flow):
    def __init__(self, rng, parent):
        super().__init__(rng, parent.base)
        self.six, self.pack, self.proto, self.parent = parent.six, parent.pack, parent.proto, parent

    def begin(self):
        self.begun = None
        self.at, self.views = 0, []

    def go(self, begun, dev):
        if self.begun or self.at:
            return
        self.begun, self.first_dev = begun, dev
        super().begin()

    def next(self):
        if self.begun:
            return super().next()
        if self.parent.at >= len(self.parent.steps):
            self.at = len(self.steps)
        return None


class Ftp(Session):
    base, port = "tcp", 21

    def script(self):
        r = self.r
        self.command = r.choice(["EPRT", "EPSV"] if self.six else ["PORT", "PASV", "PORT", "PASV", "EPRT", "EPSV"])
        self.data_port = r.choice([5001, 33000, 1025, 65535])
        side = 0 if self.command in ("PORT", "EPRT") else 1
        lines = [(1, "220 ready\r\n"), (0, r.choice(["USER x\r\n", "USER x", "user anybody at all\r\n"]))]
        lines += [(1, r.choice(["331 ok\r\n", "230-a\r\n"]))] + ([(0, self.command + "\r\n")] if side else [])
        lines.append((side, "*" + r.choices(["", "lower", "other", "cut", "twice"], [70, 8, 8, 8, 6])[0]))
        if r.random() < 0.3:
            lines.append(lines[-1])
        lines += [(1, "200 ok\r\n"), (0, "RETR f\r\n"), (1, "150 here it comes\r\n")]
        out = [(0, "syn", None), (1, "synack", None), (0, "ack", None)]
        for s, line in lines:
            out.append((s, "text", line))
            if r.random() < 0.4:
                out.append((1 - s, "ack", None))
        return out + ([(0, "fin", None), (1, "fin", None), (0, "ack", None)] if r.random() < 0.3 else [])

    def words(self, side, arg):
        if arg[0] != "*":
            return arg.encode()
        key = self.oriented(side)
        addr = key[1] if arg != "*other" else self.pack("2001:db8:77::9" if self.six else "203.0.113.9")
        import socket
        text = socket.inet_ntop(socket.AF_INET6 if self.six else socket.AF_INET, addr)
        six = f"{'2' if self.six else '1'}|{text}"
        numbers = ",".join(str(b) for b in addr) + f",{self.data_port >> 8},{self.data_port & 255}"
        line = {"PORT": f"PORT {numbers}\r\n", "PASV": f"227 Entering Passive Mode ({numbers}).\r\n", "EPRT": f"EPRT |{six}|{self.data_port}|\r\n",
                "EPSV": f"229 Extended Passive Mode Entered (|||{self.data_port}|)\r\n"}[self.command]
        if arg == "*lower":
            line = line.lower()
        if arg == "*cut":
            line = line[:9]
        return (line * (2 if arg == "*twice" else 1)).encode()

    def told(self, side, data):
        """The other end knows now where to connect to."""
        import re
        text = data.decode("latin-1")
        key = self.oriented(side)
        m = re.search(r"(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)", text)
        e = re.search(r"[(t ]\|([12]?)\|([0-9a-fA-F.:]*)\|(\d+)\|", text)
        if m:
            n = [int(x) & 255 for x in m.groups()]
            addr, port = bytes(n[:4]), n[4] << 8 | n[5]
        elif e:
            try:
                addr, port = self.pack(e.group(2)) if e.group(2) else key[3], int(e.group(3))
            except OSError:
                return
        else:
            return
        self.child.go((TCP, key[1], 20 if side else 44444, addr, port & 65535), self.dev[side])


class Irc(Session):
    base, port = "tcp", 6667

    def script(self):
        r = self.r
        self.data_port = r.choice([5001, 33000, 1025])
        out = [(0, "syn", None), (1, "synack", None), (0, "ack", None), (1, "text", ":srv 001 hi\r\n")]
        for _ in range(r.choice([1, 2])):
            out.append((0, "text", "*" + r.choices(["SEND", "CHAT", "TSEND", "bad", "forged", "noend"], [50, 20, 10, 7, 7, 6])[0]))
            out += [(1, "ack", None)] * (r.random() < 0.5) + [(0, "text", "PRIVMSG bob :hello there to you\r\n")] + [(1, "text", "PONG\r\n")]
        return out

    def words(self, side, arg):
        if arg[0] != "*":
            return arg.encode()
        addr = self.oriented(0)[1]
        addr = bytes([203, 0, 113, 9]) if arg == "*forged" or self.six else addr
        word = arg[1:] if arg[1:].isupper() else "SEND"
        text = f"PRIVMSG bob :\1DCC {word} {'file' if word != 'CHAT' else 'chat'} {int.from_bytes(addr[:4], 'big')} {self.data_port}\1\r\n"
        if arg == "*bad":
            text = text.replace(":\1DCC", ":x\1DCC")
        return (text[:-1] if arg == "*noend" else text).encode()

    def told(self, side, data):
        import re
        m = re.search(rb"DCC \w+ \w+ (\d+) (\d+)", data)
        if m and side and not self.six:
            key = self.oriented(1)
            self.child.go((TCP, self.pack("198.51.100.6"), 44446, int(m.group(1)).to_bytes(4, "big"), int(m.group(2)) & 65535), self.dev[1])


class Tftp(Session):
    base, port = "udp", 69

    def script(self):
        return [(0, "text", "request")] + [(self.r.randrange(2), "text", "data") for _ in range(self.r.choice([1, 2, 3]))]

    def segment(self, side, kind, arg):
        data = b"\0\1file\0octet\0" if arg == "request" else b"\0\3\0\1data"
        return lambda a, b, s, d: t.udp(a, b, s, d, data)

    def learn(self, step, outs):
        super().learn(step, outs)
        if step and step[2] == "request" and self.views and self.dev[1] != "local0":
            key = back(self.view[1])
            self.child.go((UDP, key[1], 50000, key[3], key[4]), self.dev[1])


class Knock(Session):
    """A port that a rule's own expectation opens to the answering end."""
    base, port = "tcp", 8887

    def learn(self, step, outs):
        super().learn(step, outs)
        if step and step[1] == "synack" and self.heard[0] is not None:
            key = self.oriented(1)
            self.child.go((TCP, key[1], 44445, key[3], 9876), self.dev[1])


class Junk(Flow):
    """One random frame."""

    def __init__(self, rng):
        self.one = t.Traffic(rng).frame()
        self.steps, self.first_dev, self.begun, self.seq = [(0, "junk", None)], "eth0", None, []
        self.proto = None

    def next(self):
        if self.at:
            return None
        self.at = 1
        p = parts(self.one[1])
        self.six = self.one[1][12:14] == b"\x86\xdd"
        self.proto = p and p.proto
        return (0, "junk", None), self.one[0], self.one[1]


class Play:
    """The script of a case: which connections, in which order."""

    def __init__(self, rng, n_frames, help=False):
        self.waves, n = [], 0
        while n < n_frames:
            flows = []
            for kind in rng.choices([Ftp, Tftp, Knock, Irc], [5, 2, 1, 2], k=4 if help else 0):
                session = kind(rng)
                flows += [session, session.child]
            flows += [Flow(rng) if rng.random() < 0.85 else Junk(rng) for _ in range(rng.choice([4, 8, 12]))]
            if rng.random() < 0.3:
                flows += self.crowd(rng)
            self.waves.append(flows)
            n += sum(len(f.steps) for f in flows)
        self.seed = rng.random()

    @staticmethod
    def crowd(rng):
        """Several of one kind that want the same port of the same server."""
        first = Flow(rng, rng.choice(["tcp", "udp", "echo"]))
        out = [first]
        for _ in range(rng.choice([2, 5])):
            f = Flow(rng, first.kind)
            f.six, f.pack, f.proto = first.six, first.pack, first.proto
            near = t.A6 if first.six else t.A4
            f.begun = (first.proto, first.pack(rng.choice(near)), first.begun[2], first.begun[3], first.begun[4])
            f.first_dev = first.first_dev
            out.append(f)
        return out

    def run(self, send):
        """send([(device, frame)]) returns the lists of what came out. Returns the frames, what came out, and the views of each connection."""
        import random
        order = random.Random(self.seed)
        frames, outs = [], []
        for flows in self.waves:
            for f in flows:
                f.begin()
            while True:
                turn = [(f, f.next()) for f in order.sample(flows, len(flows)) if f.at < len(f.steps)]
                if not turn:
                    break
                turn = [(f, n) for f, n in turn if n]
                got = send([n[1:] for _, n in turn])
                for (f, n), o in zip(turn, got):
                    f.learn(n[0], o)
                frames += [n[1:] for _, n in turn]
                outs += got
        return frames, outs, [list(f.views) for flows in self.waves for f in flows]


# ---- ports chosen at random ----

class Names:
    """Renames the engine's ports to the kernel's, where the two know the same connection by different ones."""

    def __init__(self, ranges, kernel_views, engine_views):
        self.map, self.wrong = {}, []
        for k, e in zip(kernel_views, engine_views):
            for a, b in zip(k, e):
                if a == b:
                    continue
                if (a[0], a[1], a[3]) != (b[0], b[1], b[3]) or not all(self.alike(a[0], x, y, ranges) for x, y in ((a[2], b[2]), (a[4], b[4]))):
                    self.wrong.append(f"kernel made it {a}, engine {b}")
                    continue
                self.map[b] = a
                self.map[back(b)] = back(a)

    @staticmethod
    def alike(proto, x, y, ranges):
        """Both may have been chosen from one range: a rule's, or the one that a port has of itself."""
        own = [(0, 65535)] if proto in (ICMP, ICMP6) else [(1, 511), (600, 1023), (1024, 65535)]
        return x == y or any(low <= min(x, y) and max(x, y) <= high for low, high in ranges + own)

    def frame(self, f):
        p = parts(f)
        if not p:
            return f
        f = bytearray(f)
        if p.key in self.map:
            self.rename(f, p, [])
        if p.inner and p.inner.key in self.map and p.check:
            self.rename(f, p.inner, [p.check])
        return bytes(f)

    def rename(self, f, p, over):
        new = self.map[p.key]
        if p.proto == SCTP:
            whole = not over and t.crc32c(bytes(f[p.l4:p.l4 + 8]) + bytes(4) + bytes(f[p.l4 + 12:])) == struct.unpack_from("<I", f, p.l4 + 8)[0]
        own = [p.check] if p.check and p.check + 2 <= len(f) and not (p.proto == UDP and f[p.check:p.check + 2] == b"\0\0") else []
        for at, port in {p.sport: new[2], p.dport: new[4]}.items():
            if at and at + 2 <= len(f):
                self.put(f, at, port, own, over)
        if p.proto == SCTP and whole:
            f[p.l4 + 8:p.l4 + 12] = struct.pack("<I", t.crc32c(bytes(f[p.l4:p.l4 + 8]) + bytes(4) + bytes(f[p.l4 + 12:])))

    def put(self, f, at, value, checks, outer):
        """Writes a word and repairs the checksums over it, and those over these."""
        old = struct.unpack_from(">H", f, at)[0]
        struct.pack_into(">H", f, at, value)
        for c in checks + outer:
            was = struct.unpack_from(">H", f, c)[0]
            s = (~was & 0xFFFF) + (~old & 0xFFFF) + value
            while s >> 16:
                s = (s & 0xFFFF) + (s >> 16)
            if c in checks and outer:
                self.put(f, c, ~s & 0xFFFF, [], outer)
            else:
                struct.pack_into(">H", f, c, ~s & 0xFFFF)

    def connection(self, c):
        side = c["reply"]
        pack = t.p4 if c["l3"] == "ipv4" else t.p6
        protos = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMP6, "sctp": SCTP, "udplite": UDPLITE}
        if c["proto"] not in protos:
            return c
        ports = [side["id"]] * 2 if "id" in side else [side["sport"], side["dport"]]
        new = self.map.get((protos[c["proto"]], pack(side["src"]), int(ports[0]), pack(side["dst"]), int(ports[1])))
        if not new:
            return c
        side = dict(side, id=str(new[2])) if "id" in side else dict(side, sport=str(new[2]), dport=str(new[4]))
        return dict(c, reply=side)

    def apply(self, result):
        return dict(result, frames=[[(dev, self.frame(f)) for dev, f in outs] for outs in result["frames"]],
                    conntrack=[self.connection(c) for c in result["conntrack"]])


# ---- rules ----

class Maker:
    def __init__(self, rng, help=False):
        self.r, self.help = rng, help
        self.ranges = []

    def helpers(self):
        """Rules that give connections helpers, policies and expectations, and others that see what came of it."""
        r, families = self.r, ["ip"] if self.r.random() < 0.5 else ["ip", "ip6"]
        text = "table inet help {\n\tct helper ftp {\n\t\ttype \"ftp\" protocol tcp\n\t}\n\tct helper tftp {\n\t\ttype \"tftp\" protocol udp\n\t}\n"
        text += f"\tct helper irc {{\n\t\ttype \"irc\" protocol tcp\n\t\tl3proto ip\n\t}}\n\tct helper ftp4 {{\n\t\ttype \"ftp\" protocol tcp\n\t\tl3proto {r.choice(['ip', 'ip6'])}\n\t}}\n"
        text += "\tct timeout t {\n\t\tprotocol tcp\n\t\tpolicy = { established: 100, syn_sent: 7 }\n\t}\n"
        for f in families:
            text += f"\tct expectation e_{f} {{\n\t\tprotocol tcp\n\t\tdport 9876\n\t\ttimeout 2m\n\t\tsize {r.choice([1, 5])}\n\t\tl3proto {f}\n\t}}\n"
        hook, prio = r.choice([("prerouting", -150), ("prerouting", -50), ("forward", 0), ("postrouting", 150)])
        text += f"\tchain give {{\n\t\ttype filter hook {hook} priority {prio};\n"
        text += "\t\ttcp dport 6667 counter ct helper set \"irc\"\n\t\ttcp dport 21 ct helper set \"" + r.choice(["ftp", "ftp", "ftp4"]) + "\"\n\t\tudp dport 69 counter ct helper set \"tftp\"\n\t\ttcp dport { 80, 443 } counter ct timeout set \"t\"\n"
        for f in families:
            text += f"\t\tmeta nfproto {'ipv4' if f == 'ip' else 'ipv6'} tcp dport 8887 counter ct expectation set \"e_{f}\" counter\n"
        text += "\t}\n\tchain see {\n\t\ttype filter hook forward priority 10;\n"
        for m in ('ct state related', 'ct helper "ftp"', 'ct helper "tftp"', 'ct status expected', 'ct expiration < 8s', 'ct mark 7', 'ct expiration < 101s'):
            text += f"\t\t{m} counter\n"
        return text + f"\t\ttcp dport 21 ct mark set {r.choice([0, 7])}\n\t}}\n}}\n"

    def match(self, fam, hook, l4=None):
        """A match; l4: one that says the transport protocol is needed."""
        r, out = self.r, []
        six = fam == "ip6"
        near, far, own = (t.A6, t.B6, t.OWN6) if six else (t.A4, t.B4, t.OWN4)
        x = r.random()
        if x < 0.3:
            out.append(f"{fam} {r.choice(['saddr', 'daddr'])} {r.choice(near + far + own)}")
        elif x < 0.5:
            out.append(f"{fam} {r.choice(['saddr', 'daddr'])} {{ {', '.join(r.sample(near + far, 3))} }}")
        elif x < 0.6:
            out.append(f"{'iifname' if hook in ('prerouting', 'input') else 'oifname'} {r.choice(['eth0', 'eth1'])}")
        if l4:
            out.append(f"{l4} dport {r.choice([22, 53, 80, 443, 4000, 8080])}" if r.random() < 0.4 else f"meta l4proto {l4}")
        elif r.random() < 0.2:
            out.append(f"meta l4proto {r.choice(['tcp', 'udp', 'icmpv6' if six else 'icmp', 'sctp'])}")
        if r.random() < 0.1:
            out.append("ct state new")
        return " ".join(out)

    def port_range(self):
        low, high = self.r.choice(RANGES)
        self.ranges.append((low, high))
        return f"{low}-{high}" if low != high else str(low)

    def flags(self):
        return self.r.choices(["", " random", " fully-random", " persistent", " random,persistent"], [70, 8, 8, 10, 4])[0]

    def new(self, fam):
        return self.r.choice(NEW6 if fam == "ip6" else NEW4)

    def address(self, fam, brackets):
        """An address, or two."""
        r = self.r
        if r.random() < 0.75:
            a = self.new(fam)
            return f"[{a}]" if brackets and fam == "ip6" else a
        low, high = r.choice([("2001:db8:1::10", "2001:db8:1::17"), ("2001:db8:77::", "2001:db8:77::ffff:ffff"), ("2001:db8:1::ff", "2001:db8:2::2")] if fam == "ip6" else
                             [("198.51.100.16", "198.51.100.23"), ("203.0.113.0", "203.0.113.255"), ("198.51.100.250", "198.51.101.3")])
        return f"[{low}]-[{high}]" if brackets and fam == "ip6" else f"{low}-{high}"

    def statement(self, fam, word, table):
        """(match, statement) of a snat or dnat."""
        r = self.r
        what = word + (f" {fam}" if table == "inet" else "")
        x = r.random()
        l4 = r.choice(["tcp", "udp", "{ tcp, udp }"])
        if x < 0.3:
            return None, f"{what} to {self.address(fam, False)}{self.flags()}"
        if x < 0.6:
            return l4, f"{what} to {self.address(fam, True)}:{self.port_range()}{self.flags()}"
        if x < 0.65:
            return l4, f"{word} to :{self.port_range()}{self.flags()}"
        near, far = (t.A6, t.B6) if fam == "ip6" else (t.A4, t.B4)
        key = f"{fam} {'saddr' if word == 'snat' else 'daddr'}"
        pool = near if word == "snat" else far
        if x < 0.8:
            pairs = ", ".join(f"{a} : {self.new(fam)}" for a in r.sample(pool, 3))
            return None, f"{what} to {key} map {{ {pairs} }}"
        if x < 0.9:
            l4 = r.choice(["tcp", "udp"])
            pairs = ", ".join(f"{p} : {self.new(fam)} . {r.choice([5353, 8080, 7777])}" for p in r.sample([22, 53, 80, 443, 4000, 8080], 3))
            return l4, f"{word} {fam} to {l4} dport map {{ {pairs} }}"
        if fam == "ip6":
            net = "2001:db8::/64 : 2001:db8:77::/64" if word == "snat" else "2001:db8:1::/64 : 2001:db8:2::/64"
        else:
            net = "192.0.2.0/24 : 203.0.113.0/24" if word == "snat" else "198.51.100.0/28 : 198.51.100.16/28"
        return None, f"{word} {fam} prefix to {key} map {{ {net} }}"

    def rule(self, fam, hook, table):
        r = self.r
        dst = HOOKS[hook][1]
        l4 = None
        x = r.random()
        if x < 0.1:
            act = r.choice(["accept", "return", "", "drop" if r.random() < 0.2 else "accept"])
        elif x < 0.35 and hook != "input":
            word = "redirect" if dst else "masquerade"
            if r.random() < 0.5:
                act = word + self.flags()
            else:
                l4, act = r.choice(["tcp", "udp"]), f"{word} to :{self.port_range()}{self.flags()}"
        else:
            l4, act = self.statement(fam, "dnat" if dst else "snat", table)
        if l4 and l4[0] == "{":
            match = self.match(fam, hook) + f" meta l4proto {l4}"
        else:
            match = self.match(fam, hook, l4)
        if table == "inet" and f"{fam} " not in match:
            match = f"meta nfproto {'ipv6' if fam == 'ip6' else 'ipv4'} {match}"
        return f"\t\t{match} counter {act}\n"

    def nat_table(self, table, name):
        r, text = self.r, f"table {table} {name} {{\n"
        for hook in ["prerouting", "postrouting"] + r.choices(["input", "output"], k=r.choice([0, 0, 1, 2])):
            if f"hook {hook} " in text:
                continue
            for n in range(r.choice([1, 1, 1, 2])):
                prio = r.choice(HOOKS[hook][0])
                policy = "drop" if r.random() < 0.03 else "accept"
                text += f"\tchain {hook}{n} {{\n\t\ttype nat hook {hook} priority {prio}; policy {policy};\n\t\tcounter\n"
                for _ in range(r.randint(1, 5)):
                    text += self.rule(r.choice(["ip", "ip", "ip6"]) if table == "inet" else table, hook, table)
                text += "\t}\n"
        return text + "}\n"

    def watchers(self):
        """Chains that see what translation has done."""
        r, text = self.r, "table inet watch {\n"
        seen = ["ct status snat", "ct status dnat", "ct status & (snat | dnat) == 0", "ct original ip daddr 198.51.100.3", "ct reply ip daddr 198.51.100.1",
                "ct reply ip6 daddr 2001:db8:1::1", "ip daddr 198.51.100.9", "ip saddr 198.51.100.1", "ip6 daddr 2001:db8:1::9", "tcp dport 8080", "udp dport 5353",
                "ct direction reply ip saddr 198.51.100.9", "ct state new", "ct state invalid", "ct state related", "icmp type echo-reply", "th sport 6000-6099"]
        for hook, prios in (("prerouting", [-150, -100, -50]), ("forward", [0]), ("input", [0, 100, 200]), ("postrouting", [50, 100, 200]), ("output", [-150, 0])):
            text += f"\tchain {hook} {{\n\t\ttype filter hook {hook} priority {r.choice(prios)};\n"
            text += "".join(f"\t\t{m} counter\n" for m in r.sample(seen, 6))
            if r.random() < 0.1:
                text += f"\t\t{r.choice(['tcp dport 443', 'udp dport 53', 'ip ttl 1'])} counter {'reject' if hook in ('forward', 'input', 'prerouting') else 'drop'}\n"
            text += "\t}\n"
        return text + "}\n"

    def ruleset(self):
        r = self.r
        kinds = r.choice([["inet"], ["ip", "ip6"], ["ip"], ["inet", "ip"], ["ip6"]])
        tables = [self.nat_table(k, f"nat_{k}") for k in kinds]
        tables.insert(r.randrange(len(tables) + 1), self.watchers())
        if self.help:
            tables.insert(r.randrange(len(tables) + 1), self.helpers())
        return "".join(tables), []
