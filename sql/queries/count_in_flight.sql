-- Deliveries that were claimed and not settled. $1 tenant, $2 a key's, or '*'. One row: the
-- number
select app.count_in_flight($1::int, $2::text)
