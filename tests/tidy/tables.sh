# What belongs together: rows and files, powers and their reverses, numbers and what they are checked against.

# Prints what is in one list and not in the other. Usage: same FILE FILE "SENTENCE of a missing right" "… left"
same() {
	comm -23 "$1" "$2" | sed "s|\$| $3|"
	comm -13 "$1" "$2" | sed "s|\$| $4|"
}
names() {
	sed 's|.*/||; s|\.[a-z]*$||' | sort -u
}

awk -v want=rows -f tests/tidy/powers.awk mcp/tools.def >"$work/rows"
cut -d' ' -f2 "$work/rows" | sort >"$work/tools"

rows_have_files() {
	[ -s "$work/rows" ] || echo "mcp/tools.def has no rows"
	ours '^mcp/tools/[^/]*\.json$' | names >"$work/tool_json"
	# What several tools share has a header; a tool has none.
	ours '^mcp/tools/[^/]*\.c$' | while read -r file; do
		[ -e "${file%.c}.h" ] || echo "$file"
	done | names >"$work/tool_c"
	same "$work/tools" "$work/tool_json" "has a row in mcp/tools.def and no .json" \
		"has a .json and no row in mcp/tools.def"
	same "$work/tools" "$work/tool_c" "has a row in mcp/tools.def and no .c" \
		"has a .c and neither a row nor a header"
}
rule "every tool has its row, its .c and its .json" rows_have_files

# The agent's own writes are tried by whole cycles: an example of them would need a run.
writes_have_examples() {
	local name
	for name in $(awk '$1 == "WRITE" && $3 != "agent:run" { print $2 }' "$work/rows"); do
		jq -e '.examples | length > 0' "mcp/tools/$name.json" >/dev/null || echo "mcp/tools/$name.json has no example"
	done
}
rule "every write that a key can make has an example" writes_have_examples

writes_have_reverses() {
	awk '$1 == "WRITE" { print $4 }' "$work/rows" | sort -u | while read -r reverse; do
		grep -qE "create function effect\.$reverse\(" sql/functions/*.sql ||
			echo "effect.$reverse is named in mcp/tools.def and is not in sql/functions"
	done
}
rule "every write's reverse is in sql/functions" writes_have_reverses

sound_json() {
	local file
	ours '\.json$' | xargs jq empty 2>/dev/null && return
	for file in $(ours '\.json$'); do
		jq empty "$file" 2>&1 | sed "s|^|$file: |"
	done
}
rule "every .json is JSON" sound_json

policies_have_cases() {
	ours '^policies/[^/]*\.json$' | grep -v '/schema\.json$' | names >"$work/policies"
	ours '^policies/cases/.*\.json$' | names >"$work/cases"
	[ -s "$work/policies" ] || echo "there are no policies"
	same "$work/policies" "$work/cases" "is a policy without cases" "has cases and is no policy"
	while read -r name; do
		jq -e '.cases | length > 0' "policies/cases/$name.json" >/dev/null || echo "policies/cases/$name.json is empty"
	done <"$work/cases"
}
rule "every policy has cases" policies_have_cases

metrics_have_oracles() {
	ours '^sql/metrics/.*\.json$' | names >"$work/metrics"
	ours '^tests/sql/oracle/.*\.sql$' | names | grep -vx slots >"$work/oracles"
	[ -s "$work/metrics" ] || echo "there are no metrics"
	same "$work/metrics" "$work/oracles" "is a metric without tests/sql/oracle/NAME.sql" "has an oracle and is no metric"
}
rule "every metric has SQL written by hand to compare with" metrics_have_oracles

# A statement is used when its name stands in C as a string. Those of an import are named by entity: copy_%s, merge_%s.
statements_are_used() {
	ours '^sql/queries/.*\.sql$' | names >"$work/statements"
	{
		ours "$product_c" | xargs awk -v want=strings -f tests/tidy/c_parts.awk | sed 's/^[^ ]* "//; s/"$//'
		awk -F'[()]' '/^ENTITY\(/ { print "copy_" $2; print "merge_" $2 }' agent/import_fields.def
	} | sort -u >"$work/strings"
	comm -23 "$work/statements" "$work/strings" | sed 's|$| is in sql/queries and in no C file|'
	awk -F'[()]' '/^ENTITY\(/ { print "copy_" $2; print "merge_" $2 }' agent/import_fields.def | sort |
		comm -23 - "$work/statements" | sed 's|$| is needed by agent/import_fields.def|'
	ours "$product_c" | xargs grep -ohE '(db_query|cli_power|db_one_number|db_copy_open)\([^"]*"[a-z_]+"' |
		sed 's/.*"\(.*\)"/\1/' | sort -u | comm -23 - "$work/statements" | sed 's|$| is asked for in C and not in sql/queries|'
}
rule "every statement is used, every statement that is used is there" statements_are_used

# The first line says what it is for; every parameter is spoken of.
statements_are_explained() {
	ours '^sql/queries/.*\.sql$' | xargs awk '
		function tell(    i) {
			if (head == "")
				print name ": no comment above it"
			for (i = 1; i <= 20; i++)
				if (body ~ "[$]" i "([^0-9]|$)" && head !~ "[$]" i "([^0-9]|$)")
					print name ": its comment does not speak of $" i
			if (body ~ /;/)
				print name ": one statement a file, without a semicolon"
		}
		FNR == 1 { if (name != "") tell(); name = FILENAME; head = body = ""; above = 1 }
		above && /^--/ { head = head $0 "\n"; next }
		{ above = 0; line = $0; sub(/--.*/, "", line); gsub(/\047[^\047]*\047/, "", line); body = body line "\n" }
		END { tell() }'
}
rule "every statement has a comment that speaks of each parameter" statements_are_explained

small_tables() {
	local lines
	lines=$(wc -l <mcp/tools.def)
	[ "$lines" -le 60 ] || echo "mcp/tools.def has $lines lines: the powers must fit on one screen"
	lines=$(wc -l <mcp/tool.h)
	[ "$lines" -le 120 ] || echo "mcp/tool.h has $lines lines: the contract everybody includes stays small"
}
rule "the table of powers fits on a screen, the contract under 120 lines" small_tables
