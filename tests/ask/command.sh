# `flashd ask` from outside.
number=1000
export FLASHD_DATABASE="$FLASHD_DATABASE options='-c flash.now=2026-11-20T11:00:00Z'"
