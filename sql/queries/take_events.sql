-- One request of a feed, in one transaction.
-- $1 tenant, $2 feed, $3 call, $4 hash of the body, $5 events that could not be read; then one array a column of
-- app.fact: $6 places, $7 ids, $8 kinds, $9 hashes, $10 when stated, $11 refs, $12 members, $13 stores, $14 channels,
-- $15 when it was, $16 cents, $17 discounts, $18 units, $19 orders, $20 codes, $21 words, $22 others, $23 messages,
-- $24 lines, $25 names, $26 e-mails, $27 phones, all three sealed, $28 and $29 their blind indexes
-- One row: the answer
select app.take_events($1::int, $2::text, $3::uuid, $4::bytea, $5::int, $6::text[]::int[], $7::text[], $8::text[],
	$9::bytea[], $10::text[]::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[],
	$15::text[]::timestamptz[], $16::text[]::bigint[], $17::text[]::bigint[], $18::text[]::int[], $19::text[],
	$20::text[], $21::text[], $22::text[], $23::text[], $24::text[]::jsonb[], $25::bytea[], $26::bytea[], $27::bytea[],
	$28::bytea[], $29::bytea[])
