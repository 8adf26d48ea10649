-- Names of the tenant's values, to suggest some. Columns: name, dimension
-- $1: tenant
select distinct k.name, k.dimension from metric.words k
where k.tenant = $1::int and k.dimension in ('store', 'region', 'channel', 'tier', 'coupon_pool', 'campaign')
order by 2, 1 limit 600
