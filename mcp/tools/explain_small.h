/* What of an explanation is not told, because too few members are behind it (mcp/metrics/small.h has the rule). The
 * search itself looks at everything; only what is told goes through here. */
#ifndef FLASH_TOOLS_EXPLAIN_SMALL_H
#define FLASH_TOOLS_EXPLAIN_SMALL_H

#include "explanation.h"

/* Refuses a change of which the one or the other total tells of too few members. */
bool explain_small_totals(struct explanation *explanation, const struct db_rows *rows);

/* Whether the total of a question over an earlier time does. False on an error. */
bool explain_small_total(struct explanation *explanation, const struct question *question, const struct db_rows *rows,
	bool *small);

/* Whether the numbers of one value of a dimension may not be told. False on an error. */
bool explain_hides_value(struct explanation *explanation, const char *dimension, const char *value, bool *hidden);

/* Takes out of the slices those that may not be told, finds the segments of the told cut that may not, and of causes
 * whose groups hold each other (a campaign and its pools) leaves the numbers of one dimension. False on an error. */
bool explain_hide(struct explanation *explanation);

#endif
