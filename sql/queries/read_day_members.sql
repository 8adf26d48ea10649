-- The kept sets behind a revision, in their order, as read_member_changes.sql has them.
-- $1 tenant, $2 revision, $3 how many at most
select 'kept' as what, to_char(d.day, 'YYYY-MM-DD') as word, d.revision as number, d.count, d.digest, d.members
	from reading.day_members d
	where d.tenant = $1::int and d.revision > $2::bigint
	order by d.revision limit $3::int
