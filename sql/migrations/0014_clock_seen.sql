-- The latest moment that a daemon saw on the database's clock (app.watch_clock). A clock that goes back behind it would
-- open budget windows of the past once more.
alter table data.installation add column clock_seen_at timestamptz;
