-- The word of one of our SQLSTATEs, as in mcp/base/error.def (a unit test compares them): the audit speaks in words.
create function app.error_word(p_state text) returns text language sql immutable as $$
	select coalesce((select w from (values ('FLARG', 'bad_argument'), ('FLKEY', 'bad_key'), ('FLSCO', 'missing_scope'),
		('FLPER', 'not_your_right'), ('FLSTP', 'stopped'), ('FLGEA', 'forbidden_here'), ('FLCAP', 'over_cap'),
		('FLRAT', 'over_rate'), ('FLBUD', 'over_budget'), ('FLIDM', 'key_reused'), ('FLNOT', 'not_found'),
		('FLAMB', 'ambiguous'), ('FLCON', 'no_consent'), ('FLHLD', 'held_out'), ('FLCOO', 'cooling_down'),
		('FLDRY', 'pool_dry'), ('FLMOV', 'world_moved'), ('FLSTA', 'wrong_state'), ('FLEXP', 'expired'),
		('FLFEN', 'not_the_runner'), ('FLHSH', 'text_changed'), ('FLSTL', 'stale'), ('FLNOD', 'no_data'),
		('FLBSY', 'busy'), ('FLSCH', 'wrong_schema'), ('FLRCP', 'needs_receipt')) v(s, w) where s = p_state), p_state)
$$;
