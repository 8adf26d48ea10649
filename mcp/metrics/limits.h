/* What a key is limited to, as filters that every question of it has besides its own. */
#ifndef FLASH_LIMITS_H
#define FLASH_LIMITS_H

#include "question.h"

/* A key's limits (struct caller) as JSON, owned by the arena: {dimension: [values]}; NULL when there are none. */
json_t *limits_read(const char *text, struct arena *arena);

/* Adds the limits of the connection (db_limits) to the request's filters, each cut with what was asked for of the same
 * dimension, and to `question->limits`. Refuses a metric that cannot be cut by a limited dimension (ERROR_SCOPE), and a
 * filter that has nothing inside, as one for an unknown value. */
bool limits_force(struct db *db, struct question *question, struct arena *arena, struct error *error);

#endif
