#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An engine that serves, and its clients: nfvm, and stock tools under `nfvm exec`. In a network namespace of its own, a user's where it is not run by root."""
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NFVM = os.environ.get("NFVM", "nfvm")
BUILD = os.environ.get("top_builddir", ".")
LIBRARY = os.path.join(os.path.dirname(os.path.realpath(NFVM)), "nfvm-exec.so")
os.environ["PATH"] += ":/usr/sbin:/sbin"
os.environ.pop("NFVM_ENGINE", None)
results = []


def enter_namespace():
    """A network namespace; for users within a user namespace. False where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(0x40000000 | (0 if uid == 0 else 0x10000000)):
        return False
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as f:
                f.write(text)
    return True


def test(name, good, more=""):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}", flush=True)
    for line in str(more).splitlines() if not good else []:
        print("# " + line)


def skip(name, why):
    results.append(True)
    print(f"ok {len(results)} - {name} # SKIP {why}")


class Result:
    def __init__(self, rc, out, err):
        self.rc, self.out, self.err = rc, out, err

    def __str__(self):
        return f"status {self.rc}\n{self.out}{self.err}"


def run(*argv, data=None, env=None, timeout=120):
    p = subprocess.run(argv, input=data, capture_output=True, text=True, timeout=timeout, env={**os.environ, **(env or {})})
    return Result(p.returncode, p.stdout, p.stderr)


def nfvm(*argv, **kw):
    return run(NFVM, *argv, **kw)


def stock(*argv, **kw):
    return run(NFVM, "exec", "--", *argv, **kw)


class Engine:
    def __init__(self, *argv, env=None):
        self.log = tempfile.TemporaryFile("w+")
        self.p = subprocess.Popen([NFVM, "serve", *argv], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env={**os.environ, **(env or {})})

    def ready(self, *where):
        end = time.time() + 30
        while time.time() < end and self.p.poll() is None:
            if nfvm("stats", *where).rc == 0:
                return True
            time.sleep(0.05)
        return False

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def end(self, sig=signal.SIGTERM):
        self.p.send_signal(sig)
        return self.p.wait(30)


RULES = """table inet t {
	set s {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.0/8, 192.0.2.1 }
	}

	chain c {
		type filter hook input priority filter; policy accept;
		ip saddr @s counter packets 0 bytes 0 accept
		tcp dport 22 drop
		iif "lo" accept
	}
}
"""


def life():
    r = nfvm("list", "ruleset")
    test("without an engine, both ways out are named", r.rc == 1 and "nfvm serve" in r.err and "--kernel" in r.err, r)
    test("-c needs none", nfvm("-c", "-f", "-", data=RULES).rc == 0)
    test("stop and stats say that there is none", nfvm("stop").rc == 1 and "no engine" in nfvm("stats").err)
    e = Engine()
    test("it answers", e.ready(), e.said())
    test("a second one is refused", nfvm("serve").rc == 1 and "already" in nfvm("serve").err)
    test("a ruleset is loaded and listed", nfvm("-f", "-", data=RULES).rc == 0 and nfvm("list", "ruleset").out == RULES, nfvm("list", "ruleset"))
    r = nfvm("-c", "add", "rule", "inet", "t", "c", "jump", "nosuch")
    test("-c asks it", r.rc == 1 and "No such file" in r.err, r)
    r = nfvm("-f", "-", data="add table inet u\nadd rule inet t nosuch accept\n")
    test("all or nothing", r.rc == 1 and nfvm("list", "ruleset").out == RULES, r)
    stats = json.loads(nfvm("stats", "--json").out)
    test("stats", stats["server"]["clients"] == 1 and stats["server"]["pid"] == e.p.pid and stats["ruleset"]["rules"] == 3 and
         stats["ruleset"]["elements"] > 0 and stats["ruleset"]["generation"] > 1 and stats["memory"] > 0 and stats["connections"]["count"] == 0 and "pid" in nfvm("stats").out, stats)
    test("it ends by stop", nfvm("stop").rc == 0 and e.p.wait(10) == 0)
    for sig in signal.SIGTERM, signal.SIGINT:
        e = Engine()
        e.ready()
        test(f"it ends by {sig.name}", e.end(sig) == 0)


def files(tmp):
    path, rules = f"{tmp}/engine", f"{tmp}/rules.nft"
    with open(rules, "w") as f:
        f.write(RULES)
    e = Engine("--socket", path, "-f", rules)
    where = ("--engine", path)
    test("a path to listen at, a file to load", e.ready(*where) and nfvm(*where, "list", "ruleset").out == RULES, e.said())
    test("NFVM_ENGINE names it", nfvm("list", "tables", env={"NFVM_ENGINE": path}).out == "table inet t\n")
    test("the path is the user's alone", os.stat(path).st_mode & 0o777 == 0o600)
    e.p.kill()
    e.p.wait()
    r = nfvm(*where, "list", "ruleset")
    test("a client of an engine that is gone", r.rc == 1 and path in r.err, r)
    e = Engine("--socket", path)
    test("what a dead engine left is no obstacle", e.ready(*where), e.said())
    e.end()
    test("the path goes with it", not os.path.exists(path))
    with open(rules, "w") as f:
        f.write("add rule inet nosuch c accept\n")
    r = nfvm("serve", "-f", rules)
    test("a bad file is refused", r.rc == 1 and "No such file" in r.err, r)
    r = nfvm("serve", "--socket", "/nosuch/dir/engine")
    test("a bad path is refused", r.rc == 1 and "/nosuch/dir" in r.err, r)
    r = nfvm("serve", "--group", "no such group")
    test("a bad group is refused", r.rc == 1 and "no such group" in r.err, r)


def manager(tmp):
    import socket
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(f"{tmp}/notify")
    s.settimeout(30)
    e = Engine(env={"NOTIFY_SOCKET": f"{tmp}/notify"})
    ready = s.recv(1000)
    test("the service manager is told when it is ready", b"READY=1" in ready and nfvm("list", "ruleset").rc == 0, ready)
    e.end()
    test("and that it stops", b"STOPPING=1" in s.recv(1000))


def started():
    r = nfvm("list", "tables", env={"NFVM_ENGINE": "auto"})
    test("NFVM_ENGINE=auto starts one", r.rc == 0, r)
    nfvm("add", "table", "ip", "kept", env={"NFVM_ENGINE": "auto"})
    test("that stays", nfvm("list", "tables").out == "table ip kept\n")
    test("until it is stopped", nfvm("stop").rc == 0 and nfvm("list", "tables").rc == 1)


def others():
    """Root's engine and another user."""
    if os.geteuid() or not os.path.exists("/proc/self/uid_map") or open("/proc/self/uid_map").read().split()[2] == "1":
        return skip("another user is refused", "needs root")
    run_as = dict(user=65534, group=65534, extra_groups=[])
    with tempfile.TemporaryDirectory() as tmp:
        os.chmod(tmp, 0o755)
        program = shutil.copy(NFVM, tmp)
        e = Engine("--socket", f"{tmp}/s", "--socket", "@nfvm")
        e.ready()
        p = subprocess.run([program, "list", "ruleset"], capture_output=True, text=True, **run_as)
        test("another user is refused", p.returncode == 1 and "does not take this user" in p.stderr, p.stderr)
        e.end()
        e = Engine("--group", "65534")
        e.ready()
        p = subprocess.run([program, "list", "ruleset"], capture_output=True, text=True, **run_as)
        test("a group's member is taken", p.returncode == 0, p.stderr)
        p = subprocess.run([program, "stop"], capture_output=True, text=True, **run_as)
        test("but may not stop it", p.returncode == 1 and e.p.poll() is None, p.stderr)
        e.end()
        p = subprocess.Popen([program, "serve"], stderr=subprocess.DEVNULL, **run_as)
        for _ in range(200):
            r = nfvm("list", "ruleset")
            if "another user" in r.err:
                break
            time.sleep(0.05)
        test("an engine that another user runs is not trusted", r.rc == 1 and "not trusted" in r.err, r)
        p.terminate()
        p.wait()


