-- Functions of the daemon that run with the owner's rights: each has a search_path that nobody can bend and takes the
-- tenant first, but for those that stand before any tenant or show what all may see.
with callable as (
	select p.oid, p.oid::regprocedure::text as name, p.proname, p.prosecdef, coalesce(p.proconfig::text, '') as config,
		coalesce(p.proargnames[1], '') as first
	from pg_proc p where p.pronamespace in ('app'::regnamespace, 'effect'::regnamespace)
		and has_function_privilege('flashd', p.oid, 'execute')
)
select name || ': its search_path is not pg_catalog, pg_temp' from callable
	where prosecdef and config not like '%search_path=pg_catalog, pg_temp%'
union all
select name || ': the first argument is not p_tenant' from callable
	where prosecdef and first <> 'p_tenant' and proname not in ('find_tenant', 'find_tenants', 'find_work', 'find_stale',
		'check_incarnation',
		'write_calls')
union all
select name || ': flashd may execute it, though it runs with the caller''s rights' from callable
	where not prosecdef and proname <> 'now'
union all
select p.oid::regprocedure || ': an effect that flashd may execute' from pg_proc p
	where p.pronamespace = 'effect'::regnamespace and has_schema_privilege('flashd', 'effect', 'usage');
