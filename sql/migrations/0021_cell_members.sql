-- How many distinct members are behind a cell's orders: a group that has one of enough need not be looked at for few.
-- 0 in what was summed up before: not known, so it is looked at until its day is summed up again.
alter table data.order_days add column members bigint not null default 0;
