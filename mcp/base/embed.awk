# Writes one assembly file that carries the files named on standard input, sorted, and their table.
# The bytes come in by .incbin, so any content and any size is safe.
BEGIN { print "\t.section .rodata" }
{
	path[NR] = $0
	printf "\t.balign 16\nfile%d:\t.incbin \"%s\"\nend%d:\t.byte 0\nname%d:\t.asciz \"%s\"\n", NR, $0, NR, NR, $0
}
END {
	print "\t.section .data.rel.ro,\"aw\"\n\t.balign 8\n\t.global embed_files\nembed_files:"
	for (i = 1; i <= NR; i++)
		printf "\t.quad name%d, file%d, end%d - file%d\n", i, i, i, i
	print "\t.quad 0, 0, 0\n\t.section .note.GNU-stack,\"\",%progbits"
}
