# Every command of the table: help, JSON, mistakes, no colour, no waiting.
check "the table has commands" [ "${#commands[@]}" -gt 15 ]

run
check "flashd alone says what it is and how to start" \
	eval 'coded 0 && answered "flashd demo" && answered "flashd help"'
run help
cp "$work/out" "$work/all"
run --help
check "flashd --help is flashd help" cmp -s "$work/out" "$work/all"
run help settings
check "help lists the settings" eval 'coded 0 && answered master_key_file && answered admin_database'
run help key
check "help of a group lists its commands" \
	eval 'coded 0 && answered "key create" && answered "key revoke" && ! answered "tenant"'
run help nonsense-word
check "help of an unknown word is a mistake" eval 'coded 2 && silent'
run kye create --preset agent
check "an unknown command is answered with the nearest one, code 2" eval 'coded 2 && silent && said "key create"'
run key
check "a group without its second word names them" eval 'coded 2 && said "create, list, revoke, budget"'

for command in "${commands[@]}"; do
	read -ra words <<<"$command"
	run "${words[@]}" --help
	cp "$work/out" "$work/help"
	check "$command --help shows usage, examples and codes" \
		eval 'coded 0 && answered "Usage: flashd $command" && answered "Examples:" && answered "Codes: 0 done" &&
			[ -z "$err" ] && plain'
	run help "${words[@]}"
	check "help $command is the same" cmp -s "$work/out" "$work/help"
	run "${words[@]}" --help --json
	check "$command --help --json is one object" eval 'coded 0 && is_json && has .topic "$command"'
	run "${words[@]}" --no-such-flag
	check "$command refuses an unknown flag on stderr, code 2" \
		eval 'coded 2 && silent && said "--no-such-flag" && plain'
	run "${words[@]}" --no-such-flag --json
	check "$command refuses it as an object with --json" eval 'coded 2 && is_error && has .error.code usage'
done
