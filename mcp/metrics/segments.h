/* The dimension rfm_segment: a member's recency, frequency and money as of the end of the asked window, so that each
 * period of a comparison has its own. No source has it as a column; the rows are joined with metric.rfm_members(). */
#ifndef FLASH_SEGMENTS_H
#define FLASH_SEGMENTS_H

#include "compile.h"

/* Whether a query is cut by it or limited to values of it. */
bool segments_asked(const struct compile_request *request);

/* " from (…) s": the source's rows with it. The numbers are those of two parameters, the period's end as an instant and
 * its last day; the first parameter is the tenant. In `arena`. */
const char *segments_from(const struct source *source, size_t until, size_t last_day, struct arena *arena);

#endif
