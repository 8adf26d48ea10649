-- Values of a listed dimension that go by these words, as value or as name, without regard to case.
-- $1: tenant
-- $2: dimension (mcp/metrics/dimensions.def)
-- $3: words, an array
select w.word, v.value, v.value = w.word as exact
from unnest($3::text[]) w(word)
join metric.dimension_values v on v.tenant = $1::int and v.dimension = $2::text
	and (lower(v.value) = lower(w.word) or lower(v.label) = lower(w.word))
order by w.word, exact desc, v.value
limit 400
