#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel itself takes: the CPU seconds of a batch that is sent again from memory, or of a dump that is read and thrown away.

usage: kernel.py replay FILE        as `record.so` wrote it
       kernel.py dump rules         all rules
       kernel.py dump FAMILY TABLE SET
Run in a network namespace of its own. Prints seconds.
"""
import resource
import socket
import struct
import sys

NETLINK_NETFILTER, SO_SNDBUFFORCE, SUBSYS, DUMP = 12, 32, 10 << 8, 0x301
GETRULE, GETSETELEM, ERROR, DONE = 7, 13, 2, 3
FAMILIES = {"inet": 1, "ip": 2}


def cpu():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime


def connect():
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    s.bind((0, 0))
    return s


def without_generation(batch):
    """The batch's first message names the generation it was made for, which is another one now."""
    length = struct.unpack_from("I", batch)[0]
    return struct.pack("I", 20) + batch[4:20] + batch[length:]


def replay(path):
    with open(path, "rb") as f:
        batch = without_generation(f.read())
    s = connect()
    s.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, len(batch) + 4096)
    before = cpu()
    s.sendto(batch, (0, 0))
    seconds = cpu() - before
    s.setblocking(False)
    try:
        answer = s.recv(1 << 17)
        raise RuntimeError(f"the kernel refused the batch: {-struct.unpack_from('i', answer, 16)[0]}")
    except BlockingIOError:
        return seconds


def attribute(kind, text):
    value = text.encode() + b"\0"
    return struct.pack("HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def dump(kind, family, attributes):
    s = connect()
    room = bytearray(1 << 17)
    before = cpu()
    s.sendto(struct.pack("IHHIIBBH", 20 + len(attributes), SUBSYS | kind, DUMP, 1, 0, family, 0, 0) + attributes, (0, 0))
    while True:
        s.recv_into(room)
        kind = struct.unpack_from("H", room, 4)[0]
        if kind == ERROR:
            raise RuntimeError(f"the kernel refused the dump: {-struct.unpack_from('i', room, 16)[0]}")
        if kind == DONE:
            return cpu() - before


def main():
    what = sys.argv[1:]
    if what[0] == "replay":
        print(replay(what[1]))
    elif what[1] == "rules":
        print(dump(GETRULE, 0, b""))
    else:
        print(dump(GETSETELEM, FAMILIES[what[1]], attribute(1, what[2]) + attribute(2, what[3])))


main()
