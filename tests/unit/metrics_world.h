/* The small world of tests/fixtures/world.sql in a fresh database, as a superuser (raw) and as the daemon (asked). */
#ifndef FLASH_METRICS_WORLD_H
#define FLASH_METRICS_WORLD_H

#include "mcp/db/migrate.h"
#include "metrics_places.h"

static void open_world(const char *database)
{
	struct error error;
	int applied;

	log_set_level(LOG_LEVEL_ERROR);
	need(migrate_database(database, &applied, &error), "migrate", &error);
	raw = db_open(database, "oracle", &error);
	need(raw != NULL, "connect", &error);
	need(db_begin(raw, &error) && migrate_become_owner(raw, &error), "owner", &error);
	need(db_script(raw, read_file("tests/fixtures/world.sql"), &error), "world.sql", &error);
	need(db_commit(raw, &error), "commit", &error);
	db_close(raw);
	open_oracle(database, "tests/fixtures/oracle_world.sql", "2017-11-06T11:00:00Z");
}

#endif
