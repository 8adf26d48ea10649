/* Long answers, page by page: a page that does not show the last row has `next_cursor`, and the same question with that
 * as its `cursor` gives the next rows. All pages together have every group once, in one order.
 *
 * A cursor is sealed and bound to whom it was given, to the whole question and to all its numbers: when any of them
 * moved there is no next page. When data came in that moved none, the page says so in its note. */
#ifndef FLASH_ROWS_PAGE_H
#define FLASH_ROWS_PAGE_H

#include "mcp/base/seal.h"
#include "question.h"

enum { CURSOR_MOST = 1000 };   /* bytes */

struct rows_reader {
	struct db *db;
	const struct seal *seal;
	int tenant;
	const char *key;          /* or person: who reads */
};

/* Answers the arguments of question_answer() and `cursor`, with a receipt of this page. A new object owned by the
 * arena, or NULL with what question_answer() or receipt_give() said, ERROR_ARGUMENT for a cursor that is none or of
 * another question, key or tenant, or ERROR_MOVED when anything of the answer is not as it was on the page before. */
json_t *rows_page_answer(const struct rows_reader *reader, const json_t *args, struct arena *arena,
	struct question *question, struct error *error);

#endif
