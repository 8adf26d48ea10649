-- Rows: the tenants
select tenant from app.find_tenants()
