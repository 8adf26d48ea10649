-- What happened and when, for explain_change: moments that can move a number, each with the dimension and value that it
-- touches (null: everything). Who stopped and why is not here: reasons are for those who may see the actions.

create view reading.moments as
	select c.tenant, c.starts_at as at, 'campaign_started' as kind, 'campaign' as dimension, c.campaign as value,
		c.name as label, null::text as detail
	from data.campaigns c
	union all
	select c.tenant, c.ends_at, 'campaign_ended', 'campaign', c.campaign, c.name, null
	from data.campaigns c
	union all
	select p.tenant, p.created_at, case when p.version = 1 then 'policy_added' else 'policy_changed' end, 'policy',
		p.policy, null, p.version::text
	from data.policies p
	union all
	select s.tenant, s.changed_at, case when s.stopped then 'agent_stopped' else 'agent_resumed' end,
		case when s.scope = '*' then null else 'key' end, case when s.scope = '*' then null else s.scope end, null, null
	from data.stops s
	union all
	select f.tenant, coalesce(f.last_event_at, f.created_at), 'feed_stale', null, f.feed, null,
		f.expect_every_minutes::text
	from data.feeds f
	where f.revoked_at is null
		and coalesce(f.last_event_at, f.created_at) < app.now() - make_interval(mins => f.expect_every_minutes);

-- The agent's actions of each run, with its policy.
create view reading.run_actions as
	select a.tenant, a.created_at, a.tool, a.state, r.policy
	from data.actions a join data.runs r on r.tenant = a.tenant and r.run = a.run;
