#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Records office.pcapng again: two hosts and a router in network namespaces of their own, real programs on both sides, and the
# kernel's nf_tables with router.nft between them. Root; needs nginx, curl, openssh, dnsmasq, dig, nmap, ping, tcpdump, mergecap, ethtool.
# Writes office.pcapng (what entered the router), host.json (the router) and kernel.json (what the kernel counted).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
id=$$
L=nfvm-lan-$id R=nfvm-rtr-$id W=nfvm-wan-$id
pids=

end() {
	for p in $pids; do kill "$p" 2>/dev/null || :; done
	wait 2>/dev/null || :
	for n in $L $R $W; do ip netns del "$n" 2>/dev/null || :; done
	rm -rf "$tmp"
}
trap end EXIT

l() { ip netns exec $L "$@"; }
r() { ip netns exec $R "$@"; }
w() { ip netns exec $W "$@"; }
bg() { "$@" >"$tmp/log.$(echo "$pids" | wc -w)" 2>&1 & pids="$pids $!"; }

for n in $L $R $W; do
	ip netns add "$n"
	ip -n "$n" link set lo up
	ip netns exec "$n" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
done
ip -n $R link add lan0 address 02:00:00:00:0a:01 type veth peer name eth0 address 02:00:00:00:0a:02 netns $L
ip -n $R link add wan0 address 02:00:00:00:0b:01 type veth peer name eth0 address 02:00:00:00:0b:10 netns $W
for x in "$R lan0" "$R wan0" "$L eth0" "$W eth0"; do
	set -- $x
	ip netns exec "$1" ethtool -K "$2" tso off gso off gro off tx off rx off >/dev/null 2>&1 || :
	ip -n "$1" link set "$2" up
done
ip -n $R addr add 10.10.0.1/24 dev lan0
ip -n $R addr add 198.51.100.1/24 dev wan0
ip -n $R addr add fd00:10::1/64 dev lan0 nodad
ip -n $R addr add 2001:db8:1::1/64 dev wan0 nodad
ip -n $L addr add 10.10.0.2/24 dev eth0
ip -n $L addr add 10.10.0.3/24 dev eth0
ip -n $L addr add fd00:10::2/64 dev eth0 nodad
ip -n $L route add default via 10.10.0.1
ip -n $L -6 route add default via fd00:10::1
ip -n $W addr add 198.51.100.10/24 dev eth0
ip -n $W addr add 198.51.100.11/24 dev eth0
ip -n $W addr add 2001:db8:1::10/64 dev eth0 nodad
ip -n $W route add default via 198.51.100.1
ip -n $W -6 route add default via 2001:db8:1::1
r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.lan0.send_redirects=0 \
	net.ipv4.conf.wan0.send_redirects=0 net.netfilter.nf_conntrack_acct=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0

# the servers
mkdir -p "$tmp/www" "$tmp/ssh" "$tmp/nginx"
head -c 60000 /dev/urandom >"$tmp/www/blob"
for i in 1 2 3 4 5 6 7 8; do printf '<html><body>page %s</body></html>\n' $i >"$tmp/www/p$i.html"; done
cat >"$tmp/nginx.conf" <<X
daemon off; pid $tmp/nginx/pid; error_log $tmp/nginx/err;
events { }
http { access_log off; client_body_temp_path $tmp/nginx/b; proxy_temp_path $tmp/nginx/p; fastcgi_temp_path $tmp/nginx/f;
uwsgi_temp_path $tmp/nginx/u; scgi_temp_path $tmp/nginx/s;
server { listen 80; listen [::]:80; listen 8080; root $tmp/www; } }
X
chmod -R a+rX "$tmp"
bg w nginx -c "$tmp/nginx.conf"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/ssh/host"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/ssh/user"
cp "$tmp/ssh/user.pub" "$tmp/ssh/keys"
mkdir -p /run/sshd
cat >"$tmp/sshd.conf" <<X
HostKey $tmp/ssh/host
PidFile none
AuthorizedKeysFile $tmp/ssh/keys
StrictModes no
UsePAM no
X
for where in w r; do bg $where /usr/sbin/sshd -D -f "$tmp/sshd.conf"; done
bg w dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= --port 53 --address=/office.test/198.51.100.10 \
	--host-record=www.example.test,198.51.100.10,2001:db8:1::10 --txt-record=long.example.test,"$(head -c 200 /dev/zero | tr '\0' x)"
