#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands that ask and that watch, with the kernel in a namespace of its own: get, list, reset, monitor, echo, near names, and what they ask for."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

NFVM = [os.environ.get("NFVM", "nfvm"), "--kernel"]
RULES = """table ip t {
	counter a { packets 1 bytes 2
	}
	counter b { packets 3 bytes 4
	}
	quota q { over 10 mbytes used 5 bytes
	}
	set i { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 11.0.0.0-11.0.0.9 comment "x", 11.0.0.10, 250.0.0.0-255.255.255.255 }
	}
	set h { type inet_service; elements = { 22, 80 }
	}
	map m { type ipv4_addr . inet_service : verdict; flags interval; elements = { 1.0.0.0/8 . 22-25 : accept, 2.2.2.2 . 5 : drop }
	}
	set merged { type ipv4_addr; flags interval; auto-merge; elements = { 1.0.0.1-1.0.0.5, 1.0.0.9, 2.0.0.0/8 }
	}
	chain c { type filter hook input priority 0; counter packets 5 bytes 6 accept
		counter packets 7 bytes 8 drop
	}
}
"""
failed = count = 0


def ok(good, name, why=""):
    global failed, count
    count += 1
    failed += not good
    print(("ok" if good else "not ok"), count, "-", name, flush=True)
    if not good:
        print("# " + str(why).replace("\n", "\n# "), flush=True)


def nfvm(*args, stdin=None):
    p = subprocess.run(NFVM + list(args), input=stdin, capture_output=True, text=True, timeout=60)
    return p.returncode, p.stdout, p.stderr


def elements(text):
    m = re.search(r"elements = \{(.*?)\}", text, re.S)
    return re.sub(r"\s+", " ", m.group(1)).strip() if m else None


def gets():
    for set_, keys, want in (("i", "10.1.2.3", "10.0.0.0/8"), ("i", "10.0.0.0/9, 11.0.0.9", '10.0.0.0/8, 11.0.0.0-11.0.0.9 comment "x"'),
                             ("i", "11.0.0.10", "11.0.0.10"), ("i", "251.0.0.1", "250.0.0.0-255.255.255.255"), ("i", "9.9.9.9", None),
                             ("i", "10.0.0.0-11.0.0.5", None), ("i", "9.0.0.0-10.0.0.1", None), ("h", "80, 22, ssh", "22, 80"),
                             ("h", "23", None), ("m", "1.2.3.4 . 23", "1.0.0.0/8 . 22-25 : accept"), ("m", "1.2.3.4 . 22-26", None)):
        rc, out, err = nfvm(f"get element ip t {set_} {{ {keys} }}")
        ok(elements(out) == want and (rc == 0) == bool(want), f"get element {set_} {{ {keys} }}", out + err)


def resets():
    nfvm("reset counter ip t a")
    ok("packets 0 bytes 0" in nfvm("list counter ip t a")[1], "reset counter resets it")
    ok("packets 3 bytes 4" in nfvm("list counter ip t b")[1], "and no other")
    nfvm("reset counters ip t")
    ok("packets 0 bytes 0" in nfvm("list counter ip t b")[1] and "used 5 bytes" in nfvm("list quota ip t q")[1], "reset counters leaves quotas alone")
    handles = re.findall(r"# handle (\d+)$", nfvm("-a", "list chain ip t c")[1], re.M)
    nfvm(f"reset rule ip t c handle {handles[-2]}")
    out = nfvm("list chain ip t c")[1]
    ok("packets 0 bytes 0 accept" in out and "packets 7 bytes 8 drop" in out, "reset rule resets one rule", out)
    nfvm("reset rules ip t c")
    ok("packets 0 bytes 0 drop" in nfvm("list chain ip t c")[1], "reset rules")


def names():
    for cmd, want in (("add rule ip t cx accept", "did you mean chain ‘c’ in table ip ‘t’?"), ("delete table ip tx", "did you mean table ‘t’ in family ip?"),
                      ("delete set ip t mergd", "did you mean set ‘merged’ in table ip ‘t’?"), ("list counter ip t ax", "did you mean obj ‘a’ in table ip ‘t’?"),
                      ("delete table ip nothing_like_it", "Could not process rule: No such file or directory")):
        rc, _, err = nfvm(cmd)
        ok(rc == 1 and want in err, cmd, err)
    rc, _, err = nfvm("-f", "-", stdin="delete table ip u1\nadd table ip k\ndelete table ip u2222222\n")
    ok(err.count("Error:") == 2 and "table ip k" not in nfvm("list tables")[1], "several errors of a batch, nothing done", err)
    ok("options must be specified before commands" in nfvm("list", "-a", "ruleset")[2], "options behind a command")


