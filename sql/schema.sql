-- The tables as they stand after all migrations, to read: made by `make schema`, compared by tests/tidy.
-- Functions and views are not here: sql/functions is made anew at each migrate.

CREATE SCHEMA data;

CREATE SCHEMA journal;

CREATE TYPE journal.decision AS ENUM (
    'executed',
    'replayed',
    'dry_run',
    'refused',
    'failed'
);

CREATE TABLE data.actions (
    tenant integer NOT NULL,
    action uuid NOT NULL,
    key text NOT NULL,
    idem text,
    tool text NOT NULL,
    run uuid,
    member bigint,
    value_cents bigint NOT NULL,
    budget_starts_at timestamp with time zone NOT NULL,
    detail jsonb NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    undone_by text,
    CONSTRAINT actions_check CHECK (((state = 'undone'::text) = (undone_at IS NOT NULL))),
    CONSTRAINT actions_check1 CHECK (((idem IS NOT NULL) OR (run IS NOT NULL))),
    CONSTRAINT actions_state_check CHECK ((state = ANY (ARRAY['done'::text, 'undone'::text]))),
    CONSTRAINT actions_value_cents_check CHECK ((value_cents >= 0))
);

ALTER TABLE ONLY data.actions FORCE ROW LEVEL SECURITY;

CREATE TABLE data.attempts (
    tenant integer NOT NULL,
    draft uuid NOT NULL,
    attempt integer NOT NULL,
    claimed_by text NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    deadline_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    settled_at timestamp with time zone,
    detail text,
    CONSTRAINT attempts_outcome_check CHECK ((outcome = ANY (ARRAY['open'::text, 'sent'::text, 'failed'::text, 'unknown'::text])))
);

ALTER TABLE ONLY data.attempts FORCE ROW LEVEL SECURITY;

CREATE TABLE data.balances (
    tenant integer NOT NULL,
    member bigint NOT NULL,
    points bigint NOT NULL,
    CONSTRAINT balances_points_check CHECK ((points >= 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY data.balances FORCE ROW LEVEL SECURITY;

CREATE TABLE data.budgets (
    tenant integer NOT NULL,
    key text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    net_limit bigint NOT NULL,
    gross_limit bigint NOT NULL,
    net bigint DEFAULT 0 NOT NULL,
    gross bigint DEFAULT 0 NOT NULL,
    net_ceiling bigint NOT NULL,
    gross_ceiling bigint NOT NULL,
    calls bigint DEFAULT 0 NOT NULL,
    minute_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    minute_calls integer DEFAULT 0 NOT NULL,
    CONSTRAINT budgets_check CHECK ((ends_at > starts_at)),
    CONSTRAINT budgets_check1 CHECK ((gross >= net)),
    CONSTRAINT budgets_check2 CHECK ((net <= net_ceiling)),
    CONSTRAINT budgets_check3 CHECK ((gross <= gross_ceiling)),
    CONSTRAINT budgets_check4 CHECK (((net_limit <= net_ceiling) AND (gross_limit <= gross_ceiling))),
    CONSTRAINT budgets_gross_limit_check CHECK ((gross_limit >= 0)),
    CONSTRAINT budgets_net_check CHECK ((net >= 0)),
    CONSTRAINT budgets_net_limit_check CHECK ((net_limit >= 0))
)
WITH (fillfactor='20');

ALTER TABLE ONLY data.budgets FORCE ROW LEVEL SECURITY;

CREATE TABLE data.campaigns (
    tenant integer NOT NULL,
    campaign text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT campaigns_check CHECK ((ends_at >= starts_at))
);

ALTER TABLE ONLY data.campaigns FORCE ROW LEVEL SECURITY;

CREATE TABLE data.citations (
    tenant integer NOT NULL,
    cited_by uuid NOT NULL,
    receipt text NOT NULL COLLATE pg_catalog."C",
    metric text NOT NULL,
    definition text NOT NULL,
    value jsonb NOT NULL,
    data_version bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    cited_at timestamp with time zone NOT NULL,
    token text NOT NULL
);

ALTER TABLE ONLY data.citations FORCE ROW LEVEL SECURITY;

CREATE TABLE data.consent_changes (
    tenant integer NOT NULL,
    member bigint NOT NULL,
    channel text NOT NULL,
    at timestamp with time zone NOT NULL,
    granted boolean NOT NULL,
    source text NOT NULL,
    CONSTRAINT consent_changes_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text])))
);

ALTER TABLE ONLY data.consent_changes FORCE ROW LEVEL SECURITY;

CREATE TABLE data.consents (
    tenant integer NOT NULL,
    member bigint NOT NULL,
    channel text NOT NULL,
    granted boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    source text NOT NULL,
    CONSTRAINT consents_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text])))
);

ALTER TABLE ONLY data.consents FORCE ROW LEVEL SECURITY;

CREATE TABLE data.coupons (
    tenant integer NOT NULL,
    code text NOT NULL,
    pool text NOT NULL,
    member bigint,
    state text NOT NULL,
    issued_at timestamp with time zone,
    expires_at timestamp with time zone,
    redeemed_at timestamp with time zone,
    action uuid,
    CONSTRAINT coupons_check CHECK (((state = 'available'::text) = (member IS NULL))),
    CONSTRAINT coupons_check1 CHECK (((state = 'available'::text) OR (issued_at IS NOT NULL))),
    CONSTRAINT coupons_state_check CHECK ((state = ANY (ARRAY['available'::text, 'issued'::text, 'redeemed'::text, 'voided'::text, 'expired'::text])))
);

ALTER TABLE ONLY data.coupons FORCE ROW LEVEL SECURITY;

CREATE TABLE data.day_members (
    tenant integer NOT NULL,
    day date NOT NULL,
    revision bigint NOT NULL,
    members bytea NOT NULL,
    count integer NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT day_members_count_check CHECK ((count >= 0)),
    CONSTRAINT day_members_digest_check CHECK ((length(digest) = 32))
);
ALTER TABLE ONLY data.day_members ALTER COLUMN members SET STORAGE EXTERNAL;

