# Price rules: every change is kept, with who, when, from and to; and one that lies in the time of a change is named.
brand prices Europe/Paris 'Prices'
build/demo-brand --seed 1 --members 1500 --out "$DAEMONS/brand" >/dev/null 2>&1
flashd import "$DAEMONS/brand" --map demo --json
check "the brand is imported" coded 0
flashd tenant privacy --min-group 5
flashd key create --preset agent --name night --budget-cents 5000000 --cap-cents 100000 --out "$DAEMONS/night.key" --quiet
key=$(daemon_sql "select key from data.keys where tenant = $tenant and name = 'night'")
flashd key create --preset operator --name shop --budget-cents 5000000 --cap-cents 100000 --out "$DAEMONS/shop.key" --quiet
shop=$(daemon_sql "select key from data.keys where tenant = $tenant and name = 'shop'")
kept() { daemon_sql "select dimension, value, rule, from_value, to_value, changed_by from data.price_changes where tenant = $tenant order by at, dimension, value, rule"; }
causes() { jq -c '[.causes[] | select(.kind == "price_changed")] | '"$1" <<<"$out"; }

same "a first import changes no rule" "" "$(kept)"
flashd tenant prices --json
same "so none is listed" '{"price_changes":[]}' "$(jq -c . <<<"$out")"
flashd tenant prices
check "and in words" said "There are no price changes."
version=$(daemon_sql "select data_version from data.tenants where tenant = $tenant")
flashd tenant prices --cents-per-100-points 1000001
check "a price has bounds" eval 'coded 2 && said "at most 1000000"'
flashd tenant prices --cents-per-100-points 120 --person eve
check "and is an admin's to say" coded 4
flashd tenant prices --cents-per-100-points 100
check "the price as it was is no change" eval 'coded 0 && [ -z "$(kept)" ]'
flashd tenant prices --cents-per-100-points 120 --message-cost-cents 3 --json
check "two prices are changed" coded 0
same "each is kept: what, from, to and who" "tool|draft_outreach|message_cost_cents|1|3|ann
tool|earn_points|cents_per_100_points|100|120|ann" "$(kept)"
same "and shown" '[["cents_per_100_points",100,120,"ann"],["message_cost_cents",1,3,"ann"]]' \
	"$(jq -c '[.price_changes[] | [.rule, .from, .to, .changed_by]] | sort' <<<"$out")"
check "answers of before do not count any more" [ "$(daemon_sql "select data_version from data.tenants where tenant = $tenant")" -gt "$version" ]
same "the record has it too" '{"before": {"message_cost_cents": 1, "cents_per_100_points": 100}, "message_cost_cents": 3, "cents_per_100_points": 120}' \
	"$(daemon_sql "select detail from journal.audit where tenant = $tenant and tool = 'set_prices' order by at desc limit 1")"

# Another tenant sees none of it, and nobody through the daemon's role writes it.
flashd tenant create other --name Other --zone UTC --currency USD --admin bea
FLASHD_TENANT=other flashd tenant prices --json --tenant other
same "another brand does not see them" '{"price_changes":[]}' "$(jq -c . <<<"$out")"
same "nor does the tables' owner as that brand" "0 2" "$(daemon_sql "set role flash_owner; set flash.tenant = '$((tenant + 1))';
	select count(*) from data.price_changes; set flash.tenant = '$tenant'; select count(*) from data.price_changes" -q | paste -sd ' ')"
check "the daemon's role cannot write them" eval '! daemon_sql "set role flashd; set flash.tenant = '"'$tenant'"'; delete from data.price_changes" 2>/dev/null'

# Imports: a pool and a tier with other rules, and the same once more.
sed -i 's/^welcome5,Welcome 5,,500,300,60,open/welcome5,Welcome 5,,900,450,60,open/' "$DAEMONS/brand/coupon_pools.csv"
sed -i 's/^silver,Silver,2,20000/silver,Silver,2,25000/' "$DAEMONS/brand/tiers.csv"
flashd import "$DAEMONS/brand" --map demo --json
check "another import" coded 0
rules=$(kept)
same "its changes are kept" "coupon_pool|welcome5|cost_cents|300|450|import
coupon_pool|welcome5|value_cents|500|900|import
tier|silver|threshold_cents|20000|25000|import" "$(tail -n +3 <<<"$rules" | sort)"
flashd import "$DAEMONS/brand" --map demo --json
same "the same file again changes nothing" "$rules" "$(kept)"

