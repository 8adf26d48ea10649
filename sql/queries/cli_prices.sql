-- The latest 200 changes of price rules as the command line lists them, newest first. $1 the tenant's zone
select reading.stamp(c.at), reading.local_stamp(c.at, $1::text), c.dimension, c.value, c.rule, c.from_value, c.to_value,
	c.changed_by
from reading.price_changes c
order by c.at desc, c.change desc
limit 200
