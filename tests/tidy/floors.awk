# Reads floors.txt, then "FILE INCLUDED" pairs, and prints what does not fit.
function pattern(glob) {
	gsub(/\./, "[.]", glob)
	gsub(/\*/, "[^/]*", glob)
	return "^" glob "$"
}
function room_of(file,    i) {
	for (i = 1; i <= rooms; i++)
		if (file ~ files[i])
			return i
	return 0
}
function allowed(file, room, what,    i, count, list) {
	if (room_of(what) == room)
		return 1
	count = split(may[room], list, " ")
	for (i = 1; i <= count; i++)
		if (what ~ pattern(list[i]))
			return 1
	for (i = 1; i <= extras; i++)
		if (file ~ also_file[i] && what ~ also_what[i])
			return used[i] = 1
	return 0
}
FILENAME ~ /floors\.txt$/ {
	if ($1 == "room") {
		files[++rooms] = pattern($2)
		names[rooms] = $2
		for (i = 4; i <= NF; i++) {
			may[rooms] = may[rooms] " " $i
			above = 0
			for (r = 1; r < rooms; r++)
				above = above || $i == names[r] || $i ~ files[r]
			if (!above)
				print "floors.txt:" FNR ": " $2 " may include " $i ", which does not stand above it"
		}
	}
	for (i = 4; i <= NF; i++) {
		if ($1 == "also") {
			also_file[++extras] = pattern($2)
			also_what[extras] = pattern($i)
			also_says[extras] = "floors.txt:" FNR ": " $2 " does not include " $i " any more"
		}
		if ($1 == "own")
			own[$2] = own[$2] " " $i
	}
	next
}
{
	room = room_of($1)
	if (!room)
		print $1 " is in no room of floors.txt"
	else if (!allowed($1, room, $2))
		print $1 " includes " $2 ", which is above its floor or none of its business"
	if ($2 in own) {
		count = split(own[$2], list, " ")
		fits = 0
		for (i = 1; i <= count; i++)
			fits = fits || $1 ~ pattern(list[i])
		if (!fits)
			print $1 " includes " $2 ", a header that is not for it"
	}
	pairs++
}
END {
	for (i = 1; i <= extras; i++)
		if (!used[i])
			print also_says[i]
	if (pairs < 100)
		print "only " pairs + 0 " includes were found: is this the whole tree?"
}
