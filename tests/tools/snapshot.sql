-- The business state of a tenant in one text: what a write changes and its undo must bring back. Not in it: what an
-- undo rightly leaves behind (gross budget, call counts, the ledger's rows, a voided code, the record of calls).
create function testing.snapshot(p_tenant int) returns text language plpgsql as $$
begin
	perform set_config('flash.tenant', p_tenant::text, true);
	return (select jsonb_build_object(
		'balances', (select jsonb_object_agg(b.member, b.points) from data.balances b where b.tenant = p_tenant
			and b.points <> 0),
		'lots', (select jsonb_object_agg(l.member, l.n) from (select x.member, sum(x.remaining) as n from data.lots x
			where x.tenant = p_tenant and x.remaining > 0 group by 1) l),
		'ledger', (select jsonb_object_agg(l.member, l.n) from (select x.member, sum(x.delta) as n from data.ledger x
			where x.tenant = p_tenant group by 1 having sum(x.delta) <> 0) l),
		'coupons', (select jsonb_object_agg(c.member, c.n) from (select x.member, count(*) as n from data.coupons x
			where x.tenant = p_tenant and x.state = 'issued' group by 1) c),
		'drafts', (select jsonb_object_agg(d.member, d.n) from (select x.member, count(*) as n from data.drafts x
			where x.tenant = p_tenant and x.state in ('waiting', 'approved', 'held', 'sending') group by 1) d),
		'budgets', (select jsonb_object_agg(b.key, b.net) from data.budgets b where b.tenant = p_tenant and b.net <> 0),
		'actions', (select count(*) from data.actions a where a.tenant = p_tenant and a.state = 'done'),
		'stops', (select count(*) from data.stops s where s.tenant = p_tenant and s.stopped))::text);
end $$;

-- The record's rows of one tool, or of all: how many of each decision.
create function testing.audit_count(p_tenant int, p_tool text) returns bigint language plpgsql as $$
begin
	perform set_config('flash.tenant', p_tenant::text, true);
	return (select count(*) from journal.audit a where a.tenant = p_tenant and (p_tool = '' or a.tool = p_tool));
end $$;

create function testing.last_decision(p_tenant int, p_tool text) returns text language plpgsql as $$
begin
	perform set_config('flash.tenant', p_tenant::text, true);
	return (select a.decision || ' ' || a.code from journal.audit a where a.tenant = p_tenant and a.tool = p_tool
		order by a.at desc, a.call desc limit 1);
end $$;
