-- Deliveries that were claimed and not settled. $1 tenant. One row: the number
select app.count_in_flight($1::int)
