#!/bin/bash
# Proof that the fuzz targets would notice: each row below breaks one line of a copy of the product; the target must find
# it within its runs from the seeds. Those of the HTTP parsers (200,000 runs) are broken in ways in which real parsers
# were. Prints TAP.
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
for target in http query; do
	mkdir "$folder/seeds_$target"
	clang -std=c17 -D_GNU_SOURCE -I. -o "$folder/write" "tests/fuzz/seeds_$target.c" && "$folder/write" "$folder/seeds_$target"
done
[ ! -f "$probe" ] || env -u ONLY DUMP="$folder/seeds_http" python3 "$probe" 0 -

# mutant FILE NAME SED: breaks one line of mcp/FILE and expects the fuzz target of its folder to fail on it.
mutant() {
	[[ $2 =~ $only ]] || return 0
	local target=${targets[${1%%/*}]} copy=$folder/tree file sources=() libraries=()
	number=$((number + 1))
	for file in ${links[$target]}; do
		[[ $file = -* ]] && libraries+=("$file") || sources+=("$file")
	done
	rm -rf "$copy"
	for file in "${sources[@]}" $headers; do install -D -m 644 "$file" "$copy/$file"; done
	sed -i "$3" "$copy/mcp/$1"
	if [ "$(diff "mcp/$1" "$copy/mcp/$1" | grep -c '^>')" != 1 ]; then
		failed=1
		echo "not ok $number - $2: the edit does not change exactly one line"
		return
	fi
	if ! clang -std=c17 -D_GNU_SOURCE -I"$copy" -I. -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-o "$folder/fuzz" "tests/fuzz/fuzz_$target.c" "${sources[@]/#/$copy/}" "${libraries[@]}" >"$folder/log" 2>&1; then
		failed=1
		echo "not ok $number - $2: does not build"
		return
	fi
	if "$folder/fuzz" -runs="${runs[$target]}" -seed=1 -max_len=20000 -timeout=20 -dict="tests/fuzz/$target.dict" \
		-artifact_prefix="$folder/" "$folder/seeds_$target" >"$folder/log" 2>&1; then
		failed=1
		echo "not ok $number - $2: survived ${runs[$target]} runs"
	else
		echo "ok $number - $2: $(grep -m1 -oE 'not true: .*|(AddressSanitizer:|runtime error:) [a-z -]*' "$folder/log")"
	fi
}

# What a target's first comment says that it is built with: files and libraries.
links_of() {
	awk '/^ \* Links: / { on = 1 } on { line = $0; sub(/^ \* (Links: )?/, "", line); sub(/ \*\/$/, "", line); print line }
		on && /\*\/$/ { exit }' "tests/fuzz/fuzz_$1.c"
}

only=${1:-.}
declare -A targets=([doors]=http [metrics]=query) runs=([http]=200000 [query]=8000) links=([http]=$(links_of http) [query]=$(links_of query))
headers=$(find mcp -name '*.h' -o -name '*.def')
mutant doors/http_head.c 'NUL is text' '/byte_class\[256\]/{n;s/ 0, / 1, /}'
mutant doors/http_head.c 'bare LF is text' '/byte_class\[256\]/{n;s/1,  0,/1,  1,/}'
mutant doors/http_head.c 'DEL is text' 's/7,  0,$/7,  1,/'
mutant doors/http_head.c 'a space belongs to names' 's/^\t 1,  7,/\t 3,  7,/'
mutant doors/http_head.c 'CR ends a line alone' "s/ || bytes\[at + 1\] != '\\\\n')/)/"
mutant doors/http_head.c 'a space may stand before the colon' "s/bytes\[colon\] != ':')/(bytes[colon] | 26) != ':')/"
mutant doors/http_head.c 'a name may be empty' 's/if (colon == at || colon == end/if (colon == end/'
mutant doors/http_head.c 'folds are fields' "s/if (bytes\[at\] == ' ' || .*/if (bytes[at] == ' ') return true;\n\tif (0)/;s/\n//"
mutant doors/http_head.c 'a second single header passes' 's/(head->seen & 1u << i) != 0/(head->seen \& 2u << i) != 0/'
mutant doors/http_head.c 'the last Host is not needed' 's/enum { SEEN_HOST = 1 }/enum { SEEN_HOST = 255 }/'
mutant doors/http_head.c 'a length of 0 beside chunked' 's/head->chunked \&\& head->length >= 0/head->chunked \&\& head->length > 0/'
mutant doors/http_head.c 'chunked in HTTP/1.0' 's/head->chunked \&\& head->minor == 0/head->chunked \&\& head->minor > 1/'
mutant doors/http_head.c 'chunked and anything behind it' 's/!same(value, size, "chunked")/strncasecmp(value, "chunked", 7) != 0/'
mutant doors/http_head.c 'a length of 16 digits' 's/size < 1 || size > 15/size < 1 || size > 16/'
mutant doors/http_head.c 'an empty length is 0' 's/size < 1 || size > 15/size > 15/'
mutant doors/http_head.c 'the 16 KiB count only what came at once' 's/size < HTTP_HEAD_BYTES ? size : HTTP_HEAD_BYTES/size/'
mutant doors/http_head.c 'a 65th header overflows' 's/head->count == HTTP_HEAD_FIELDS/head->count > HTTP_HEAD_FIELDS/'
mutant doors/http_head.c 'a cut between CR and LF loses the CR' \
	's/head->scan = span(bytes, head->scan, end, IS_TEXT);/span(bytes, head->scan, end, IS_TEXT); head->scan = at + (at < end);/'
mutant doors/http_head.c 'HTTP/1.2 is 1.0' "s/version\[7\] > '1'/version[7] > '2'/"
mutant doors/http_head.c 'half an escape' 's/!= at + 3)/< at + 2)/'
mutant doors/http_head.c 'close is forgotten' 's/keep_alive = !head->close_asked \&\& /keep_alive = /'
mutant doors/http_chunk.c 'nine digits' 's/DIGITS_MAX = 8/DIGITS_MAX = 9/'
mutant doors/http_chunk.c 'no size is 0' "s/ || chunk->digits == 0)/)/"
mutant doors/http_chunk.c 'the limit is per chunk' 's/chunk->limit - chunk->total/chunk->limit/'
mutant doors/http_chunk.c 'old digits count again' 's/chunk->digits = 0;/chunk->digits = 1;/'
mutant doors/http_chunk.c 'data may run on' "s/\[AT_DATA_CR\] = { '.r', AT_DATA_LF }/[AT_DATA_CR] = { '\\\\r', AT_SIZE }/"
mutant doors/http_chunk.c 'the last line is not waited for' "s/chunk->state = AT_END_CR;/chunk->state = AT_END_LF;/"
mutant doors/http_chunk.c 'a piece is taken twice' 's/^\t\t\tput += run;/\t\t\tput += chunk->left == run ? run : run - 1;/'
mutant metrics/compile_rows.c 'the limit is no parameter' 's/order by place limit $%zu::int)/order by place limit %zu)/'
mutant metrics/compile.c 'a filter has no type' 's/ = any ($%zu::text\[\])/ = any ($%zu)/'
mutant metrics/compile.c 'no wall between tenants' 's/where s.tenant = $1::int")/where $1::int > 0")/'
mutant metrics/compile.c 'the zone stands in the text' \
	"s/\"(s.%s at time zone \$%zu::text)::date\",.*/\"(s.%s at time zone '%s' || left(\$%zu::text, 0))::date\", maker->metric->source->time, maker->request->zone,/"
mutant metrics/compile_rows.c 'two statements' 's/\\norder by 1, 2"/\\norder by 1, 2; select 1"/'
mutant metrics/compile.c 'the tables themselves' 's/ from metric.%s s", metric->source/ from data.%s s", metric->source/'
mutant metrics/question.c 'four dimensions' 's/json_array_size(list) > BY_MOST)/json_array_size(list) > BY_MOST + 1)/'
mutant metrics/question.c 'nine filters' 's/json_object_size(filters) > FILTERS_MOST)/json_object_size(filters) > FILTERS_MOST + 1)/'
mutant metrics/question.c 'two hundred and one rows' 's/json_integer_value(limit) > LIMIT_MOST)/json_integer_value(limit) > LIMIT_MOST + 1)/'
mutant metrics/question.c 'bounds of one version, numbers of another' \
	's/if (version_of(\*rows, question->bounds.data_version) != question->bounds.data_version)/if (db_count(*rows) > 100000)/'
mutant metrics/bounds.c 'a window that is none' 's/found >= 0 \&\& (metric->windows/found >= -1 \&\& (metric->windows/'
mutant metrics/bounds.c 'days that are none' 's/return day_parse(day, number) || error_set/return day_parse(day, number) || strlen(day) > 3 || error_set/'
mutant metrics/bounds.c 'half a sentence' 's/, which is in the future: today is %s\.", request->as_of/, which is", request->as_of/'
mutant metrics/values.c 'a refusal shows what may not be shown' 's/^\t\tword_shown(finding->arena, word), near == NULL/\t\tword, near == NULL/'
mutant metrics/answer.c 'no bound of an answer' 's/> room) {/> 9 * room) {/'
echo "1..$number"
exit $failed
