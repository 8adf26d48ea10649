-- Whether this database has ever been migrated.
select to_regclass('journal.migrations') is not null
