-- The words that people use for values of dimensions: those of the lists, and, of dimensions without a list, those that
-- the newest rows hold. A value that only older rows have is not found, and a question with it is refused.
create view metric.words as
	select v.tenant, v.dimension, v.value, n.name
	from metric.dimension_values v
	cross join lateral (values (v.value), (v.label)) n(name)
	where n.name is not null
	union
	select t.tenant, 'channel', o.channel, o.channel from data.tenants t cross join lateral (
		select x.channel from data.orders x where x.tenant = t.tenant order by x.ordered_at desc limit 2000) o
	where o.channel is not null
	union
	select t.tenant, 'channel', c.channel, c.channel from data.tenants t cross join lateral (
		select x.channel from data.consents x where x.tenant = t.tenant order by x.member desc limit 2000) c
	union
	select t.tenant, 'acquisition_source', m.source, m.source from data.tenants t cross join lateral (
		select x.source from data.members x where x.tenant = t.tenant order by x.member desc limit 2000) m
	where m.source is not null
	union
	select t.tenant, 'arm', d.arm, d.arm from data.tenants t cross join lateral (
		select x.arm from data.decisions x where x.tenant = t.tenant order by x.run desc limit 2000) d
	where d.arm is not null
	union
	select t.tenant, 'tool', a.tool, a.tool from data.tenants t cross join lateral (
		select x.tool from data.actions x where x.tenant = t.tenant order by x.action desc limit 2000) a;
