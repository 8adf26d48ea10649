-- A member's word on a channel. $1 tenant, $2 call, $3 who writes it down, $4 member, $5 channel, $6 granted.
-- How many messages to that member are on their way at this moment.
select app.set_consent($1::int, $2::uuid, $3::text, $4::bigint, $5::text, $6::boolean)
