/* One governed question and its answer: from arguments as a tool gets them to the JSON that is sent. */
#ifndef FLASH_QUESTION_H
#define FLASH_QUESTION_H

#include "bounds.h"
#include "compile.h"
#include "mcp/db/db.h"

enum { ROWS_DEFAULT = 20, ANSWER_COST_MOST = 26000 };   /* room is left for a receipt and what goes around */

/* A question that was understood and checked. */
struct question {
	const struct metric *metric;
	struct compile_request request;
	struct bounds bounds;
	const struct comparison *comparisons[COMPARISON_COUNT];   /* those asked for, with the periods 1.. of `request` */
	size_t comparison_count;
	struct error uncovered[PERIODS_MOST];   /* why a comparison's period has no data; code NONE: it has */
	long long source_rows;     /* rows of the source behind the total */
	json_t *filters;           /* as used: {dimension: [values]}, or NULL */
	json_t *limits;            /* of the key that asks, in the same form, or NULL */
	int rows_most;             /* of this page, when the question says it; 0: as many of `limit` as fit */
	int rows_shown;
	bool cut;                  /* fewer rows than `limit` fit */
	int next_offset;           /* where the next page begins; 0: there is none */
	const char *state;         /* a text that is another when anything of any page is, or NULL */
};

/* Answers arguments {metric, by, filters, window, from, to, as_of, compare, limit, order}, and page: [rows shown by the
 * pages before, rows of this page (0: as many as fit)]. A new object owned by the arena, or NULL with ERROR_UNGROUNDED
 * (unknown or impossible), ERROR_NO_DATA, ERROR_ARGUMENT, or what the database said. `question` gets what was
 * understood, for the caller who wants to keep the answer. */
json_t *question_answer(struct db *db, int tenant, const json_t *args, struct arena *arena, struct question *question,
	struct error *error);

/* The same question's SELECT as rows (enum compiled_column), for tools that reckon with them: up to `groups_most`
 * groups of the window instead of `limit`; 0: as asked. False with the same errors. Nothing is withheld of the rows:
 * who shows what was reckoned out of them asks small.h first. */
bool question_rows(struct db *db, int tenant, const json_t *args, int groups_most, struct arena *arena,
	struct question *question, struct db_rows **rows, struct error *error);

/* The same of one metric whatever was said of it, and however stale its data: for its sanity tests. */
json_t *question_test(struct db *db, int tenant, const struct metric *metric, const json_t *args, struct arena *arena,
	struct question *question, struct error *error);

#endif
