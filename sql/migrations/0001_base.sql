-- The tables. `tenant` is the first column of every key, index and foreign key; row-level security is forced on
-- all of them, so that even the owner's functions see one tenant at a time. Money is bigint cents; points are
-- bigint. Names, addresses and message texts are sealed before they come here.

create schema data;
create schema journal;

create table journal.migrations (name text primary key, applied_at timestamptz not null default clock_timestamp());

-- One row: which database this is (a restored or promoted one is noticed), and the stop that is for everybody.
create table data.installation (
	only_row boolean primary key default true check (only_row),
	incarnation uuid not null,
	system_identifier text not null,
	timeline int not null,
	stopped boolean not null default false,
	generation bigint not null default 0,
	stopped_by text, reason text, changed_at timestamptz
);

create table data.tenants (
	tenant int primary key check (tenant > 0),
	slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
	name text not null,
	zone text not null,
	currency text not null check (currency ~ '^[A-Z]{3}$'),
	week_start smallint not null default 1 check (week_start between 1 and 7),
	cents_per_100_points int not null check (cents_per_100_points between 0 and 1000000),
	message_cost_cents int not null check (message_cost_cents between 0 and 100000),
	open_drafts_most int not null default 10000,   -- that may wait for a human; a tired one clicks "all"
	data_version bigint not null default 1,
	data_as_of timestamptz,
	next_member bigint not null default 1,
	created_at timestamptz not null
) with (fillfactor = 50);

create table data.people (
	tenant int references data.tenants,
	person text check (person ~ '^[A-Za-z0-9._@-]{1,80}$'),
	name text not null,
	roles text[] not null check (roles <@ array['viewer', 'approver', 'admin'] and roles <> '{}'),
	created_at timestamptz not null,
	removed_at timestamptz,
	primary key (tenant, person)
);

create table data.keys (
	tenant int references data.tenants,
	key text,
	kind text not null check (kind in ('read_only', 'operator', 'agent')),
	name text not null,
	secret_hash bytea not null,
	scopes text[] not null,
	cap_cents bigint not null check (cap_cents >= 0),
	calls_per_minute int not null check (calls_per_minute > 0),
	budget_cents bigint check (budget_cents >= 0),   -- of each window; null: may not write
	budget_period text not null default 'forever' check (budget_period in ('forever', 'day', 'week', 'month')),
	gears jsonb not null default '{}',
	created_by text not null, created_at timestamptz not null,
	expires_at timestamptz,
	revoked_at timestamptz, revoked_by text,
	primary key (tenant, key)
);

-- The kill-switch: scope '*' stops the whole tenant, a key's id stops that key.
create table data.stops (
	tenant int references data.tenants,
	scope text,
	stopped boolean not null,
	generation bigint not null,
	changed_by text not null, reason text not null, changed_at timestamptz not null,
	primary key (tenant, scope)
);

-- One row per key and window. Net comes back by an undo, gross never does. The ceilings repeat the limits as
-- CHECKs; a limit lowered below what is spent keeps the spent amount as its ceiling.
create table data.budgets (
	tenant int, key text,
	starts_at timestamptz, ends_at timestamptz not null check (ends_at > starts_at),
	net_limit bigint not null check (net_limit >= 0), gross_limit bigint not null check (gross_limit >= 0),
	net bigint not null default 0 check (net >= 0), gross bigint not null default 0 check (gross >= net),
	net_ceiling bigint not null, gross_ceiling bigint not null,
	calls bigint not null default 0,
	minute_at timestamptz not null default '-infinity', minute_calls int not null default 0,
	primary key (tenant, key, starts_at),
	foreign key (tenant, key) references data.keys,
	check (net <= net_ceiling), check (gross <= gross_ceiling),
	check (net_limit <= net_ceiling and gross_limit <= gross_ceiling)
) with (fillfactor = 20);

create table data.idempotency (
	tenant int, key text, idem text check (length(idem) between 1 and 120),
	tool text not null, body_hash bytea not null, answer jsonb, at timestamptz not null,
	primary key (tenant, key, idem)
) with (fillfactor = 70);

create table data.stores (
	tenant int references data.tenants, store text,
	name text not null, region text, opened_on date,
	primary key (tenant, store)
);

create table data.tiers (
	tenant int references data.tenants, tier text,
	name text not null, rank smallint not null, threshold_cents bigint,
	primary key (tenant, tier)
);

create table data.members (
	tenant int references data.tenants, member bigint,
	external text not null,
	name_sealed bytea, email_sealed bytea, phone_sealed bytea,
	email_index bytea, phone_index bytea,
	tier text, home_store text, source text,
	enrolled_at timestamptz not null,
	primary key (tenant, member),
	unique (tenant, external),
	foreign key (tenant, tier) references data.tiers,
	foreign key (tenant, home_store) references data.stores
);
create index members_email on data.members (tenant, email_index) where email_index is not null;
create index members_phone on data.members (tenant, phone_index) where phone_index is not null;
create index members_time on data.members (tenant, enrolled_at);

