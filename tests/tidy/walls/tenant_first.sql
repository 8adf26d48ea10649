-- Keys, indexes and foreign keys that do not begin with the tenant; tables without it. A tenant is found by its name
-- before anything is known of it, so that one index is everybody's; two tables are the installation's own. A key with
-- columns that may be null is a unique index in which nulls are alike.
with tables as (
	select c.oid, c.oid::regclass::text as name
	from pg_class c where c.relnamespace in ('data'::regnamespace, 'journal'::regnamespace) and c.relkind in ('r', 'p')
		and c.oid::regclass::text not in ('data.installation', 'journal.migrations')
)
select t.name || ': its first column is not tenant' from tables t
	where not exists (select from pg_attribute a where a.attrelid = t.oid and a.attnum = 1 and a.attname = 'tenant')
union all
select t.name || ': no primary key' from tables t
	where not exists (select from pg_index i where i.indrelid = t.oid
		and (i.indisprimary or (i.indisunique and i.indnullsnotdistinct and i.indpred is null)))
union all
select i.indexrelid::regclass || ' on ' || t.name || ' does not begin with tenant'
	from tables t join pg_index i on i.indrelid = t.oid
	where i.indkey[0] <> 1 and i.indexrelid::regclass::text <> 'data.tenants_slug_key'
union all
select k.conname || ' on ' || t.name || ': the foreign key does not begin with tenant on both sides'
	from tables t join pg_constraint k on k.conrelid = t.oid
	where k.contype = 'f' and (k.conkey[1] <> 1 or k.confkey[1] <> 1);
