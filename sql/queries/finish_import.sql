-- What follows from an import. $1 tenant, $2 days of spend that decide tiers (0: all time, -1: no rule), $3 call,
-- $4 what was imported. One row: the new data version
select app.finish_import($1::int, $2::int, $3::uuid, $4::text)
