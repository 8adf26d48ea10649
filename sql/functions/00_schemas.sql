-- Code is dropped and made anew at each migrate, in one transaction: its history is the files' history.
drop schema if exists app, effect, reading, metric cascade;
create schema app;       -- what the daemon may execute, and its helpers
create schema effect;    -- one function per effect and one per reverse; only app calls them
create schema reading;   -- views for the reading tools
create schema metric;    -- views for the metric compiler
-- What an effect tells the frame: whom it touched, what it is worth, and what its answer and its reverse need.
create type effect.result as (member bigint, value_cents bigint, detail jsonb);
