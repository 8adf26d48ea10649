# The SPIN models of the money protocol and of outreach, where spin and the models' folder are: the good ones without an error,
# each broken twin caught. The default form takes those that end within seconds; LONG=1 all (2.5 GB, some minutes).
models=${FLASHD_SHARED:-$(cd .. && pwd)/shared}/models/money
limit=$([ -n "${LONG:-}" ] && echo 900 || echo 60)
# model NAME FILE DEFINES…: prints how many errors the search found, or none-yet when it did not come to its end.
model() {
	local folder=$work/model.$1
	mkdir -p "$folder"
	cp "$models/$2" "$folder/m.pml"
	(cd "$folder" && spin "${@:3}" -a m.pml >spin.out 2>&1 &&
		gcc -O1 -w -DSAFETY -DCOLLAPSE -DMEMLIM=2500 -DVECTORSZ=4096 -o pan pan.c &&
		timeout "$limit" ./pan -m20000 >out 2>&1
		grep -oE 'errors: [0-9]+' out || echo "none-yet: $(tail -n 2 out spin.out)")
}
good() { same "model $1: no error in any order of events" "errors: 0" "$(model "$@")"; }
broken() { same "model $1: the broken twin is caught" "errors: 1" "$(model "$@")"; }

if ! command -v spin >/dev/null || [ ! -e "$models/money.pml" ]; then
	tap_line ok "the models # SKIP spin or ../shared/models is not there"
	return
fi
good outreach-2-senders-2-crashes outreach.pml -DONE -DNS=2 -DMAXC=2
for bug in BUDGET IDEM; do broken $bug money.pml -DNCLI=3 -DMAXC=1 -DBUG_$bug; done
for bug in REQUEUE NOCLAIM; do broken $bug outreach.pml -DNOKILL -DNS=2 -DMAXC=1 -DBUG_$bug; done
for bug in ANYVER EARLYACK NODEADLINE; do broken $bug outreach.pml -DNS=2 -DMAXC=1 -DBUG_$bug; done
if [ -n "${LONG:-}" ]; then
	good money-3-clients-1-crash money.pml -DNCLI=3 -DMAXC=1
	good outreach-3-senders-2-crashes outreach.pml -DONE
	for bug in NOGATE SNAPSHOT REV; do broken $bug money.pml -DNCLI=3 -DMAXC=1 -DBUG_$bug; done
fi
