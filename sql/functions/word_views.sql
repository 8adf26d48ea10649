-- The words that people use for values of dimensions: those of the lists, and, of dimensions without a list, those that
-- the newest rows hold. A value that only older rows have is not found, and a question with it is refused.
create view metric.words as
	select v.tenant, v.dimension, v.value, n.name
	from metric.dimension_values v
	cross join lateral (values (v.value), (v.label)) n(name)
	where n.name is not null
	union all
	select t.tenant, 'channel', o.channel, o.channel from data.tenants t cross join lateral (
		select distinct x.channel from (
			select y.channel from data.orders y where y.tenant = t.tenant order by y.ordered_at desc limit 2000) x) o
	where o.channel is not null
	union all
	select t.tenant, 'channel', c.channel, c.channel from data.tenants t cross join lateral (
		select distinct x.channel from (
			select y.channel from data.consents y where y.tenant = t.tenant order by y.member desc limit 2000) x) c
	union all
	select t.tenant, 'acquisition_source', m.source, m.source from data.tenants t cross join lateral (
		select distinct x.source from (
			select y.source from data.members y where y.tenant = t.tenant order by y.member desc limit 2000) x) m
	where m.source is not null
	union all
	select t.tenant, 'arm', d.arm, d.arm from data.tenants t cross join lateral (select distinct x.arm from (
		select y.arm from data.decisions y where y.tenant = t.tenant order by y.run desc limit 2000) x) d
	where d.arm is not null
	union all
	select t.tenant, 'tool', a.tool, a.tool from data.tenants t cross join lateral (select distinct x.tool from (
		select y.tool from data.actions y where y.tenant = t.tenant order by y.action desc limit 2000) x) a;
