-- The stop as a person types it when the program could not make sure; shown with its parameters put in.
-- $1 name or number of the tenant, $2 who asks, $3 '*' or a key's id, $4 reason. No row: there is no such tenant.
select app.stop(t, gen_random_uuid(), $2::text, 'cli', $3::text, $4::text)
from app.find_tenant($1::text) t where t is not null