bg r dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= --port 53 --address=/office.test/198.51.100.10 --host-record=www.example.test,198.51.100.10
sleep 2

r nft -f "$here/router.nft"
for d in lan0 wan0; do bg r tcpdump -Z root -U -Q in -s 0 -i $d -w "$tmp/$d.pcap"; done
sleep 2

s() { l ssh -F none -i "$tmp/ssh/user" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=3 "$@"; }
for i in 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8; do
	l curl -s -m 5 -o /dev/null "http://198.51.100.10/p$i.html"
	l curl -s -m 5 -o /dev/null -g "http://[2001:db8:1::10]/p$i.html"
	l dig +tries=1 +time=2 @198.51.100.10 host$i.office.test >/dev/null || :
	l dig +tries=1 +time=2 @10.10.0.1 host$i.office.test >/dev/null || :
done
for i in 1 2 3; do l curl -s -m 5 -o /dev/null http://198.51.100.10/blob; done
l curl -s -m 5 -o /dev/null http://198.51.100.10:8080/blob
l curl -s -m 5 -o /dev/null -g "http://[2001:db8:1::10]/blob"
l dig +tries=1 +time=2 @198.51.100.10 long.example.test TXT >/dev/null || :
l dig +tries=1 +time=2 @10.10.0.1 www.example.test AAAA >/dev/null || :
l ping -q -c 20 -i 0.02 198.51.100.10 >/dev/null || :
l ping -q -c 10 -i 0.02 10.10.0.1 >/dev/null || :
l ping -q -c 10 -i 0.02 2001:db8:1::10 >/dev/null || :
l ping -q -c 60 -i 0.005 -s 500 198.51.100.11 >/dev/null || :
l ping -q -c 3 -i 0.2 -W 1 198.51.100.66 >/dev/null || :
l ping -q -c 2 -i 0.2 -W 1 -t 1 198.51.100.10 >/dev/null || :
w ping -q -c 4 -i 0.2 -W 1 10.10.0.2 >/dev/null || :
for i in 1 2 3; do s root@198.51.100.10 'seq 1 3000' >/dev/null; done
s root@198.51.100.10 'head -c 30000 /dev/zero | base64' >/dev/null
s -b 10.10.0.3 root@10.10.0.1 true >/dev/null 2>&1 || :
s -b 10.10.0.3 root@198.51.100.10 true >/dev/null 2>&1 || :
l curl -s -m 1 smtp://198.51.100.10 >/dev/null 2>&1 || :
l curl -s -m 1 http://198.51.100.66/ >/dev/null 2>&1 || :
w curl -s -m 1 http://10.10.0.2/ >/dev/null 2>&1 || :
l nmap -n -Pn -sS -p 1-2800 --max-retries 0 --min-rate 2000 198.51.100.11 >/dev/null 2>&1 || :
l nmap -n -Pn -sX -p 1-200 --max-retries 0 --min-rate 2000 198.51.100.10 >/dev/null 2>&1 || :
l nmap -n -Pn -sU -p 50-60,123,161 --max-retries 0 --min-rate 500 198.51.100.10 >/dev/null 2>&1 || :
w nmap -n -Pn -sS -p 1-600 --max-retries 0 --min-rate 2000 198.51.100.1 >/dev/null 2>&1 || :
l nmap -6 -n -Pn -sS -p 20-120 --max-retries 0 --min-rate 2000 2001:db8:1::10 >/dev/null 2>&1 || :
sleep 1

r nft -j list ruleset >"$here/kernel.json"
r "${NFVM:-nfvm}" host >"$here/host.json" || :
for p in $pids; do kill "$p" 2>/dev/null || :; done
wait 2>/dev/null || :
pids=
for d in lan0 wan0; do editcap -F pcapng "$tmp/$d.pcap" "$tmp/$d.pcapng"; done
mergecap -F pcapng -w "$here/office.pcapng" "$tmp/lan0.pcapng" "$tmp/wan0.pcapng"
capinfos -c -s "$here/office.pcapng"
