-- The latest moment that a daemon saw on the database's clock (app.watch_clock). A clock that goes back behind it would
-- open budget windows of the past once more.
alter table data.installation add column clock_seen_at timestamptz;

-- How many events of a feed may wait for members and orders that are not there; without a bound a feed that names
-- members who never come fills the disk.
alter table data.feeds add column waiting_most int not null default 100000 check (waiting_most > 0);