def merges():
    for cmd, want in (("add element ip t merged { 1.0.0.6 }", "1.0.0.1-1.0.0.6, 1.0.0.9, 2.0.0.0/8"),
                      ("add element ip t merged { 1.0.0.7-1.0.0.8 }", "1.0.0.1-1.0.0.9, 2.0.0.0/8"),
                      ("delete element ip t merged { 1.0.0.3 }", "1.0.0.1-1.0.0.2, 1.0.0.4-1.0.0.9, 2.0.0.0/8"),
                      ("add element ip t merged { 0.0.0.0-1.255.255.255 }", "0.0.0.0-2.255.255.255"),
                      ("delete element ip t merged { 1.0.0.0/8, 2.1.0.0/16 }", "0.0.0.0/8, 2.0.0.0/16, 2.2.0.0-2.255.255.255")):
        rc, out, err = nfvm(cmd)
        got = elements(nfvm("list set ip t merged")[1])
        ok(rc == 0 and got == want, cmd, f"{got}\n{err}")


def watched(tool, options, apply, marks):
    p = subprocess.Popen(tool + options, stdout=subprocess.PIPE, text=True)
    time.sleep(0.5)
    for cmd in apply:
        subprocess.run(marks + [cmd], capture_output=True)
    time.sleep(0.3)
    p.send_signal(signal.SIGINT)
    out = p.communicate(timeout=20)[0]
    return p.returncode, re.sub(r"by process \d+ \(\w+\)", "by process N", out)


def monitors():
    changes = ["add table ip w", "create table ip w2", "add chain ip w c { type filter hook input priority 0; policy drop; }",
               "add set ip w s { type ipv4_addr; flags interval; }", "add element ip w s { 1.1.1.1, 10.0.0.0/8, 20.0.0.1-20.0.0.7 }",
               "delete element ip w s { 10.0.0.0/8 }", "add rule ip w c ip saddr { 1.1.1.1, 2.2.2.2 } counter accept",
               "insert rule ip w c tcp dport 22 drop", "add counter ip w n { packets 1 bytes 2 }", "delete counter ip w n", "delete table ip w2"]
    rc, ours = watched(NFVM, ["-a", "monitor"], changes, NFVM)
    ok(rc == 0, "monitor ends with SIGINT", rc)
    ok("add element ip w s { 20.0.0.1-20.0.0.7 }\n" in ours and re.search("# new generation \\d+ by process N", ours), "monitor", ours)
    ok(re.search(r"^insert rule ip w c tcp dport 22 drop # handle \d+$", ours, re.M), "monitor tells insert from add", ours)
    nfvm("delete table ip w")
    out = watched(NFVM, ["monitor", "new", "chains"], changes, NFVM)[1]
    ok(out == "add chain ip w c { type filter hook input priority filter; policy drop; }\n", "monitor new chains", out)
    nfvm("delete table ip w")
    if shutil.which("nft"):
        theirs = watched(["nft"], ["-a", "monitor"], changes, NFVM)[1]
        number = re.compile(r"generation \d+|handle \d+")
        ok(number.sub("N", ours) == number.sub("N", theirs), "monitor beside nft's", f"{ours}---\n{theirs}")
        nfvm("delete table ip w")
    out = nfvm("-e", "add table ip e")[1]
    ok(out.startswith("add table ip e\n# new generation "), "echo", out)


def asked(cmd):
    """Netlink messages with these words that a command sends."""
    p = subprocess.run(["strace", "-qq", "-e", "trace=sendto", "-s", "16"] + NFVM + [cmd], capture_output=True, text=True, timeout=60)
    return p.stderr


def frugal():
    big = ", ".join(f"30.{i >> 8 & 255}.{i & 255}.1" for i in range(20000))
    nfvm("-f", "-", stdin=f"add set ip t big {{ type ipv4_addr; flags interval; auto-merge; elements = {{ {big} }}\n}}\n")
    for cmd in ("add element ip t big { 30.0.0.9 }", "delete element ip t big { 30.0.0.9 }", "get element ip t big { 30.0.7.1 }", "add rule ip t c accept"):
        sent = asked(cmd)
        ok("NFT_MSG" in sent and "NLM_F_DUMP" not in sent, f"{cmd}: nothing is dumped", sent)


def main():
    if os.geteuid() or subprocess.run(["unshare", "-n", *NFVM, "list", "ruleset"], capture_output=True).returncode:
        print("1..0 # SKIP needs root, network namespaces and nf_tables")
        return 0
    if os.environ.get("COMMANDS_INSIDE") != "1":
        return subprocess.run(["unshare", "-n", sys.executable, __file__], env={**os.environ, "COMMANDS_INSIDE": "1"}).returncode
    rc, _, err = nfvm("-f", "-", stdin=RULES)
    ok(rc == 0, "rules load", err)
    for part in (gets, resets, names, merges, monitors):
        part()
    if shutil.which("strace"):
        frugal()
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
