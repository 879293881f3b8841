# SPDX-License-Identifier: GPL-2.0-or-later
"""The real kernel as the specification: frames through its nf_tables, in a network namespace of our own.

The host is the engine's built-in one (doc/host.md): eth0 192.0.2.1/24 and 2001:db8::1/64, eth1 198.51.100.1/24 and
2001:db8:1::1/64, forwarding, default routes by eth1, neighbours .2-.20 and .254 of both networks. Its devices are TAPs: what is
written to one enters the kernel there, what the kernel sends comes back out. A packet for the host itself is seen by a last rule on the input
hook, which hands it to us over NFLOG and drops it, so that the host never answers of its own accord.

The calling process enters the namespace for good; run each case in a child of its own.
"""
import ctypes
import errno
import fcntl
import json
import os
import socket
import struct
import subprocess

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 2, 0x1000
NFLOG_GROUP = 41000
HOSTS = [*range(2, 21), 254]
MAC = {"eth0": "02:00:00:00:00:01", "eth1": "02:00:00:00:01:01"}
LAST = f"""table inet nfvm_last {{
	chain c {{
		type filter hook input priority 2147483647; policy accept;
		log group {NFLOG_GROUP} snaplen 65535 queue-threshold 1 drop
	}}
}}
"""


class Missing(Exception):
    """This machine cannot show what its kernel does; the text says what is missing."""


def run(*argv, stdin=None):
    p = subprocess.run(argv, input=stdin, capture_output=True, text=True)
    if p.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {p.stderr.strip()}")
    return p.stdout


def sysctl(path, value):
    with open("/proc/sys/net/" + path, "w") as f:
        f.write(str(value))


