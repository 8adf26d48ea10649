-- Stores in order of id. $1 tenant, $2 region or null, $3 after this store or null, $4 at most so many
-- Rows: store, JSON of it
select store, jsonb_build_object('store', store, 'name', name, 'region', region, 'opened_on', opened_on)
from reading.stores
where tenant = $1::int and ($2::text is null or region = $2::text) and ($3::text is null or store > $3::text)
order by store limit $4::int
