-- Whether a coupon was redeemed is asked by its code: without this each coupon of a window reads all redemptions
-- (measured: 13,017 coupons and 40,569 redemptions took 104 s).
create index redemptions_code on data.redemptions (tenant, code) where code is not null;
