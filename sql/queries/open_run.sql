-- $1 tenant, $2 call, $3 key, $4 daemon, $5 policy, $6 as of (a day, a moment or null), $7 dry run, $8 also when not
-- due
select app.open_run($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::boolean)
