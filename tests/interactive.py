#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The interactive mode on a pseudo-terminal: what is typed, what appears, what stays in the history."""
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
import time

NFVM = os.environ.get("NFVM", "nfvm")
os.environ["LSAN_OPTIONS"] = "detect_leaks=0"  # libedit keeps the names of the functions it is given
PATIENCE = 20  # seconds, on a busy machine


class Shell:
    """nfvm -i on a terminal of its own."""

    def __init__(self, *args, home=None):
        env = {k: v for k, v in os.environ.items() if k not in ("HOME", "EDITRC", "NFVM_ENGINE")}
        env["TERM"] = "vt100"
        if home:
            env["HOME"] = home
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(args[0], args, env)
        self.seen = ""
        self.wait_for("nft> ")

    def read_some(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", data.decode(errors="replace"))
        return bool(data)

    def wait_for(self, text):
        """Reads until the text appears; what was read up to there is then forgotten. Returns it, or None."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            if time.monotonic() > end or not self.read_some(0.2):
                if text in self.seen:
                    break
                return None
        end = self.seen.index(text) + len(text)
        seen, self.seen = self.seen[:end], self.seen[end:]
        return seen

    def at_prompt(self):
        """Waits until the line editor has the terminal: it takes it just behind the prompt, and control keys in front of that are the terminal's."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and termios.tcgetattr(self.fd)[3] & termios.ICANON:
            time.sleep(0.01)

    def type(self, text):
        os.write(self.fd, text.encode())

    def ask(self, line, until="nft> "):
        """A line, and what is said until the next prompt."""
        self.type(line + "\n")
        self.wait_for("\n")  # the echo
        return self.wait_for(until)

    def status(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read_some(0.1)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        return "still running"


count = failed = 0


def check(good, name, why=""):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok") + f" {count} - {name}")
    if not good:
        print("\n".join("# " + x for x in str(why).split("\n")))
    sys.stdout.flush()


def history(home):
    path = home + "/.nft.history"
    if not os.path.exists(path):
        return None
    return re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), open(path).read()).split("\n")


def sessions(home):
    s = Shell(NFVM, "-c", "-i", home=home)
    said = s.ask("describe ether type")
    check(said and "datatype ether_type" in said, "a command is run", said)
    said = s.ask("list bogus")
    check(said and "Error:" in said and "^^^^^" in said, "an error is said", said)
    said = s.ask("describe ct direction")
    check(said and "original" in said, "and does not end the session", said)
    s.type("table inet x {\n")
    check(s.wait_for("...> "), "an open brace asks for more lines")
    s.type("chain c { accept\n")
    s.wait_for("...> ")
    s.type("}\n")
    s.wait_for("...> ")
    said = s.ask("}")
    check(said and "Error" not in said, "closed, they are one command", said)
    s.type("describe ")
    s.wait_for("describe ")
    s.at_prompt()
    s.type("\x03")
    check(s.wait_for("nft> "), "^C abandons a line")
    s.type("table inet x {\n")
    s.wait_for("...> ")
    s.at_prompt()
    s.type("\x03")
    check(s.wait_for("nft> "), "^C abandons several")
    said = s.ask("describe ipv4_addr")
    check(said and "IPv4 address" in said, "and the next is taken by itself", said)
    s.type("descr\ticmp \t")
    check(s.wait_for("describe icmp "), "a word is completed")
    s.at_prompt()
    s.type("\x03")
    s.wait_for("nft> ")
    s.type("add rule inet t c tcp \t")
    said = s.wait_for("ackseq")
    check(said, "several are shown", s.seen)
    s.at_prompt()
    s.type("\x03")
    s.wait_for("nft> ")
    s.ask("define lan = eth1")
    said = s.ask("add table t; add chain t c; add rule t c iifname $lan accept")
    check(said and "Error" not in said, "variables live on", said)
    s.type("quit\n")
    check(s.status() == 0, "quit ends it")
    lines = history(home)
    check(lines and "describe ether type" in lines and "list bogus" in lines, "what was typed is kept", lines)
    check(lines and "table inet x { chain c { accept } }" in lines, "several lines as one", lines)

    s = Shell(NFVM, "-c", "-i", home=home)
    s.type("\x1b[A")
    check(s.wait_for("iifname $lan accept"), "and comes back in the next session", s.seen)
    s.at_prompt()
    s.type("\x03")
    s.wait_for("nft> ")
    s.at_prompt()
    s.type("\x04")
    check(s.status() == 0, "^D ends it")


def without_home():
    s = Shell(NFVM, "-c", "-i")
    s.ask("describe ether type")
    s.type("quit\n")
    check(s.status() == 0 and not os.path.exists(".nft.history"), "without a home, nothing is kept", os.listdir("."))


def without_terminal():
    p = subprocess.run([NFVM, "-c", "-i"], input="describe ether type\nlist bogus\ndescribe ct state\nadd table t {\n", capture_output=True, text=True,
                       env={k: v for k, v in os.environ.items() if k != "HOME"})
    check(p.returncode == 0 and "ether_type" in p.stdout and "ct_state" in p.stdout, "lines from a pipe are commands, too", p.stdout + p.stderr)
    check("bogus" in p.stderr and "'}'" in p.stderr, "with their errors, also where the last is not complete", p.stderr)


def kernel_names():
    if subprocess.run(["unshare", "-n", NFVM, "--kernel", "list", "tables"], capture_output=True).returncode:
        print("# names from the kernel: needs root and nf_tables")
        return
    s = Shell("unshare", "-n", NFVM, "--kernel", "-i")
    s.ask("add table inet firewall")
    s.ask("add chain inet firewall incoming")
    s.ask("add set inet firewall blocked { type ipv4_addr; }")
    s.ask("add counter inet firewall seen")
    s.type("add rule inet fire\tinc\tip saddr @blo\tcounter name se\tdrop\n")
    said = s.wait_for("nft> ")
    said = s.ask("list chain inet firewall incoming")
    check(said and 'ip saddr @blocked counter name "seen" drop' in said, "names are completed from the target", said)
    s.type("quit\n")
    s.status()


with tempfile.TemporaryDirectory() as home:
    os.chdir(home)
    sessions(home)
    os.remove(home + "/.nft.history")
    without_home()
    without_terminal()
    kernel_names()
print(f"1..{count}")
sys.exit(bool(failed))
