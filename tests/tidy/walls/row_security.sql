-- Tables with a tenant whose rows are not walled off by it, even for their owner.
select c.oid::regclass || ': row security is not ' || case when c.relrowsecurity then 'forced' else 'on' end
	from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
	where c.relnamespace in ('data'::regnamespace, 'journal'::regnamespace) and c.relkind in ('r', 'p')
		and not (c.relrowsecurity and c.relforcerowsecurity)
union all
select c.oid::regclass || ': its policy is not exactly "tenant is the session''s"'
	from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
	where c.relnamespace in ('data'::regnamespace, 'journal'::regnamespace) and c.relkind in ('r', 'p')
		and (select coalesce(string_agg(pg_get_expr(p.polqual, p.polrelid) || p.polcmd::text || p.polpermissive::text
				|| coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''), ','), '') from pg_policy p
			where p.polrelid = c.oid)
			<> case c.oid when 'journal.audit'::regclass   -- asked for each row: see migration 0025
				then '(tenant = (current_setting(''flash.tenant''::text))::integer)*true'
				else '(tenant = ( SELECT (current_setting(''flash.tenant''::text))::integer AS current_setting))*true' end;
