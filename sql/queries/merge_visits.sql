-- Takes the staged rows. $1 tenant, $2 zone of local times. One row: new, changed
select added, changed from app.merge_visits($1::int, $2::text)
