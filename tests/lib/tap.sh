# TAP for test scripts, sourced. check LABEL COMMAND… and same LABEL EXPECTED GOT print one line each; report shows its
# stdin in the runner's output; tap_end prints the plan and is the script's last word.
number=0 failed=0

tap_line() {
	number=$((number + 1))
	[ "$1" = ok ] || failed=$((failed + 1))
	echo "$1 $number - ${TAP_PREFIX:-}$2"
}

# True is ok; else what the command printed is shown.
check() {
	local label=$1 said
	shift
	if said=$("$@" 2>&1); then
		tap_line ok "$label"
	else
		echo "# not true: ${*:0:300}"
		[ -z "$said" ] || head -c 3000 <<<"$said" | sed 's/^/# /'
		tap_line "not ok" "$label"
	fi
}

# Two texts that must be equal, to the byte; else their differences are shown.
same() {
	if [ "$2" = "$3" ]; then
		tap_line ok "$1"
	else
		diff -U2 --label expected --label got <(echo "$2") <(echo "$3") | head -60 | sed 's/^/# /'
		tap_line "not ok" "$1"
	fi
}

# The first number is within a share of the second.
near() {
	check "$1" awk -v got="$2" -v wanted="$3" -v share="$4" \
		'BEGIN { d = got - wanted; if (d < 0) d = -d; w = wanted < 0 ? -wanted : wanted; print got, "is not", wanted
			exit !(got != "" && d <= share * w) }'
}

report() { sed 's/^/# report /'; }

tap_end() {
	echo "1..$number"
	[ "$failed" = 0 ]
}
