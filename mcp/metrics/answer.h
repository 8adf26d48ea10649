/* The shape of an answer: values with their unit, exact bounds, what they rest on, and what must be known of them. */
#ifndef FLASH_ANSWER_H
#define FLASH_ANSWER_H

#include "question.h"

/* The answer of a question whose SELECT gave `rows`; at most ANSWER_COST_MOST bytes to send (cost.h), by leaving the
 * last rows to the next page: `question` gets where that begins. A new object owned by the arena. */
json_t *answer_make(struct question *question, const struct db_rows *rows, struct arena *arena);

#endif
