#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Behaviour, as packet tests; and the examples.
exec "$NFVM" test "$top_srcdir"/tests/packets/*.nft-test "$top_srcdir"/examples/*.nft-test
