-- One member. $1 tenant, $2 member, $3 sections to add: coupons, consents, risk, timeline
-- One row: sealed phone, JSON of the profile and the sections
select m.phone_sealed,
	jsonb_build_object('tier', m.tier, 'home_store', m.home_store, 'source', m.source,
		'enrolled_at', reading.stamp(m.enrolled_at),
		'points', coalesce((select b.points from reading.balances b
			where b.tenant = $1::int and b.member = m.member), 0),
		'orders', coalesce(s.orders, 0), 'spend_cents', coalesce(s.spend_cents, 0),
		'spend_365_days_cents', coalesce(s.year_cents, 0), 'first_order_on', s.first_on, 'last_order_on', s.last_on)
	|| case when 'coupons' = any ($3::text[]) then jsonb_build_object('coupons', (
		select coalesce(jsonb_agg(x.line order by x.expires_at, x.code), '[]') from (
			select c.expires_at, c.code, jsonb_build_object('coupon', c.code, 'pool', c.pool,
				'value_cents', p.value_cents, 'issued_at', reading.stamp(c.issued_at),
				'expires_at', reading.stamp(c.expires_at)) as line
			from reading.coupons c join reading.pools p on p.tenant = $1::int and p.pool = c.pool
			where c.tenant = $1::int and c.member = m.member and c.state = 'issued'
				and (c.expires_at is null or c.expires_at > app.now())
			order by c.expires_at, c.code limit 50) x)) else '{}' end
	|| case when 'consents' = any ($3::text[]) then jsonb_build_object('consents', (
		select coalesce(jsonb_agg(jsonb_build_object('channel', c.channel, 'granted', c.granted,
			'at', reading.stamp(c.at), 'source', c.source) order by c.channel), '[]')
		from reading.consents c where c.tenant = $1::int and c.member = m.member)) else '{}' end
	|| case when 'risk' = any ($3::text[]) then jsonb_build_object('risk', (
		select coalesce(jsonb_agg(jsonb_build_object('policy', l.policy, 'run', l.run, 'as_of', reading.stamp(l.as_of),
			'p_now', d.p_now, 'p_then', d.p_then, 'at_risk_cents', d.at_risk_cents, 'chosen', d.chosen,
			'reason', d.reason)
			order by l.policy), '[]')
		from reading.last_runs l join reading.decisions d on d.tenant = $1::int and d.run = l.run
			and d.member = m.member
		where l.tenant = $1::int)) else '{}' end
	|| case when 'timeline' = any ($3::text[]) then jsonb_build_object('timeline', (
		select coalesce(jsonb_agg(jsonb_build_object('at', reading.stamp(x.at), 'kind', x.kind, 'ref', x.ref,
			'what', x.what, 'cents', x.cents) order by x.at desc, x.ref), '[]')
		from (
			(select o.ordered_at as at, 'order' as kind, o.order_ref as ref,
				concat_ws(', ', o.store, o.channel) as what, o.gross_cents - o.discount_cents - o.refund_cents as cents
				from reading.orders o where o.tenant = $1::int and o.member = m.member
				order by o.ordered_at desc limit 30)
			union all
			(select c.redeemed_at, 'redemption', c.code, c.pool, 0 from reading.coupons c
				where c.tenant = $1::int and c.member = m.member and c.redeemed_at is not null
				order by c.redeemed_at desc limit 30)
			union all
			(select a.created_at, 'action', a.action::text, a.tool || coalesce(', message ' || d.state, '')
				|| case a.state when 'undone' then ', undone' else '' end, a.value_cents
				from reading.actions a left join reading.drafts d on d.tenant = $1::int and d.draft = a.action
				where a.tenant = $1::int and a.member = m.member order by a.created_at desc limit 30)
			order by 1 desc limit 30) x)) else '{}' end
from reading.members m left join reading.member_stats s on s.tenant = $1::int and s.member = m.member
where m.tenant = $1::int and m.member = $2::bigint
