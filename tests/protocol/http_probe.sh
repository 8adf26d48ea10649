#!/bin/bash
# The HTTP door from outside: 122 malformed and good requests (the shared probe) and what a client may hold
# (http_limits.py), against a small real server with the sanitizers in it. Prints TAP.
# Usage: tests/protocol/http_probe.sh [SERVER]   (SERVER: an http_probe_server that is already built)
set -u
cd "$(dirname "$0")/../.." || exit 1
probe=${FLASHD_SHARED:-../shared}/probes/http/probe.py
folder=$(mktemp -d)
server=${1:-$folder/server}
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$folder"' EXIT

if [ $# = 0 ]; then
	${CC:-cc} -std=c17 -D_GNU_SOURCE -I. -O1 -g -fsanitize=address,undefined \
		-fno-sanitize-recover=all -o "$server" tests/protocol/http_probe_server.c \
		mcp/doors/http*.c mcp/base/error.c mcp/base/log.c mcp/base/clock.c \
		-levent -pthread || { echo 'Bail out! the probe server does not build'; exit 1; }
fi

number=0 failed=0
# report NAME TEXT PATTERN: ok when the text matches the pattern.
report() {
	number=$((number + 1))
	if [[ $2 =~ $3 ]]; then
		echo "ok $number - $1"
	else
		failed=1
		echo "not ok $number - $1"
		echo "# $2"
	fi
}

if [ -f "$probe" ]; then
	: >"$folder/log"
	mkfifo "$folder/port"
	"$server" "$folder/log" >"$folder/port" 2>"$folder/errors" &
	pid=$!
	read -r _ port <"$folder/port"
	env -u ONLY -u DUMP python3 "$probe" "$port" "$folder/log" >"$folder/out" 2>&1
	kill "$pid"
	wait "$pid"
	ended=$? pid=
	score=$(grep '^SCORE' "$folder/out" || tail -3 "$folder/out")
	grep -E '^must .* (A|H) |^good .* BAD ' "$folder/out" | sed 's/^/# /'
	report 'what must be refused is refused' "$score" 'must 73/73 rejected'
	report 'no hidden request runs' "$score" 'hidden 0,'
	report 'good requests are answered' "$(sed 's|good \([1-9][0-9]*\)/\1$|good all|' <<<"$score")" 'good all'
	report 'the server ended well' "$ended $(head -c 500 "$folder/errors")" '^0 $'
else
	for name in 'must be refused' 'hidden requests' 'good requests' 'ended well'; do
		number=$((number + 1))
		echo "ok $number - $name # SKIP no $probe"
	done
fi
python3 tests/protocol/http_limits.py "$server" $((number + 1)) || failed=1
exit $failed
