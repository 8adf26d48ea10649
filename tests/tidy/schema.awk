# pg_dump's text in an order of its own that only a change of the tables can change: schemas, tables with their
# columns, keys, indexes, foreign keys, row security, policies; each by name. Without what depends on who dumped.
BEGIN {
	rank["SCHEMA"] = 1; rank["TYPE"] = 2; rank["TABLE"] = 3; rank["DEFAULT"] = 4; rank["CONSTRAINT"] = 5
	rank["INDEX"] = 6; rank["TRIGGER"] = 7; rank["FK CONSTRAINT"] = 8; rank["ROW SECURITY"] = 9; rank["POLICY"] = 10
}
function keep(    i, k) {
	sub(/^\n+/, "", text)
	sub(/\n+$/, "", text)
	if (key != "" && text != "") {
		for (i = ++count; i > 1 && keys[i - 1] > key; i--) {
			keys[i] = keys[i - 1]
			texts[i] = texts[i - 1]
		}
		keys[i] = key
		texts[i] = text
	}
	text = ""
}
/^-- Name: .*; Type: / {
	keep()
	split($0, part, "; ")
	sub(/^-- Name: /, "", part[1])
	sub(/^Type: /, "", part[2])
	sub(/^Schema: /, "", part[3])
	key = sprintf("%02d %s %s", part[2] in rank ? rank[part[2]] : 50, part[3], part[1])
	next
}
/^--/ || /^\\/ || /^SET / || /^SELECT pg_catalog/ { next }
{ text = text $0 "\n" }
END {
	keep()
	print "-- The tables as they stand after all migrations, to read: made by `make schema`, compared by tests/tidy."
	print "-- Functions and views are not here: sql/functions is made anew at each migrate."
	for (i = 1; i <= count; i++)
		print "\n" texts[i]
}
