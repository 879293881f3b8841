#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input from the command line: each is refused with status 1 and a message that is short and names the cause; nothing is written.
demo=$top_srcdir/examples/demo
dir=$(mktemp -d)
trap 'chmod 700 "$dir/closed" 2>/dev/null; rm -rf "$dir"' EXIT
cp "$demo/office.pcapng" "$dir/cap"
cd "$dir" || exit 1
n=0 failed=0

say() { # say RESULT NAME: one line of TAP, with what was said where it failed
	n=$((n + 1))
	echo "$1 $n - $2"
	[ "$1" = ok ] || { failed=1; head -c 1000 err | sed 's/^/# /'; echo; }
}

# refused PATTERN COMMAND…: status 1, and an error of at most 4 kB that matches; `out` is not there.
refused() {
	pattern=$1
	shift
	what=${name:-$(echo "$*" | sed "s|$NFVM|nfvm|; s|$demo/||g; s|run -q -f good.nft -r cap --host host.json -w out|run|")}
	rm -f out
	"$@" >std 2>err
	rc=$?
	if [ $rc = 1 ] && [ "$(wc -c <err)" -le 4096 ] && grep -q -e "$pattern" err && ! [ -e out ]; then
		say ok "refused: $what"
	else
		echo "status $rc, no match of '$pattern'?" >>err
		say "not ok" "refused: $what"
	fi
}

taken() {
	if "$@" >std 2>err; then say ok "taken: $(echo "$*" | sed "s|$NFVM|nfvm|")"; else say "not ok" "taken: $*"; fi
}

run() { # run PATTERN OPTIONS…: as refused, with what is not named being good
	pattern=$1
	shift
	refused "$pattern" "$NFVM" run -q -f good.nft -r cap --host "$demo/host.json" -w out "$@"
}

host() { # host PATTERN JSON
	printf '%b' "$2" >host.json
	name="host $(printf '%.60s' "$2")"
	run "$1" --host host.json
	name=
}

long() { head -c "$1" /dev/zero | tr '\0' "$2"; }

echo 'table inet t { chain c { type filter hook input priority 0; counter; }; }' >good.nft
mkdir dir
echo >closed
chmod 0 closed

# files
run 'nosuch": No such file' -f nosuch
run 'Is a directory' -f dir
run 'nosuch: No such file' -r nosuch
run 'dir: Is a directory' -r dir
run 'nosuch: No such file' --host nosuch
run 'dir: Is a directory' --host dir
run 'not a capture' -r good.nft
run 'not a capture' -r /dev/null
run 'nosuch/out: No such file' -w nosuch/out
run 'dir: Is a directory' -w dir
run 'is the capture that is read' -w cap
run 'No space left' -w /dev/full
refused 'No such file' "$NFVM" -c -f nosuch
refused 'Is a directory' "$NFVM" -c -f dir
refused . sh -c "$NFVM test nosuch >&2"
refused . sh -c "$NFVM test dir >&2"
if [ -r closed ]; then
	say "ok" "unreadable files # SKIP this user reads all files"
else
	run 'Permission denied' -f closed
	run 'Permission denied' -r closed
	run 'Permission denied' --host closed
	refused 'Permission denied' "$NFVM" -c -f closed
fi

# options
run 'nfvm run: unrecognized option' --nosuch
run 'nfvm run: option requires an argument' -D
run 'unexpected argument' extra
run 'wants a number' --seed x
run 'wants a number' --seed -1
run 'wants a number' --seed 99999999999999999999999999
run 'not an IPv4 or IPv6 address' --local 1.2.3.400
run 'name=value' -D x
run 'only one file' -f - -r -
refused 'Usage' "$NFVM" run -f good.nft
refused 'Usage' "$NFVM" test
refused 'nfvm test: unrecognized' "$NFVM" test --nosuch
refused 'Usage' "$NFVM" host x
refused 'unrecognized option' "$NFVM" --nosuch
refused 'no command' "$NFVM"
refused 'invalid debug level' "$NFVM" -c -d nosuch -f good.nft