ALTER TABLE ONLY data.day_members FORCE ROW LEVEL SECURITY;

CREATE TABLE data.decisions (
    tenant integer NOT NULL,
    run uuid NOT NULL,
    member bigint NOT NULL,
    p_now real NOT NULL,
    p_then real NOT NULL,
    at_risk_cents bigint NOT NULL,
    holdout_u double precision NOT NULL,
    arm text,
    value_cents bigint NOT NULL,
    chosen boolean NOT NULL,
    reason text NOT NULL
);

ALTER TABLE ONLY data.decisions FORCE ROW LEVEL SECURITY;

CREATE TABLE data.drafts (
    tenant integer NOT NULL,
    draft uuid NOT NULL,
    member bigint NOT NULL,
    run uuid,
    policy text,
    policy_version integer,
    arm text,
    channel text NOT NULL,
    audience text NOT NULL,
    subject_sealed bytea NOT NULL,
    body_sealed bytea NOT NULL,
    text_hash bytea NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    approved_hash bytea,
    reason text,
    CONSTRAINT drafts_check CHECK (((state <> ALL (ARRAY['approved'::text, 'sending'::text, 'sent'::text, 'unknown'::text])) OR (NOT (approved_hash IS DISTINCT FROM text_hash)))),
    CONSTRAINT drafts_check1 CHECK (((approved_hash IS NULL) OR (decided_by IS NOT NULL))),
    CONSTRAINT drafts_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'rejected'::text, 'expired'::text, 'withdrawn'::text, 'void'::text, 'held'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY data.drafts FORCE ROW LEVEL SECURITY;

CREATE TABLE data.events (
    tenant integer NOT NULL,
    feed text NOT NULL,
    event text NOT NULL,
    kind text NOT NULL,
    body_hash bytea NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT events_event_check CHECK (((length(event) >= 1) AND (length(event) <= 120)))
);

ALTER TABLE ONLY data.events FORCE ROW LEVEL SECURITY;

CREATE TABLE data.feeds (
    tenant integer NOT NULL,
    feed text NOT NULL,
    secret_sealed bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    expect_every_minutes integer DEFAULT 1440 NOT NULL,
    last_event_at timestamp with time zone,
    last_received_at timestamp with time zone,
    accepted bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    calls_per_minute integer DEFAULT 6000 NOT NULL,
    minute_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    minute_calls integer DEFAULT 0 NOT NULL,
    waiting_most integer DEFAULT 100000 NOT NULL,
    CONSTRAINT feeds_calls_per_minute_check CHECK ((calls_per_minute > 0)),
    CONSTRAINT feeds_expect_every_minutes_check CHECK ((expect_every_minutes > 0)),
    CONSTRAINT feeds_feed_check CHECK ((feed ~ '^[a-z0-9][a-z0-9_-]{0,39}$'::text)),
    CONSTRAINT feeds_waiting_most_check CHECK ((waiting_most > 0))
)
WITH (fillfactor='50');

ALTER TABLE ONLY data.feeds FORCE ROW LEVEL SECURITY;

CREATE TABLE data.idempotency (
    tenant integer NOT NULL,
    key text NOT NULL,
    idem text NOT NULL,
    tool text NOT NULL,
    body_hash bytea NOT NULL,
    answer jsonb,
    at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_idem_check CHECK (((length(idem) >= 1) AND (length(idem) <= 120)))
)
WITH (fillfactor='70');

ALTER TABLE ONLY data.idempotency FORCE ROW LEVEL SECURITY;

CREATE TABLE data.installation (
    only_row boolean DEFAULT true NOT NULL,
    incarnation uuid NOT NULL,
    system_identifier text NOT NULL,
    timeline integer NOT NULL,
    stopped boolean DEFAULT false NOT NULL,
    generation bigint DEFAULT 0 NOT NULL,
    stopped_by text,
    reason text,
    changed_at timestamp with time zone,
    clock_seen_at timestamp with time zone,
    CONSTRAINT installation_only_row_check CHECK (only_row)
);

CREATE TABLE data.keys (
    tenant integer NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    cap_cents bigint NOT NULL,
    calls_per_minute integer NOT NULL,
    budget_cents bigint,
    budget_period text DEFAULT 'forever'::text NOT NULL,
    gears jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    revoked_by text,
    stores text[],
    tiers text[],
    limits_version integer DEFAULT 0 NOT NULL,
    CONSTRAINT keys_budget_cents_check CHECK ((budget_cents >= 0)),
    CONSTRAINT keys_budget_period_check CHECK ((budget_period = ANY (ARRAY['forever'::text, 'day'::text, 'week'::text, 'month'::text]))),
    CONSTRAINT keys_calls_per_minute_check CHECK ((calls_per_minute > 0)),
    CONSTRAINT keys_cap_cents_check CHECK ((cap_cents >= 0)),
    CONSTRAINT keys_kind_check CHECK ((kind = ANY (ARRAY['read_only'::text, 'operator'::text, 'agent'::text]))),
    CONSTRAINT keys_stores_check CHECK (((cardinality(stores) >= 1) AND (cardinality(stores) <= 20))),
    CONSTRAINT keys_tiers_check CHECK (((cardinality(tiers) >= 1) AND (cardinality(tiers) <= 20)))
);

ALTER TABLE ONLY data.keys FORCE ROW LEVEL SECURITY;

CREATE TABLE data.ledger (
    tenant integer NOT NULL,
    entry uuid NOT NULL,
    member bigint NOT NULL,
    delta bigint NOT NULL,
    kind text NOT NULL,
    lot uuid,
    action uuid,
    source text,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_delta_check CHECK ((delta <> 0)),
    CONSTRAINT ledger_kind_check CHECK ((kind = ANY (ARRAY['earn'::text, 'redeem'::text, 'expire'::text, 'reverse'::text])))
);

ALTER TABLE ONLY data.ledger FORCE ROW LEVEL SECURITY;

CREATE TABLE data.lots (
    tenant integer NOT NULL,
    lot uuid NOT NULL,
    member bigint NOT NULL,
    points bigint NOT NULL,
    remaining bigint NOT NULL,
    state text NOT NULL,
    earned_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    action uuid,
    CONSTRAINT lots_check CHECK (((remaining >= 0) AND (remaining <= points))),
    CONSTRAINT lots_points_check CHECK ((points > 0)),
    CONSTRAINT lots_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'spent'::text, 'expired'::text, 'reversed'::text])))
);

