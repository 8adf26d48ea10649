/* A question in plain words and its governed answer, or a clear no: the sentence is read by a closed grammar over the
 * catalogue and the tenant's own values, and answered by rows_page_answer(). Nothing is guessed and no model is
 * asked. */
#ifndef FLASH_ASK_H
#define FLASH_ASK_H

#include "mcp/base/arena.h"
#include "mcp/base/error.h"
#include "mcp/base/seal.h"
#include "mcp/db/db.h"

struct ask_request {
	struct db *db;
	const struct seal *seal;
	int tenant;
	const char *caller;       /* the key or person whom a follow handle belongs to */
	const char *question;
	const char *follow;       /* the handle of the question that this one goes on from, or NULL */
	const char *cursor;       /* next_cursor of an earlier answer to the same question, or NULL */
};

/* {intent, reads, query, answer, follow, note}: `reads` says in words what was understood, `query` is what can be given
 * to the tool of the intent. A new object owned by the arena, or NULL with ERROR_UNGROUNDED (words that nothing here
 * goes by, with the nearest; no question for a number), ERROR_AMBIGUOUS, ERROR_ARGUMENT, ERROR_EXPIRED (the handle), or
 * what rows_page_answer() said. The answer's next_cursor is good with `query`, too. */
json_t *ask_answer(const struct ask_request *request, struct arena *arena, struct error *error);

#endif
