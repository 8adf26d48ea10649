-- Whole hours between the newest event of each feed that is not revoked and the moment that is held; of several the most.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select jsonb_build_object('feed', f.feed) as dims,
		date_part('day', oracle.now() - f.last_event_at) * 24
			+ date_part('hour', oracle.now() - f.last_event_at) as hours
	from data.feeds f
	where f.tenant = $1::int and f.revoked_at is null and f.last_event_at is not null
		and $2::date is not null and $3::date is not null
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, max(r.hours)::bigint, 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
