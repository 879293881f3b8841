#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two readings of one packet's path: `nft monitor trace` of the kernel, and `nfvm run --trace`, line by line."""
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle  # noqa: E402
import traffic as t  # noqa: E402

NFVM = os.environ.get("NFVM", "nfvm")
RULES = """table inet t {
	chain pre {
		type filter hook prerouting priority -300; policy accept;
		meta nftrace set 1
	}
	chain side {
		tcp dport 22 counter drop
		udp dport 53 return
		ip6 nexthdr 6 accept
	}
	chain f {
		type filter hook forward priority 0; policy drop;
		meta mark set 0x00000005 jump side
		tcp dport { 80, 443 } counter accept
		udp dport vmap { 53 : accept, 67 : goto side }
		icmp type echo-request log prefix "ping" continue
	}
	chain i {
		type filter hook input priority 0; policy accept;
		ip ttl < 3 reject
	}
	chain post {
		type filter hook postrouting priority 0; policy accept;
		ip dscp set cs1
	}
}
"""


def frames():
    a, b, own = t.p4("192.0.2.2"), t.p4("198.51.100.2"), t.p4("192.0.2.1")
    a6, b6 = t.p6("2001:db8::2"), t.p6("2001:db8:1::2")

    def eth(packet, kind=0x0800):
        return t.ether("eth0", packet, kind)
    return [eth(t.ip4(a, b, t.TCP, t.tcp(a, b, 1000, 80, 2))), eth(t.ip4(a, b, t.TCP, t.tcp(a, b, 1000, 22, 0x12))),
            eth(t.ip4(a, b, t.UDP, t.udp(a, b, 1000, 53, b"hello"))), eth(t.ip4(a, b, t.UDP, t.udp(a, b, 68, 67, b"x" * 30))),
            eth(t.ip4(a, b, t.ICMP, t.icmp(8, 0, b"\0\1\0\2", b"xyz"))), eth(t.ip4(a, own, t.UDP, t.udp(a, own, 5, 6), ttl=2)),
            eth(t.ip4(a, own, t.UDP, t.udp(a, own, 5, 6))), eth(t.ip6(a6, b6, t.TCP, t.tcp(a6, b6, 1, 2, 0x10)), 0x86DD)]


def kernel(pipe):
    try:
        k = oracle.Kernel()
        k.load(RULES)
        monitor = subprocess.Popen(["nft", "monitor", "trace"], stdout=subprocess.PIPE, text=True)
        time.sleep(0.5)
        for f in frames():
            k.send("eth0", f)
            time.sleep(0.05)
        time.sleep(0.3)
        monitor.terminate()
        pipe.send(monitor.communicate()[0])
    except Exception as e:
        pipe.send(e)


def numbered(text):
    """Lines with their trace ids replaced by numbers in order of appearance; without the lines of our own last chain."""
    ids, out = {}, []
    for line in text.splitlines():
        found = re.match(r"trace id ([0-9a-f]{8}) (.*)", line)
        if found and " nfvm_last " not in line:
            text = re.sub(r"(icmp(v6)? code) \S+", r"\1 N", found[2].rstrip())  # a name or a number, as nft's version has it
            out.append(f"{ids.setdefault(found[1], len(ids) + 1)} {text}")
    return out


def engine():
    with tempfile.TemporaryDirectory() as tmp:
        with open(f"{tmp}/r.nft", "w") as f:
            f.write(RULES)
        import struct
        with open(f"{tmp}/p.pcap", "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for frame in frames():
                f.write(struct.pack("<IIII", 1700000000, 0, len(frame), len(frame)) + frame)
        p = subprocess.run([NFVM, "run", "-f", f"{tmp}/r.nft", "-r", f"{tmp}/p.pcap", "--trace"], capture_output=True, text=True)
        return p.stdout


def main():
    print("1..1")
    try:
        oracle.require()
    except oracle.Missing as e:
        print(f"ok 1 - traces # SKIP {e}")
        return 0
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=kernel, args=(theirs,))
    child.start()
    text = ours.recv()
    child.join()
    if isinstance(text, oracle.Missing):
        print(f"ok 1 - traces # SKIP {text}")
        return 0
    if isinstance(text, Exception):
        raise text
    k, e = numbered(text), numbered(engine())
    bad = [(x, y) for x, y in zip(k, e) if x != y]
    ok = k and not bad and len(k) == len(e)
    print(f"{'ok' if ok else 'not ok'} 1 - {len(k)} lines of the kernel's trace, {len(e)} of ours, {len(bad)} differ")
    for x, y in bad[:10]:
        print(f"# kernel {x}\n# engine {y}")
    return not ok


sys.exit(main())