create table data.consents (
	tenant int, member bigint, channel text check (channel in ('email', 'sms')),
	granted boolean not null, at timestamptz not null, source text not null,
	primary key (tenant, member, channel),
	foreign key (tenant, member) references data.members
);

create table data.campaigns (
	tenant int references data.tenants, campaign text,
	name text not null, type text not null,
	starts_at timestamptz not null, ends_at timestamptz not null check (ends_at >= starts_at),
	primary key (tenant, campaign)
);

create table data.pools (
	tenant int references data.tenants, pool text,
	name text not null, campaign text,
	value_cents bigint not null check (value_cents >= 0), cost_cents bigint not null check (cost_cents >= 0),
	valid_days int not null check (valid_days > 0),
	state text not null check (state in ('open', 'paused', 'closed')),
	primary key (tenant, pool),
	foreign key (tenant, campaign) references data.campaigns
);

create table data.coupons (
	tenant int, code text, pool text not null,
	member bigint,
	state text not null check (state in ('available', 'issued', 'redeemed', 'voided', 'expired')),
	issued_at timestamptz, expires_at timestamptz, redeemed_at timestamptz,
	action uuid,
	primary key (tenant, code),
	foreign key (tenant, pool) references data.pools,
	foreign key (tenant, member) references data.members,
	check ((state = 'available') = (member is null)),
	check (state = 'available' or issued_at is not null)
);
create index coupons_available on data.coupons (tenant, pool) where state = 'available';
create index coupons_member on data.coupons (tenant, member) where member is not null;
create index coupons_issued on data.coupons (tenant, issued_at) where issued_at is not null;

create table data.orders (
	tenant int references data.tenants, order_ref text,
	member bigint, store text, channel text,
	ordered_at timestamptz not null,
	gross_cents bigint not null check (gross_cents >= 0),
	discount_cents bigint not null default 0 check (discount_cents >= 0),
	refund_cents bigint not null default 0 check (refund_cents >= 0),
	units int not null default 1, coupon text,
	primary key (tenant, order_ref),
	foreign key (tenant, member) references data.members,
	foreign key (tenant, store) references data.stores
);
-- With everything that the sums and the joins of metric.orders touch, so that a window is read from the index alone.
create index orders_time on data.orders (tenant, ordered_at)
	include (store, channel, member, gross_cents, discount_cents, refund_cents, coupon);
create index orders_member on data.orders (tenant, member, ordered_at) where member is not null;

create table data.order_lines (
	tenant int, order_ref text, line int,
	category text, units int not null, amount_cents bigint not null,
	primary key (tenant, order_ref, line),
	foreign key (tenant, order_ref) references data.orders
);

create table data.redemptions (
	tenant int, redemption text, code text, pool text not null,
	member bigint, store text, order_ref text,
	redeemed_at timestamptz not null,
	discount_cents bigint not null default 0 check (discount_cents >= 0),
	primary key (tenant, redemption),
	foreign key (tenant, pool) references data.pools,
	foreign key (tenant, code) references data.coupons,
	foreign key (tenant, member) references data.members,
	foreign key (tenant, store) references data.stores
);
create index redemptions_time on data.redemptions (tenant, redeemed_at);

-- What a member did so far, one narrow row; kept by the import, read by every cycle.
create table data.member_stats (
	tenant int, member bigint,
	first_on date not null, last_on date not null,
	days int not null, orders int not null,
	spend_cents bigint not null, year_cents bigint not null,
	primary key (tenant, member),
	foreign key (tenant, member) references data.members
);

create table data.policies (
	tenant int references data.tenants, policy text, version int check (version > 0),
	body jsonb not null, body_hash bytea not null,
	created_by text not null, created_at timestamptz not null,
	primary key (tenant, policy, version)
);

-- Where a policy stands: its schedule, who runs it (lease and fence), the last good fit.
create table data.policy_states (
	tenant int, policy text, version int not null,
	key text not null, enabled boolean not null,
	cron text not null, zone text not null, catch_up text not null check (catch_up in ('once', 'skip')),
	next_run_at timestamptz not null,
	lease_by text, lease_until timestamptz not null default '-infinity', fence bigint not null default 0,
	fit jsonb,
	primary key (tenant, policy),
	foreign key (tenant, policy, version) references data.policies,
	foreign key (tenant, key) references data.keys
);

create table data.runs (
	tenant int, run uuid, policy text not null, version int not null, key text not null,
	fence bigint not null, as_of timestamptz not null, dry_run boolean not null,
	state text not null check (state in ('open', 'done', 'stopped', 'failed', 'refused')),
	budget_cents bigint not null check (budget_cents >= 0),
	spent_cents bigint not null default 0 check (spent_cents between 0 and budget_cents),
	started_at timestamptz not null, ended_at timestamptz, daemon text not null,
	summary jsonb,
	primary key (tenant, run),
	foreign key (tenant, policy, version) references data.policies
) with (fillfactor = 50);
create index runs_policy on data.runs (tenant, policy, started_at);

