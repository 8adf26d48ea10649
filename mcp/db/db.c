/* libpq, and nothing that knows what the statements mean. */
#include "db.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binary.h"
#include "mcp/base/embed.h"
#include "mcp/base/log.h"

enum { NAMES_MAX = 256, NAME_BYTES = 48, VALUES_MOST = 32, PLANNED_MOST = 32 };

struct db {
	PGconn *conn;
	char application[32];
	bool in_transaction;
	size_t prepared;
	char names[NAMES_MAX][NAME_BYTES];   /* of what this session has prepared */
	char *planned[PLANNED_MOST];         /* SELECTs whose plans this session keeps, as planned_0 and so on */
	size_t planned_next;                 /* the one that makes room */
	const char *channel;
	const char *limits;                  /* of the key that is being served, or NULL */
};

struct db_rows {
	PGresult *result;
	atomic_int holders;
};

static void release_rows(void *rows)
{
	db_release(rows);
}

struct db_rows *db_hold(struct db_rows *rows)
{
	atomic_fetch_add(&rows->holders, 1);
	return rows;
}

void db_release(struct db_rows *rows)
{
	if (rows == NULL || atomic_fetch_sub(&rows->holders, 1) > 1)
		return;
	PQclear(rows->result);
	free(rows);
}

/* The first hold is the arena's. */
static struct db_rows *rows_new(PGresult *result, struct arena *arena)
{
	struct db_rows *rows = malloc(sizeof *rows);

	if (rows == NULL)
		abort();
	rows->result = result;
	atomic_init(&rows->holders, 1);
	arena_own(arena, rows, release_rows);
	return rows;
}

static void drop_notice(void *context, const char *message)
{
	(void)context;
	log_debug("postgres", "%s", message);
}

static bool lost_error(struct error *error, const char *what)
{
	return error_set(error, ERROR_UNAVAILABLE, "The database cannot be reached (%s). Check that PostgreSQL runs "
		"and that the setting `database` names it.", what);
}

struct db *db_open(const char *conninfo, const char *application, struct error *error)
{
	const char *keys[] = { "dbname", "application_name", "connect_timeout", "client_encoding", NULL };
	const char *values[] = { conninfo, application, "5", "UTF8", NULL };
	PGconn *conn = PQconnectdbParams(keys, values, 1);

	if (PQstatus(conn) != CONNECTION_OK) {
		char *line = PQerrorMessage(conn);

		line[strcspn(line, "\n")] = '\0';
		lost_error(error, line);
		PQfinish(conn);
		return NULL;
	}
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		abort();
	db->conn = conn;
	snprintf(db->application, sizeof db->application, "%s", application);
	PQsetNoticeProcessor(conn, drop_notice, NULL);
	return db;
}

static void forget_planned(struct db *db)
{
	for (size_t i = 0; i < PLANNED_MOST; i++) {
		free(db->planned[i]);
		db->planned[i] = NULL;
	}
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	forget_planned(db);
	free(db);
}

bool db_lost(const struct db *db)
{
	return PQstatus(db->conn) != CONNECTION_OK;
}

/* Opens a lost connection again, unless a transaction went with it. */
static bool revive(struct db *db, struct error *error)
{
	if (!db_lost(db))
		return true;
	if (db->in_transaction)
		return lost_error(error, "the connection was lost inside a transaction");
	PQreset(db->conn);
	db->prepared = 0;
	forget_planned(db);
	if (db_lost(db))
		return lost_error(error, "it does not answer");
	PQsetNoticeProcessor(db->conn, drop_notice, NULL);
	return db->channel == NULL || db_listen(db, db->channel, error);
}