# standard input
taken sh -c "$NFVM -c -f - <good.nft"
taken sh -c "cat good.nft | $NFVM -c -f -"
taken sh -c "cat cap | $NFVM run -q -f good.nft -r -"
taken "$NFVM" -c 'table inet t { chain c { type filter hook prerouting priority mangle; udp dport 9999 goto { tproxy to :1234 meta mark set 1 accept; } } }'
refused "requires transport protocol match" "$NFVM" -c 'table inet t { chain c { type filter hook prerouting priority mangle; goto { tproxy to :1234; } } }'
refused . sh -c "$NFVM -c -f - <&-"
refused . sh -c "$NFVM run -q -f good.nft -r - <&-"
refused . sh -c "echo nonsense | $NFVM -c -f -"

# texts
long 100000000 x >big.nft
refused 'Error' "$NFVM" -c -f big.nft
{ printf 'add rule t c ip saddr '; long 10000000 y; } >big.nft
refused 'Error' "$NFVM" -c -f big.nft
long 3000000 '{' >big.nft
refused 'Error' "$NFVM" -c -f big.nft
{ printf 'add rule t c ip saddr '; long 3000000 '('; } >big.nft
refused 'Error' "$NFVM" -c -f big.nft
long 10000000 '\0' >big.nft
refused 'Error' "$NFVM" -c -f big.nft
head -c 300000 "$NFVM" >big.nft
refused 'Error' "$NFVM" -c -f big.nft
rm big.nft
echo 'include "self.nft"' >self.nft
refused 'Error' "$NFVM" -c -f self.nft
echo 'include "nosuch.nft"' >self.nft
refused 'nosuch.nft' "$NFVM" -c -f self.nft
echo 'include "dir"' >self.nft
refused 'dir' "$NFVM" -c -f self.nft

# captures cut off: what came before is run and counted, the status is 1
for len in 0 1 23 24 27 100 5000 100001; do
	head -c $len cap >cut
	"$NFVM" run -q -f good.nft -r cut >std 2>err
	if [ $? = 1 ] && grep -q '^Error: cut: ' err; then say ok "cut off after $len bytes"; else say "not ok" "cut off after $len bytes"; fi
done

# hosts
host 'line 1' ''
host 'line 1, column' '[1'
host 'object expected' '[]'
host 'expected near' '"x"'
host 'NUL' '{}\0000x'
host 'depth' "$(long 3000 '[')"
host 'a list expected' '{"addr":{}}'
host 'an object expected' '{"addr":[1]}'
host 'an object expected' '{"sysctl":[]}'
host 'text expected' '{"addr":[{"ifindex":1,"ifname":7}]}'
host 'name of 1 to 15' '{"addr":[{"ifindex":1,"ifname":"abcdefghijklmnop"}]}'
host 'number from 0' '{"addr":[{"ifindex":99999999999,"ifname":"a"}]}'
host 'line 1' '{"addr":[{"ifindex":99999999999999999999999,"ifname":"a"}]}'
host 'number from 0' '{"addr":[{"ifindex":1,"ifname":"a","mtu":-1}]}'
host 'there already' '{"addr":[{"ifindex":1,"ifname":"a"},{"ifindex":1,"ifname":"b"}]}'
host 'not an address' '{"addr":[{"ifindex":1,"ifname":"a","addr_info":[{"local":"1.2.3"}]}]}'
host 'not a prefix' '{"route":[{"dst":"1.2.3.4/33"}]}'
host 'no device' '{"route":[{"dst":"default","dev":"nosuch"}]}'
host 'not a MAC' '{"addr":[{"ifindex":1,"ifname":"a"}],"neigh":[{"dst":"1.2.3.4","dev":"a","lladdr":"xx"}]}'

echo "1..$n"
exit $failed
