-- Stops by the tenant's name, in one round trip. $1 name or number of the tenant, $2 call, $3 who asks, $4 door,
-- $5 '*' or a key's id, $6 reason. No row: there is no such tenant. Columns: the tenant, the answer as JSON
select t, app.stop(t, $2::uuid, $3::text, $4::text, $5::text, $6::text)
from app.find_tenant($1::text) t where t is not null