static bool result_error(struct db *db, const PGresult *result, const char *name, struct error *error)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	enum error_code code = state == NULL ? ERROR_NONE : error_from_sqlstate(state);

	if (code != ERROR_NONE)
		return error_set(error, code, "%s", message == NULL ? "refused" : message);
	if (state == NULL || db_lost(db) || strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0)
		return lost_error(error, "the connection was lost while it worked; what was asked may or may not have "
			"been done: ask again with the same idempotency key");
	log_warn("statement", "%s failed: %s %s", name, state, message == NULL ? "" : message);
	if (strcmp(state, "57014") == 0)
		return error_set(error, ERROR_BUSY, "This took longer than one statement may. Nothing was changed. Ask for "
			"less at once (a shorter window, fewer groups, no comparison), or again when the database is less busy.");
	if (strcmp(state, "55P03") == 0 || strncmp(state, "40", 2) == 0)
		return error_set(error, ERROR_BUSY, "The database was too busy to finish this in time. Nothing was "
			"changed; try again.");
	if (strcmp(state, "42501") == 0 || strncmp(state, "3F", 2) == 0 || strncmp(state, "42", 2) == 0)
		return error_set(error, ERROR_SCHEMA, "The database does not fit this program (%s in `%s`). Run "
			"`flashd migrate`.", state, name);
	return error_set(error, ERROR_INTERNAL, "The statement `%s` failed (%s); nothing was changed. The log has "
		"the detail.", name, state);
}

/* The session's own name of a statement, prepared when it is new here. */
static const char *prepare(struct db *db, const char *name, struct error *error)
{
	char path[128];

	for (size_t i = 0; i < db->prepared; i++)
		if (strcmp(db->names[i], name) == 0)
			return db->names[i];
	snprintf(path, sizeof path, "sql/queries/%s.sql", name);
	const struct embed *file = embed_find(path);

	if (file == NULL || db->prepared == NAMES_MAX || strlen(name) >= NAME_BYTES) {
		error_set(error, ERROR_INTERNAL, "There is no statement `%s`.", name);
		return NULL;
	}
	PGresult *result = PQprepare(db->conn, name, file->bytes, 0, NULL);
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

	if (good)
		snprintf(db->names[db->prepared++], NAME_BYTES, "%s", name);
	else
		result_error(db, result, name, error);
	PQclear(result);
	return good ? db->names[db->prepared - 1] : NULL;
}

static bool take(struct db *db, PGresult *result, const char *name, struct arena *arena, struct db_rows **rows,
	struct error *error)
{
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		if (result == NULL || status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
			result_error(db, result, name, error);
		else
			error_set(error, ERROR_INTERNAL, "The statement `%s` was not run.", name);
		PQclear(result);
		return false;
	}
	if (rows == NULL) {
		PQclear(result);
		return true;
	}
	*rows = rows_new(result, arena);
	return true;
}

/* In pipeline mode what lies before the Sync is one implicit transaction: the tenant is set for it alone. */
static bool run_in_tenant(struct db *db, int tenant, const char *enter, const char *prepared, const char *sql,
	const char *const *values, size_t count, int binary, struct arena *arena, struct db_rows **rows,
	struct error *error)
{
	char number[16];
	const char *who = number;
	const char *name = prepared != NULL ? prepared : "metric";
	int last = db->limits != NULL ? 2 : 1;   /* the statement that is wanted */
	bool good = true;

	snprintf(number, sizeof number, "%d", tenant);
	PQenterPipelineMode(db->conn);
	PQsendQueryPrepared(db->conn, enter, 1, &who, NULL, NULL, 0);
	if (db->limits != NULL)
		PQsendQueryPrepared(db->conn, "enter_limits", 1, &db->limits, NULL, NULL, 0);
	if (prepared != NULL)
		PQsendQueryPrepared(db->conn, prepared, (int)count, values, NULL, NULL, binary);
	else
		PQsendQueryParams(db->conn, sql, (int)count, NULL, values, NULL, NULL, binary);
	PQpipelineSync(db->conn);
	for (int step = 0; step <= last; step++) {
		PGresult *result = PQgetResult(db->conn);

		if (step < last && PQresultStatus(result) == PGRES_TUPLES_OK)
			PQclear(result);
		else if (good)
			good = take(db, result, name, arena, rows, error) && step == last;
		else
			PQclear(result);
		PQclear(PQgetResult(db->conn));   /* the NULL that ends each statement */
	}
	PQclear(PQgetResult(db->conn));           /* the Sync's own result */
	PQexitPipelineMode(db->conn);
	return good;
}

