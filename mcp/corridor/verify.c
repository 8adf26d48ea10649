/* What is checked of the database before anything is served. "Could not tell" is never "fine". */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gates.h"
#include "mcp/base/log.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/db/array.h"
#include "station.h"

/* The SQL functions that tools.def and gates.def name must exist. */
static const char *function_names(struct arena *arena)
{
	struct db_array names = db_array_open(arena);
	const struct tool *tool;
	const struct gate *gate;

	for (size_t i = 0; (tool = tool_at(i)) != NULL; i++)
		if (tool->reverse != NULL)
			db_array_add(&names, arena_format(arena, "effect.%s", tool->reverse));
	for (size_t i = 0; (gate = gate_at(i)) != NULL; i++)
		if (gate->pass == NULL)
			db_array_add(&names, arena_format(arena, "app.%s", gate->name));
	return db_array_close(&names);
}

static bool verify_rights(struct db *db, struct arena *arena, struct error *error)
{
	struct db_rows *rows;

	if (!db_query(db, 0, "verify_database", DB_VALUES(function_names(arena)), arena, &rows, error))
		return false;
	if (db_count(rows) == 0)
		return true;
	struct text findings = text_open(arena, sizeof error->text - 60);

	for (size_t i = 0; i < db_count(rows); i++)
		text_format(&findings, " %s", db_text(rows, i, 0));
	return error_set(error, ERROR_SCHEMA, "The database is not as it must be:%s", findings.bytes);
}

/* The copy of the incarnation outside the database. A missing copy is a first start. */
static void read_copy(const char *path, char known[40])
{
	FILE *file = fopen(path, "re");

	known[0] = '\0';
	if (file == NULL)
		return;
	if (fgets(known, 40, file) != NULL)
		known[strcspn(known, "\n")] = '\0';
	fclose(file);
}

static bool write_copy(const char *path, const char *incarnation, struct error *error)
{
	char line[48], temporary[512];
	int size = snprintf(line, sizeof line, "%s\n", incarnation);

	snprintf(temporary, sizeof temporary, "%s.new", path);
	int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = file >= 0 && write(file, line, (size_t)size) == size && fsync(file) == 0;

	if (file >= 0)
		close(file);
	if (!good || rename(temporary, path) != 0)
		return error_set(error, ERROR_CONFIG, "%s cannot be written (%s): make the folder of the setting "
			"`state_folder` and let this user write there.", path, strerror(errno));
	return true;
}

static bool verify_incarnation(struct corridor *corridor, struct db *db, struct arena *arena, struct error *error)
{
	char known[40];
	const char *path = arena_format(arena, "%s/incarnation", corridor->settings->state_folder);
	struct db_rows *rows;

	read_copy(path, known);
	if (!db_query(db, 0, "check_incarnation", DB_VALUES(known), arena, &rows, error))
		return false;
	if (db_truth(rows, 0, 1))
		log_warn("incarnation", "This is not the database that this daemon knew (restored or promoted): everything "
			"is stopped until a person resumes it with `flashd resume --everything`.");
	return strcmp(known, db_text(rows, 0, 0)) == 0 || write_copy(path, db_text(rows, 0, 0), error);
}

/* Lists are in the order of ids, and ids begin with this machine's time. */
static bool verify_clock(struct db *db, struct error *error)
{
	enum { SKEW_MOST_S = 5 };
	char id[37];
	long long behind_s;

	seal_uuid(id);
	if (!db_one_number(db, "read_skew", DB_VALUES(id), &behind_s, error))
		return false;
	if (behind_s > SKEW_MOST_S || behind_s < -SKEW_MOST_S)
		log_warn("clock", "This machine's clock is %lld s %s the database's. Money and windows go by the database's, "
			"but what is done from here stands in the wrong place in lists: set this clock right (NTP).",
			behind_s < 0 ? -behind_s : behind_s, behind_s < 0 ? "before" : "behind");
	return true;
}

bool verify_database(struct corridor *corridor, struct db *db, struct error *error)
{
	struct arena *arena = arena_new();
	bool good = verify_rights(db, arena, error) && verify_incarnation(corridor, db, arena, error) &&
		verify_clock(db, error);

	arena_free(arena);
	return good;
}
