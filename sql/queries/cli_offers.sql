-- Messages that a stop leaves waiting. $1 tenant, $2 a key's, or '*'. Columns: how many, when the first one expires
-- (UTC; missing when there is none)
select o.waiting, reading.stamp(o.first_at) from app.count_offers($1::int, $2::text) o
