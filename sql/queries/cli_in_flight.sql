-- Deliveries that have begun and not settled, for who waits until there is none. $1 tenant. Columns: how many, the
-- moment (UTC)
select app.count_in_flight($1::int), reading.stamp(app.now())
