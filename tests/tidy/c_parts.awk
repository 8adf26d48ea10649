# Takes C apart. want=code: each line without comments and without what is in strings; want=strings: each string
# literal with its quotes. Both as "file:line: …".
FNR == 1 { inside = 0 }
{
	rest = $0
	code = ""
	while (rest != "") {
		if (inside) {
			end = index(rest, "*/")
			if (!end)
				break
			rest = substr(rest, end + 2)
			inside = 0
			continue
		}
		if (!match(rest, /["'\/]/)) {
			code = code rest
			break
		}
		code = code substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART)
		if (substr(rest, 1, 2) == "/*") {
			inside = 1
			rest = substr(rest, 3)
		} else if (substr(rest, 1, 2) == "//") {
			break
		} else if (match(rest, /^"([^"\\]|\\.)*"/) || match(rest, /^'([^'\\]|\\.)*'/)) {
			if (want == "strings" && substr(rest, 1, 1) == "\"")
				print FILENAME ":" FNR ": " substr(rest, 1, RLENGTH)
			code = code "\"\""
			rest = substr(rest, RLENGTH + 1)
		} else {
			code = code substr(rest, 1, 1)
			rest = substr(rest, 2)
		}
	}
	if (want == "code" && code ~ /[^ \t]/)
		print FILENAME ":" FNR ": " code
}
