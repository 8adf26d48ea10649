-- A typed time as a moment (UTC). $1 the text, $2 whether it says its own zone, $3 the zone it means otherwise
select reading.stamp(case when $2::boolean then $1::timestamptz else $1::timestamp at time zone $3::text end)
