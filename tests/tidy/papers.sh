# What is written for people: true, or at least not false in what can be looked up.
papers='(^|/)(README|SKILL)\.md$'

powers_are_shown() {
	sed -n '/^<!-- powers -->$/,/^<!-- end of powers -->$/p' README.md | sed '1d;$d' >"$work/shown"
	tests/tidy/powers | diff "$work/shown" - | sed 's/$/   (make powers)/'
}
rule "the README's table of powers is that of mcp/tools.def" powers_are_shown

folders_are_explained() {
	local folder
	for folder in agent mcp policies skills sql tests contrib; do
		[ -s "$folder/README.md" ] || echo "$folder/ has no README.md"
	done
	for folder in agent mcp sql; do
		grep -q '^## Decisions$' "$folder/README.md" || echo "$folder/README.md has no Decisions"
		grep -q '^## How to add$' "$folder/README.md" || echo "$folder/README.md does not say how to add"
	done
	for folder in $(ours '^tests/[a-z]+/run$' | cut -d/ -f2) bench; do
		grep -qE "\`$folder(/)?\`" tests/README.md || echo "tests/README.md does not speak of tests/$folder"
	done
	grep -q 'Version 2.0, January 2004' LICENSE || echo "LICENSE is not the Apache License 2.0"
}
rule "every top folder says what is in it; the licence is there" folders_are_explained

# Paths in `spans` and in links: from the root, or from the paper's own folder. A word with NAME, * or … is a pattern.
paths_exist() {
	local paper path folder
	for paper in $(ours "$papers"); do
		folder=$(dirname "$paper")
		{
			grep -oE '`[A-Za-z0-9_./-]+`' "$paper" | tr -d '`' | grep -E '/|\.(c|h|def|sql|json|md|sh|awk|txt|service)$'
			grep -oE '\]\([^)#]+\)' "$paper" | sed 's/^](//; s/)$//' | grep -v '^https\{0,1\}:'
		} | grep -vE 'NAME|FAMILY|^/|^\.claude|^\.[a-z]+$' | sort -u | while read -r path; do
			[ -e "$path" ] || [ -e "$folder/$path" ] || grep -qE "/${path//./\\.}\$" "$work/files" ||
				echo "$paper: there is no $path"
		done
	done
}
rule "every path that a README names exists" paths_exist

# `flashd WORD` and `make WORD`: commands and targets that there are.
commands_exist() {
	{
		sed -n 's/^COMMAND([a-z_]*, "\([a-z-]*\).*/\1/p' mcp/cli/commands.def
		sed -n 's/^	{ "\([a-z]*\)[ "].*/\1/p' agent/main.c
		echo help
	} | sort -u >"$work/commands"
	sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile | sort -u >"$work/targets"
	ours "$papers" | xargs grep -nE '(`|^    +|\(|sudo )(flashd|make) [a-z]' /dev/null |
		grep -oE '^[^:]*:[0-9]+|(`|    |\(|sudo )(flashd|make) [a-z-]+' | awk '
			/:[0-9]+$/ && !/flashd|make / { place = $0; next }
			{ print place, $(NF - 1), $NF }' | sed 's/[`(]//g' | sort -u |
		while read -r place program word; do
			case "$program" in
				flashd) grep -qx -e "$word" "$work/commands" || echo "$place: there is no flashd $word" ;;
				make) grep -qx -e "$word" "$work/targets" || echo "$place: there is no make $word" ;;
			esac
		done
}
rule "every command that a README names exists" commands_exist

skills_are_true() {
	local skill folder name tool
	for skill in $(ours '^skills/.*/SKILL\.md$'); do
		folder=$(basename "$(dirname "$skill")")
		name=$(sed -n 's/^name: //p' "$skill" | head -n1)
		[ "$name" = "$folder" ] || echo "$skill: its name is $name"
		[ "$(sed -n 's/^description: //p' "$skill" | wc -c)" -le 1024 ] ||
			echo "$skill: the description is longer than 1024"
		[ "$(wc -l <"$skill")" -lt 200 ] || echo "$skill: 200 lines or more"
		awk '$3 != "agent:run" { print $2 }' "$work/rows" | while read -r tool; do
			grep -q "\`$tool\`" "$skill" || echo "$skill: does not speak of $tool"
		done
		# What looks like a tool there is one.
		grep -oE '`(list|get|query|earn|issue|draft|undo|stop|redeem|set|propose|pause|claim|add)_[a-z_]+`' "$skill" |
			tr -d '`' | sort -u | comm -23 - <(awk '{ print $2 }' "$work/rows" | sort) | sed "s|^|$skill: there is no tool |"
	done
}
awk -v want=rows -f tests/tidy/powers.awk mcp/tools.def >"$work/rows"
rule "every skill has its name and speaks of the tools there are" skills_are_true