# Ten weeks in which the agent gives about as many points every day, and a shop coupons; on the Tuesday of the last one points
# become worth 300 cents instead of 120, and a coupon twice as much, after which far more are given. As the functions do it,
# at a clock of then; the pool's price and, a day later, a tier's threshold are changed by hand.
daemon_sql "
	set role flash_owner;
	set flash.tenant = '$tenant';
	insert into data.pools (tenant, pool, name, value_cents, cost_cents, valid_days, state)
		values ($tenant, 'gift', 'Gift', 500, 400, 60, 'open'), ($tenant, 'other', 'Other', 500, 400, 60, 'open');
	insert into data.coupons (tenant, code, pool, state)
		select $tenant, p || i, p, 'available' from unnest('{gift,other}'::text[]) p, generate_series(1, 800) i;
	update data.pools set value_cents = 500, name = 'The other' where pool = 'other';
	create function pg_temp.calls(p_tool text, p_scope text, p_day date, p_count int, p_pool text) returns text language sql as \$\$
		select string_agg(w.answer ->> 'sentence', ' ') from app.write_calls((select jsonb_agg(jsonb_build_object('tenant', $tenant,
				'key', case p_tool when 'earn_points' then '$key' else '$shop' end, 'call', app.new_id(), 'via', 'http',
				'tool', p_tool, 'scope', p_scope, 'idem', p_tool || p_day || i || coalesce(p_pool, ''), 'hash', '\\x00', 'dry_run', false,
				'args', jsonb_build_object('member', 1 + (i * 7 + extract(doy from p_day)::int * 31) % 280, 'pool', p_pool,
				'points', 95 + (i * 7 + extract(doy from p_day)::int) % 11, 'receipts', jsonb_build_array(jsonb_build_object('id', 'r',
				'metric', 'gmv', 'definition', 'd', 'value', 1, 'data_version', 1, 'asked_at', app.now(), 'token', 't')))))
			from generate_series(1, p_count) i)) w
	\$\$;
	do \$\$
	declare v_day date; v_refused text; v_odd int;
	begin
		for v_day in select d::date from generate_series('2026-01-05'::date, '2026-03-15', '1 day') d loop
			perform set_config('flash.now', v_day || ' 12:00:00+00', true);
			v_odd := extract(doy from v_day)::int % 2;
			if v_day = '2026-03-10' then
				perform app.set_prices($tenant, app.new_id(), 'ann', 300, null);
				update data.pools set value_cents = 1000, valid_days = 30 where pool = 'gift';
				perform set_config('flash.now', v_day || ' 13:00:00+00', true);
			end if;
			update data.tiers set threshold_cents = 15000 where tier = 'silver' and v_day = '2026-03-11';
			v_refused := concat(v_refused, pg_temp.calls('earn_points', 'points:write', v_day, 12 + v_odd, null),
				pg_temp.calls('issue_coupon', 'coupons:write', v_day, case when v_day < '2026-03-10' then 4 + v_odd else 40 end, 'gift'),
				pg_temp.calls('issue_coupon', 'coupons:write', v_day, 3, 'other'));
		end loop;
		if v_refused <> '' then
			raise exception '%', v_refused;
		end if;
	end \$\$"
changed="'2026-03-10 12:00+00'" week="'2026-03-08 23:00+00'"
# given WHAT: that, of the two weeks.
given() { daemon_sql "select $1 from data.actions where tenant = $tenant and created_at >= '2026-03-01 23:00+00'"; }
flashd explain agent_spend --from 2026-03-09 --to 2026-03-15 --json
same "the agent's spend is no usual change" unusual "$(jq -r .verdict <<<"$out")"
same "of price rules it is the only one that is told" 1 "$(causes length)"
same "the first cause is the price of points, at its minute" '["price_changed","tool","earn_points","2026-03-10 13:00",true]' \
	"$(jq -c '.causes[0] | [.kind, .dimension, .value, .at_local, .matches]' <<<"$out")"
same "from what to what, with the awards before and since" \
	"What points are worth changed at 2026-03-10 13:00 (Europe/Paris), cents_per_100_points from 120 to 300; awards of points: $(
	given "count(*) filter (where tool = 'earn_points' and created_at < $changed)") from the earlier period's begin until then, $(
	given "count(*) filter (where tool = 'earn_points' and created_at >= $changed)") since." \
	"$(jq -r '.causes[0].text' <<<"$out")"