def plain_client():
    client = f"{BUILD}/tests/daemon/client"
    for name, args in ("", []), ("1,000,000 elements: ", ["elements", "1000000"]):
        r = stock(client, *args)
        for line in r.out.splitlines():
            if line.startswith(("ok", "not ok")):
                test("plain client: " + name + line.split(" - ", 1)[1], line.startswith("ok"), r)
        test(f"plain client: {name}it ends", r.rc == 0, r)


def programs(tmp):
    r = stock("/no/such/program")
    test("a program that is not there", r.rc == 126 and "/no/such/program" in r.err, r)
    with open(f"{tmp}/static.c", "w") as f:
        f.write("int main(void) { return 0; }\n")
    if shutil.which("cc") and run("cc", "-static", "-o", f"{tmp}/static", f"{tmp}/static.c").rc == 0:
        r = stock(f"{tmp}/static")
        test("a static program is refused by name", r.rc == 126 and f"{tmp}/static" in r.err and "static" in r.err, r)
        with open(f"{tmp}/script", "w") as f:
            f.write(f"#!{tmp}/static\n")
        os.chmod(f"{tmp}/script", 0o755)
        test("so is what it would interpret", stock(f"{tmp}/script").rc == 126)
    else:
        skip("a static program is refused by name", "no compiler that links statically")
    # an ELF file with Go's note
    data = bytearray(open(os.path.realpath(NFVM), "rb").read())
    phoff, phnum = int.from_bytes(data[32:40], "little"), int.from_bytes(data[56:58], "little")
    for i in range(phnum):
        at = phoff + 56 * i
        if int.from_bytes(data[at:at + 4], "little") == 4:
            off = int.from_bytes(data[at + 8:at + 16], "little")
            data[off:off + 16] = b"\4\0\0\0\4\0\0\0\4\0\0\0Go\0\0"
    with open(f"{tmp}/go", "wb") as f:
        f.write(data)
    os.chmod(f"{tmp}/go", 0o755)
    r = stock(f"{tmp}/go")
    test("a Go program is refused by name", r.rc == 126 and "Go program" in r.err, r)
    r = stock("env", "-u", "LD_PRELOAD", f"{BUILD}/tests/daemon/client")
    test("what slips through does not reach the kernel", "not ok 1 " in r.out and "Protocol not supported" in r.out, r)


