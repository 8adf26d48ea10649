-- Codes that can be given, in their order. $1 tenant, $2 pool, $3 how many at most
select jsonb_build_object('codes', coalesce(jsonb_agg(code order by code), '[]'))
from (select code from reading.free_coupons where tenant = $1::int and pool = $2::text order by code limit $3::int) f
