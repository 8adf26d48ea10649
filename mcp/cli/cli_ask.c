/* A question in plain words, answered as a table: the same governed number as the tool's. */
#include <string.h>

#include "commands.h"
#include "mcp/ask/ask.h"
#include "mcp/base/seal.h"
#include "mcp/base/utf8.h"

/* Up to three dimensions, the value, and a change for each comparison. */
enum { COLUMNS_MOST = 8 };

struct showing {
	struct cli *cli;
	const json_t *answer, *by, *comparisons;
	struct cli_column columns[COLUMNS_MOST];
	size_t count;
};

static const char *field_text(const struct showing *showing, const json_t *json, const char *field)
{
	const json_t *value = json_object_get(json, field);
	const char *text = json_string_value(value);

	if (text != NULL)
		return utf8_shown(showing->cli->arena, text, false);
	if (json_is_integer(value))
		return arena_format(showing->cli->arena, "%lld", json_integer_value(value));
	return json_is_real(value) ? arena_format(showing->cli->arena, "%g", json_real_value(value)) : NULL;
}

/* The name of a store rather than its code; money with its currency. */
static const char *shown(const struct showing *showing, const json_t *row, const char *field, const char *otherwise)
{
	const char *text = field_text(showing, row, field);

	return text != NULL ? text : field_text(showing, row, otherwise);
}

static void add_column(struct showing *showing, const char *title)
{
	if (showing->count < COLUMNS_MOST)
		showing->columns[showing->count++] = (struct cli_column){ title, title, CLI_TEXT };
}

static void add_row(struct showing *showing, struct cli_table *table, const json_t *row, const json_t *others[])
{
	const char *cells[COLUMNS_MOST] = { NULL };
	size_t count = 0, i;
	const json_t *one;

	json_array_foreach(showing->by, i, one)
		cells[count++] = row == NULL ? "(all)" : shown(showing, row, arena_format(showing->cli->arena, "%s_name",
			json_string_value(one)), json_string_value(one));
	const json_t *number = row == NULL ? showing->answer : row;

	cells[count++] = json_is_true(json_object_get(number, "withheld")) ? "withheld"
		: shown(showing, number, "text", "value");
	for (i = 0; i < json_array_size(showing->comparisons) && count < COLUMNS_MOST; i++) {
		const char *percent = field_text(showing, others[i], "change_pct");

		cells[count++] = percent == NULL ? NULL : arena_format(showing->cli->arena, "%s %%", percent);
	}
	cli_table_add(showing->cli, table, cells);
}

static void fill(struct showing *showing, struct cli_table *table)
{
	const json_t *rows = json_object_get(showing->answer, "rows"), *row, *one, *others[COLUMNS_MOST] = { NULL };
	size_t i, j;

	json_array_foreach(showing->by, i, one)
		add_column(showing, json_string_value(one));
	add_column(showing, json_string_value(json_object_get(showing->answer, "metric")));
	json_array_foreach(showing->comparisons, i, one)
		add_column(showing, json_string_value(json_object_get(one, "to")));
	json_array_foreach(rows, i, row) {
		json_array_foreach(showing->comparisons, j, one)
			others[j] = json_array_get(json_object_get(one, "rows"), i);
		add_row(showing, table, row, others);
	}
	json_array_foreach(showing->comparisons, j, one)
		others[j] = one;
	add_row(showing, table, NULL, others);
}

static bool show_metrics(struct cli *cli, const json_t *items)
{
	static const struct cli_column columns[] = { { "metric", "METRIC", CLI_TEXT }, { "title", "TITLE", CLI_TEXT } };
	struct cli_table table = { .columns = columns, .column_count = 2 };
	const json_t *one;
	size_t i;

	json_array_foreach(items, i, one)
		cli_table_add(cli, &table, (const char *const[]){ json_string_value(json_object_get(one, "metric")),
			json_string_value(json_object_get(one, "title")) });
	return cli_table_answer(cli, "metrics", &table);
}

static bool show(struct cli *cli, json_t *result)
{
	struct showing showing = { .cli = cli, .answer = json_object_get(result, "answer") };
	struct cli_table table = { .columns = showing.columns };
	const char *follow = json_string_value(json_object_get(result, "follow"));
	const char *cursor = json_string_value(json_object_get(showing.answer, "next_cursor"));
	const char *notes[] = { json_string_value(json_object_get(showing.answer, "note")),
		json_string_value(json_object_get(result, "note")) };

	showing.by = json_object_get(showing.answer, "by");
	showing.comparisons = json_object_get(showing.answer, "comparisons");
	cli_say(cli, "%s", json_string_value(json_object_get(result, "reads")));
	if (strcmp(json_string_value(json_object_get(result, "intent")), "list_metrics") == 0)
		return show_metrics(cli, json_object_get(showing.answer, "items"));
	for (size_t i = 0; i < 2; i++)
		if (notes[i] != NULL)
			cli_say(cli, "%s", notes[i]);
	table.column_count = json_array_size(showing.by) + 1 + json_array_size(showing.comparisons);
	fill(&showing, &table);
	if (cursor != NULL)
		cli_say(cli, "For the next rows ask the same with --cursor %s", cursor);
	if (follow != NULL)
		cli_say(cli, "Go on with --follow %s", follow);
	return cli_table_answer(cli, "rows", &table);
}

bool ask_command(struct cli *cli, struct error *error)
{
	struct error nobody;
	const char *person = cli_person(cli, &nobody);
	struct ask_request request = { .tenant = cli_tenant(cli, error), .caller = person == NULL ? "cli" : person,
		.question = cli_argument(cli, 0), .follow = cli_option(cli, "follow"),
		.cursor = cli_option(cli, "cursor") };

	if (request.tenant == 0 || (request.db = cli_db(cli, error)) == NULL ||
	    (request.seal = cli_seal(cli, error)) == NULL)
		return false;
	json_t *result = ask_answer(&request, cli->arena, error);

	if (result == NULL)
		return false;
	return cli->json ? cli_answer(cli, json_incref(result), "%s", "") : show(cli, result);
}
