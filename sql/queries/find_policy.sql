-- A policy at work. $1 tenant, $2 policy. Row: its agent key
select key from reading.policies where tenant = $1::int and policy = $2::text