ALTER TABLE ONLY data.lots FORCE ROW LEVEL SECURITY;

CREATE TABLE data.member_stats (
    tenant integer NOT NULL,
    member bigint NOT NULL,
    first_on date NOT NULL,
    last_on date NOT NULL,
    days integer NOT NULL,
    orders integer NOT NULL,
    spend_cents bigint NOT NULL,
    year_cents bigint NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY data.member_stats FORCE ROW LEVEL SECURITY;

CREATE TABLE data.members (
    tenant integer NOT NULL,
    member bigint NOT NULL,
    external text NOT NULL,
    name_sealed bytea,
    email_sealed bytea,
    phone_sealed bytea,
    email_index bytea,
    phone_index bytea,
    tier text,
    home_store text,
    source text,
    enrolled_at timestamp with time zone NOT NULL,
    stated_at timestamp with time zone,
    stated_by text COLLATE pg_catalog."C"
);

ALTER TABLE ONLY data.members FORCE ROW LEVEL SECURITY;

CREATE TABLE data.message_events (
    tenant integer NOT NULL,
    event text NOT NULL,
    message text NOT NULL,
    member bigint NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    draft uuid,
    campaign text,
    at timestamp with time zone NOT NULL,
    stated_at timestamp with time zone,
    stated_by text COLLATE pg_catalog."C",
    CONSTRAINT message_events_kind_check CHECK ((kind = ANY (ARRAY['delivered'::text, 'opened'::text, 'clicked'::text, 'bounced'::text, 'complained'::text, 'unsubscribed'::text])))
);

ALTER TABLE ONLY data.message_events FORCE ROW LEVEL SECURITY;

CREATE TABLE data.metric_definitions (
    tenant integer NOT NULL,
    metric text NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    definition text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT metric_definitions_body_check CHECK ((length(body) <= 20000)),
    CONSTRAINT metric_definitions_metric_check CHECK ((metric ~ '^[a-z0-9_]{1,30}$'::text)),
    CONSTRAINT metric_definitions_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY data.metric_definitions FORCE ROW LEVEL SECURITY;

CREATE TABLE data.metric_history (
    tenant integer NOT NULL,
    metric text NOT NULL,
    at timestamp with time zone NOT NULL,
    call uuid NOT NULL,
    definition text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    changed_by text NOT NULL,
    reason text NOT NULL
);

ALTER TABLE ONLY data.metric_history FORCE ROW LEVEL SECURITY;

CREATE TABLE data.metric_states (
    tenant integer NOT NULL,
    metric text NOT NULL,
    definition text NOT NULL,
    state text NOT NULL,
    shape text NOT NULL,
    changed_by text NOT NULL,
    reason text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT metric_states_definition_check CHECK ((definition ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT metric_states_metric_check CHECK ((metric ~ '^[a-z0-9_]{1,30}$'::text)),
    CONSTRAINT metric_states_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'certified'::text, 'suspended'::text, 'retired'::text])))
);

ALTER TABLE ONLY data.metric_states FORCE ROW LEVEL SECURITY;

CREATE TABLE data.order_days (
    tenant integer NOT NULL,
    day date NOT NULL,
    store text,
    channel text,
    tier text,
    of_members boolean NOT NULL,
    orders bigint NOT NULL,
    gross_cents bigint NOT NULL,
    discount_cents bigint NOT NULL,
    refund_cents bigint NOT NULL,
    units bigint NOT NULL,
    coupon_orders bigint NOT NULL,
    coupon_gross_cents bigint NOT NULL,
    discounted_orders bigint NOT NULL,
    members bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='90');

ALTER TABLE ONLY data.order_days FORCE ROW LEVEL SECURITY;

CREATE TABLE data.order_lines (
    tenant integer NOT NULL,
    order_ref text NOT NULL,
    line integer NOT NULL,
    category text,
    units integer NOT NULL,
    amount_cents bigint NOT NULL,
    cost_cents bigint,
    CONSTRAINT order_lines_cost_cents_check CHECK ((cost_cents >= 0))
);

ALTER TABLE ONLY data.order_lines FORCE ROW LEVEL SECURITY;

CREATE TABLE data.orders (
    tenant integer NOT NULL,
    order_ref text NOT NULL,
    member bigint,
    store text,
    channel text,
    ordered_at timestamp with time zone NOT NULL,
    gross_cents bigint NOT NULL,
    discount_cents bigint DEFAULT 0 NOT NULL,
    refund_cents bigint DEFAULT 0 NOT NULL,
    units integer DEFAULT 1 NOT NULL,
    coupon text,
    stated_at timestamp with time zone,
    stated_by text COLLATE pg_catalog."C",
    CONSTRAINT orders_discount_cents_check CHECK ((discount_cents >= 0)),
    CONSTRAINT orders_gross_cents_check CHECK ((gross_cents >= 0)),
    CONSTRAINT orders_refund_cents_check CHECK ((refund_cents >= 0))
);

ALTER TABLE ONLY data.orders FORCE ROW LEVEL SECURITY;

CREATE TABLE data.parked (
    tenant integer NOT NULL,
    feed text NOT NULL,
    event text NOT NULL,
    waits_for text NOT NULL,
    waits_on text NOT NULL,
    body jsonb NOT NULL,
    parked_at timestamp with time zone NOT NULL,
    CONSTRAINT parked_waits_for_check CHECK ((waits_for = ANY (ARRAY['member'::text, 'order'::text])))
);

