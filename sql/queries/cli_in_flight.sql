-- Deliveries that have begun and not settled, for who waits until there is none. $1 tenant, $2 a
-- key's, or '*'. Columns: how many, the
-- moment (UTC)
select app.count_in_flight($1::int, $2::text), reading.stamp(app.now())