def stock_nft(tmp):
    if not shutil.which("nft"):
        return skip("stock nft", "needs nft (Debian package nftables)")
    rules = f"{tmp}/stock.nft"
    with open(rules, "w") as f:
        f.write(RULES)
    monitor = subprocess.Popen([NFVM, "exec", "--", "nft", "monitor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    clients = json.loads(nfvm("stats", "--json").out)["server"]["clients"]
    for _ in range(100):
        if clients > 1:
            break
        time.sleep(0.05)
        clients = json.loads(nfvm("stats", "--json").out)["server"]["clients"]
    time.sleep(0.3)
    r = stock("nft", "-f", rules)
    test("stock nft -f", r.rc == 0, r)
    r = stock("nft", "list", "ruleset")
    test("stock nft list", r.out == RULES, r)
    test("nfvm lists the same", nfvm("list", "ruleset").out == RULES)
    r = stock("nft", "-j", "list", "ruleset")
    test("stock nft -j", r.rc == 0 and any("set" in x for x in json.loads(r.out)["nftables"]), r)
    r = stock("nft", "-c", "add", "rule", "inet", "t", "nosuch", "accept")
    test("stock nft -c refuses", r.rc == 1 and "No such file" in r.err, r)
    r = stock("nft", "-c", "add", "chain", "inet", "t", "later")
    test("and adds nothing", r.rc == 0 and "later" not in nfvm("list", "ruleset").out, r)
    r = stock("nft", "get", "element", "inet", "t", "s", "{ 10.1.1.1 }")
    test("stock nft get element", r.rc == 0 and "10.0.0.0/8" in r.out, r)
    r = stock("nft", "-e", "-a", "add", "rule", "inet", "t", "c", "udp", "dport", "53", "accept")
    test("stock nft -e", r.rc == 0 and "handle" in r.out, r)
    time.sleep(0.3)
    monitor.terminate()
    out, _ = monitor.communicate(timeout=30)
    test("stock nft monitor", "add table inet t" in out and "udp dport 53 accept" in out and "new generation" in out, out)
    r = stock("/usr/bin/python3", "-c", "import nftables; n = nftables.Nftables(); print(n.cmd('list tables'))")
    if "No module" in r.err or "No such file" in r.err:
        skip("python's nftables", "needs python3-nftables")
    else:
        test("python's nftables", r.rc == 0 and "table inet t" in r.out, r)
    test("stock nft flush ruleset", stock("nft", "flush", "ruleset").rc == 0 and nfvm("list", "ruleset").out == "")


def stock_iptables():
    if not shutil.which("iptables-nft"):
        return skip("iptables-nft", "needs iptables-nft (Debian package iptables)")
    r = stock("iptables-nft", "-A", "INPUT", "-s", "192.0.2.0/24", "-j", "ACCEPT")
    test("iptables-nft -A", r.rc == 0, r)
    r = stock("iptables-nft-save")
    test("iptables-nft-save", r.rc == 0 and "-A INPUT -s 192.0.2.0/24 -j ACCEPT" in r.out, r)
    r = stock("iptables-nft-restore", data="*filter\n:INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -i lo -j mine\n-A mine -d 10.0.0.1 -j RETURN\nCOMMIT\n")
    test("iptables-nft-restore", r.rc == 0 and "-A INPUT -i lo -j mine" in stock("iptables-nft-save").out, r)
    test("nfvm sees its table", "chain mine" in nfvm("list", "ruleset").out)
    r = stock("iptables-nft", "-A", "INPUT", "-m", "set", "--match-set", "nosuch", "src", "-j", "DROP")
    test("a set that is none is named", r.rc != 0 and "nosuch" in r.err, r)
    nfvm("flush", "ruleset")


def stock_conntrack():
    if not shutil.which("conntrack"):
        return skip("conntrack -L", "needs conntrack (Debian package conntrack)")
    r = stock("conntrack", "-L")
    test("conntrack -L has an answer", r.rc in (0, 1) and "conntrack" in r.err, r)


def stock_tools(tmp):
    if not os.path.exists(LIBRARY) or b"__asan_init" in open(LIBRARY, "rb").read():
        return skip("nfvm exec", "the library to preload was not built, or with a sanitizer")
    e = Engine()
    e.ready()
    programs(tmp)
    plain_client()
    stock_nft(tmp)
    stock_iptables()
    stock_conntrack()
    example = f"{BUILD}/examples/nftnl-client"
    if os.path.exists(example):
        r = stock(example)
        test("the libnftnl example", r.rc == 0 and "tcp dport 22 accept" in nfvm("list", "ruleset").out, r)
    else:
        skip("the libnftnl example", "needs libnftnl (Debian package libnftnl-dev)")
    test("the engine has lived through it", e.p.poll() is None and nfvm("stop").rc == 0, e.said())
    r = stock("true")
    test("exec without an engine", r.rc == 126 and "no engine" in r.err, r)


if not enter_namespace():
    print("1..0 # SKIP needs root, or user namespaces")
    sys.exit(0)
if shutil.which("ip"):
    run("ip", "link", "set", "lo", "up")
with tempfile.TemporaryDirectory() as directory:
    life()
    files(directory)
    manager(directory)
    started()
    others()
    stock_tools(directory)
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