ALTER TABLE ONLY data.parked FORCE ROW LEVEL SECURITY;

CREATE TABLE data.people (
    tenant integer NOT NULL,
    person text NOT NULL,
    name text NOT NULL,
    roles text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT people_person_check CHECK ((person ~ '^[A-Za-z0-9._@-]{1,80}$'::text)),
    CONSTRAINT people_roles_check CHECK (((roles <@ ARRAY['viewer'::text, 'approver'::text, 'admin'::text]) AND (roles <> '{}'::text[])))
);

ALTER TABLE ONLY data.people FORCE ROW LEVEL SECURITY;

CREATE TABLE data.policies (
    tenant integer NOT NULL,
    policy text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    body_hash bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT policies_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY data.policies FORCE ROW LEVEL SECURITY;

CREATE TABLE data.policy_states (
    tenant integer NOT NULL,
    policy text NOT NULL,
    version integer NOT NULL,
    key text NOT NULL,
    enabled boolean NOT NULL,
    cron text NOT NULL,
    zone text NOT NULL,
    catch_up text NOT NULL,
    next_run_at timestamp with time zone NOT NULL,
    lease_by text,
    lease_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    fit jsonb,
    CONSTRAINT policy_states_catch_up_check CHECK ((catch_up = ANY (ARRAY['once'::text, 'skip'::text])))
);

ALTER TABLE ONLY data.policy_states FORCE ROW LEVEL SECURITY;

CREATE TABLE data.pools (
    tenant integer NOT NULL,
    pool text NOT NULL,
    name text NOT NULL,
    campaign text,
    value_cents bigint NOT NULL,
    cost_cents bigint NOT NULL,
    valid_days integer NOT NULL,
    state text NOT NULL,
    CONSTRAINT pools_cost_cents_check CHECK ((cost_cents >= 0)),
    CONSTRAINT pools_state_check CHECK ((state = ANY (ARRAY['open'::text, 'paused'::text, 'closed'::text]))),
    CONSTRAINT pools_valid_days_check CHECK ((valid_days > 0)),
    CONSTRAINT pools_value_cents_check CHECK ((value_cents >= 0))
);

ALTER TABLE ONLY data.pools FORCE ROW LEVEL SECURITY;

CREATE TABLE data.price_changes (
    tenant integer NOT NULL,
    change uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    rule text NOT NULL,
    from_value bigint,
    to_value bigint,
    changed_by text NOT NULL,
    CONSTRAINT price_changes_check CHECK ((from_value IS DISTINCT FROM to_value)),
    CONSTRAINT price_changes_dimension_check CHECK ((dimension = ANY (ARRAY['tool'::text, 'coupon_pool'::text, 'tier'::text])))
);

ALTER TABLE ONLY data.price_changes FORCE ROW LEVEL SECURITY;

CREATE TABLE data.redemptions (
    tenant integer NOT NULL,
    redemption text NOT NULL,
    code text,
    pool text NOT NULL,
    member bigint,
    store text,
    order_ref text,
    redeemed_at timestamp with time zone NOT NULL,
    discount_cents bigint DEFAULT 0 NOT NULL,
    stated_at timestamp with time zone,
    stated_by text COLLATE pg_catalog."C",
    CONSTRAINT redemptions_discount_cents_check CHECK ((discount_cents >= 0))
);

ALTER TABLE ONLY data.redemptions FORCE ROW LEVEL SECURITY;

CREATE TABLE data.refunds (
    tenant integer NOT NULL,
    refund text NOT NULL,
    order_ref text NOT NULL,
    refunded_at timestamp with time zone NOT NULL,
    amount_cents bigint NOT NULL,
    stated_at timestamp with time zone,
    stated_by text COLLATE pg_catalog."C",
    CONSTRAINT refunds_amount_cents_check CHECK ((amount_cents > 0))
);

ALTER TABLE ONLY data.refunds FORCE ROW LEVEL SECURITY;

CREATE TABLE data.runs (
    tenant integer NOT NULL,
    run uuid NOT NULL,
    policy text NOT NULL,
    version integer NOT NULL,
    key text NOT NULL,
    fence bigint NOT NULL,
    as_of timestamp with time zone NOT NULL,
    dry_run boolean NOT NULL,
    state text NOT NULL,
    budget_cents bigint NOT NULL,
    spent_cents bigint DEFAULT 0 NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    daemon text NOT NULL,
    summary jsonb,
    CONSTRAINT runs_budget_cents_check CHECK ((budget_cents >= 0)),
    CONSTRAINT runs_check CHECK (((spent_cents >= 0) AND (spent_cents <= budget_cents))),
    CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'stopped'::text, 'failed'::text, 'refused'::text])))
)
WITH (fillfactor='50');

ALTER TABLE ONLY data.runs FORCE ROW LEVEL SECURITY;

CREATE TABLE data.stale_days (
    tenant integer NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    marked_at timestamp with time zone NOT NULL,
    CONSTRAINT stale_days_kind_check CHECK ((kind = ANY (ARRAY['rollup'::text, 'members'::text])))
);

ALTER TABLE ONLY data.stale_days FORCE ROW LEVEL SECURITY;

