-- Whom numbers and keys may not single out: the least members behind a number that is given out, and keys that see only
-- the members and numbers of some stores or tiers.

alter table data.tenants
	add column min_group int not null default 5 check (min_group between 1 and 1000);

-- Null: no limit. A member is inside by the home store and the tier of this moment.
alter table data.keys
	add column stores text[] check (cardinality(stores) between 1 and 20),
	add column tiers text[] check (cardinality(tiers) between 1 and 20);
