-- Acts as the owner of the tables for the rest of the session, without the daemon's short timeouts.
select set_config('role', 'flash_owner', false), set_config('statement_timeout', '0', false),
	set_config('check_function_bodies', 'off', false)
