#include "policy_store.h"

#include <stdio.h>

bool policy_store_add(struct db *db, int tenant, const char *call, const char *person, const struct policy_row *row,
	int *version, struct error *error)
{
	char number[16];
	long long made;

	snprintf(number, sizeof number, "%d", tenant);
	if (!db_one_number(db, "add_policy", DB_VALUES(number, call, person, row->name, row->body, row->hash, row->key),
			&made, error))
		return false;
	*version = (int)made;
	return true;
}

const char *policy_store_key(struct db *db, int tenant, const char *policy, struct arena *arena, struct error *error)
{
	const char *number = arena_format(arena, "%d", tenant);
	struct db_rows *rows;

	if (!db_query(db, tenant, "find_policy", DB_VALUES(number, policy), arena, &rows, error))
		return NULL;
	if (db_count(rows) == 1)
		return db_text(rows, 0, 0);
	error_set(error, ERROR_NOT_FOUND, "There is no policy \"%s\" at work: put one to work with `flashd agent policy`.",
		policy);
	return NULL;
}
