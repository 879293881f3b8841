#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Random rulesets and traffic, a few cases of each kind, through the real kernel and through `nfvm run`. More: make check-kernel CASES=300
exec python3 -B "$top_srcdir/tests/kernel/check-kernel.py" --quick --cases "${CASES:-20}"
