-- What is due, over all tenants. Rows: tenant, policy, its key, deliver, reap, milliseconds until it is due
select tenant, policy, key, deliver, reap, ceil(extract(epoch from next_at - app.now()) * 1000)::bigint
	from app.find_work()
