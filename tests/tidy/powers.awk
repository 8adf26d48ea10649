# Reads mcp/tools.def. want=rows: "KIND name scope reverse", a line each ("-" for none). want=table: the README's.
function title(name,    file, line, found) {
	file = "mcp/tools/" name ".json"
	while (!found && (getline line < file) > 0)
		if (match(line, /"title": *"[^"]*"/)) {
			found = substr(line, RSTART, RLENGTH)
			sub(/"title": *"/, "", found)
			sub(/"$/, "", found)
		}
	close(file)
	return found
}
BEGIN {
	if (want == "table") {
		print "| tool | what it does | kind | scope | undone by |"
		print "|---|---|---|---|---|"
	}
}
/^[A-Z]+ *\(/ {
	kind = $0
	sub(/ *\(.*/, "", kind)
	count = split($0, parts, /[(,)]/)
	name = parts[2]
	scope = parts[3]
	reverse = count > 4 ? parts[4] : "-"
	gsub(/[ "]/, "", name)
	gsub(/[ "]/, "", scope)
	gsub(/ /, "", reverse)
	if (want == "rows")
		print kind, name, (scope == "" ? "-" : scope), reverse
	else if (scope != "agent:run")
		print "| `" name "` | " title(name) " | " kind " | " (scope == "" ? "any key" : "`" scope "`") " | " \
			(reverse == "-" ? (kind == "READ" ? "changes nothing" : "") : "`" reverse "`") " |"
	else
		own = own (own == "" ? "" : ", ") "`" name "` (" kind ")"
}
END {
	if (want == "table")
		print "\nThe agent's own, held by no key that is presented at a door (scope `agent:run`): " own "."
}
