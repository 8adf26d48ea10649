-- A moment as a zone's clocks show it. $1: moment, $2: zone
select reading.local_stamp($1::timestamptz, $2::text)
