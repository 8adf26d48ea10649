-- As enter_tenant.sql, and what follows takes the plan that fits any values instead of being planned for its own.
-- $1: tenant
select set_config('flash.tenant', $1::int::text, true), set_config('transaction_read_only', 'on', true),
	set_config('plan_cache_mode', 'force_generic_plan', true)
