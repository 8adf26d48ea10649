/* The small world of tests/fixtures/world.sql in a fresh database, as a superuser (raw) and as the daemon (asked). */
#ifndef FLASH_METRICS_WORLD_H
#define FLASH_METRICS_WORLD_H

#include "mcp/base/log.h"
#include "mcp/db/migrate.h"
#include "metrics_oracle.h"

static const char *daemon_database;

static void need(bool good, const char *what, const struct error *error)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, error->text);
	exit(1);
}

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
	raw = db_open(database, "oracle", &error);
	need(raw != NULL, "connect again", &error);
	daemon_database = arena_format(whole, "%s user=flashd options='-c flash.now=" TODAY "T11:00:00Z'", database);
	need(db_script(raw, read_file("tests/fixtures/oracle.sql"), &error), "oracle.sql", &error);
	asked = db_open(daemon_database, "asked", &error);
	need(asked != NULL, "connect as flashd", &error);
}

#endif
