#include "create_database.h"

#include "mcp/base/embed.h"
#include "mcp/db/db.h"

bool create_database(const char *conninfo, struct error *error)
{
	struct db *db = db_open(conninfo, "flashd demo", error);
	long long there = 0;
	bool good = db != NULL && db_one_number(db, "has_database", DB_NOTHING, &there, error) &&
		(there > 0 || db_script(db, embed_find("sql/load/create_database.sql")->bytes, error));

	db_close(db);
	return good;
}
