/* The only place that knows libpq. A connection runs statements by name: `sql/queries/NAME.sql` travels in the
 * binary, is prepared at first use and takes text parameters. One connection is used by one thread at a time.
 * Errors: our own SQLSTATEs become our codes with the sentence that SQL raised; a lost server, a timeout and a
 * deadlock become UNAVAILABLE or BUSY; anything else is INTERNAL, with the detail in the log only. */
#ifndef FLASH_DB_H
#define FLASH_DB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "mcp/base/arena.h"
#include "mcp/base/bulk.h"
#include "mcp/base/error.h"

struct db;
struct db_rows;

/* Opens a connection. `application` is shown in pg_stat_activity. */
struct db *db_open(const char *conninfo, const char *application, struct error *error);
void db_close(struct db *db);

/* Text parameters in place: db_query(db, 0, "find_key", DB_VALUES(id), arena, &rows, error). */
#define DB_VALUES(...) \
	(const char *const[]){ __VA_ARGS__ }, \
	sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)
#define DB_NOTHING NULL, 0

/* Runs one named statement. tenant > 0: in a read-only transaction of its own that sees this tenant only (one
 * round trip); tenant 0: as it is, for functions that take the tenant as an argument. A lost connection is
 * opened again once, before the statement is sent, never after. Rows are owned by the arena. */
bool db_query(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error);

/* The same in a tenant, planned once a connection: for a statement whose planning costs more than it does itself, and
 * whose best plan does not depend on the values. */
bool db_query_planned(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error);

/* The same with columns as the statement's last parameters; tenant 0. */
bool db_query_columns(struct db *db, const char *name, const char *const *values, size_t count,
	const struct bulk *columns, size_t column_count, struct arena *arena, struct db_rows **rows, struct error *error);

/* The same in a tenant, for a statement whose one row is arrays of numbers or bytes: the columns, in the arena. */
bool db_query_arrays(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct bulks *arrays, struct error *error);

/* The same for a SELECT that the metric compiler made: the only SQL that is not in a file. Not prepared. */
bool db_select(struct db *db, int tenant, const char *sql, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error);

/* The same for one whose plan does not depend on its values: it is planned once a connection (the last 32 texts). */
bool db_select_planned(struct db *db, int tenant, const char *sql, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error);

/* What this connection's statements in a tenant may show of its members, until said otherwise: a JSON object as the key
 * has it ({"store": [...], "tier": [...]}), or NULL for everything. The text must live as long. The reading views keep
 * to it, and governed numbers by db_limits(). */
void db_limit(struct db *db, const char *limits);
const char *db_limits(const struct db *db);

/* Rows: count, columns, and a value as text (NULL for null), whole number, real or JSON (owned by the arena). */
size_t db_count(const struct db_rows *rows);
int db_width(const struct db_rows *rows);
const char *db_text(const struct db_rows *rows, size_t row, int column);
long long db_number(const struct db_rows *rows, size_t row, int column);
double db_real(const struct db_rows *rows, size_t row, int column);
bool db_truth(const struct db_rows *rows, size_t row, int column);
json_t *db_json(const struct db_rows *rows, size_t row, int column, struct arena *arena);

/* Rows that no statement gave, cell by cell (NULL for null), for those who read rows wherever they are from. */
struct db_rows *db_rows_made(const char *const *cells, size_t count, int width, struct arena *arena);

/* Rows for longer than their arena lives, or for another thread: every hold is given back by a release. */
struct db_rows *db_hold(struct db_rows *rows);
void db_release(struct db_rows *rows);

/* The bytes of a bytea, owned by the arena, and how many there are. */
const void *db_bytes(const struct db_rows *rows, size_t row, int column, struct arena *arena, size_t *size);

/* The value of one whole-number row, for statements that return just that. */
bool db_one_number(struct db *db, const char *name, const char *const *values, size_t count, long long *number,
	struct error *error);

/* A transaction that spans statements: for import and migrate. */
bool db_begin(struct db *db, struct error *error);
bool db_commit(struct db *db, struct error *error);
void db_rollback(struct db *db);

/* Several statements at once, without parameters: migrations and functions. */
bool db_script(struct db *db, const char *sql, struct error *error);

/* COPY … FROM STDIN by the named statement, then pieces of its text form, then the end. */
bool db_copy_open(struct db *db, const char *name, struct error *error);
bool db_copy_write(struct db *db, const char *bytes, size_t size, struct error *error);
bool db_copy_close(struct db *db, struct error *error);

/* Asks to be woken by NOTIFY on a channel; waits until then, until `file` (or -1) is readable or until the time
 * has passed. True when a notification came. */
bool db_listen(struct db *db, const char *channel, struct error *error);
bool db_wait(struct db *db, int file, int timeout_ms);

/* Whether the last statement found the server gone. */
bool db_lost(const struct db *db);

#endif
