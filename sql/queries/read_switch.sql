-- The switch as it stands. $1 tenant. As JSON: stopped, in_flight, stops
select app.read_switch($1::int)
