/* Whether a number may be given out: what a tenant's people, the maintainers and the daemon said of its definition. */
#ifndef FLASH_STANDING_H
#define FLASH_STANDING_H

#include "catalogue.h"
#include "mcp/db/db.h"

enum metric_state { METRIC_PROPOSED, METRIC_CERTIFIED, METRIC_SUSPENDED, METRIC_RETIRED };

struct standing {
	enum metric_state state;
	const char *by, *on;      /* who said it, and on which day; NULL: nobody yet */
	const char *reason;       /* of what is suspended or retired: a clause without its full stop */
};

/* The last columns of metric_window.sql, from `column` on, as standing. A suspension or retirement holds for the name,
 * a certificate only for the definition (and the shape of the source) that it was given to; without a word of the
 * tenant's people the maintainers' certificate counts. */
struct standing standing_read(const struct metric *metric, const struct db_rows *rows, int column,
	struct arena *arena);

/* Refuses, as ERROR_STALE, what is suspended or retired, with its reason and what to do; else true. */
bool standing_pass(const struct metric *metric, const struct standing *standing, struct error *error);

const char *metric_state_word(enum metric_state state);

#endif
