-- Feeds: who may send events. A feed's secret signs; it is sealed here and seen once. Its name and the tenant's number
-- are the path it sends to, so that nothing is searched for across tenants.

-- The secret that a signature is checked with. No row for a feed that is not there or was revoked.
create function app.find_feed(p_tenant int, p_feed text) returns table (secret text)
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	return query select f.secret_sealed::text from data.feeds f
		where f.tenant = p_tenant and f.feed = p_feed and f.revoked_at is null;
end $$;

-- A new feed, or a new secret for one that was revoked: what it sent before stays counted once.
create function app.create_feed(p_tenant int, p_call uuid, p_person text, p_feed text, p_secret bytea,
	p_calls_per_minute int, p_expect_every_minutes int) returns void language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	insert into data.feeds as f (tenant, feed, secret_sealed, created_by, created_at, calls_per_minute,
			expect_every_minutes)
		values (p_tenant, p_feed, p_secret, p_person, app.now(), p_calls_per_minute, p_expect_every_minutes)
		on conflict (tenant, feed) do update set secret_sealed = excluded.secret_sealed, revoked_at = null,
			revoked_by = null, created_by = excluded.created_by, created_at = excluded.created_at,
			calls_per_minute = excluded.calls_per_minute, expect_every_minutes = excluded.expect_every_minutes
			where f.revoked_at is not null;
	if not found then
		perform app.refuse('FLSTA', format('There is a feed "%s" already: take another name, or revoke that one first '
			'with `flashd feed revoke %s` to give it a new secret.', p_feed, p_feed));
	end if;
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'create_feed', 'executed', '', null, null, 1,
		jsonb_build_object('feed', p_feed));
end $$;

-- Takes the lock that a batch holds: no batch of this feed commits after the answer.
create function app.revoke_feed(p_tenant int, p_call uuid, p_person text, p_feed text) returns timestamptz
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	perform app.hold_facts(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	update data.feeds set revoked_at = app.now(), revoked_by = p_person
		where tenant = p_tenant and feed = p_feed and revoked_at is null;
	if not found then
		perform app.refuse('FLNOT', format('There is no feed "%s": `flashd feed list` shows them.', p_feed));
	end if;
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'revoke_feed', 'executed', '', null, null, 1,
		jsonb_build_object('feed', p_feed));
	return app.now();
end $$;

create view reading.feeds as
	select f.tenant, f.feed, case when f.revoked_at is null then 'open' else 'revoked' end as state, f.created_by,
		f.created_at, f.revoked_at, f.revoked_by, f.expect_every_minutes, f.calls_per_minute, f.last_event_at,
		f.last_received_at, f.accepted, f.refused,
		(select count(*) from data.parked p where p.tenant = f.tenant and p.feed = f.feed) as parked
	from data.feeds f;
