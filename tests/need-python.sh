#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs a test in Python, or skips it where there is none.
command -v python3 >/dev/null && exec python3 "$@"
echo "1..0 # SKIP needs python3 (Debian package python3)"
