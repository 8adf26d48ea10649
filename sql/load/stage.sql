-- Where an import's rows wait, as texts, before one transaction takes them: one table an entity, gone with it.
create temporary table stage_stores (file text, line bigint, store text, name text, region text, opened_on text)
	on commit drop;
create temporary table stage_tiers (file text, line bigint, tier text, name text, rank text, threshold_cents text)
	on commit drop;
create temporary table stage_members (file text, line bigint, member text, name text, email text, phone text, tier text,
	home_store text, acquisition_source text, enrolled_at text, email_index text, phone_index text) on commit drop;
create temporary table stage_consents (file text, line bigint, member text, channel text, granted text, at text)
	on commit drop;
create temporary table stage_campaigns (file text, line bigint, campaign text, name text, type text, starts_on text,
	ends_on text) on commit drop;
create temporary table stage_coupon_pools (file text, line bigint, pool text, name text, campaign text,
	value_cents text, cost_cents text, valid_days text, state text) on commit drop;
create temporary table stage_coupons (file text, line bigint, code text, pool text, member text, issued_at text,
	expires_at text) on commit drop;
create temporary table stage_orders (file text, line bigint, order_ref text, member text, store text, channel text,
	ordered_at text, gross_cents text, discount_cents text, refund_cents text, units text, coupon text) on commit drop;
create temporary table stage_order_lines (file text, line bigint, order_ref text, number text, category text,
	units text, amount_cents text, cost_cents text) on commit drop;
create temporary table stage_refunds (file text, line bigint, refund text, order_ref text, refunded_at text,
	amount_cents text) on commit drop;
create temporary table stage_redemptions (file text, line bigint, redemption text, code text, member text, store text,
	order_ref text, redeemed_at text, discount_cents text) on commit drop;
create temporary table stage_points (file text, line bigint, entry text, member text, kind text, points text, at text,
	expires_at text) on commit drop;
create temporary table stage_visits (file text, line bigint, visit text, member text, store text, channel text,
	visited_at text) on commit drop;
create temporary table stage_message_events (file text, line bigint, event text, message text, member text,
	channel text, kind text, campaign text, at text) on commit drop;
create temporary table stage_tier_changes (file text, line bigint, member text, at text, from_tier text, to_tier text)
	on commit drop;
-- Whose word on which channel came, until app.hold_newest_words has looked at it.
create temporary table stage_heard (member bigint, channel text) on commit drop;
create temporary table stage_skipped (file text, line bigint, reason text) on commit drop;