CREATE TABLE data.stops (
    tenant integer NOT NULL,
    scope text NOT NULL,
    stopped boolean NOT NULL,
    generation bigint NOT NULL,
    changed_by text NOT NULL,
    reason text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY data.stops FORCE ROW LEVEL SECURITY;

CREATE TABLE data.stores (
    tenant integer NOT NULL,
    store text NOT NULL,
    name text NOT NULL,
    region text,
    opened_on date
);

ALTER TABLE ONLY data.stores FORCE ROW LEVEL SECURITY;

CREATE TABLE data.tenants (
    tenant integer NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    currency text NOT NULL,
    week_start smallint DEFAULT 1 NOT NULL,
    cents_per_100_points integer NOT NULL,
    message_cost_cents integer NOT NULL,
    open_drafts_most integer DEFAULT 10000 NOT NULL,
    data_version bigint DEFAULT 1 NOT NULL,
    data_as_of timestamp with time zone,
    next_member bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    fiscal_month smallint DEFAULT 1 NOT NULL,
    retail boolean DEFAULT false NOT NULL,
    receipt_minutes integer DEFAULT 60 NOT NULL,
    min_group integer DEFAULT 5 NOT NULL,
    CONSTRAINT tenants_cents_per_100_points_check CHECK (((cents_per_100_points >= 0) AND (cents_per_100_points <= 1000000))),
    CONSTRAINT tenants_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT tenants_fiscal_month_check CHECK (((fiscal_month >= 1) AND (fiscal_month <= 12))),
    CONSTRAINT tenants_message_cost_cents_check CHECK (((message_cost_cents >= 0) AND (message_cost_cents <= 100000))),
    CONSTRAINT tenants_min_group_check CHECK (((min_group >= 1) AND (min_group <= 1000))),
    CONSTRAINT tenants_receipt_minutes_check CHECK (((receipt_minutes >= 1) AND (receipt_minutes <= 1440))),
    CONSTRAINT tenants_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text)),
    CONSTRAINT tenants_tenant_check CHECK ((tenant > 0)),
    CONSTRAINT tenants_week_start_check CHECK (((week_start >= 1) AND (week_start <= 7)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY data.tenants FORCE ROW LEVEL SECURITY;

CREATE TABLE data.tier_changes (
    tenant integer NOT NULL,
    member bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    from_tier text,
    to_tier text NOT NULL,
    CONSTRAINT tier_changes_check CHECK ((from_tier IS DISTINCT FROM to_tier))
);

ALTER TABLE ONLY data.tier_changes FORCE ROW LEVEL SECURITY;

CREATE TABLE data.tier_moves (
    tenant integer NOT NULL,
    move bigint NOT NULL,
    member bigint,
    tier text
);

ALTER TABLE ONLY data.tier_moves FORCE ROW LEVEL SECURITY;

CREATE TABLE data.tiers (
    tenant integer NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    rank smallint NOT NULL,
    threshold_cents bigint
);

ALTER TABLE ONLY data.tiers FORCE ROW LEVEL SECURITY;

CREATE TABLE data.visits (
    tenant integer NOT NULL,
    visit text NOT NULL,
    member bigint,
    store text,
    channel text,
    visited_at timestamp with time zone NOT NULL,
    stated_at timestamp with time zone,
    stated_by text COLLATE pg_catalog."C"
);

ALTER TABLE ONLY data.visits FORCE ROW LEVEL SECURITY;

CREATE TABLE journal.audit (
    tenant integer NOT NULL,
    call uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    principal text NOT NULL,
    via text NOT NULL,
    tool text NOT NULL,
    decision journal.decision NOT NULL,
    code text NOT NULL,
    args_digest bytea,
    value_cents bigint,
    row_count integer,
    duration_us integer,
    detail jsonb
);

ALTER TABLE ONLY journal.audit FORCE ROW LEVEL SECURITY;

CREATE TABLE journal.migrations (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    body_hash bytea
);

ALTER TABLE ONLY data.actions
    ADD CONSTRAINT actions_pkey PRIMARY KEY (tenant, action);

ALTER TABLE ONLY data.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (tenant, draft, attempt);

ALTER TABLE ONLY data.balances
    ADD CONSTRAINT balances_pkey PRIMARY KEY (tenant, member);

ALTER TABLE ONLY data.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (tenant, key, starts_at);

ALTER TABLE ONLY data.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (tenant, campaign);

ALTER TABLE ONLY data.citations
    ADD CONSTRAINT citations_pkey PRIMARY KEY (tenant, cited_by, receipt);

ALTER TABLE ONLY data.consent_changes
    ADD CONSTRAINT consent_changes_pkey PRIMARY KEY (tenant, member, channel, at);

ALTER TABLE ONLY data.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (tenant, member, channel) INCLUDE (granted);

ALTER TABLE ONLY data.coupons
    ADD CONSTRAINT coupons_pkey PRIMARY KEY (tenant, code);

ALTER TABLE ONLY data.day_members
    ADD CONSTRAINT day_members_pkey PRIMARY KEY (tenant, day);

ALTER TABLE ONLY data.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (tenant, run, member);

ALTER TABLE ONLY data.drafts
    ADD CONSTRAINT drafts_pkey PRIMARY KEY (tenant, draft);

ALTER TABLE ONLY data.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (tenant, feed, event);

ALTER TABLE ONLY data.feeds
    ADD CONSTRAINT feeds_pkey PRIMARY KEY (tenant, feed);

ALTER TABLE ONLY data.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (tenant, key, idem);

ALTER TABLE ONLY data.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY data.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (tenant, key);

ALTER TABLE ONLY data.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (tenant, entry);

ALTER TABLE ONLY data.lots
    ADD CONSTRAINT lots_pkey PRIMARY KEY (tenant, member, lot);

ALTER TABLE ONLY data.member_stats
    ADD CONSTRAINT member_stats_pkey PRIMARY KEY (tenant, member);

ALTER TABLE ONLY data.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (tenant, member);

ALTER TABLE ONLY data.members
    ADD CONSTRAINT members_tenant_external_key UNIQUE (tenant, external);

ALTER TABLE ONLY data.message_events
    ADD CONSTRAINT message_events_pkey PRIMARY KEY (tenant, event);

ALTER TABLE ONLY data.metric_definitions
    ADD CONSTRAINT metric_definitions_pkey PRIMARY KEY (tenant, metric, version);

ALTER TABLE ONLY data.metric_history
    ADD CONSTRAINT metric_history_pkey PRIMARY KEY (tenant, metric, at, call);

ALTER TABLE ONLY data.metric_states
    ADD CONSTRAINT metric_states_pkey PRIMARY KEY (tenant, metric);

ALTER TABLE ONLY data.order_lines
    ADD CONSTRAINT order_lines_pkey PRIMARY KEY (tenant, order_ref, line);

ALTER TABLE ONLY data.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (tenant, order_ref);

ALTER TABLE ONLY data.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (tenant, feed, event);

ALTER TABLE ONLY data.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (tenant, person);

ALTER TABLE ONLY data.policies
    ADD CONSTRAINT policies_pkey PRIMARY KEY (tenant, policy, version);

ALTER TABLE ONLY data.policy_states
    ADD CONSTRAINT policy_states_pkey PRIMARY KEY (tenant, policy);

ALTER TABLE ONLY data.pools
    ADD CONSTRAINT pools_pkey PRIMARY KEY (tenant, pool);

ALTER TABLE ONLY data.price_changes
    ADD CONSTRAINT price_changes_pkey PRIMARY KEY (tenant, change);

ALTER TABLE ONLY data.redemptions
    ADD CONSTRAINT redemptions_pkey PRIMARY KEY (tenant, redemption);

ALTER TABLE ONLY data.refunds
    ADD CONSTRAINT refunds_pkey PRIMARY KEY (tenant, refund);

ALTER TABLE ONLY data.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (tenant, run);

ALTER TABLE ONLY data.stale_days
    ADD CONSTRAINT stale_days_pkey PRIMARY KEY (tenant, kind, day);

ALTER TABLE ONLY data.stops
    ADD CONSTRAINT stops_pkey PRIMARY KEY (tenant, scope);

ALTER TABLE ONLY data.stores
    ADD CONSTRAINT stores_pkey PRIMARY KEY (tenant, store);

ALTER TABLE ONLY data.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant);

ALTER TABLE ONLY data.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);

