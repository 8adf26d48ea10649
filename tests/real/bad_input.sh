# Files that do not fit change nothing; rows that do not fit are told, and the rest goes in; an import that ends in the
# middle, by Ctrl-C, a kill or a lost connection, leaves nothing. On CDNOW's tenant, as cdnow.sh left it.
mkdir -p "$DAEMONS/bad"
whole=$(snapshot)

# refused LABEL WORDS PATH [MAP]: refused with these words, and nothing is another.
refused() {
	flashd import "$3" --map "${4:-cdnow}"
	check "$1: refused" test "$code" = 3 -o "$code" = 2
	check "$1: and says it" said "$2"
	same "$1: nothing is changed" "$whole" "$(snapshot)"
}

zcat "$sample" | head -500 >"$DAEMONS/bad/plain.txt"
cp "$DAEMONS/bad/plain.txt" "$DAEMONS/bad/cdnow_sample.txt.gz"
refused "a .gz that is not gzip" "is not compressed" "$DAEMONS/bad/cdnow_sample.txt.gz"
head -c 20000 "$sample" >"$DAEMONS/bad/short.txt.gz"
refused "a .gz that was cut off" "short.txt.gz" "$DAEMONS/bad/short.txt.gz"
refused "no such file" "nowhere.txt" "$DAEMONS/bad/nowhere.txt"
: >"$DAEMONS/bad/empty.txt"
refused "an empty file" "empty.txt" "$DAEMONS/bad/empty.txt"

# A shop of its own with a header: the columns must be there, parted as the map says.
cat >"$DAEMONS/bad/map.json" <<'JSON'
{ "map": "shop", "why": "Sales of a shop, for what can be wrong with them.", "files": { "sales": { "path": "sales.csv" } },
	"entities": [ { "entity": "orders", "file": "sales", "fields": { "order": "receipt", "member": "card",
		"channel": { "constant": "store" }, "ordered_at": { "column": "day", "as": "yyyy-mm-dd" }, "gross_cents": { "column": "sum", "as": "cents" },
		"units": "pieces" } } ] }
JSON
sales() { cat >"$DAEMONS/bad/sales.csv"; }
sales <<<$'receipt,card,day,pieces\nr1,00004,1998-07-01,1'
refused "a missing column" "sum" "$DAEMONS/bad/sales.csv" "$DAEMONS/bad/map.json"
sales <<<$'receipt;card;day;sum;pieces\nr1;00004;1998-07-01;10.00;1'
refused "another separator" "receipt" "$DAEMONS/bad/sales.csv" "$DAEMONS/bad/map.json"
sales < <(head -c 3000 /dev/zero | tr '\0' '\377')
refused "bytes that are no text" "sales.csv" "$DAEMONS/bad/sales.csv" "$DAEMONS/bad/map.json"
refused "no such map" "nomap" "$DAEMONS/bad/sales.csv" "$DAEMONS/bad/nomap.json"

sales <<-'CSV'
	receipt,card,day,sum,pieces
	r1,00004,1998-07-01,10.00,1
	r2,00004,1998-13-01,10.00,1
	r3,00004,1998-07-01,ten,1
	r4,nobody,1998-07-01,10.00,1
	r5,00004,1998-07-01,10.00
	r6,00004,1998-07-01,-3.00,1
	r7,,1998-07-02,7.50,2
	r8,00004,1998-07-01,99999999999999999999.00,1
CSV
flashd import "$DAEMONS/bad/sales.csv" --map "$DAEMONS/bad/map.json" --json
check "rows that do not fit: the import goes on" coded 0
same "each is told with its line and why" '3 4 5 6 7 9' \
	"$(jq -r '[.skipped_rows | sort_by(.line)[] | select(.reason | length > 10) | .line] | join(" ")' <<<"$out")"
same "and counted" 6 "$(jq .skipped <<<"$out")"
same "the rest went in" 'r1|1000,r7|750' "$(daemon_sql "select string_agg(order_ref || '|' || gross_cents, ',' order by order_ref)
	from data.orders where order_ref like 'r%'")"
daemon_sql "delete from data.orders where order_ref in ('r1', 'r7')"

# The middle of reading: of a file fifty times as long, when the database says that rows have come. The middle of merging:
# a lock of ours on the orders holds it there, with the members written.
for i in $(seq 50); do zcat "$sample" | sed "s/^ */ X$i-/"; done >"$DAEMONS/bad/long.txt"
zcat "$sample" | sed 's/^ */ X/' >"$DAEMONS/bad/short.txt"
whole=$(snapshot)
is_reading() { [ "$(daemon_sql "select count(*) from pg_stat_progress_copy where datname = current_database()
	and tuples_processed > 1000")" != 0 ]; }
is_held() { [ "$(daemon_sql "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted
	and l.relation = 'data.orders'::regclass and a.datname = current_database()")" != 0 ]; }
nobody_left() { [ "$(daemon_sql "select count(*) from pg_stat_activity where datname = current_database()
	and backend_type = 'client backend' and pid <> pg_backend_pid()")" = 0 ]; }

begin_import() {
	"$FLASHD_CLI" import "$1" --map cdnow >"$DAEMONS/out" 2>"$DAEMONS/err" </dev/null &
	pid=$!
}
is_over() { [ ! -e "/proc/$pid" ] || grep -q ') Z' "/proc/$pid/stat"; }
# ended LABEL SIGNAL: it ended by that signal, and everything is as it was.
ended() {
	kill "-$2" "$pid"
	daemon_until 20 is_over || kill -KILL "$pid"
	{ wait "$pid"; } 2>/dev/null
	code=$?
	err=$(<"$DAEMONS/err")
	exec 7>&-
	check "$1, by $2: nobody is left in the database" daemon_until 30 nobody_left
	check "$1, by $2: it ended so" coded $([ "$2" = INT ] && echo 130 || echo 137)
	[ "$2" != INT ] || check "$1, by $2: and says that nothing was imported" said "nothing was imported"
	same "$1, by $2: nothing is changed" "$whole" "$(snapshot)"
}
for signal in INT KILL; do
	begin_import "$DAEMONS/bad/long.txt"
	check "while reading: rows have come" daemon_until 30 is_reading
	ended "while reading" $signal
	exec 7> >(exec psql -X -qAt >"$DAEMONS/holder")
	echo "begin; lock table data.orders in share mode;" >&7
	begin_import "$DAEMONS/bad/short.txt"
	check "while merging: it is held in the middle" daemon_until 30 is_held
	ended "while merging" $signal
done
begin_import "$DAEMONS/bad/short.txt"
wait "$pid"
same "and the same file, left alone, goes in" 2357 "$(daemon_sql "select count(*) from data.members where external like 'X%'")"
