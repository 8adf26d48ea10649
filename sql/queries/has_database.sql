-- Whether the cluster has the demo's database: 1 or 0
select count(*) from pg_database where datname = 'flash'
