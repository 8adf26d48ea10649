-- Whether an applied migration is the file that it was; the hash of one applied before hashes were kept is taken over.
-- $1 name, $2 hash. One row: same
update journal.migrations set body_hash = coalesce(body_hash, $2::bytea) where name = $1::text
	returning body_hash = $2::bytea
