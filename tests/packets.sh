#!/bin/sh
# Behaviour, as packet tests.
exec "$NFVM" test "$top_srcdir"/tests/packets/*.nft-test
