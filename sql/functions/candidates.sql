-- The members of an audience with their scores, in order of member; the score is P(buys in the next s), now and as
-- it stood at the last visit: Fader, Hardie, Lee 2005 (BG/NBD) or Batislam et al. 2007 (MBG/NBD, p_modified).
-- Of the members above p_after and up to p_upto: those of p_tiers with more than p_min_repeat days of purchase, the
-- last of them p_min_days to p_max_days before p_day (p_as_of as a local day), who spent p_min_value_cents in 365 days.
-- p_run asks: what it did itself is no contact yet. Days since a contact are whole ones, 0 when it came after p_as_of,
-- -1 when there was none, and of those who have not agreed to be written to, whom nobody will contact. The names are
-- sealed; here they cost nothing, looked up again for each message they were a twentieth of a cycle.
--
-- Whose last purchase fits is found in one stretch of member_stats; who they are is looked up by member. The planner
-- would rather read the stretch of every table for one member in eight, and takes actions for empty when it was empty
-- the last time that it looked; so it is left no other plan.
create function app.candidates(p_tenant int, p_as_of timestamptz, p_after bigint, p_upto bigint, p_r float8,
	p_alpha float8, p_a float8, p_b float8, p_modified boolean, p_horizon_days int, p_tiers text[], p_min_repeat int,
	p_min_days int, p_max_days int, p_min_value_cents bigint, p_run uuid, p_day date,
	out members bigint[], out tiers int[], out repeats int[], out days_to_last int[], out days_since_first int[],
	out p_now real[], out p_then real[], out mean_cents bigint[], out year_cents bigint[], out consents int[],
	out contact_days int[], out names bytea[])
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan as $$
declare
	v_kept boolean; v_next float8 := p_horizon_days / 7.0::float8;
begin
	select coalesce(p_as_of >= t.data_as_of, true) into v_kept from data.tenants t where t.tenant = p_tenant;
	with h as (
		select s.member, s.first_on, s.last_on, s.days, s.orders, s.spend_cents, s.year_cents from data.member_stats s
			where s.tenant = p_tenant and s.member > p_after and s.member <= p_upto and v_kept
		union all
		select s.member, s.first_on, s.last_on, s.days, s.orders, s.spend_cents, s.year_cents
			from app.stats_as_of(p_tenant, p_as_of, p_after, p_upto) s where not v_kept
	), s as (
		select h.*, m.name_sealed, array_position(p_tiers, m.tier) - 1 as tier, h.days - 1 as x,
			h.last_on - h.first_on as t_x, p_day - h.first_on as age, coalesce(c.granted, false)::int as consent,
			case when c.granted then (select max(a.created_at) from data.actions a where a.tenant = p_tenant
				and a.member = h.member and a.run <> p_run and a.state = 'done') end as contact_at
		from h join data.members m on m.tenant = p_tenant and m.member = h.member and m.tier = any (p_tiers)
		left join data.consents c on c.tenant = p_tenant and c.member = h.member and c.channel = 'email'
		where h.days > p_min_repeat and h.year_cents >= p_min_value_cents
			and h.last_on between p_day - p_max_days and p_day - p_min_days
	), p as (
		select s.*, s.t_x / 7.0::float8 as tx, s.age / 7.0::float8 as ag,
			case when p_modified then p_b + s.x when s.x > 0 then p_b + s.x - 1 end as leave
		from s
	), q as (
		select p.*, 1 / (1 + coalesce(p_a / p.leave, 0) * power((p_alpha + p.ag) / (p_alpha + p.tx), p_r + p.x))
				* (1 - power((p_alpha + p.ag) / (p_alpha + p.ag + v_next), p_r + p.x)) as p_now,
			1 / (1 + coalesce(p_a / p.leave, 0))
				* (1 - power((p_alpha + p.tx) / (p_alpha + p.tx + v_next), p_r + p.x)) as p_then,
			case when p.contact_at is null then -1
				else greatest(0, floor(extract(epoch from p_as_of - p.contact_at) / 86400)::int) end as contact_days
		from p order by p.member
	)
	select array_agg(q.member), array_agg(q.tier), array_agg(q.x), array_agg(q.t_x), array_agg(q.age),
			array_agg(q.p_now::real), array_agg(q.p_then::real), array_agg(q.spend_cents / q.orders),
			array_agg(q.year_cents), array_agg(q.consent), array_agg(q.contact_days),
			array_agg(q.name_sealed)
		into members, tiers, repeats, days_to_last, days_since_first, p_now, p_then, mean_cents, year_cents, consents,
			contact_days, names
		from q;
end $$;