-- One row for every candidate of a run, chosen or not.
create table data.decisions (
	tenant int, run uuid, member bigint,
	p_now real not null, p_then real not null, at_risk_cents bigint not null,
	holdout_u double precision not null, arm text, value_cents bigint not null,
	chosen boolean not null, reason text not null,
	primary key (tenant, run, member)
);

-- Every write of a key, with what its reverse needs.
create table data.actions (
	tenant int, action uuid, key text not null, idem text not null,
	tool text not null, run uuid, member bigint,
	value_cents bigint not null check (value_cents >= 0), budget_starts_at timestamptz not null,
	detail jsonb not null,
	state text not null check (state in ('done', 'undone')),
	created_at timestamptz not null,
	undone_at timestamptz, undone_by text,
	primary key (tenant, action),
	unique (tenant, key, idem),
	check ((state = 'undone') = (undone_at is not null))
);
create index actions_run on data.actions (tenant, run) where run is not null;
create index actions_member on data.actions (tenant, member, created_at);
create index actions_time on data.actions (tenant, created_at);

-- Points: lots, ledger, actions and decisions carry no foreign key to the member: the only functions that write
-- them have locked or read that member's row, and a check a row would cost a cycle more than all its writes.
-- Lots with what is left of each, the ledger that only grows, the balance that is read and locked.
create table data.lots (
	tenant int, lot uuid, member bigint not null,
	points bigint not null check (points > 0), remaining bigint not null check (remaining between 0 and points),
	state text not null check (state in ('pending', 'active', 'spent', 'expired', 'reversed')),
	earned_at timestamptz not null, expires_at timestamptz, action uuid,
	primary key (tenant, lot)
);
create index lots_member on data.lots (tenant, member, expires_at) where remaining > 0;

create table data.ledger (
	tenant int, entry uuid, member bigint not null,
	delta bigint not null check (delta <> 0),
	kind text not null check (kind in ('earn', 'redeem', 'expire', 'reverse')),
	lot uuid, action uuid, source text, at timestamptz not null,
	primary key (tenant, entry)
);
create unique index ledger_action on data.ledger (tenant, action, kind) where action is not null;
create unique index ledger_source on data.ledger (tenant, source) where source is not null;
create index ledger_time on data.ledger (tenant, at);

create table data.balances (
	tenant int, member bigint, points bigint not null check (points >= 0),
	primary key (tenant, member),
	foreign key (tenant, member) references data.members
) with (fillfactor = 70);

-- Outreach. waiting → approved → sending → sent | failed | unknown; waiting → rejected; waiting, approved →
-- expired | withdrawn | void | held. Approval is bound to text_hash: text, member, audience, policy version, expiry.
create table data.drafts (
	tenant int, draft uuid,               -- the id of the action that made it
	member bigint not null, run uuid, policy text, policy_version int, arm text,
	channel text not null, audience text not null,
	subject_sealed bytea not null, body_sealed bytea not null, text_hash bytea not null,
	state text not null check (state in ('waiting', 'approved', 'rejected', 'expired', 'withdrawn', 'void', 'held',
		'sending', 'sent', 'failed', 'unknown')),
	created_at timestamptz not null, expires_at timestamptz not null,
	decided_by text, decided_at timestamptz, approved_hash bytea, reason text,
	primary key (tenant, draft),
	foreign key (tenant, member) references data.members,
	check (state not in ('approved', 'sending', 'sent', 'unknown') or approved_hash is not distinct from text_hash),
	check (approved_hash is null or decided_by is not null)
) with (fillfactor = 80);
create index drafts_state on data.drafts (tenant, state, created_at);
create index drafts_time on data.drafts (tenant, created_at);

create table data.attempts (
	tenant int, draft uuid, attempt int,
	claimed_by text not null, claimed_at timestamptz not null, deadline_at timestamptz not null,
	outcome text not null check (outcome in ('open', 'sent', 'failed', 'unknown')),
	settled_at timestamptz, detail text,
	primary key (tenant, draft, attempt),
	foreign key (tenant, draft) references data.drafts
);
create unique index attempts_open on data.attempts (tenant, draft) where outcome = 'open';

-- Every call, allowed or refused. Tenant 0 is nobody's: calls that no key could be found for.
create table journal.audit (
	tenant int, call uuid,
	at timestamptz not null, principal text not null, via text not null,
	tool text not null,
	decision text not null check (decision in ('executed', 'replayed', 'dry_run', 'refused', 'failed')),
	code text not null, args_digest bytea, value_cents bigint, row_count int, duration_us int,
	detail jsonb,
	primary key (tenant, call)
);

do $$
declare t record;
begin
	for t in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname in ('data', 'journal') and c.relkind = 'r'
			and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant')
	loop
		execute format('alter table %s enable row level security', t.name);
		execute format('alter table %s force row level security', t.name);
		execute format('create policy one_tenant on %s using (tenant = current_setting(''flash.tenant'')::int)',
			t.name);
	end loop;
end $$;

-- The first incarnation; system identifier and timeline are filled in by app.check_incarnation().
insert into data.installation (incarnation, system_identifier, timeline) values (gen_random_uuid(), '', 0);
