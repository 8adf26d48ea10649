-- The first values of a listed dimension, to suggest some.
-- $1: tenant
-- $2: dimension (mcp/metrics/dimensions.def)
select v.value, v.label from metric.dimension_values v
where v.tenant = $1::int and v.dimension = $2::text
order by v.value limit 400
