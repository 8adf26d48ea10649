# Who includes whom: the floors, the one arrow, one library one file.

# "FILE INCLUDED" with both from the root; a name without a folder is of the file's own.
ours "$product_c|^(agent|mcp|contrib)/.*\.def\$" | xargs grep -E '^#[[:blank:]]*include "' /dev/null | awk -F'"' '{
	file = $1
	sub(/:#.*/, "", file)
	folder = file
	sub(/[^\/]*$/, "", folder)
	print file, ($2 ~ /^(agent|mcp|contrib|tests)\// ? $2 : folder $2)
}' >"$work/includes"

rule "rooms include only what stands below them (floors.txt)" \
	awk -f tests/tidy/floors.awk tests/tidy/floors.txt "$work/includes"

# The rules that must hold whatever floors.txt says.
one_arrow() {
	grep -E '^mcp/[^ ]* (agent|contrib|tests)/' "$work/includes"
	grep -E '^agent/[^ ]* mcp/db/(db|array)\.h$' "$work/includes"
	grep -E '^agent/[^ ]* mcp/(tools|metrics)/' "$work/includes"
	grep -E '^[^ ]* tests/' "$work/includes"
	ours '^agent/.*\.[ch]$' | xargs awk -v want=code -f tests/tidy/c_parts.awk |
		grep -E '(^|[^a-z_])db_(query|select|script|begin|commit|copy_[a-z]+|one_number|open)[[:blank:]]*\(' |
		sed 's/$/   (the agent has no database: tool_call)/'
}
rule "one arrow: agent to mcp to sql, and no database in agent/" one_arrow

dead_includes() {
	awk '{ print $2 }' "$work/includes" | sort -u | while read -r file; do
		[ -e "$file" ] || echo "$file is included and does not exist"
	done
	ours '^(agent|mcp|contrib)/.*\.(h|def)$' | while read -r file; do
		grep -q " $file\$" "$work/includes" || grep -rqF "\"$file\"" tests --include='*.[ch]' ||
			echo "$file is included by nobody"
	done
}
rule "every header is included by somebody" dead_includes

# tsort names the members of a circle.
include_cycles() {
	grep -E '^[^ ]*\.h ' "$work/includes" | tsort 2>&1 >/dev/null
}
rule "no headers include each other in a circle" include_cycles

# LIBRARY'S HEADERS   THE ONE FILE
libraries='libpq-fe\.h|postgres.*    mcp/db/db.c
curl/.*                              mcp/base/web.c
sodium.*                             mcp/base/seal.c
event2/.*|event\.h                   mcp/doors/http_internal.h
nlopt\.h                             agent/models/fit.c
roaring/.*                           mcp/base/memberset.c
zlib\.h                              agent/import_file.c'

libraries_apart() {
	echo "$libraries" | while read -r headers home; do
		ours "$product_c" | xargs grep -nE "^#[[:blank:]]*include[[:blank:]]*<($headers)>" /dev/null | grep -v "^$home:"
		grep -qE "^#[[:blank:]]*include[[:blank:]]*<($headers)>" "$home" ||
			echo "$home does not include <$headers> any more"
	done
}
rule "one library, one file" libraries_apart
