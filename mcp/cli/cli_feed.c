/* Feeds of events: who may send, a secret that is seen once, and how fresh what comes is. */
#include <string.h>

#include "commands.h"
#include "mcp/base/seal.h"
#include "mcp/db/db.h"

static const struct cli_column feed_columns[] = {
	{ "feed", "FEED", CLI_TEXT }, { "state", "STATE", CLI_STATE }, { "accepted", "EVENTS", CLI_NUMBER },
	{ "refused", "REFUSED", CLI_NUMBER }, { "parked", "WAITING", CLI_NUMBER }, { "last_event_at", NULL, CLI_TEXT },
	{ NULL, "NEWEST EVENT", CLI_TEXT }, { "last_received_at", NULL, CLI_TEXT }, { NULL, "LAST HEARD", CLI_TEXT },
	{ "calls_per_minute", "A MINUTE", CLI_NUMBER }, { "expect_every_minutes", "EXPECTED", CLI_NUMBER },
	{ "created_by", "BY", CLI_TEXT }, { "created_at", NULL, CLI_TEXT }, { "revoked_at", NULL, CLI_TEXT },
};

static bool check_name(const char *name, struct error *error)
{
	size_t size = strlen(name);

	if (size <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == size && name[0] != '_' &&
		name[0] != '-')
		return true;
	return error_set(error, ERROR_USAGE, "\"%.60s\" cannot be a feed's name: take 1 to 40 of a-z, 0-9, - and _, a "
		"letter or digit first.", name);
}

bool feed_create(struct cli *cli, struct error *error)
{
	const char *name = cli_argument(cli, 0), *person = cli_person(cli, error), *most = cli_option(cli, "per-minute");
	const char *expected = cli_option(cli, "expect-minutes");
	const struct seal *seal = person == NULL || !check_name(name, error) ? NULL : cli_seal(cli, error);

	if (seal == NULL || cli_tenant(cli, error) == 0 || cli_settings(cli, error) == NULL)
		return false;
	const char *secret = seal_webhook_secret(cli->arena);
	const char *sealed = seal_encrypt(seal, cli->tenant, SEAL_FEED, secret, cli->arena);
	const char *path = arena_format(cli->arena, "/api/events/%d/%s", cli->tenant, name);

	if (!cli_power(cli, "create_feed", DB_VALUES(person, name, sealed, most == NULL ? "6000" : most,
			expected == NULL ? "1440" : expected), NULL, error))
		return false;
	cli->next = arena_format(cli->arena, "flashd feed revoke %s", name);   /* when nobody got the secret */
	cli_say(cli, "Feed %s of %s sends to POST http://%s:%ld%s, signed as Standard Webhooks say.\n"
		"The secret is shown this once.", name, cli->tenant_slug, cli->settings.http_address, cli->settings.http_port,
			path);
	return cli_answer(cli, json_pack("{s:s, s:s, s:s}", "feed", name, "path", path, "secret", secret), "%s\n", secret);
}

static bool read_feeds(struct cli *cli, const char *all, const char *feed, struct cli_table *table, struct error *error)
{
	struct db_rows *rows;

	*table = (struct cli_table){ .columns = feed_columns,
		.column_count = sizeof feed_columns / sizeof feed_columns[0] };
	if (cli_tenant(cli, error) == 0 || !db_query(cli->db, cli->tenant, "cli_feeds", DB_VALUES(all, cli->tenant_zone,
			feed), cli->arena, &rows, error))
		return false;
	cli_table_add_rows(cli, table, rows);
	return feed == NULL || db_count(rows) == 1 || error_set(error, ERROR_NOT_FOUND, "There is no open feed %.40s: "
		"`flashd feed list` shows them.", feed);
}

bool feed_list(struct cli *cli, struct error *error)
{
	struct cli_table table;

	return read_feeds(cli, cli_switch(cli, "all") ? "true" : "false", NULL, &table, error) &&
		cli_table_answer(cli, "feeds", &table);
}

bool feed_revoke(struct cli *cli, struct error *error)
{
	const char *name = cli_argument(cli, 0), *person = cli_person(cli, error);
	struct cli_table table;
	struct db_rows *rows;

	if (person == NULL || !read_feeds(cli, "false", name, &table, error))
		return false;
	if (!cli_confirm_mild(cli, arena_format(cli->arena, "Nothing of the feed %s of %s is taken any more; what it sent "
			"stays.", name, cli->tenant_slug), error))
		return false;
	if (!cli_power(cli, "revoke_feed", DB_VALUES(person, name), &rows, error))
		return false;
	const char *at = db_text(rows, 0, 0);

	return cli_answer(cli, json_pack("{s:s, s:s, s:s}", "feed", name, "state", "revoked", "revoked_at", at),
		"%s revoked: nothing of it is taken after %s\n", name, cli_local_time(cli, at));
}
