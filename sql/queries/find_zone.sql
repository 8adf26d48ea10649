-- A tenant's zone, over the owner's connection. $1 tenant
select zone from data.tenants where tenant = $1::int
