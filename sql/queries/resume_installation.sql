-- Lifts the stop of everything. $1 tenant, $2 call, $3 person, $4 reason
select app.resume_installation($1::int, $2::uuid, $3::text, $4::text)
