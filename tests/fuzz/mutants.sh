#!/bin/bash
# Proof that fuzz_http would notice: each row below breaks one line of a copy of the parsers in a way in which
# real parsers were broken; the fuzz target must find it within 200,000 runs from the seeds. Prints TAP.
# Usage: tests/fuzz/mutants.sh [PATTERN]
set -u
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
number=0 failed=0
probe=${FLASHD_SHARED:-../shared}/probes/http/probe.py

if ! echo 'int main(void) { return 0; }' | clang -x c - -o "$folder/probe" 2>/dev/null; then
	echo '1..0 # SKIP no clang'
	exit 0
fi
mkdir "$folder/seeds"
clang -std=c17 -D_GNU_SOURCE -I. -o "$folder/write" tests/fuzz/seeds_http.c && "$folder/write" "$folder/seeds"
[ ! -f "$probe" ] || env -u ONLY DUMP="$folder/seeds" python3 "$probe" 0 -

# mutant FILE NAME SED: breaks one line of FILE and expects the fuzz target to fail on it.
mutant() {
	[[ $2 =~ $only ]] || return 0
	local copy=$folder/tree
	number=$((number + 1))
	rm -rf "$copy"
	mkdir -p "$copy/mcp/doors"
	cp mcp/doors/http_head.[ch] mcp/doors/http_chunk.[ch] "$copy/mcp/doors"
	sed -i "$3" "$copy/mcp/doors/$1"
	if [ "$(diff "mcp/doors/$1" "$copy/mcp/doors/$1" | grep -c '^>')" != 1 ]; then
		failed=1
		echo "not ok $number - $2: the edit does not change exactly one line"
		return
	fi
	if ! clang -std=c17 -D_GNU_SOURCE -I"$copy" -O1 -fsanitize=fuzzer,address -o "$folder/fuzz" \
		tests/fuzz/fuzz_http.c "$copy"/mcp/doors/*.c >"$folder/log" 2>&1; then
		failed=1
		echo "not ok $number - $2: does not build"
		return
	fi
	if "$folder/fuzz" -runs=200000 -seed=1 -max_len=20000 -timeout=20 -dict=tests/fuzz/http.dict \
		-artifact_prefix="$folder/" "$folder/seeds" >"$folder/log" 2>&1; then
		failed=1
		echo "not ok $number - $2: survived 200,000 runs"
	else
		echo "ok $number - $2: $(grep -m1 -oE 'not true: .*|AddressSanitizer: [a-z-]*' "$folder/log")"
	fi
}

only=${1:-.}
mutant http_head.c 'NUL is text' '/byte_class\[256\]/{n;s/ 0, / 1, /}'
mutant http_head.c 'bare LF is text' '/byte_class\[256\]/{n;s/1,  0,/1,  1,/}'
mutant http_head.c 'DEL is text' 's/7,  0,$/7,  1,/'
mutant http_head.c 'a space belongs to names' 's/^\t 1,  7,/\t 3,  7,/'
mutant http_head.c 'CR ends a line alone' "s/ || bytes\[at + 1\] != '\\\\n')/)/"
mutant http_head.c 'a space may stand before the colon' "s/bytes\[colon\] != ':')/(bytes[colon] | 26) != ':')/"
mutant http_head.c 'a name may be empty' 's/if (colon == at || colon == end/if (colon == end/'
mutant http_head.c 'folds are fields' "s/if (bytes\[at\] == ' ' || .*/if (bytes[at] == ' ') return true;\n\tif (0)/;s/\n//"
mutant http_head.c 'a second single header passes' 's/(head->seen & 1u << i) != 0/(head->seen \& 2u << i) != 0/'
mutant http_head.c 'the last Host is not needed' 's/enum { SEEN_HOST = 1 }/enum { SEEN_HOST = 255 }/'
mutant http_head.c 'a length of 0 beside chunked' 's/head->chunked \&\& head->length >= 0/head->chunked \&\& head->length > 0/'
mutant http_head.c 'chunked in HTTP/1.0' 's/head->chunked \&\& head->minor == 0/head->chunked \&\& head->minor > 1/'
mutant http_head.c 'chunked and anything behind it' 's/!same(value, size, "chunked")/strncasecmp(value, "chunked", 7) != 0/'
mutant http_head.c 'a length of 16 digits' 's/size < 1 || size > 15/size < 1 || size > 16/'
mutant http_head.c 'an empty length is 0' 's/size < 1 || size > 15/size > 15/'
mutant http_head.c 'the 16 KiB count only what came at once' 's/size < HTTP_HEAD_BYTES ? size : HTTP_HEAD_BYTES/size/'
mutant http_head.c 'a 65th header overflows' 's/head->count == HTTP_HEAD_FIELDS/head->count > HTTP_HEAD_FIELDS/'
mutant http_head.c 'a cut between CR and LF loses the CR' \
	's/head->scan = span(bytes, head->scan, end, IS_TEXT);/span(bytes, head->scan, end, IS_TEXT); head->scan = at + (at < end);/'
mutant http_head.c 'HTTP/1.2 is 1.0' "s/version\[7\] > '1'/version[7] > '2'/"
mutant http_head.c 'half an escape' 's/!= at + 3)/< at + 2)/'
mutant http_head.c 'close is forgotten' 's/keep_alive = !head->close_asked \&\& /keep_alive = /'
mutant http_chunk.c 'nine digits' 's/DIGITS_MAX = 8/DIGITS_MAX = 9/'
mutant http_chunk.c 'no size is 0' "s/ || chunk->digits == 0)/)/"
mutant http_chunk.c 'the limit is per chunk' 's/chunk->limit - chunk->total/chunk->limit/'
mutant http_chunk.c 'old digits count again' 's/chunk->digits = 0;/chunk->digits = 1;/'
mutant http_chunk.c 'data may run on' "s/\[AT_DATA_CR\] = { '.r', AT_DATA_LF }/[AT_DATA_CR] = { '\\\\r', AT_SIZE }/"
mutant http_chunk.c 'the last line is not waited for' "s/chunk->state = AT_END_CR;/chunk->state = AT_END_LF;/"
mutant http_chunk.c 'a piece is taken twice' 's/^\t\t\tput += run;/\t\t\tput += chunk->left == run ? run : run - 1;/'
echo "1..$number"
exit $failed
