/* What a command needs, opened when it first asks for it, and the sentence when it is not there. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/db/db.h"
#include "mcp/db/migrate.h"

enum { REASON_MOST = 500 };

const struct settings *cli_settings(struct cli *cli, struct error *error)
{
	if (!cli->settings_loaded &&
	    !settings_load(&cli->settings, cli_option(cli, "config"), cli->arena, error))
		return NULL;
	cli->settings_loaded = true;
	return &cli->settings;
}

struct db *cli_db(struct cli *cli, struct error *error)
{
	const struct settings *settings = cli_settings(cli, error);

	if (cli->db == NULL && settings != NULL)
		cli->db = db_open(settings->database, "flashd command", error);
	return cli->db;
}

struct db *cli_admin_db(struct cli *cli, struct error *error)
{
	const struct settings *settings = cli_settings(cli, error);

	if (cli->admin_db != NULL || settings == NULL)
		return cli->admin_db;
	if (settings->admin_database[0] == '\0') {
		error_set(error, ERROR_CONFIG, "The setting `admin_database` is empty; this command needs the connection of "
			"the owner of the tables (the one that runs `flashd migrate`).");
		return NULL;
	}
	struct db *db = db_open(settings->admin_database, "flashd command", error);

	if (db == NULL)
		return NULL;
	if (!migrate_become_owner(db, error)) {
		db_close(db);
		return NULL;
	}
	cli->admin_db = db;
	return db;
}

const struct seal *cli_seal(struct cli *cli, struct error *error)
{
	const struct settings *settings = cli_settings(cli, error);

	if (cli->seal == NULL && settings != NULL)
		cli->seal = seal_open(settings->master_key_file, error);
	return cli->seal;
}

void open_close(struct cli *cli)
{
	db_close(cli->db);
	db_close(cli->admin_db);
	if (cli->seal != NULL)
		seal_close(cli->seal);
}

const char *cli_tenant_word(struct cli *cli, struct error *error)
{
	const char *word = cli_option(cli, "tenant");
	const struct settings *settings = word == NULL ? cli_settings(cli, error) : NULL;

	if (word == NULL && settings != NULL && settings->tenant[0] != '\0')
		word = settings->tenant;
	return word;
}

/* 0 with ERROR_NONE when there is no such tenant. */
static int find_tenant(struct db *db, const char *word, struct arena *arena, struct error *error)
{
	struct db_rows *rows;

	error->code = ERROR_NONE;
	if (!db_query(db, 0, "find_tenant", DB_VALUES(word), arena, &rows, error) || db_text(rows, 0, 0) == NULL)
		return 0;
	return (int)db_number(rows, 0, 0);
}

/* The only tenant there is: their numbers have no gaps. */
static int only_tenant(struct db *db, struct arena *arena, struct error *error)
{
	int tenant = find_tenant(db, "1", arena, error);

	if (tenant == 0 && error->code == ERROR_NONE)
		error_set(error, ERROR_NOT_FOUND, "There is no tenant yet: make one with `flashd tenant create`.");
	if (tenant > 0 && find_tenant(db, "2", arena, error) > 0)
		tenant = (error_set(error, ERROR_USAGE, "There are several tenants: say which one with --tenant NAME "
			"(`flashd tenant list` shows them)."), 0);
	return error->code == ERROR_NONE ? tenant : 0;
}

static bool read_tenant(struct cli *cli, int tenant, struct error *error)
{
	struct db_rows *rows;

	if (!db_query(cli->db, tenant, "read_tenant", DB_NOTHING, cli->arena, &rows, error))
		return false;
	if (db_count(rows) != 1)
		return error_set(error, ERROR_INTERNAL, "Tenant %d was found and cannot be read.", tenant);
	cli->tenant_slug = db_text(rows, 0, 1);
	cli->tenant_zone = db_text(rows, 0, 3);
	cli->tenant_currency = db_text(rows, 0, 4);
	cli->tenant = tenant;
	return true;
}

int cli_tenant(struct cli *cli, struct error *error)
{
	struct db *db = cli->tenant > 0 ? NULL : cli_db(cli, error);

	if (cli->tenant > 0 || db == NULL)
		return cli->tenant;
	const char *word = cli_tenant_word(cli, error);
	int tenant = word == NULL ? only_tenant(db, cli->arena, error) : find_tenant(db, word, cli->arena, error);

	if (tenant == 0 && error->code == ERROR_NONE)
		error_set(error, ERROR_NOT_FOUND, "There is no tenant \"%.60s\": `flashd tenant list` shows them.", word);
	return tenant > 0 && read_tenant(cli, tenant, error) ? tenant : 0;
}

const char *cli_person(struct cli *cli, struct error *error)
{
	const char *person = cli_option(cli, "person");
	const struct settings *settings = person == NULL ? cli_settings(cli, error) : NULL;

	if (settings != NULL && settings->person[0] != '\0')
		person = settings->person;
	if (person == NULL && settings != NULL)
		error_set(error, ERROR_PERSON, "This is a person's power, so it must be known who you are: say --person NAME, "
			"or set `person` (or $FLASHD_PERSON).");
	return person;
}

const char *cli_reason(struct cli *cli, struct error *error)
{
	if (cli->reason != NULL && strlen(cli->reason) <= REASON_MOST)
		return cli->reason;
	error_set(error, ERROR_USAGE, cli->reason == NULL
		? "--reason TEXT is missing: it is kept for the record. Nothing was done."
		: "--reason has more than 500 bytes. Nothing was done.");
	return NULL;
}

const char *cli_local_time(struct cli *cli, const char *utc)
{
	struct db_rows *rows;
	struct error ignored;

	if (utc == NULL || cli->tenant == 0 || !db_query(cli->db, cli->tenant, "local_time",
			DB_VALUES(utc, cli->tenant_zone), cli->arena, &rows, &ignored))
		return utc;
	return db_text(rows, 0, 0);
}

char *cli_money(struct cli *cli, long long cents)
{
	return arena_format(cli->arena, "%s%s%s", text_money(cli->arena, cents), cli->tenant_currency == NULL ? "" : " ",
		cli->tenant_currency == NULL ? "" : cli->tenant_currency);
}

const char *cli_call_id(struct cli *cli)
{
	char *id = arena_alloc(cli->arena, 37);

	seal_uuid(id);
	return id;
}

bool cli_power(struct cli *cli, const char *name, const char *const *values, size_t count, struct db_rows **rows,
	struct error *error)
{
	const char *all[24] = { arena_format(cli->arena, "%d", cli->tenant), cli_call_id(cli) };

	for (size_t i = 0; i < count; i++)
		all[i + 2] = values[i];
	if (db_query(cli->db, 0, name, all, count + 2, cli->arena, rows, error))
		return true;
	if (error->code == ERROR_UNAVAILABLE)
		error_set(error, ERROR_UNCONFIRMED, "Not confirmed: the database went away while it was asked. This was done "
			"or it was not; look before you ask again.");
	return false;
}
