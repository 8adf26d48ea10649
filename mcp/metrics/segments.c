#include "segments.h"

#include <string.h>

static bool is_segment(const struct dimension *dimension)
{
	return strcmp(dimension->name, "rfm_segment") == 0;
}

bool segments_asked(const struct compile_request *request)
{
	bool asked = false;

	for (size_t i = 0; i < request->by_count; i++)
		asked = asked || is_segment(request->by[i]);
	for (size_t i = 0; i < request->filter_count; i++)
		asked = asked || is_segment(request->filters[i].dimension);
	return asked;
}

const char *segments_from(const struct source *source, size_t until, size_t last_day, struct arena *arena)
{
	return arena_format(arena, " from (select b.*, coalesce(r.rfm_segment, (select 'lost' from "
		"metric.first_purchases h where h.tenant = $1::int and h.member = b.member and h.first_on <= "
		"least($%zu::date, h.known_on) - 365)) as rfm_segment from metric.%s b cross join metric.zero() z left join "
		"metric.rfm_members($1::int, $%zu::timestamptz, $%zu::date) r on r.member = b.member + z.zero) s", last_day,
		source->name, until, last_day);
}
