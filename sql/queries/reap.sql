-- Ends silent attempts and expired drafts of one tenant. $1 tenant. How many it ended.
select app.reap($1::int)
