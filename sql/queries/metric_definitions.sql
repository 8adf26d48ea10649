-- A tenant's own definitions, the newest version of each.
-- $1: tenant
-- $2: only this metric, or empty
select d.metric, d.body from metric.definitions d
where d.tenant = $1::int and ($2::text = '' or d.metric = $2)
order by d.metric
