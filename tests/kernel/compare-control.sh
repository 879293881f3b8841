#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Random sequences of netlink commands to the kernel's nf_tables and to the engine. More: make check-kernel
case $(uname -r) in
6.18.*) exec "$top_builddir/tests/kernel/control-plane" -n "${SEQUENCES:-40}" ;;
*) echo "1..0 # SKIP needs Linux 6.18, whose nf_tables the engine is" ;;
esac