def require():
    if os.geteuid():
        raise Missing("needs root")
    for tool in ("nft", "ip"):
        if not any(os.access(os.path.join(d, tool), os.X_OK) for d in os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/sbin"]):
            raise Missing(f"needs {tool}")
    if not os.path.exists("/dev/net/tun"):
        raise Missing("needs /dev/net/tun")


class Kernel:
    arp = "off"

    def __init__(self):
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
            raise Missing("cannot make a network namespace")
        self.taps = {}
        self._host()
        self._local()

    def _tap(self, name, mac=None):
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
        self.taps[name] = fd
        sysctl(f"ipv6/conf/{name}/accept_dad", 0)
        sysctl(f"ipv6/conf/{name}/router_solicitations", 0)
        return f"link set {name} address {mac or MAC[name]} arp {self.arp} multicast off up\n"

    def _host(self):
        sysctl("ipv6/conf/default/addr_gen_mode", 1)
        sysctl("ipv6/conf/all/addr_gen_mode", 1)
        batch = "link set lo up\n"
        for i, name in enumerate(MAC):
            net4, net6 = ("192.0.2", "2001:db8:0") if i == 0 else ("198.51.100", "2001:db8:1")
            batch += self._tap(name)
            batch += f"addr add {net4}.1/24 dev {name}\naddr add {net6}::1/64 dev {name} nodad\n"
            for h in HOSTS:
                for addr in (f"{net4}.{h}", f"{net6}::{h:x}"):
                    batch += f"neigh add {addr} lladdr 02:00:00:00:{i:02x}:{h:02x} dev {name} nud permanent\n"
        batch += "route add default via 198.51.100.254 dev eth1\nroute add default via 2001:db8:1::fe dev eth1\n"
        run("ip", "-force", "-batch", "-", stdin=batch)
        self._routing(MAC)

    @staticmethod
    def _routing(devices):
        for name in devices:
            for key, value in (("rp_filter", 0), ("send_redirects", 0), ("accept_local", 1), ("forwarding", 1)):
                sysctl(f"ipv4/conf/{name}/{key}", value)
            sysctl(f"ipv6/conf/{name}/forwarding", 1)
        for key, value in (("ipv4/ip_forward", 1), ("ipv6/conf/all/forwarding", 1), ("ipv4/conf/all/rp_filter", 0),
                           ("ipv4/conf/all/send_redirects", 0), ("ipv4/icmp_ratelimit", 0), ("ipv4/icmp_msgs_per_sec", 10**9),
                           ("ipv4/icmp_msgs_burst", 10**9), ("ipv6/icmp/ratelimit", 0)):
            sysctl(key, value)

    def _local(self):
        self.log = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.log.bind((0, 0))
        self.log.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)
        for attr, value in ((1, b"\1"), (2, struct.pack(">IBB", 0xFFFF, 2, 0)), (5, struct.pack(">I", 1))):
            body = struct.pack(">BBH", 0, 0, NFLOG_GROUP) + struct.pack("=HH", 4 + len(value), attr) + value + bytes(-len(value) % 4)
            self.log.send(struct.pack("=IHHII", 16 + len(body), 4 << 8 | 1, 5, 1, 0) + body)
            if struct.unpack_from("=i", self.log.recv(4096), 16)[0]:
                raise Missing("needs nfnetlink_log")
        self.log.setblocking(False)
        run("nft", "-f", "-", stdin=LAST)

    def load(self, rules, nft=("nft",)):
        """Loads a ruleset's text; raises RuntimeError with what nft says."""
        run(*nft, "-f", "-", stdin=rules)
        self._drain()

    def send(self, dev, frame):
        """Writes a frame to a device; returns [(device, bytes)] of all that left because of it."""
        try:
            os.write(self.taps[dev], frame)
        except OSError as e:
            if e.errno != errno.EINVAL:
                raise
        return self._drain()

    def _drain(self):
        out = [("local0", f) for f in self._delivered()]
        for dev, fd in self.taps.items():
            while True:
                try:
                    out.append((dev, os.read(fd, 70000)))
                except BlockingIOError:
                    break
        return out

    def _delivered(self):
        while True:
            try:
                data = self.log.recv(1 << 20)
            except BlockingIOError:
                return
            pos = 0
            while pos + 16 <= len(data):
                size, kind = struct.unpack_from("=IH", data, pos)
                if kind == 4 << 8:
                    yield from self._payload(data[pos + 20:pos + size])
                pos += size + 3 & ~3

    @staticmethod
    def _payload(attrs):
        pos = 0
        while pos + 4 <= len(attrs):
            size, kind = struct.unpack_from("=HH", attrs, pos)
            if kind & 0x3FFF == 9:
                packet = attrs[pos + 4:pos + size]
                yield bytes(12) + {6: b"\x86\xdd", 4: b"\x08\x00"}.get(packet[0] >> 4, b"\x08\x06") + packet
            pos += size + 3 & ~3

    @staticmethod
    def ruleset():
        """The ruleset at the end, as nft's JSON objects, without what we put there ourselves."""
        objs = json.loads(run("nft", "-j", "list", "ruleset"))["nftables"]
        return [o for o in objs if not any(v.get("table") == "nfvm_last" or v.get("name") == "nfvm_last" for v in o.values())]

    @staticmethod
    def conntrack():
        """The connection table, field by field, without times."""
        flows = []
        for line in open("/proc/net/nf_conntrack"):
            words = line.split()
            flow = {"l3": words[0], "proto": words[2], "orig": {}, "reply": {}, "flags": []}
            side = "orig"
            for word in words[4:]:
                key, eq, value = word.partition("=")
                if word[0] == "[":
                    flow["flags"].append(word[1:-1])
                elif key == "src" and "src" in flow["orig"]:
                    side = "reply"
                    flow[side][key] = value
                elif eq and key in ("mark", "zone", "zone-orig", "zone-reply", "labels"):
                    flow[key] = value
                elif eq and key not in ("use", "secctx", "delta-time", "timeout", "stream_timeout"):
                    flow[side][key] = value
                elif not eq and word.isupper():
                    flow["state"] = word
            flows.append(flow)
        return sorted(flows, key=lambda f: json.dumps(f, sort_keys=True))
