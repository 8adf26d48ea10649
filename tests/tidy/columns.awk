# Lines wider than `most` columns: a tab goes to the next multiple of 4, a character of UTF-8 is one. A row of a table,
# { … } alone on its line, may have `row_most`.
{
	line = $0
	gsub(/[\200-\277]/, "", line)
	if (length(line) * 4 <= most)
		next
	allowed = line ~ /^\t+\{ .* \},?$/ ? row_most : most
	width = 0
	while ((at = index(line, "\t")) > 0) {
		width += at - 1
		width += 4 - width % 4
		line = substr(line, at + 1)
	}
	width += length(line)
	if (width > allowed)
		print FILENAME ":" FNR ": " width " columns"
}
