-- Whether a migration was applied. $1: its path
select exists (select from journal.migrations where name = $1::text)
