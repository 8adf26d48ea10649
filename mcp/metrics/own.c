#include "own.h"

#include <string.h>

static void free_catalogue(void *catalogue)
{
	catalogue_free(catalogue);
}

const struct metric *own_read(const char *path, const char *bytes, struct arena *arena, struct error *error)
{
	struct catalogue *catalogue = catalogue_new();

	arena_own(arena, catalogue, free_catalogue);
	catalogue_add(catalogue, path, bytes, strlen(bytes));
	const struct metric *metric = catalogue_at(catalogue, 0);

	if (catalogue_beside_shipped(catalogue, error) && metric != NULL && metric->certified_by == NULL)
		return metric;
	if (error->code == ERROR_NONE)
		error_set(error, ERROR_CONFIG, "%s#/certified: only a person certifies: leave it out, and run `flashd metrics "
			"certify` when it is there", path);
	return NULL;
}

static const char *path_of(const char *name, struct arena *arena)
{
	return arena_format(arena, "%s.json", name);
}

bool own_find(struct db *db, int tenant, const char *name, struct arena *arena, const struct metric **metric,
	struct error *error)
{
	const struct catalogue *catalogue = catalogue_shipped(error);
	struct db_rows *rows;

	if (catalogue == NULL)
		return false;
	*metric = catalogue_find(catalogue, name);
	if (*metric != NULL)
		return true;
	if (*name == '\0' || strlen(name) > 30 || strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(name))
		return catalogue_refuse(catalogue, name, arena, error);
	if (!db_query(db, tenant, "metric_definitions", DB_VALUES(arena_format(arena, "%d", tenant), name), arena, &rows,
		error))
		return false;
	if (db_count(rows) == 0)
		return catalogue_refuse(catalogue, name, arena, error);
	*metric = own_read(path_of(name, arena), db_text(rows, 0, 1), arena, error);
	return *metric != NULL;
}

int own_list(struct db *db, int tenant, struct arena *arena, const struct metric **metrics, size_t most,
	struct error *error)
{
	struct error ignored;
	struct db_rows *rows;
	size_t count = 0;

	if (!db_query(db, tenant, "metric_definitions", DB_VALUES(arena_format(arena, "%d", tenant), ""), arena, &rows,
		error))
		return -1;
	for (size_t i = 0; i < db_count(rows) && count < most; i++) {
		const struct metric *metric = own_read(path_of(db_text(rows, i, 0), arena), db_text(rows, i, 1), arena,
			&ignored);

		if (metric != NULL)
			metrics[count++] = metric;
	}
	return (int)count;
}
