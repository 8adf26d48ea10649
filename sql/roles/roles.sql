-- The two roles: the owner of all tables, which nobody logs in as, and the daemon, which owns nothing. Runs first at
-- each migrate. One migrate at a time: of a database by an advisory lock, which ends at its wall, and of the whole
-- cluster, whose roles are one, by the lock of the role that a comment on it takes until the transaction ends.
select pg_advisory_xact_lock(7302, 1);
do $$
declare
	v_role text;
begin
	-- Who makes a role at the same moment, in another database, has us wait at the name until it is there or not.
	foreach v_role in array array['flash_owner nologin', 'flashd login'] loop
		if not exists (select from pg_roles where rolname = split_part(v_role, ' ', 1)) then
			begin
				execute 'create role ' || v_role;
			exception when duplicate_object or unique_violation then
				null;
			end;
		end if;
	end loop;
	comment on role flash_owner is 'owns the tables of flashd; nobody logs in as it';
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
