-- The two roles: the owner of all tables, which nobody logs in as, and the daemon, which owns nothing. Runs first at
-- each migrate. One migrate at a time.
select pg_advisory_xact_lock(7302, 1);
do $$
begin
	if not exists (select from pg_roles where rolname = 'flash_owner') then
		create role flash_owner nologin;
	end if;
	if not exists (select from pg_roles where rolname = 'flashd') then
		create role flashd login;
	end if;
	-- A write that waits or idles for long would hold the gate against a stop: bounded here, for every session.
	alter role flashd set statement_timeout = '5s';
	alter role flashd set lock_timeout = '2s';
	alter role flashd set idle_in_transaction_session_timeout = '5s';
	-- Statements here are short: compiling one costs more than it saves (34 ms a chunk of a cycle, measured).
	alter role flashd set jit = off;
	execute format('grant flash_owner to %I', current_user);
	execute format('grant create, connect, temporary on database %I to flash_owner', current_database());
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to flashd', current_database());
end $$;
