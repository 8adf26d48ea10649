# The form of files. A tab counts as 4 columns. sql/schema.sql is PostgreSQL's writing, not ours.
lines_most=600 function_most=70 columns_most=120 table_columns_most=180

code='\.(c|h|sql|sh|awk|mjs|py)$|(^|/)run$|^(Makefile|contrib/install-packages)$|^tests/tidy/[a-z-]+$'
# Scripts and worlds of tests hold commands, requests and rows, one a line.
cases='^tests/.*\.(sql|sh|mjs|py)$|^tests/[a-z]+/run$|^tests/tidy/plants$'

long_files() {
	ours "$code" | grep -vx sql/schema.sql | xargs wc -l | awk -v most=$lines_most '$2 != "total" && $1 > most { print $2 ": " $1 " lines" }'
}
rule "no file of code is longer than $lines_most lines" long_files

long_functions() {
	ours "$c_files" | xargs awk -v most=$function_most -f tests/tidy/functions.awk
}
rule "no function is longer than $function_most lines" long_functions

wide_lines() {
	xargs awk -v most="$1" -v row_most=$table_columns_most -f tests/tidy/columns.awk
}
wide_code() {
	ours "$code" | grep -vx sql/schema.sql | grep -vE "$cases" | wide_lines $columns_most
}
wide_rows() {
	ours "$cases|\.def$|/floors\.txt$" | wide_lines $table_columns_most
}
rule "no line of code is wider than $columns_most columns" wide_code
rule "no row of a table, no line of a test's script is wider than $table_columns_most" wide_rows

loose_ends() {
	local file
	ours . | xargs grep -nIE '[[:blank:]]+$' /dev/null | cut -c1-120
	ours . | xargs grep -lI "$(printf '\r')" /dev/null | sed 's/$/: carriage returns/'
	ours . | xargs awk 'FNR == 1 { if (name != "" && last == "") print name ": an empty line at its end" }
		{ name = FILENAME; last = $0 } END { if (last == "") print name ": an empty line at its end" }'
	# The last byte of each, all together: only newlines.
	if [ -n "$(ours . | xargs tail -qc1 | tr -d '\n')" ]; then
		for file in $(ours .); do
			[ -z "$(tail -c1 "$file" | tr -d '\n')" ] || echo "$file: no newline at its end"
		done
	fi
}
rule "every file ends with one newline, no line with blanks" loose_ends

promises() {
	ours . | grep -vE '^LICENSE$|package-lock' |
		xargs grep -nIE '(^|[^A-Za-z_])(TO[D]O|FIX[M]E|HA[C]K)([^A-Za-z_]|$)' /dev/null
}
rule "nothing is left to do in a comment" promises

# The places where this was made, and hosts that packages are fetched from: neither is anybody else's.
foreign_places() {
	ours . | xargs grep -nIE '[/]work/|[/]home/[a-z]|registry[.][a-z]|npmjs[.]|artifac[t]ory|pypi[.]' \
		/dev/null | cut -c1-160
	ours '(^|/)(package-lock|npm-shrinkwrap)\.json$' | xargs grep -nE '"resolved"' /dev/null |
		head -n 5
}
rule "no file names this machine or a package registry" foreign_places

banned='strcpy|strcat|sprintf|vsprintf|strtok|gets|localtime|gmtime|ctime|asctime|atoi|atol|atof|rand|srand'
banned="$banned|system|popen|alloca"

banned_functions() {
	ours "$product_c" | xargs awk -v want=code -f tests/tidy/c_parts.awk |
		grep -E "(^|[^A-Za-z0-9_])($banned)[[:blank:]]*\\("
}
rule "no banned function is called" banned_functions

# In a time that tells nothing: seal_equal alone compares what somebody may guess at.
open_comparisons() {
	ours "$product_c" | xargs awk -v want=code -f tests/tidy/c_parts.awk |
		grep -E '(^|[^A-Za-z0-9_])(mem|str|strn|strcase)cmp[[:blank:]]*\([^;&|]*(secret|password|[a-z_]*hash|digest|signature|mac)([^a-z_]|_[a-z]*)'
}
rule "no secret is compared but by seal_equal" open_comparisons

# What is written down or compared goes by the database's clock; a daemon's own may be an hour off.
own_clock() {
	ours "$product_c" | grep -E '^mcp/(tools|corridor|load)/' | xargs grep -n 'clock_now *(' /dev/null
}
rule "no tool asks the daemon's own clock" own_clock

# Where SQL may be: db.c says BEGIN and its like, the metric compiler puts certified fragments together.
sql_word='select[[:blank:]]|insert[[:blank:]]+into|update[[:blank:]]+[a-z_.%]+[[:blank:]]+set|delete[[:blank:]]+from'
sql_word="$sql_word|with[[:blank:]]+[a-z_]+[[:blank:]]+as|with[[:blank:]]+recursive|values[[:blank:]]*\\("
sql_word="$sql_word|(begin|commit|rollback|start transaction)[[:blank:];]*\"|truncate[[:blank:]]"
sql_word="$sql_word|copy[[:blank:]]+[a-z_.%]+.*(from|to)[[:blank:]]"
sql_word="$sql_word|(create|alter|drop)[[:blank:]]+(or replace|table|temp|index|role|schema|view|function)"
sql_word="$sql_word|(listen|notify|savepoint|merge into|lock table)[[:blank:]]|set[[:blank:]]+(local|session|role)[[:blank:]]"

sql_in_c() {
	ours "$product_c" | grep -vE '^mcp/(db/db|metrics/(compile|fragment))\.c$' |
		xargs awk -v want=strings -f tests/tidy/c_parts.awk | grep -iE "^[^ ]+: \"[[:blank:]]*($sql_word)"
}
rule "no SQL text stands in C" sql_in_c

broken_scripts() {
	local file first
	ours . | xargs awk 'FNR == 1 && /^#!/ { print FILENAME, $0 }' >"$work/scripts"
	while read -r file first; do
		[ -x "$file" ] || echo "$file: has a #! line and is not executable"
		case "$first" in
			*bash) bash -n "$file" ;;
			*/sh) sh -n "$file" ;;
		esac
	done <"$work/scripts"
	for file in $(ours '\.sh$'); do
		bash -n "$file"
	done
}
rule "every shell script parses and can be run" broken_scripts
