-- Days whose sums are out of date, over all tenants, when this session is the one that sums up. Rows: tenant, days
select tenant, days from app.find_stale()
