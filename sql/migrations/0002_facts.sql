-- Facts beside the orders: what was given back, who came, what became of a message, how tiers and consents changed.
-- They come by import and as events; an event's id makes a second arrival harmless. `tenant` first, walls as in 0001.

alter table data.order_lines add column cost_cents bigint check (cost_cents >= 0);   -- of goods; null: not known

-- data.orders.refund_cents stays the sum of an order's refunds.
create table data.refunds (
	tenant int, refund text, order_ref text not null,
	refunded_at timestamptz not null, amount_cents bigint not null check (amount_cents > 0),
	primary key (tenant, refund),
	foreign key (tenant, order_ref) references data.orders
);
create index refunds_time on data.refunds (tenant, refunded_at) include (order_ref, amount_cents);

create table data.visits (
	tenant int, visit text, member bigint, store text, channel text, visited_at timestamptz not null,
	primary key (tenant, visit),
	foreign key (tenant, member) references data.members,
	foreign key (tenant, store) references data.stores
);
create index visits_time on data.visits (tenant, visited_at) include (member, store, channel);

-- What a sender says of a message: of one of ours (draft), or of one that another system sent (draft is null).
create table data.message_events (
	tenant int, event text, message text not null, member bigint not null, channel text not null,
	kind text not null check (kind in ('delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed')),
	draft uuid, campaign text, at timestamptz not null,
	primary key (tenant, event),
	foreign key (tenant, member) references data.members,
	foreign key (tenant, draft) references data.drafts,
	foreign key (tenant, campaign) references data.campaigns
);
create index message_events_time on data.message_events (tenant, at) include (kind, member, message);

-- from_tier is null at enrolment. The newest to_tier is data.members.tier.
create table data.tier_changes (
	tenant int, member bigint, at timestamptz, from_tier text, to_tier text not null,
	primary key (tenant, member, at),
	foreign key (tenant, member) references data.members,
	foreign key (tenant, from_tier) references data.tiers,
	foreign key (tenant, to_tier) references data.tiers,
	check (from_tier is distinct from to_tier)
);
create index tier_changes_time on data.tier_changes (tenant, at) include (from_tier, to_tier);

-- Every word that was given or taken back; the newest one is data.consents.
create table data.consent_changes (
	tenant int, member bigint, channel text check (channel in ('email', 'sms')), at timestamptz,
	granted boolean not null, source text not null,
	primary key (tenant, member, channel, at),
	foreign key (tenant, member) references data.members
);
create index consent_changes_time on data.consent_changes (tenant, at) include (channel, granted);

-- Who sends events: the shared secret of the signature (sealed), and how fresh what it sends is.
create table data.feeds (
	tenant int references data.tenants, feed text check (feed ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
	secret_sealed bytea not null, created_by text not null, created_at timestamptz not null,
	revoked_at timestamptz, revoked_by text,
	expect_every_minutes int not null default 1440 check (expect_every_minutes > 0),
	last_event_at timestamptz, last_received_at timestamptz,
	accepted bigint not null default 0, refused bigint not null default 0,
	primary key (tenant, feed)
) with (fillfactor = 50);

-- An event's id is its feed's own and counts once; the same id with another body is refused.
create table data.events (
	tenant int, feed text, event text check (length(event) between 1 and 120),
	kind text not null, body_hash bytea not null, occurred_at timestamptz not null, received_at timestamptz not null,
	primary key (tenant, feed, event),
	foreign key (tenant, feed) references data.feeds
);
create index events_time on data.events (tenant, received_at);

do $$
declare t text;
begin
	foreach t in array array['refunds', 'visits', 'message_events', 'tier_changes', 'consent_changes', 'feeds',
		'events']
	loop
		execute format('alter table data.%I enable row level security', t);
		execute format('alter table data.%I force row level security', t);
		execute format('create policy one_tenant on data.%I using (tenant = current_setting(''flash.tenant'')::int)',
			t);
	end loop;
end $$;
