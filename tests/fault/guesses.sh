# Guessed keys: how long a no takes does not tell a wrong secret from an id or a tenant that nobody has. LONG=1: 100,000 of
# each, by Welch's t; else few, by ranks, whose z no load of the machine moves as long as the three are treated alike.
world
export FLASHD_WRONG_KEYS_PER_MINUTE=0
daemon_key guessed operator --budget-cents 100
running a
call whoami '{}' >"$work/whoami"   # the right secret is known here: the cache compares with it
count=$(many 400 100000 400)
python3 tests/fault/guesses.py "$(<"$DAEMONS/a.port")" "$DAEMONS/guessed.key" "$count" "$(many 4 16 4)" >"$work/guesses" 2>"$work/guesses.err"
same "every guess is refused as a wrong key" "0 " "$? $(<"$work/guesses.err")"
if [ -n "${LONG:-}" ]; then word=t bound=4.5; else word=z bound=6; fi
check "$count of each: wrong secret, unknown id and unknown tenant take the same time (|$word| < $bound)" \
	awk -v word="$word" -v bound="$bound" '{ print } match($0, word "=-?[0-9.]+") { n++
		v = substr($0, RSTART + 2, RLENGTH - 2) + 0; if (v >= bound || v <= -bound) bad = 1 } END { exit bad || n != 3 }' "$work/guesses"
figures "$(tail -n 1 "$work/guesses"); $(head -n 3 "$work/guesses" | cut -d' ' -f1,2 | tr '\n' ' ')"
unset FLASHD_WRONG_KEYS_PER_MINUTE
running
