/* Rows for people (aligned, never wrapped), for spreadsheets (CSV) and for programs (JSON), from the same cells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "mcp/base/text.h"
#include "mcp/base/utf8.h"
#include "mcp/db/db.h"

void cli_table_add(struct cli *cli, struct cli_table *table, const char *const *cells)
{
	size_t width = table->column_count;

	if (table->row_count == table->room) {
		size_t room = table->room == 0 ? 32 : 2 * table->room;
		const char **larger = arena_alloc(cli->arena, room * width * sizeof *larger);

		for (size_t i = 0; i < table->row_count * width; i++)
			larger[i] = table->cells[i];
		table->cells = larger;
		table->room = room;
	}
	for (size_t i = 0; i < width; i++)
		table->cells[table->row_count * width + i] = cells[i];
	table->row_count++;
}

void cli_table_add_rows(struct cli *cli, struct cli_table *table, const struct db_rows *rows)
{
	const char *cells[32];

	for (size_t row = 0; row < db_count(rows); row++) {
		for (size_t i = 0; i < table->column_count; i++)
			cells[i] = db_text(rows, row, (int)i);
		cli_table_add(cli, table, cells);
	}
}

static const char *cell(const struct cli_table *table, size_t row, size_t column)
{
	return table->cells[row * table->column_count + column];
}

static json_t *value(enum cli_kind kind, const char *text)
{
	if (text == NULL)
		return json_null();
	switch (kind) {
	case CLI_NUMBER:
	case CLI_MONEY:
		return json_integer(strtoll(text, NULL, 10));
	case CLI_TRUTH:
		return json_boolean(text[0] == 't');
	case CLI_JSON:
		return json_loads(text, JSON_DECODE_ANY, NULL);
	case CLI_TEXT:
	case CLI_STATE:
		break;
	}
	json_t *plain = json_string(text);

	return plain != NULL ? plain : json_string("(not UTF-8)");
}

json_t *cli_table_json(const struct cli_table *table, size_t row)
{
	json_t *object = json_object();

	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].field != NULL)
			json_object_set_new(object, table->columns[i].field, value(table->columns[i].kind, cell(table, row, i)));
	return object;
}

static bool print_json(struct cli *cli, const char *name, const struct cli_table *table)
{
	json_t *rows = json_array();

	for (size_t row = 0; row < table->row_count; row++)
		json_array_append_new(rows, cli_table_json(table, row));
	return cli_answer(cli, json_pack("{s:o}", name, rows), "%s", "");
}

/* A cell of CSV: quoted, and never a formula for the spreadsheet that opens it. */
static void print_quoted(const char *text)
{
	putchar('"');
	if (strchr("=+-@\t\r", text[0]) != NULL && text[0] != '\0')
		putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static bool print_csv(const struct cli_table *table)
{
	for (size_t row = 0; row <= table->row_count; row++) {
		const char *comma = "";

		for (size_t i = 0; i < table->column_count; i++) {
			enum cli_kind kind = table->columns[i].kind;
			const char *text = row == 0 ? table->columns[i].field : cell(table, row - 1, i);

			if (table->columns[i].field == NULL)
				continue;
			fputs(comma, stdout);
			comma = ",";
			if (text != NULL && row > 0 && (kind == CLI_NUMBER || kind == CLI_MONEY))
				fputs(text, stdout);
			else if (text != NULL)
				print_quoted(text);
		}
		fputs("\r\n", stdout);
	}
	return true;
}

static const char *screen_text(struct cli *cli, const struct cli_table *table, size_t row, size_t column)
{
	const char *text = cell(table, row, column);

	if (text == NULL || *text == '\0')
		return "-";
	if (table->columns[column].kind == CLI_MONEY)
		return text_money(cli->arena, strtoll(text, NULL, 10));
	if (table->columns[column].kind == CLI_TRUTH)
		return text[0] == 't' ? "yes" : "no";
	return utf8_shown(cli->arena, text, false);
}

static void add_padded(struct text *line, const char *text, const char *shown, int width, bool right)
{
	int space = width - (int)utf8_length(text);

	if (line->size > 0)
		text_add(line, "  ");
	if (right)
		text_format(line, "%*s", space, "");
	text_add(line, shown);
	if (!right)
		text_format(line, "%*s", space, "");
}

static void print_line(struct cli *cli, const struct cli_table *table, size_t row, const int *widths)
{
	struct text line = text_open(cli->arena, 1 << 20);

	for (size_t i = 0; i < table->column_count; i++) {
		const struct cli_column *column = &table->columns[i];
		bool right = column->kind == CLI_NUMBER || column->kind == CLI_MONEY;
		const char *text = row == 0 || column->title == NULL ? column->title : screen_text(cli, table, row - 1, i);

		if (text != NULL)
			add_padded(&line, text, column->kind == CLI_STATE ? cli_state(cli, text, cli->color_out) : text,
				widths[i], right);
	}
	while (line.size > 0 && line.bytes[line.size - 1] == ' ')
		line.bytes[--line.size] = '\0';
	puts(line.bytes);
}

static bool print_screen(struct cli *cli, const struct cli_table *table)
{
	int widths[32] = { 0 };

	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].title == NULL)
			continue;
		widths[i] = (int)utf8_length(table->columns[i].title);
		for (size_t row = 0; row < table->row_count; row++) {
			int width = (int)utf8_length(screen_text(cli, table, row, i));

			widths[i] = width > widths[i] ? width : widths[i];
		}
	}
	for (size_t row = 0; row <= table->row_count; row++)
		print_line(cli, table, row, widths);
	return true;
}

bool cli_table_answer(struct cli *cli, const char *name, const struct cli_table *table)
{
	if (cli->json)
		return print_json(cli, name, table);
	if (cli->csv)
		return print_csv(table);
	if (table->row_count > 0)
		return print_screen(cli, table);
	char *words = arena_copy(cli->arena, name);

	for (char *at = words; (at = strchr(at, '_')) != NULL;)
		*at = ' ';
	cli_say(cli, "There are no %s.", words);
	return true;
}
