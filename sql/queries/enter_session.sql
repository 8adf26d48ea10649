-- Lets this session see one tenant: for imports, over the owner's connection. $1 tenant
select set_config('flash.tenant', $1::int::text, false)