check "with its effect beyond its standard error, of the whole change" jq -e '.causes[0] | .effect.value > 2 * .effect.error and (.share - 1 | fabs < 1e-6)' <<<"$out"
same "which is what SQL says of these awards" "$(
	given "sum(case when created_at >= $week then value_cents else -value_cents end) filter (where tool = 'earn_points')")" "$(jq '.causes[0].effect.value | round' <<<"$out")"
check "who changed it is not for everybody who asks" eval '! grep -q ann <<<"$out"'
jq -r '.text[]' <<<"$out" | report
flashd explain agent_spend --from 2026-03-02 --to 2026-03-08 --json
same "a week before there was none" '[]' "$(jq -c '[.causes // [] | .[] | select(.kind == "price_changed")]' <<<"$out")"
same "nor anything unusual" no_unusual_change "$(jq -r .verdict <<<"$out")"
flashd explain points_issued --from 2026-03-09 --to 2026-03-15 --json
same "as many points were given" no_unusual_change "$(jq -r .verdict <<<"$out")"

# The pool whose coupons became worth more: of coupons it is the cause; both rules are in one sentence, and the pool whose name
# was changed is not named.
flashd explain coupons_issued --from 2026-03-09 --to 2026-03-15 --json
same "more coupons: the first cause is their pool's price" '["price_changed","coupon_pool","gift","2026-03-10 13:00",true]' \
	"$(jq -c '.causes[0] | [.kind, .dimension, .value, .at_local, .matches]' <<<"$out")"
codes() { daemon_sql "select count(*) from data.coupons where tenant = $tenant and pool = 'gift' and issued_at >= '2026-03-01 23:00+00' and issued_at $1 $changed"; }
same "in words" "The price rule of coupon_pool gift (Gift) changed at 2026-03-10 13:00 (Europe/Paris), valid_days from 60 to 30, value_cents from 500 to 1000; codes given out: $(
	codes '<') from the earlier period's begin until then, $(codes '>=') since." "$(jq -r '.causes[0].text' <<<"$out")"
same "and no other pool's, nor the price of points" '[["coupon_pool","gift"]]' "$(causes 'map([.dimension, .value])')"
same "what is done by hand has its name, too" "$(daemon_sql 'select session_user')" \
	"$(daemon_sql "select distinct changed_by from data.price_changes where tenant = $tenant and value = 'gift'")"

# A tier's rule touches who comes into it, and nothing else.
daemon_sql "insert into data.tier_changes (tenant, member, at, from_tier, to_tier) select $tenant, member, '2026-03-12 12:00+00', 'bronze', 'silver'
	from data.members where tenant = $tenant and member % 5 = 0"
flashd tenant privacy --min-group 1
flashd explain tier_upgrades --from 2026-03-09 --to 2026-03-15 --json
same "more upgrades: the first cause is the tier's threshold" '["price_changed","tier","silver","2026-03-11 13:00",true]' \
	"$(jq -c '.causes[0] | [.kind, .dimension, .value, .at_local, .matches]' <<<"$out")"
same "and it is the only price rule that can touch them" 1 "$(causes length)"
came() { daemon_sql "select count(*) from data.tier_changes where tenant = $tenant and to_tier = 'silver' and at >= '2026-03-01 23:00+00'
	and at < '2026-03-15 23:00+00' and at $1 '2026-03-11 12:00+00'"; }
same "in words" "The price rule of tier silver (Silver) changed at 2026-03-11 13:00 (Europe/Paris), threshold_cents from 25000 to 15000; members who came into it: $(
	came '<') from the earlier period's begin until then, $(came '>=') since." "$(jq -r '.causes[0].text' <<<"$out")"
# A key that is limited to other tiers does not see it.
seen() { daemon_sql "set role flashd; set flash.tenant = '$tenant'; set flash.limits = '{\"tier\": [\"$1\"]}';
	select count(*), count(*) filter (where dimension = 'tier') from reading.price_changes" -q; }
all=$(daemon_sql "select count(*) from data.price_changes where tenant = $tenant")
same "keys limited to silver, and to gold" "$all|2 $((all - 2))|0" "$(seen silver) $(seen gold)"
