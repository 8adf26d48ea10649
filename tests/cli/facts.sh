# What happens beside the orders comes in by import: once, whole, and with a reason for each row that is left out.
run tenant create beans --name 'Beans' --zone Europe/Paris --currency EUR --admin ann
beans=$(sql "select tenant from data.tenants where slug = 'beans'")
facts=$work/facts
mkdir -p "$facts"
file() { cat >"$facts/$1.csv"; }
# is SQL WANTED: a statement about this tenant says so; the words are shown where they differ.
is() {
	local got
	got=$(sql "$1")
	[ "$got" = "$2" ] || { echo "# $got"; return 1; }
}
held="select string_agg(m.external || c.channel || c.granted, ' ' order by m.external, c.channel) from data.consents c
	join data.members m using (tenant, member) where c.tenant = $beans"
tiers="select string_agg(external || tier, ' ' order by external) from data.members where tenant = $beans"
refunded="select string_agg(order_ref || ':' || refund_cents, ' ' order by order_ref) from data.orders where tenant = $beans"
# shape ENTITY…: a map that takes each file's columns by their names.
shape() {
	local entity files='' entities=''
	for entity; do
		files+="${files:+,}\"$entity\": { \"path\": \"$entity.csv\" }"
		entities+="${entities:+,}{ \"entity\": \"$entity\", \"file\": \"$entity\", \"fields\": $(head -1 "$facts/$entity.csv" |
			jq -Rc 'split(",") | map({(.): .}) | add') }"
	done
	echo "{ \"map\": \"beans\", \"zone\": \"Europe/Paris\", \"files\": { $files }, \"entities\": [ $entities ] }" >"$facts/map.json"
}
bring() {
	shape "$@"
	run import "$facts" --map "$facts/map.json" --tenant beans --json
}
# reason FILE LINE WORDS: exactly that row was left out, once, for this.
reason() {
	[ "$(field "[.skipped_rows[] | select((.file | endswith(\"/$1.csv\")) and .line == $2) | .reason] | join(\" & \")")" = "$3" ]
}

file stores <<<$'store,name\nS1,One'
file tiers <<<$'tier,name,rank,threshold_cents\nbronze,Bronze,1,0\nsilver,Silver,2,100\ngold,Gold,3,200'
file members <<<$'member,tier,home_store,enrolled_at\nA,gold,S1,2026-01-01 10:00:00\nB,bronze,S1,2026-01-02 10:00:00\nC,,S1,2026-01-03 10:00:00'
file consents <<<$'member,channel,granted,at\nA,email,true,2026-01-01 10:00:00\nA,email,false,2026-02-01 10:00:00\nA,email,true,2026-03-01 10:00:00
B,email,true,2026-01-02 10:00:00\nB,sms,true,2026-01-02 10:00:00\nB,sms,false,2026-01-02 10:00:00\nZ,email,true,2026-01-02 10:00:00'
file campaigns <<<$'campaign,name,type,starts_on,ends_on\nspring,Spring,A,2026-03-01,2026-04-01'
file orders <<<$'order,member,store,channel,ordered_at,gross_cents,refund_cents\no1,A,S1,store,2026-03-02 10:00:00,1000,300
o2,B,S1,store,2026-03-03 10:00:00,2000,0\no3,,,web,2026-03-30 10:00:00,500,50'
file order_lines <<<$'order,line,category,units,amount_cents,cost_cents\no1,1,Tea,1,1000,400\no2,1,Tea,1,1500,\no2,2,Tea,1,500,100'
file refunds <<<$'refund,order,refunded_at,amount_cents\nf1,o1,2026-03-04 10:00:00,100\nf2,o1,2026-03-05 10:00:00,200
f3,o9,2026-03-05 10:00:00,10\nf4,o2,2026-03-05 10:00:00,0\nf5,o2,2026-13-05 10:00:00,10'
file visits <<<$'visit,member,store,channel,visited_at\nv1,A,S1,store,2026-03-02 09:59:00\nv2,,,web,2026-03-02 09:00:00
v3,Z,S1,store,2026-03-02 09:00:00\nv4,A,S9,store,2026-03-02 09:00:00\nv5,Z,S9,store,2026-03-02 09:00:00\nv6,A,S1,tram,2026-03-02 09:00:00'
file message_events <<<$'event,message,member,channel,kind,campaign,at\ne1,m1,A,email,delivered,spring,2026-03-03 08:00:00
e2,m2,B,email,delivered,,2026-03-03 08:00:00\ne3,m2,B,email,unsubscribed,,2026-03-03 09:00:00\ne4,m1,A,email,complained,spring,2026-02-20 09:00:00
e5,m3,Z,email,delivered,,2026-03-03 08:00:00\ne6,m1,A,email,opened,winter,2026-03-03 08:00:00\ne7,m1,A,email,read,,2026-03-03 08:00:00'
file tier_changes <<<$'member,at,from_tier,to_tier\nA,2026-01-01 10:00:00,,bronze\nA,2026-02-01 10:00:00,bronze,gold\nC,2026-02-02 10:00:00,,silver
Z,2026-02-02 10:00:00,,silver\nB,2026-02-02 10:00:00,,tin\nB,2026-02-02 10:00:00,tin,gold\nB,2026-02-02 10:00:00,gold,gold'
all='stores tiers members consents campaigns orders order_lines refunds visits message_events tier_changes'
bring $all
check "facts come in" coded 0
check "as many as there are good rows" eval \
	'has "[.entities[] | select(.entity | IN(\"consents\", \"order_lines\", \"refunds\", \"visits\", \"message_events\", \"tier_changes\")) | .added] | join(\" \")" "5 3 2 2 4 3"'
check "a consent of nobody is told" reason consents 8 'there is no member "Z"'
check "a refund of no order" reason refunds 4 'there is no order "o9"'
check "a refund of nothing" reason refunds 5 'amount_cents: a refund of 0 gives nothing back'
check "a refund on no day" reason refunds 6 'refunded_at: "2026-13-05 10:00:00" is not a day of the calendar between 1900 and 2199'
check "a visit of nobody" reason visits 4 'there is no member "Z"'
check "a visit to no store" reason visits 5 'there is no store "S9"'
check "two reasons are one row" reason visits 6 'there is no member "Z"'
check "a visit by no channel" reason visits 7 'channel: "tram" is none of store|web|app'
check "a message to nobody" reason message_events 6 'there is no member "Z"'
check "a message of no campaign" reason message_events 7 'there is no campaign "winter"'
check "an event of no kind" reason message_events 8 \
	'kind: "read" is none of delivered|opened|clicked|bounced|complained|unsubscribed'
check "a change of nobody's tier" reason tier_changes 5 'there is no member "Z"'
check "a change to no tier" reason tier_changes 6 'there is no tier "tin"'
check "a change from no tier" reason tier_changes 7 'there is no tier "tin"'
check "a change that is none" reason tier_changes 8 'from "gold" to "gold" is no change'
check "and nothing else" has .skipped 15
check "of two words at one instant the no holds; whoever unsubscribed has taken the consent back; a yes after a complaint holds" \
	is "$held" 'Aemailtrue Bemailfalse Bsmsfalse'
check "every word is kept, with what the messages say" is \
	"select count(*) from data.consent_changes where tenant = $beans and source in ('import', 'message')" 7
check "an order's refund is the sum of its refunds; without any, what the order says" is "$refunded" 'o1:300 o2:0 o3:50'
check "the newest change is the member's tier, a first tier stays" is "$tiers" 'Agold Bbronze Csilver'
check "and is no change" is "select count(*) from data.tier_changes where tenant = $beans and at > '2026-03-01'" 0
check "an unknown cost stays unknown" is "select string_agg(coalesce(cost_cents::text, '?'), ' ' order by order_ref, line)
	from data.order_lines where tenant = $beans" '400 ? 100'

digest() {
	local table
	for table in members consents consent_changes orders order_lines refunds visits message_events tier_changes; do
		sql "select '$table', count(*), md5(string_agg(t::text, '|' order by t::text)) from data.$table t where tenant = $beans"
	done
}
before=$(digest)
bring $all
check "the same again: 0 new, 0 changed" eval 'coded 0 && has "[.entities[] | .added + .changed] | add" 0'
check "and every row is the same" test "$before" = "$(digest)"

# What changes afterwards.
file refunds <<<$'refund,order,refunded_at,amount_cents\nf2,o2,2026-03-05 10:00:00,250'
bring refunds
check "a refund that moves to another order leaves the first" eval \
	'has ".entities[0].changed" 1 && is "$refunded" "o1:100 o2:250 o3:50"'
bring orders
check "an order that comes again does not forget its refunds" is "$refunded" 'o1:100 o2:250 o3:50'
file consents <<<$'member,channel,granted,at\nA,email,false,2026-02-15 10:00:00'
bring consents
check "an older word is kept, but does not hold" eval 'has ".entities[0].added" 1 && is "$held" "Aemailtrue Bemailfalse Bsmsfalse"'
first=$(sql "select member from data.members where tenant = $beans and external = 'A'")
run member opt-out "$first" --tenant beans --channel email
check "a no by hand holds, and is kept with its person" eval 'is "$held" "Aemailfalse Bemailfalse Bsmsfalse" &&
	is "select granted from data.consent_changes where tenant = $beans and member = $first and source = '"'ann'"'" f'
bring consents
check "and no file of older words gives it back" is "$held" 'Aemailfalse Bemailfalse Bsmsfalse'

# A file of tiers without a history is a change as of the data; one with a history of later days wins.
file members <<<$'member,tier,home_store,enrolled_at\nC,bronze,S1,2026-01-03 10:00:00'
bring members
bring members
check "a tier that a members file changes is one change as of the data" is "select string_agg(coalesce(from_tier, '-') || to_tier, ' '
	order by at) from data.tier_changes where tenant = $beans and member = (select member from data.members
	where tenant = $beans and external = 'C')" '-silver silverbronze'
file tier_changes <<<$'member,at,from_tier,to_tier\nC,2026-05-01 10:00:00,bronze,gold'
bring tier_changes
check "a later change by its own file gives the member the tier" is "$tiers" 'Agold Bbronze Cgold'
