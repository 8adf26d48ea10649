/* The record of calls, as it grows. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "mcp/base/utf8.h"
#include "mcp/db/db.h"

/* A call's row appears when the call ends, which the daemon's role bounds well under this after it began. */
#define WINDOW_SECONDS "15"
#define WINDOW_ROWS "10000"

enum { POLL_MS = 500 };

static const struct cli_column columns[] = {
	{ "call", NULL, CLI_TEXT }, { "at", NULL, CLI_TEXT }, { NULL, "AT", CLI_TEXT }, { "principal", "WHO", CLI_TEXT },
	{ "via", "VIA", CLI_TEXT }, { "tool", "WHAT", CLI_TEXT }, { "decision", "ENDED", CLI_STATE },
	{ "code", "CODE", CLI_TEXT }, { "value_cents", "VALUE", CLI_MONEY }, { "rows", "ROWS", CLI_NUMBER },
	{ "duration_us", "US", CLI_NUMBER }, { "detail", NULL, CLI_JSON },
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static bool read_calls(struct cli *cli, const char *limit, const char *seconds, struct cli_table *table,
	struct error *error)
{
	struct db_rows *rows;

	*table = (struct cli_table){ .columns = columns, .column_count = COLUMNS };
	if (!db_query(cli->db, cli->tenant, "cli_audit", DB_VALUES(limit, cli_option(cli, "tool"),
			cli_option(cli, "principal"), seconds, cli->tenant_zone), cli->arena, &rows, error))
		return false;
	cli_table_add_rows(cli, table, rows);
	return true;
}

static const char *shown(struct cli *cli, const struct cli_table *table, size_t row, int column)
{
	const char *text = table->cells[row * COLUMNS + (size_t)column];

	return text == NULL || *text == '\0' ? "-" : utf8_shown(cli->arena, text, false);
}

/* A line of fixed shape: a stream cannot know how wide what follows will be. */
static void print_call(struct cli *cli, const struct cli_table *table, size_t row)
{
	if (cli->json) {
		printf("%s\n", arena_dump(cli->arena, arena_json(cli->arena, cli_table_json(table, row))));
		return;
	}
	printf("%s  %-14s %-5s %-20s %s %s\n", shown(cli, table, row, 2), shown(cli, table, row, 3),
		shown(cli, table, row, 4), shown(cli, table, row, 5),
		cli_state(cli, shown(cli, table, row, 6), cli->color_out), shown(cli, table, row, 7));
}

/* Calls end in another order than they begin: the last seconds are read again and what was seen is left out. */
static bool is_seen(const struct cli_table *seen, const char *call)
{
	for (size_t row = 0; row < seen->row_count; row++)
		if (strcmp(seen->cells[row * COLUMNS], call) == 0)
			return true;
	return false;
}

static void print_new(struct cli *cli, const struct cli_table *table, const struct cli_table *seen)
{
	for (size_t row = 0; row < table->row_count; row++)
		if (!is_seen(seen, table->cells[row * COLUMNS]))
			print_call(cli, table, row);
	fflush(stdout);
}

static bool follow(struct cli *cli, const struct cli_table *first, struct error *error)
{
	struct arena *home = cli->arena, *last = NULL;
	struct cli_table seen = *first;
	bool good;

	do {
		struct cli_table table;

		db_wait(cli->db, -1, POLL_MS);
		cli->arena = arena_new();
		good = read_calls(cli, WINDOW_ROWS, WINDOW_SECONDS, &table, error);
		if (good)
			print_new(cli, &table, &seen);
		seen = table;
		arena_free(last);
		last = cli->arena;
	} while (good && !ferror(stdout));
	arena_free(last);
	cli->arena = home;
	return good;
}

bool audit_tail(struct cli *cli, struct error *error)
{
	const char *limit = cli_option(cli, "limit");
	struct cli_table table, seen = { .row_count = 0 }, nothing = { .row_count = 0 };
	bool follows = cli_switch(cli, "follow") && !cli->csv;

	/* What is there already is seen, also where --limit does not show it. */
	if (cli_tenant(cli, error) == 0 || (follows && !read_calls(cli, WINDOW_ROWS, WINDOW_SECONDS, &seen, error)) ||
	    !read_calls(cli, limit == NULL ? "20" : limit, NULL, &table, error))
		return false;
	if (cli->csv)
		return cli_table_answer(cli, "calls", &table);
	print_new(cli, &table, &nothing);
	for (size_t row = 0; follows && row < table.row_count; row++)
		cli_table_add(cli, &seen, table.cells + row * COLUMNS);
	return !follows || follow(cli, &seen, error);
}
