-- What was said of a metric, newest first.
-- $1: tenant
-- $2: metric
select reading.stamp(h.at), h.from_state, h.to_state, h.changed_by, h.reason, left(h.definition, 12)
from metric.history h where h.tenant = $1::int and h.metric = $2::text
order by h.at desc limit 50
