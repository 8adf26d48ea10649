/* Distinct members counted from sets in memory (bitmaps.h) instead of by SQL. */
#ifndef FLASH_COUNT_H
#define FLASH_COUNT_H

#include "question.h"

enum count_result {
	COUNT_BY_SQL,             /* the question is none for sets */
	COUNT_WITHOUT_SETS,       /* the sets are not there: by SQL as well */
	COUNT_DONE,               /* question->request.counts holds the groups of each period */
	COUNT_LAID,               /* the same, and the rows are there already (count_rows.h) */
	COUNT_MOVED               /* the data are of another version than the question's bounds: ask again */
};

/* Counts when the metric is nothing but the distinct members of orders, cut by or limited to tiers and grains from the
 * day upwards only, over whole local days. The query that is then compiled lays labels, order and rest as always, and
 * says of which data version it is itself; rows that are laid here are of the version of the question's bounds.
 * count_end() comes behind that query, however it ended. */
enum count_result count_members(struct db *db, struct question *question, struct arena *arena, struct db_rows **rows);
void count_end(enum count_result result);

#endif
