-- From when until when a source tells the truth: inside, no row means zero; outside, nothing is known. What only comes
-- by import is covered from the first order (or its own first row) until the tenant's data_as_of; what the daemon
-- itself writes, from the tenant's beginning (or its first row) until now. What not every brand brings is known from
-- its own first row on, and not at all without one: no visits are not zero visits.
-- No entry of the ledger that an action made is older than its tenant.
-- A function with one statement a source: as a view, every question paid for beginning all of them.
create function app.coverage(p_tenant int, p_source text) returns table (since timestamptz, until timestamptz)
language plpgsql security definer stable set search_path = pg_catalog, pg_temp as $$
declare
	t data.tenants; v_first timestamptz;
begin
	select * into t from data.tenants x where x.tenant = p_tenant;
	if t.tenant is null then
		return;
	end if;
	until := app.now();
	if p_source in ('orders', 'order_lines', 'costed_lines', 'members', 'redemptions', 'refunds', 'visits',
			'message_events', 'tier_changes') then
		v_first := (select o.ordered_at from data.orders o where o.tenant = p_tenant order by o.ordered_at limit 1);
		until := coalesce(t.data_as_of, (select o.ordered_at from data.orders o where o.tenant = p_tenant
			order by o.ordered_at desc limit 1));
	end if;
	case p_source
		when 'orders', 'order_lines' then since := v_first;
		when 'costed_lines' then since := (select o.ordered_at from data.orders o where o.tenant = p_tenant
			and exists (select from data.order_lines x where x.tenant = o.tenant and x.order_ref = o.order_ref
				and x.cost_cents is not null) order by o.ordered_at limit 1);
		when 'members' then since := least(v_first, (select m.enrolled_at from data.members m
			where m.tenant = p_tenant order by m.enrolled_at limit 1));
		when 'redemptions' then since := least(v_first, (select r.redeemed_at from data.redemptions r
			where r.tenant = p_tenant order by r.redeemed_at limit 1));
		when 'refunds' then since := (select least(v_first, r.refunded_at) from data.refunds r
			where r.tenant = p_tenant order by r.refunded_at limit 1);
		when 'visits' then since := (select v.visited_at from data.visits v
			where v.tenant = p_tenant order by v.visited_at limit 1);
		when 'message_events' then since := (select e.at from data.message_events e
			where e.tenant = p_tenant order by e.at limit 1);
		when 'tier_changes' then since := (select c.at from data.tier_changes c
			where c.tenant = p_tenant order by c.at limit 1);
		when 'points' then since := least(t.created_at, (select g.at from data.ledger g
			where g.tenant = p_tenant and g.action is null order by g.at limit 1));
		when 'coupons' then since := least(t.created_at, (select c.issued_at from data.coupons c
			where c.tenant = p_tenant and c.issued_at is not null order by c.issued_at limit 1));
		when 'drafts' then since := least(t.created_at, (select d.created_at from data.drafts d
			where d.tenant = p_tenant order by d.draft limit 1));
		when 'actions' then since := least(t.created_at, (select a.created_at from data.actions a
			where a.tenant = p_tenant order by a.action limit 1));
		when 'consents' then since := least(t.created_at, (select min(c.at) from data.consents c
			where c.tenant = p_tenant));
		when 'consent_changes' then since := least(t.created_at, (select c.at from data.consent_changes c
			where c.tenant = p_tenant order by c.at limit 1));
		when 'messages' then since := least(t.created_at, (select min(x.settled_at) from data.attempts x
			where x.tenant = p_tenant));
		when 'decisions' then since := least(t.created_at, (select min(r.started_at) from data.runs r
			where r.tenant = p_tenant));
		when 'calls' then since := t.created_at;
		when 'profiles' then since := (select until where exists (select from data.members m
			where m.tenant = p_tenant));
		when 'lots' then since := (select until where exists (select from data.lots m where m.tenant = p_tenant));
		when 'open_coupons' then since := (select until where exists (select from data.coupons c
			where c.tenant = p_tenant));
		when 'pools' then since := (select until where exists (select from data.pools p where p.tenant = p_tenant));
		when 'budgets' then since := (select until where exists (select from metric.budgets b
			where b.tenant = p_tenant));
		when 'feeds' then since := (select until where exists (select from metric.feeds f where f.tenant = p_tenant));
		when 'risk' then
			since := (select max(r.as_of) from metric.runs r where r.tenant = p_tenant);
			until := since;
		else return;
	end case;
	return next;
end $$;
