/* What a query's filter names, found among the tenant's own values: an unknown one is refused with the nearest. */
#ifndef FLASH_VALUES_H
#define FLASH_VALUES_H

#include "compile.h"
#include "mcp/db/db.h"

enum { FILTER_VALUES_MOST = 20, FILTER_TEXT_MOST = 100 };

/* The word for rows that have no value of a dimension, in filters and in answers. */
#define VALUE_NONE "(none)"

/* Turns a filter's list of texts into values: as they are, or, for a LISTED dimension, found by value or name without
 * regard to case. `used` gets the values as the database has them (a JSON array, owned by the arena). ERROR_UNGROUNDED
 * for an unknown value, ERROR_AMBIGUOUS for a name that several have, ERROR_ARGUMENT for a bad list. */
bool values_resolve(struct db *db, int tenant, const struct metric *metric, const struct dimension *dimension,
	const json_t *list, struct arena *arena, struct compile_filter *filter, json_t **used, struct error *error);

/* "a, b": values as they may stand in a sentence. Owned by the arena. */
const char *values_shown(const json_t *list, struct arena *arena);

#endif
