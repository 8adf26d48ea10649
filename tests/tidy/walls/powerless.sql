-- What the daemon's role could do beside calling functions and reading views.
select 'flashd is a superuser, bypasses row security, may make roles or databases, or is a member of another role'
	from pg_roles r where r.rolname = 'flashd' and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb
		or exists (select from pg_auth_members m where m.member = r.oid))
union all
select 'flashd may touch ' || c.oid::regclass
	from pg_class c where c.relnamespace in ('data'::regnamespace, 'journal'::regnamespace)
		and c.relkind in ('r', 'p', 'v', 'm')
		and has_table_privilege('flashd', c.oid, 'select, insert, update, delete, truncate, references, trigger')
union all
select 'flashd may write through ' || c.oid::regclass
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('reading', 'metric') and c.relkind in ('r', 'p', 'v', 'm')
		and has_table_privilege('flashd', c.oid, 'insert, update, delete, truncate, references, trigger')
union all
select 'flashd may ' || p.act || ' in schema ' || n.nspname
	from pg_namespace n, (values ('create'), ('usage')) p(act)
	where n.nspname in ('data', 'journal', 'effect', 'app', 'reading', 'metric', 'public')
		and has_schema_privilege('flashd', n.oid, p.act)
		and not (p.act = 'usage' and n.nspname in ('app', 'reading', 'metric', 'public'))
union all
select 'flashd owns ' || c.oid::regclass from pg_class c join pg_roles r on r.oid = c.relowner
	where r.rolname = 'flashd';
