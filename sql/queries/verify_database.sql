-- Everything that is wrong with this role and this database, one sentence a row; no row: all is well.
-- $1: functions that must exist, as schema.name
select 'The role ' || current_user || ' is a superuser or bypasses row security: connect as the role flashd.'
	from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)
union all
select 'The role ' || current_user || ' owns ' || n.nspname || '.' || c.relname
	|| ': it may own nothing; run `flashd migrate`.'
	from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
	where r.rolname = current_user and n.nspname in ('data', 'journal', 'app', 'effect', 'reading', 'metric')
union all
select 'The role ' || current_user || ' may touch the table ' || n.nspname || '.' || c.relname
	|| ' directly: run `flashd migrate`.'
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('data', 'journal') and c.relkind in ('r', 'p')
		and has_table_privilege(c.oid, 'select, insert, update, delete, truncate')
union all
select 'Row security is not forced on ' || n.nspname || '.' || c.relname || ': run `flashd migrate`.'
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('data', 'journal') and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)
		and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant')
union all
select 'The owner of the tables is a superuser or bypasses row security: run `flashd migrate`.'
	from pg_roles where rolname = 'flash_owner' and (rolsuper or rolbypassrls)
union all
select 'The function ' || f || ' is missing: run `flashd migrate`.' from unnest($1::text[]) f
	where not exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where n.nspname || '.' || p.proname = f)
union all
select 'PostgreSQL ' || current_setting('server_version') || ' is too old: version 15 or later is needed.'
	where current_setting('server_version_num')::int < 150000
union all
select 'synchronous_commit is ' || current_setting('synchronous_commit')
	|| ': an answer must mean durable; set it to on.'
	where current_setting('synchronous_commit') in ('off', 'local')
