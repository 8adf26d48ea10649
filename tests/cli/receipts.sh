# flashd verify: a number by its receipt, same, changed since or forged; and the key by which anybody checks one.
run ask 'budget left' --json
check "an answer has a receipt" eval 'coded 0 && [ "$(field .answer.receipt.id | wc -c)" = 13 ]'
token=$(field .answer.receipt.token)
run verify "$token"
check "whose number stands" eval 'coded 0 && answered "same: Same: budget_left is what it was when it was asked"'
run verify "$token" --json
check "with what it says" eval 'coded 0 && has .status same && has .then.metric budget_left && [ "$(field .then.definition | wc -c)" = 65 ]'
award 1 100 receipt-1 >/dev/null
run verify "$token"
check "after an award it does not, with both values and why" \
	eval 'coded 7 && answered "changed: Changed since: at " && answered "budget_left was " && answered "moves by itself"'
run verify "$token" --json
check "which differ by the award" [ "$(field '.then.value - .now.value')" = 100 ]
run verify "${token/./A.}"
check "one character more is a forgery" eval 'coded 7 && answered "forged: This receipt was not signed here"'
run verify 'GMV 41,280'
check "a number without a receipt is none" eval 'coded 7 && answered "This is no receipt (10 bytes)"'
run verify "$token" --json --tenant nobody
check "of a tenant that is not there" coded 3
run verify
check "nothing to verify" eval 'coded 2 && said "the receipt to verify, or --public-key"'
run verify "$token" --public-key
check "nor both" coded 2

# Offline, without flashd: the body is the token's first part, its signature the second, both in the base64 of addresses.
from_base64url() { tr '_-' '/+' <<<"$1===" | head -c $(((${#1} + 3) / 4 * 4)) | base64 -d; }
run verify --public-key
check "the public key is printed" eval 'coded 0 && [ "$(base64 -d <<<"$out" | wc -c)" = 32 ]'
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; base64 -d <<<"$out"; } >"$work/key.der"
from_base64url "${token%%.*}" >"$work/body"
from_base64url "${token##*.}" >"$work/signature"
offline() { openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/body" -sigfile "$work/signature" >/dev/null 2>&1; }
check "openssl agrees with the signature" offline
check "of canonical JSON" [ "$(jq -cS . "$work/body")" = "$(<"$work/body")" ]
sed -i 's/budget_left/budget_lift/' "$work/body"
check "and not of another body" eval '! offline'