/* Prepares what goes before every statement in a tenant. */
static bool prepare_entry(struct db *db, const char *enter, struct error *error)
{
	return prepare(db, enter, error) != NULL &&
		(db->limits == NULL || prepare(db, "enter_limits", error) != NULL);
}

void db_limit(struct db *db, const char *limits)
{
	db->limits = limits;
}

const char *db_limits(const struct db *db)
{
	return db->limits;
}

bool db_query(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	if (!revive(db, error))
		return false;
	const char *prepared = prepare(db, name, error);

	if (prepared == NULL)
		return false;
	if (tenant > 0)
		return prepare_entry(db, "enter_tenant", error) &&
			run_in_tenant(db, tenant, "enter_tenant", prepared, NULL, values, count, 0, arena, rows, error);
	return take(db, PQexecPrepared(db->conn, prepared, (int)count, values, NULL, NULL, 0), name, arena, rows,
		error);
}

bool db_query_planned(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	if (!revive(db, error))
		return false;
	const char *prepared = prepare(db, name, error);

	return prepared != NULL && prepare_entry(db, "enter_tenant_planned", error) &&
		run_in_tenant(db, tenant, "enter_tenant_planned", prepared, NULL, values, count, 0, arena, rows, error);
}

bool db_query_arrays(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct bulks *arrays, struct error *error)
{
	struct db_rows *rows;

	if (!revive(db, error))
		return false;
	const char *prepared = prepare(db, name, error);

	if (prepared == NULL || !prepare_entry(db, "enter_tenant", error) ||
	    !run_in_tenant(db, tenant, "enter_tenant", prepared, NULL, values, count, 1, arena, &rows, error))
		return false;
	struct bulk *columns = arena_alloc(arena, ((size_t)db_width(rows) + 1) * sizeof *columns);
	bool good = db_count(rows) == 1;

	for (int i = 0; good && i < db_width(rows); i++)
		good = PQgetisnull(rows->result, 0, i) ||   /* an aggregate of nothing: no values */
			binary_column(PQgetvalue(rows->result, 0, i), (size_t)PQgetlength(rows->result, 0, i), &columns[i], arena);
	*arrays = (struct bulks){ columns, (size_t)db_width(rows) };
	return good || error_set(error, ERROR_INTERNAL, "The statement `%s` gave no row of arrays.", name);
}

bool db_query_columns(struct db *db, const char *name, const char *const *values, size_t count,
	const struct bulk *columns, size_t column_count, struct arena *arena, struct db_rows **rows, struct error *error)
{
	const char *all[VALUES_MOST];
	int sizes[VALUES_MOST] = { 0 }, forms[VALUES_MOST] = { 0 };

	if (!revive(db, error))
		return false;
	const char *prepared = prepare(db, name, error);

	if (prepared == NULL)
		return false;
	if (count + column_count > VALUES_MOST)
		abort();
	memcpy(all, values, count * sizeof *values);
	for (size_t i = 0; i < column_count; i++) {
		struct binary binary = binary_array(&columns[i], arena);

		all[count + i] = binary.bytes;
		sizes[count + i] = binary.size;
		forms[count + i] = 1;
	}
	return take(db, PQexecPrepared(db->conn, prepared, (int)(count + column_count), all, sizes, forms, 0), name,
		arena, rows, error);
}

