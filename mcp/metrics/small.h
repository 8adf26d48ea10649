/* Groups so small that a number of theirs tells of a person: which numbers of an answer are withheld. */
#ifndef FLASH_SMALL_H
#define FLASH_SMALL_H

#include "question.h"

/* Asks again, when a number of the answer could be small, so that `*rows` say which may not be told: COMPILED_WITHHELD.
 * The rule, in every period of the answer by itself:
 *
 *   1. a group, or a total, of 1 to min_group - 1 members is withheld; a group of nobody is not;
 *   2. what is withheld can be had in all by subtracting the others from the total. So where there is a group of 1 to
 *      min_group - 1 members, the one of min_group or more that has the fewest is withheld as well. If there is none,
 *      what is withheld is all members' rows together, which 1. judged as the total.
 *
 * All groups of the period are looked at, whichever the answer shows: so the same are withheld on every page and for
 * every limit and order, and answers of one question laid side by side give no more away than all its rows do.
 *
 * A number of the whole brand, neither cut nor filtered nor limited, is no group: three opt-outs of a week say nothing
 * of who they were, and a policy that must watch them would stand still in every good week.
 *
 * Members are counted only where a group could be small: below SMALL_ROWS rows of the source, when the sums by the day
 * do not know already that a single cell of it has members enough. False with the database's error. */
bool small_withhold(struct db *db, struct question *question, struct db_rows **rows, struct arena *arena,
	struct error *error);

/* Members behind the total of a question's period; `*members` is -1 when it has too many rows to be small, or none. */
bool small_total(struct db *db, const struct question *question, const struct db_rows *rows, size_t period,
	struct arena *arena, long long *members, struct error *error);

/* The same, counted however many there are. */
bool small_members(struct db *db, const struct question *question, size_t period, struct arena *arena,
	long long *members, struct error *error);

enum { SMALL_ROWS = 1000 };

#endif
