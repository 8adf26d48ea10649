/* Where the resident stands: one table, and the switch above it. */
#include <string.h>

#include "commands.h"
#include "mcp/db/db.h"

static const struct cli_column columns[] = {
	{ "policy", "POLICY", CLI_TEXT }, { "version", "VERSION", CLI_NUMBER }, { "key", "KEY", CLI_TEXT },
	{ "enabled", "ENABLED", CLI_TRUTH }, { "running", "RUNNING", CLI_TRUTH }, { "next_run_at", "NEXT RUN", CLI_TEXT },
	{ "last_run", "LAST RUN", CLI_TEXT }, { "last_state", "STATE", CLI_STATE }, { "last_started_at", "STARTED", CLI_TEXT },
	{ "last_chosen", "CHOSEN", CLI_NUMBER }, { "last_spent_cents", "SPENT", CLI_MONEY },
};

bool agent_status(struct cli *cli, struct error *error)
{
	struct cli_table table = { .columns = columns, .column_count = sizeof columns / sizeof columns[0] };
	int tenant = cli_tenant(cli, error);
	struct db *db = tenant == 0 ? NULL : cli_db(cli, error);
	const char *number = arena_format(cli->arena, "%d", tenant);
	struct db_rows *rows, *state;

	if (db == NULL || !db_query(db, tenant, "cli_agent", DB_VALUES(number), cli->arena, &rows, error) ||
	    !db_query(db, 0, "read_switch", DB_VALUES(number), cli->arena, &state, error))
		return false;
	const json_t *now = db_json(state, 0, 0, cli->arena);
	bool stopped = json_is_true(json_object_get(now, "stopped"));

	cli_say(cli, "%s: %s; %lld deliveries in flight", cli->tenant_slug, cli_state(cli, stopped ? "stopped" : "running",
		cli->color_talk), (long long)json_integer_value(json_object_get(now, "in_flight")));
	cli_table_add_rows(cli, &table, rows);
	return cli_table_answer(cli, "policies", &table);
}