/* The session's name of a SELECT whose plan is kept; the oldest makes room for a new one. */
static const char *plan(struct db *db, const char *sql, struct arena *arena, struct error *error)
{
	size_t place = 0;

	while (place < PLANNED_MOST && (db->planned[place] == NULL || strcmp(db->planned[place], sql) != 0))
		place++;
	if (place < PLANNED_MOST)
		return arena_format(arena, "planned_%zu", place);
	place = db->planned_next;
	const char *name = arena_format(arena, "planned_%zu", place);

	if (db->planned[place] != NULL && !take(db, PQexec(db->conn, arena_format(arena, "deallocate %s", name)), name,
		arena, NULL, error))
		return NULL;
	free(db->planned[place]);
	db->planned[place] = NULL;
	if (!take(db, PQprepare(db->conn, name, sql, 0, NULL), name, arena, NULL, error))
		return NULL;
	db->planned[place] = strdup(sql);
	if (db->planned[place] == NULL)
		abort();
	db->planned_next = (place + 1) % PLANNED_MOST;
	return name;
}

bool db_select_planned(struct db *db, int tenant, const char *sql, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	if (!revive(db, error) || !prepare_entry(db, "enter_tenant_planned", error))
		return false;
	const char *name = plan(db, sql, arena, error);

	return name != NULL &&
		run_in_tenant(db, tenant, "enter_tenant_planned", name, NULL, values, count, 0, arena, rows, error);
}

bool db_select(struct db *db, int tenant, const char *sql, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	return revive(db, error) && prepare_entry(db, "enter_tenant", error) &&
		run_in_tenant(db, tenant, "enter_tenant", NULL, sql, values, count, 0, arena, rows, error);
}

struct db_rows *db_rows_made(const char *const *cells, size_t count, int width, struct arena *arena)
{
	struct db_rows *rows = rows_new(NULL, arena);
	PGresAttDesc *columns = arena_alloc(arena, (size_t)width * sizeof *columns);
	static char no_name[] = "";
	bool good;

	for (int i = 0; i < width; i++)
		columns[i].name = no_name;
	rows->result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	good = rows->result != NULL && PQsetResultAttrs(rows->result, width, columns) != 0;
	for (size_t i = 0; good && i < count * (size_t)width; i++)
		good = PQsetvalue(rows->result, (int)(i / (size_t)width), (int)(i % (size_t)width),
			(char *)(uintptr_t)cells[i], cells[i] == NULL ? -1 : (int)strlen(cells[i])) != 0;
	if (!good)
		abort();   /* out of memory, as in an arena */
	return rows;
}

size_t db_count(const struct db_rows *rows)
{
	return (size_t)PQntuples(rows->result);
}

int db_width(const struct db_rows *rows)
{
	return PQnfields(rows->result);
}

const char *db_text(const struct db_rows *rows, size_t row, int column)
{
	return PQgetisnull(rows->result, (int)row, column) ? NULL : PQgetvalue(rows->result, (int)row, column);
}

long long db_number(const struct db_rows *rows, size_t row, int column)
{
	return strtoll(PQgetvalue(rows->result, (int)row, column), NULL, 10);
}

double db_real(const struct db_rows *rows, size_t row, int column)
{
	return strtod(PQgetvalue(rows->result, (int)row, column), NULL);
}

bool db_truth(const struct db_rows *rows, size_t row, int column)
{
	return PQgetvalue(rows->result, (int)row, column)[0] == 't';
}

json_t *db_json(const struct db_rows *rows, size_t row, int column, struct arena *arena)
{
	const char *text = db_text(rows, row, column);
	json_t *json = text == NULL ? json_null() : json_loads(text, JSON_DECODE_ANY, NULL);

	return arena_json(arena, json);
}

/* libpq's own reader of "\\x…" asks for memory that is freed apart; this is the same. */
const void *db_bytes(const struct db_rows *rows, size_t row, int column, struct arena *arena, size_t *size)
{
	const char *hex = PQgetvalue(rows->result, (int)row, column);
	size_t digits = (size_t)PQgetlength(rows->result, (int)row, column);

	*size = digits < 2 ? 0 : (digits - 2) / 2;
	char *bytes = arena_alloc(arena, *size + 1);

	binary_from_hex(hex + 2, bytes, *size);
	return bytes;
}

