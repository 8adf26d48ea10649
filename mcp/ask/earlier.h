/* What a number is compared with, in words: "versus the prior week", "than last month", "against September"; and which
 * of the comparisons of a query that is, if any. */
#ifndef FLASH_ASK_EARLIER_H
#define FLASH_ASK_EARLIER_H

#include "moment.h"

enum earlier_kind {
	EARLIER_PREVIOUS,     /* "the period before" */
	EARLIER_SPAN,         /* "the prior week", "last month", "the 30 days before" */
	EARLIER_YEAR,         /* "last year", "the same week last year" */
	EARLIER_NAMED,        /* "September", "2026-11-01" */
};

struct earlier {
	enum earlier_kind kind;
	int span;             /* an enum span; of YEAR only with "the same SPAN", else -1 */
	int count;
	bool from_today;      /* "last week" counts from today, "the week before" from the window */
	struct moment moment; /* NAMED */
};

/* How many words at `at` say what is compared with; 0: none. `trouble` as in moment_read(). */
size_t earlier_read(const struct sentence *sentence, size_t at, const struct calendar *calendar, struct arena *arena,
	struct earlier *earlier, const char **trouble);

/* The comparison (comparisons.def) that leads from `window` to `earlier`, or NULL: none does. A NULL window is one that
 * was not said; `implied` then gets what the words mean, if anything (count > 0): "versus last week" is about this
 * week. */
const char *earlier_comparison(const struct moment *window, const struct earlier *earlier,
	const struct calendar *calendar, struct arena *arena, struct moment *implied);

#endif
