-- Notes an applied migration. $1: its path
insert into journal.migrations (name) values ($1::text)
