-- The one "now" of SQL: when the statement began. Tests hold it still by the setting flash.now, in their own sessions
-- only. No clock_timestamp() here: it would keep PostgreSQL from taking this function's body into the caller's.
create function app.now() returns timestamptz language sql stable as $$
	select coalesce(nullif(current_setting('flash.now', true), '')::timestamptz, statement_timestamp())
$$;

-- A random id that sorts by time: inserts stay local, and nothing can be counted from outside.
create function app.new_id() returns uuid language sql volatile as $$
	select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
		|| '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid
$$;

-- A sentence's money: 123456 → 1,234.56
create function app.money(p_cents bigint) returns text language sql immutable as $$
	select trim(to_char(p_cents / 100.0, 'FM999,999,999,999,990.00'))
$$;

-- Raises a refusal: one of our SQLSTATEs (mcp/base/error.def) and a sentence.
create function app.refuse(p_state text, p_sentence text) returns void language plpgsql as $$
begin
	raise exception using errcode = p_state, message = p_sentence;
end $$;
