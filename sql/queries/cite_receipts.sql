-- Keeps what a run rests on. $1 tenant, $2 call, $3 key, $4 run, $5 fence, $6 array of receipts as
-- app.cite() takes them. Row: how many
select app.cite_receipts($1::int, $2::uuid, $3, $4::uuid, $5::bigint, $6::jsonb)
