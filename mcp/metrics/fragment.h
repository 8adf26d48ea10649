/* The pieces of SQL that a definition may hold, and the check that they are nothing else: known columns, a closed set
 * of functions and words, numbers, plain quoted words, operators. No statement, comment, cast or foreign name. */
#ifndef FLASH_FRAGMENT_H
#define FLASH_FRAGMENT_H

#include <stdbool.h>

#include "mcp/base/error.h"

enum fragment_kind {
	FRAGMENT_AGGREGATE,   /* a value over rows: holds at least one aggregate, no column outside of one */
	FRAGMENT_CONDITION,   /* a condition on one row: holds none */
};

/* Whether `text` is such a fragment over the columns of `columns` and `more` (lists separated by spaces, or empty).
 * The sentence of ERROR_FORMAT names the first thing that is not allowed. */
bool fragment_check(const char *text, enum fragment_kind kind, const char *columns, const char *more,
	struct error *error);

/* Whether `text` is arithmetic (+ - * and brackets) over whole numbers and the names of `names`. */
bool fragment_check_arithmetic(const char *text, const char *names, struct error *error);

#endif