ALTER TABLE ONLY data.tier_changes
    ADD CONSTRAINT tier_changes_pkey PRIMARY KEY (tenant, member, at);

ALTER TABLE ONLY data.tier_moves
    ADD CONSTRAINT tier_moves_pkey PRIMARY KEY (tenant, move);

ALTER TABLE ONLY data.tiers
    ADD CONSTRAINT tiers_pkey PRIMARY KEY (tenant, tier);

ALTER TABLE ONLY data.visits
    ADD CONSTRAINT visits_pkey PRIMARY KEY (tenant, visit);

ALTER TABLE ONLY journal.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (tenant, call);

ALTER TABLE ONLY journal.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

CREATE UNIQUE INDEX actions_member ON data.actions USING btree (tenant, member, run, tool);

CREATE INDEX actions_time ON data.actions USING brin (tenant, created_at, run) WITH (pages_per_range='16', autosummarize='on');

CREATE UNIQUE INDEX attempts_open ON data.attempts USING btree (tenant, draft) WHERE (outcome = 'open'::text);

CREATE INDEX consent_changes_time ON data.consent_changes USING btree (tenant, at) INCLUDE (channel, granted);

CREATE INDEX coupons_available ON data.coupons USING btree (tenant, pool) WHERE (state = 'available'::text);

CREATE INDEX coupons_issued ON data.coupons USING btree (tenant, issued_at) WHERE (issued_at IS NOT NULL);

CREATE INDEX coupons_member ON data.coupons USING btree (tenant, member) WHERE (member IS NOT NULL);

CREATE UNIQUE INDEX day_members_revision ON data.day_members USING btree (tenant, revision);

CREATE INDEX drafts_state ON data.drafts USING btree (tenant, state, draft);

CREATE INDEX drafts_time ON data.drafts USING brin (tenant, created_at) WITH (pages_per_range='16', autosummarize='on');

CREATE INDEX ledger_imported ON data.ledger USING btree (tenant, at) WHERE (action IS NULL);

CREATE UNIQUE INDEX ledger_reverse ON data.ledger USING btree (tenant, action) WHERE (kind = 'reverse'::text);

CREATE UNIQUE INDEX ledger_source ON data.ledger USING btree (tenant, source) WHERE (source IS NOT NULL);

CREATE INDEX ledger_time ON data.ledger USING brin (tenant, at) WITH (pages_per_range='16', autosummarize='on');

CREATE INDEX members_email ON data.members USING btree (tenant, email_index) WHERE (email_index IS NOT NULL);

CREATE INDEX members_phone ON data.members USING btree (tenant, phone_index) WHERE (phone_index IS NOT NULL);

CREATE INDEX members_tier ON data.members USING btree (tenant, member) INCLUDE (tier);

CREATE INDEX members_time ON data.members USING btree (tenant, enrolled_at);

CREATE INDEX message_events_message ON data.message_events USING btree (tenant, message, member) INCLUDE (kind, at);

CREATE INDEX message_events_time ON data.message_events USING btree (tenant, at) INCLUDE (kind, member, message);

CREATE UNIQUE INDEX order_days_key ON data.order_days USING btree (tenant, day, store, channel, tier, of_members) NULLS NOT DISTINCT;

CREATE INDEX orders_member ON data.orders USING btree (tenant, member, ordered_at) WHERE (member IS NOT NULL);

CREATE INDEX orders_time ON data.orders USING btree (tenant, ordered_at) INCLUDE (store, channel, member, gross_cents, discount_cents, refund_cents, coupon);

CREATE INDEX parked_wait ON data.parked USING btree (tenant, waits_for, waits_on);

CREATE INDEX price_changes_time ON data.price_changes USING btree (tenant, at);

CREATE INDEX redemptions_code ON data.redemptions USING btree (tenant, code) WHERE (code IS NOT NULL);

CREATE INDEX redemptions_time ON data.redemptions USING btree (tenant, redeemed_at);

CREATE INDEX refunds_order ON data.refunds USING btree (tenant, order_ref);

