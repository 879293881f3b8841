#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Behaviour, as packet tests.
exec "$NFVM" test "$top_srcdir"/tests/packets/*.nft-test