bool db_one_number(struct db *db, const char *name, const char *const *values, size_t count, long long *number,
	struct error *error)
{
	struct arena *arena = arena_new();
	struct db_rows *rows;
	bool good = db_query(db, 0, name, values, count, arena, &rows, error);

	if (good && db_count(rows) == 1)
		*number = db_number(rows, 0, 0);
	else if (good)
		good = error_set(error, ERROR_INTERNAL, "The statement `%s` gave no row.", name);
	arena_free(arena);
	return good;
}

static bool run_plain(struct db *db, const char *sql, const char *name, struct error *error)
{
	return take(db, PQexec(db->conn, sql), name, NULL, NULL, error);
}

bool db_begin(struct db *db, struct error *error)
{
	db->in_transaction = revive(db, error) && run_plain(db, "BEGIN", "BEGIN", error);
	return db->in_transaction;
}

bool db_commit(struct db *db, struct error *error)
{
	db->in_transaction = false;
	return run_plain(db, "COMMIT", "COMMIT", error);
}

void db_rollback(struct db *db)
{
	struct error ignored;

	if (db->in_transaction)
		run_plain(db, "ROLLBACK", "ROLLBACK", &ignored);
	db->in_transaction = false;
}

bool db_script(struct db *db, const char *sql, struct error *error)
{
	PGresult *result = PQexec(db->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

	if (!good) {
		const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		const char *place = PQresultErrorField(result, PG_DIAG_CONTEXT);

		error_set(error, ERROR_SCHEMA, "%s%s%s.", message == NULL ? PQerrorMessage(db->conn) : message,
			place == NULL ? "" : " in ", place == NULL ? "" : place);
	}
	PQclear(result);
	return good;
}

bool db_copy_open(struct db *db, const char *name, struct error *error)
{
	char path[128];

	snprintf(path, sizeof path, "sql/queries/%s.sql", name);
	const struct embed *file = embed_find(path);

	if (file == NULL)
		return error_set(error, ERROR_INTERNAL, "There is no statement `%s`.", name);
	PGresult *result = PQexec(db->conn, file->bytes);
	bool good = PQresultStatus(result) == PGRES_COPY_IN || result_error(db, result, name, error);

	PQclear(result);
	return good;
}

bool db_copy_write(struct db *db, const char *bytes, size_t size, struct error *error)
{
	return PQputCopyData(db->conn, bytes, (int)size) == 1 || lost_error(error, "COPY was cut off");
}

bool db_copy_close(struct db *db, struct error *error)
{
	if (PQputCopyEnd(db->conn, NULL) != 1)
		return lost_error(error, "COPY was cut off");
	bool good = take(db, PQgetResult(db->conn), "COPY", NULL, NULL, error);

	for (PGresult *result; (result = PQgetResult(db->conn)) != NULL;)
		PQclear(result);
	return good;
}

bool db_listen(struct db *db, const char *channel, struct error *error)
{
	char sql[80];

	db->channel = channel;
	snprintf(sql, sizeof sql, "LISTEN %s", channel);
	return run_plain(db, sql, "LISTEN", error);
}

bool db_wait(struct db *db, int file, int timeout_ms)
{
	struct pollfd files[2] = { { PQsocket(db->conn), POLLIN, 0 }, { file, POLLIN, 0 } };
	struct error ignored;
	bool woken = false;

	if (!revive(db, &ignored))
		files[0].fd = -1;
	poll(files, file < 0 ? 1 : 2, timeout_ms);
	PQconsumeInput(db->conn);
	for (PGnotify *notice; (notice = PQnotifies(db->conn)) != NULL;) {
		woken = true;
		PQfreemem(notice);
	}
	return woken;
}
