#include "migrate.h"

#include <stdio.h>
#include <string.h>

#include "mcp/base/embed.h"
#include "mcp/base/seal.h"

static bool is_applied(struct db *db, const char *name, struct arena *arena, bool *applied, struct error *error)
{
	struct db_rows *rows;

	if (!db_query(db, 0, "find_migration", DB_VALUES(name), arena, &rows, error))
		return false;
	*applied = db_truth(rows, 0, 0);
	return true;
}

static bool apply_tables(struct db *db, struct arena *arena, int *applied, struct error *error)
{
	const struct embed *file = NULL;

	while ((file = embed_next("sql/migrations/", file)) != NULL) {
		struct db_rows *rows;
		bool done;

		/* The table of migrations comes with the first one, so it may not be there yet. */
		if (!db_query(db, 0, "has_migrations", DB_NOTHING, arena, &rows, error))
			return false;
		done = db_truth(rows, 0, 0);
		if (done && !is_applied(db, file->path, arena, &done, error))
			return false;
		if (done)
			continue;
		if (!db_script(db, file->bytes, error) ||
		    !db_query(db, 0, "add_migration", DB_VALUES(file->path), arena, NULL, error))
			return error_wrap(error, "%s", file->path);
		(*applied)++;
	}
	return true;
}

/* Forward only: a file that was applied stays as it is. */
static bool check_tables(struct db *db, struct arena *arena, struct error *error)
{
	const struct embed *file = NULL;

	while ((file = embed_next("sql/migrations/", file)) != NULL) {
		const char *hash = seal_hash(file->bytes, strlen(file->bytes), arena);
		struct db_rows *rows;

		if (!db_query(db, 0, "check_migration", DB_VALUES(file->path, hash), arena, &rows, error))
			return false;
		if (!db_truth(rows, 0, 0))
			return error_set(error, ERROR_SCHEMA, "%s is not the file that was applied to this database; nothing was "
				"changed. Use the program that made it, or a later one: a change of the tables comes as a new file.",
				file->path);
	}
	return true;
}

static bool apply_code(struct db *db, struct error *error)
{
	const struct embed *file = NULL;

	while ((file = embed_next("sql/functions/", file)) != NULL)
		if (!db_script(db, file->bytes, error))
			return error_wrap(error, "%s", file->path);
	return true;
}

bool migrate_become_owner(struct db *db, struct error *error)
{
	return db_query(db, 0, "become_owner", DB_NOTHING, NULL, NULL, error) ||
		error_wrap(error, "This connection cannot act as the owner of the tables (role flash_owner); set "
			"`admin_database` to the connection that ran `flashd migrate`");
}

static bool migrate(struct db *db, int *applied, struct error *error)
{
	struct arena *arena = arena_new();
	const struct embed *roles = embed_find("sql/roles/roles.sql");
	bool good = db_begin(db, error) && (db_script(db, roles->bytes, error) || error_wrap(error, "%s", roles->path)) &&
		migrate_become_owner(db, error) && apply_tables(db, arena, applied, error) &&
		check_tables(db, arena, error) && apply_code(db, error) && db_commit(db, error);

	if (!good)
		db_rollback(db);
	arena_free(arena);
	return good;
}

bool migrate_database(const char *conninfo, int *applied, struct error *error)
{
	*applied = 0;
	if (conninfo[0] == '\0')
		return error_set(error, ERROR_CONFIG, "The setting `admin_database` is empty: name a connection of "
			"a PostgreSQL role that may make roles, like \"host=/var/run/postgresql dbname=flash user=postgres\".");
	struct db *db = db_open(conninfo, "flashd migrate", error);
	bool good = db != NULL && migrate(db, applied, error);

	db_close(db);
	return good;
}
