-- Lets the rest of this transaction see one tenant, and change nothing.
-- $1: tenant
select set_config('flash.tenant', $1::int::text, true), set_config('transaction_read_only', 'on', true)
