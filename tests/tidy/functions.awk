# Functions longer than `most` lines, braces at column 0 included.
FNR == 1 { began = 0 }
/^[A-Za-z_].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^\{/ { began = FNR }
/^\}/ {
	if (began && FNR - began + 1 > most)
		print FILENAME ":" began ": " name " has " FNR - began + 1 " lines"
	began = 0
}
