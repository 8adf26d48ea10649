-- Lets the rest of this transaction see only what a key is limited to. $1 {"store": [...], "tier": [...]}
select set_config('flash.limits', $1::text, true)
