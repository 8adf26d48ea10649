/* Groups so small that a number of theirs tells of a person: which numbers of an answer are withheld. */
#ifndef FLASH_SMALL_H
#define FLASH_SMALL_H

#include "question.h"

/* Sets `question->withheld` for the rows of its SELECT (NULL: none). The rule, in every period of the answer by itself:
 *
 *   1. a row, or a total, of 1 to min_group - 1 members is withheld; a row of nobody is not;
 *   2. what is not shown (withheld rows, and groups beyond the last row) can be had in all by subtracting the shown
 *      rows from the total. So if a group of 1 to min_group - 1 members is among it, a group of min_group or more must
 *      be too: if there is none, the row of such a group with the fewest rows behind it is withheld as well. If no such
 *      row is left, what is not shown is all members' rows together, which 1. judged as the total.
 *
 * A number of the whole brand, neither cut nor filtered nor limited, is no group: three opt-outs of a week say nothing
 * of who they were, and a policy that must watch them would stand still in every good week.
 *
 * Members are counted only where a row could be small (below SMALL_ROWS rows of the source). False with the database's
 * error. `question->moved` is set when data came in since `rows` were read. */
bool small_withhold(struct db *db, struct question *question, const struct db_rows *rows, struct arena *arena,
	struct error *error);

/* Members behind the total of a question's period; `*members` is -1 when it has too many rows to be small, or none. */
bool small_total(struct db *db, const struct question *question, const struct db_rows *rows, size_t period,
	struct arena *arena, long long *members, struct error *error);

/* The same, counted however many there are. */
bool small_members(struct db *db, const struct question *question, size_t period, struct arena *arena,
	long long *members, struct error *error);

enum { SMALL_ROWS = 1000, SMALL_LISTED = 50000 };

#endif
