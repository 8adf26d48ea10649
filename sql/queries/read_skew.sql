-- By how many seconds the time that an id begins with is behind the database's clock. $1 the id, made just now
select (extract(epoch from clock_timestamp())
	- ('x' || lpad(replace(left($1::text, 13), '-', ''), 16, '0'))::bit(64)::bigint / 1000.0)::bigint