CREATE INDEX refunds_time ON data.refunds USING btree (tenant, refunded_at) INCLUDE (order_ref, amount_cents);

CREATE INDEX runs_policy ON data.runs USING btree (tenant, policy, started_at);

CREATE INDEX tier_changes_time ON data.tier_changes USING btree (tenant, at) INCLUDE (from_tier, to_tier);

CREATE INDEX visits_time ON data.visits USING btree (tenant, visited_at) INCLUDE (member, store, channel);

CREATE INDEX audit_time ON journal.audit USING brin (tenant, at);

CREATE TRIGGER follow_deleted AFTER DELETE ON data.members REFERENCING OLD TABLE AS old_members FOR EACH STATEMENT EXECUTE FUNCTION app.follow_old_members();

CREATE TRIGGER follow_inserted AFTER INSERT ON data.members REFERENCING NEW TABLE AS new_members FOR EACH STATEMENT EXECUTE FUNCTION app.follow_new_members();

CREATE TRIGGER follow_updated AFTER UPDATE ON data.members REFERENCING OLD TABLE AS old_members NEW TABLE AS new_members FOR EACH STATEMENT EXECUTE FUNCTION app.follow_changed_members();

CREATE TRIGGER hold_facts BEFORE UPDATE OF tier ON data.members FOR EACH STATEMENT EXECUTE FUNCTION app.hold_own_facts();

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON data.members FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_truncate();

CREATE TRIGGER mark_deleted AFTER DELETE ON data.orders REFERENCING OLD TABLE AS marked_orders FOR EACH STATEMENT EXECUTE FUNCTION app.mark_orders();

CREATE TRIGGER mark_inserted AFTER INSERT ON data.orders REFERENCING NEW TABLE AS marked_orders FOR EACH STATEMENT EXECUTE FUNCTION app.mark_orders();

CREATE TRIGGER mark_updated AFTER UPDATE ON data.orders REFERENCING NEW TABLE AS marked_orders FOR EACH STATEMENT EXECUTE FUNCTION app.mark_orders();

CREATE TRIGGER mark_updated_from AFTER UPDATE ON data.orders REFERENCING OLD TABLE AS marked_orders FOR EACH STATEMENT EXECUTE FUNCTION app.mark_orders();

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON data.orders FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_truncate();

CREATE TRIGGER note_prices AFTER UPDATE OF value_cents, cost_cents, valid_days ON data.pools FOR EACH ROW WHEN ((((old.value_cents IS DISTINCT FROM new.value_cents) OR (old.cost_cents IS DISTINCT FROM new.cost_cents)) OR (old.valid_days IS DISTINCT FROM new.valid_days))) EXECUTE FUNCTION app.note_prices('coupon_pool', 'pool', 'value_cents', 'cost_cents', 'valid_days');

CREATE TRIGGER mark_zone AFTER UPDATE OF zone ON data.tenants FOR EACH ROW WHEN ((old.zone IS DISTINCT FROM new.zone)) EXECUTE FUNCTION app.mark_zone();

CREATE TRIGGER note_message_price AFTER UPDATE OF message_cost_cents ON data.tenants FOR EACH ROW WHEN ((old.message_cost_cents IS DISTINCT FROM new.message_cost_cents)) EXECUTE FUNCTION app.note_prices('tool', '=draft_outreach', 'message_cost_cents');

CREATE TRIGGER note_point_price AFTER UPDATE OF cents_per_100_points ON data.tenants FOR EACH ROW WHEN ((old.cents_per_100_points IS DISTINCT FROM new.cents_per_100_points)) EXECUTE FUNCTION app.note_prices('tool', '=earn_points', 'cents_per_100_points');

CREATE TRIGGER note_prices AFTER UPDATE OF threshold_cents ON data.tiers FOR EACH ROW WHEN ((old.threshold_cents IS DISTINCT FROM new.threshold_cents)) EXECUTE FUNCTION app.note_prices('tier', 'tier', 'threshold_cents');

ALTER TABLE ONLY data.attempts
    ADD CONSTRAINT attempts_tenant_draft_fkey FOREIGN KEY (tenant, draft) REFERENCES data.drafts(tenant, draft);

ALTER TABLE ONLY data.budgets
    ADD CONSTRAINT budgets_tenant_key_fkey FOREIGN KEY (tenant, key) REFERENCES data.keys(tenant, key);

ALTER TABLE ONLY data.campaigns
    ADD CONSTRAINT campaigns_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.consent_changes
    ADD CONSTRAINT consent_changes_tenant_member_fkey FOREIGN KEY (tenant, member) REFERENCES data.members(tenant, member);

ALTER TABLE ONLY data.consents
    ADD CONSTRAINT consents_tenant_member_fkey FOREIGN KEY (tenant, member) REFERENCES data.members(tenant, member);

ALTER TABLE ONLY data.coupons
    ADD CONSTRAINT coupons_tenant_member_fkey FOREIGN KEY (tenant, member) REFERENCES data.members(tenant, member);

ALTER TABLE ONLY data.coupons
    ADD CONSTRAINT coupons_tenant_pool_fkey FOREIGN KEY (tenant, pool) REFERENCES data.pools(tenant, pool);

ALTER TABLE ONLY data.feeds
    ADD CONSTRAINT feeds_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.keys
    ADD CONSTRAINT keys_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.members
    ADD CONSTRAINT members_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.members
    ADD CONSTRAINT members_tenant_home_store_fkey FOREIGN KEY (tenant, home_store) REFERENCES data.stores(tenant, store);

ALTER TABLE ONLY data.members
    ADD CONSTRAINT members_tenant_tier_fkey FOREIGN KEY (tenant, tier) REFERENCES data.tiers(tenant, tier);

ALTER TABLE ONLY data.message_events
    ADD CONSTRAINT message_events_tenant_campaign_fkey FOREIGN KEY (tenant, campaign) REFERENCES data.campaigns(tenant, campaign);

