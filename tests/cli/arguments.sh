# The synopsis is the rule: what it says is needed, allowed and of which form is checked before anything is opened.
run key create --preset agent
check "a missing option is named" eval 'coded 2 && said "--name NAME is missing"'
run tenant create
check "a missing argument is named" eval 'coded 2 && said "SLUG is missing"'
run key create --preset admin --name x
check "a choice names its words" eval 'coded 2 && said "read-only|operator|agent"'
run tenant create a --name A --zone UTC --currency EUR --admin ann --week-start 8
check "a range is kept" eval 'coded 2 && said "1..7"'
for wrong in -1 +1 1.5 1e3 "" " 1" 99999999999999999999; do
	run key budget somekey "$wrong"
	check "cents cannot be \"$wrong\"" coded 2
done
run key list extra
check "one word too many is refused" eval 'coded 2 && said "one word too many"'
run key list --all --all
check "a flag twice is refused" eval 'coded 2 && said "twice"'
run key list --all=yes
check "a switch takes no value" coded 2
run key create --name --preset agent
check "a flag is not swallowed as a value" eval 'coded 2 && said "--name needs a value"'
run key list -x
check "a short flag is refused" coded 2
run drafts show 019a9f3e-5c1d
check "an id has the form of one" eval 'coded 2 && said "must be an id"'
run drafts approve 019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77 --hash xyz
check "a hash has the form of one" eval 'coded 2 && said "64 characters"'
run --tenant acme key list --json
check "global flags may stand in front" eval 'coded 0 && is_json'
run key list --config "$work/none.conf"
check "a missing settings file is said" eval 'coded 2 && said "none.conf"'
run key list --tenant elsewhere
check "an unknown tenant is said" eval 'coded 3 && said "no tenant \"elsewhere\""'
run undo
check "undo wants one scope" coded 2
run undo 019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77 --run 019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77
check "undo wants only one scope" coded 2
for wrong in 2026-13-01 2026-02-30 2026-11-20T25:00 today 2026-11-20T08:00:00+0100 0000-01-01; do
	run undo --from "$wrong" --to 2026-11-21
	check "a time cannot be $wrong" coded 2
done
run tenant create 'Bad Slug' --name A --zone UTC --currency EUR --admin ann
check "a slug has its form" eval 'coded 2 && said "SLUG"'
run tenant create other --name A --zone Europe/Nowhere --currency EUR --admin ann
check "a zone must exist" eval 'coded 3 && said "Europe/Nowhere"'
run tenant create acme --name A --zone UTC --currency EUR --admin ann
check "a tenant is made once" eval 'coded 3 && said "already"'
run tenant person eve --roles owner
check "a role must exist" eval 'coded 2 && said "viewer, approver and admin"'
