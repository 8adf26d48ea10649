-- $1 tenant, $2 call, $3 key, $4 run, $5 fence, then arrays: $6 members, $7 P now, $8 P then, $9 cents at risk, $10
-- hold-out draws, $11 arms, $12 values in cents, $13 chosen, $14 reasons
select to_jsonb(app.record_decisions($1::int, $2::uuid, $3::text, $4::uuid, $5::bigint, $6::bigint[], $7::real[],
	$8::real[], $9::bigint[], $10::float8[], $11::text[], $12::bigint[], $13::boolean[], $14::text[]))