ALTER TABLE ONLY data.message_events
    ADD CONSTRAINT message_events_tenant_draft_fkey FOREIGN KEY (tenant, draft) REFERENCES data.drafts(tenant, draft);

ALTER TABLE ONLY data.message_events
    ADD CONSTRAINT message_events_tenant_member_fkey FOREIGN KEY (tenant, member) REFERENCES data.members(tenant, member);

ALTER TABLE ONLY data.metric_definitions
    ADD CONSTRAINT metric_definitions_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.metric_history
    ADD CONSTRAINT metric_history_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.metric_states
    ADD CONSTRAINT metric_states_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.parked
    ADD CONSTRAINT parked_tenant_feed_event_fkey FOREIGN KEY (tenant, feed, event) REFERENCES data.events(tenant, feed, event);

ALTER TABLE ONLY data.people
    ADD CONSTRAINT people_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.policies
    ADD CONSTRAINT policies_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.policy_states
    ADD CONSTRAINT policy_states_tenant_key_fkey FOREIGN KEY (tenant, key) REFERENCES data.keys(tenant, key);

ALTER TABLE ONLY data.policy_states
    ADD CONSTRAINT policy_states_tenant_policy_version_fkey FOREIGN KEY (tenant, policy, version) REFERENCES data.policies(tenant, policy, version);

ALTER TABLE ONLY data.pools
    ADD CONSTRAINT pools_tenant_campaign_fkey FOREIGN KEY (tenant, campaign) REFERENCES data.campaigns(tenant, campaign);

ALTER TABLE ONLY data.pools
    ADD CONSTRAINT pools_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.price_changes
    ADD CONSTRAINT price_changes_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.redemptions
    ADD CONSTRAINT redemptions_tenant_code_fkey FOREIGN KEY (tenant, code) REFERENCES data.coupons(tenant, code);

ALTER TABLE ONLY data.redemptions
    ADD CONSTRAINT redemptions_tenant_member_fkey FOREIGN KEY (tenant, member) REFERENCES data.members(tenant, member);

ALTER TABLE ONLY data.redemptions
    ADD CONSTRAINT redemptions_tenant_pool_fkey FOREIGN KEY (tenant, pool) REFERENCES data.pools(tenant, pool);

ALTER TABLE ONLY data.redemptions
    ADD CONSTRAINT redemptions_tenant_store_fkey FOREIGN KEY (tenant, store) REFERENCES data.stores(tenant, store);

ALTER TABLE ONLY data.refunds
    ADD CONSTRAINT refunds_tenant_order_ref_fkey FOREIGN KEY (tenant, order_ref) REFERENCES data.orders(tenant, order_ref);

ALTER TABLE ONLY data.runs
    ADD CONSTRAINT runs_tenant_policy_version_fkey FOREIGN KEY (tenant, policy, version) REFERENCES data.policies(tenant, policy, version);

ALTER TABLE ONLY data.stops
    ADD CONSTRAINT stops_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.stores
    ADD CONSTRAINT stores_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.tier_changes
    ADD CONSTRAINT tier_changes_tenant_from_tier_fkey FOREIGN KEY (tenant, from_tier) REFERENCES data.tiers(tenant, tier);

ALTER TABLE ONLY data.tier_changes
    ADD CONSTRAINT tier_changes_tenant_member_fkey FOREIGN KEY (tenant, member) REFERENCES data.members(tenant, member);

ALTER TABLE ONLY data.tier_changes
    ADD CONSTRAINT tier_changes_tenant_to_tier_fkey FOREIGN KEY (tenant, to_tier) REFERENCES data.tiers(tenant, tier);

ALTER TABLE ONLY data.tiers
    ADD CONSTRAINT tiers_tenant_fkey FOREIGN KEY (tenant) REFERENCES data.tenants(tenant);

ALTER TABLE ONLY data.visits
    ADD CONSTRAINT visits_tenant_member_fkey FOREIGN KEY (tenant, member) REFERENCES data.members(tenant, member);

ALTER TABLE ONLY data.visits
    ADD CONSTRAINT visits_tenant_store_fkey FOREIGN KEY (tenant, store) REFERENCES data.stores(tenant, store);

ALTER TABLE data.actions ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.balances ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.budgets ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.campaigns ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.citations ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.consent_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.consents ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.coupons ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.day_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.drafts ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.events ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.feeds ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.idempotency ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.ledger ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.lots ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.member_stats ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.members ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.message_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.metric_definitions ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.metric_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.metric_states ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.order_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.order_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.orders ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.parked ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.people ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.policies ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.policy_states ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.pools ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.price_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.redemptions ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.refunds ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.stale_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.stops ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.stores ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.tenants ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.tier_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.tier_moves ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.tiers ENABLE ROW LEVEL SECURITY;

ALTER TABLE data.visits ENABLE ROW LEVEL SECURITY;

ALTER TABLE journal.audit ENABLE ROW LEVEL SECURITY;

CREATE POLICY one_tenant ON data.actions USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.attempts USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.balances USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.budgets USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.campaigns USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.citations USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.consent_changes USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.consents USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.coupons USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.day_members USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.decisions USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.drafts USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.events USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.feeds USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.idempotency USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.keys USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.ledger USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.lots USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.member_stats USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.members USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.message_events USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.metric_definitions USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.metric_history USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.metric_states USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.order_days USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.order_lines USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.orders USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.parked USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.people USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.policies USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.policy_states USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.pools USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.price_changes USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.redemptions USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.refunds USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.runs USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.stale_days USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.stops USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.stores USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.tenants USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.tier_changes USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.tier_moves USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.tiers USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON data.visits USING ((tenant = ( SELECT (current_setting('flash.tenant'::text))::integer AS current_setting)));

CREATE POLICY one_tenant ON journal.audit USING ((tenant = (current_setting('flash.tenant'::text))::integer));

ALTER TABLE data.tier_moves ALTER COLUMN move ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME data.tier_moves_move_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
