-- The daemon's role: it may execute the definer functions of `app` and read the views, nothing else. What only the
-- owner's connection may do (making tenants, importing) is named here. Runs last.
revoke all on schema app, effect, reading, metric, data, journal from public;
revoke all on all functions in schema app, effect, reading, metric from public;
grant usage on schema app, reading, metric to flashd;
grant select on all tables in schema reading, metric to flashd;

do $$
declare
	f regprocedure;
begin
	for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'app'::regnamespace and p.prosecdef loop
		execute format('grant execute on function %s to flashd', f);
	end loop;
end $$;
-- Used by views and by checks of defaults.
grant execute on function app.now() to flashd;
