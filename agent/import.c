/* The import command: the reader's rows into the loader. */
#include <string.h>

#include "agent/import_read.h"
#include "commands.h"
#include "mcp/base/embed.h"
#include "mcp/load/load.h"

enum { BAD_SHOWN = 1000 };

struct importing {
	struct cli *cli;
	struct load *load;
	json_t *bad;              /* rows that could not be read, the first BAD_SHOWN */
	long long bad_count;
};

static bool begin(void *context, enum import_entity entity, struct error *error)
{
	struct importing *importing = context;

	cli_say(importing->cli, "reading %s…", import_entity_names[entity]);
	return load_begin(importing->load, import_entity_names[entity], error);
}

static bool take_row(void *context, const struct import_row *row, struct error *error)
{
	struct importing *importing = context;

	return load_row(importing->load, row->file, row->line, row->values, row->count, error);
}

static bool end(void *context, enum import_entity entity, struct error *error)
{
	struct importing *importing = context;

	(void)entity;
	return load_end(importing->load, error);
}

static void bad(void *context, const char *file, int64_t line, const char *reason)
{
	struct importing *importing = context;

	if (importing->bad_count++ < BAD_SHOWN)
		json_array_append_new(importing->bad, json_pack("{s:s, s:I, s:s}", "file", file, "line", (json_int_t)line,
			"reason", reason));
}

static void progress(void *context, enum import_entity entity, const char *file, int64_t line)
{
	struct importing *importing = context;

	(void)file;
	cli_progress(importing->cli, import_entity_names[entity], line, 0);
}

/* All but the end is one transaction that a Ctrl-C rolls back; at the end it cannot be known. */
static void merged(void *context, const char *entity)
{
	struct importing *importing = context;

	if (strcmp(entity, "statistics") == 0)
		cli_on_interrupt(importing->cli, "interrupted at the very end: it is in, or nothing of it is. Importing the "
			"same again changes nothing that is in already.");
	cli_say(importing->cli, "taking in %s…", entity);
}

static void rolled(void *context, long long left)
{
	struct importing *importing = context;

	cli_progress(importing->cli, "days to sum up", left, 0);
}

/* The import is in; what is not summed up now the daemon sums up. */
static void roll(struct cli *cli, struct importing *importing)
{
	struct error error;

	cli_on_interrupt(cli, "interrupted: the import is in; the daemon sums up the rest of its days.");
	cli_say(cli, "summing up days…");
	if (!load_roll(importing->load, rolled, importing, &error))
		cli_warn(cli, "Not all days are summed up yet, the daemon does the rest: %s", error.text);
	cli_progress_end(cli);
}

static const struct import_map *find_map(struct cli *cli, const char *word, struct error *error)
{
	const char *path = arena_format(cli->arena, "contrib/maps/%s.json", word);
	const struct embed *shipped = strchr(word, '/') == NULL ? embed_find(path) : NULL;
	struct text mistakes = text_open(cli->arena, 65536);
	const struct import_map *map = shipped != NULL
		? import_map_read(cli->arena, path, shipped->bytes, shipped->size, &mistakes, error)
		: import_map_load(cli->arena, word, &mistakes, error);

	if (map == NULL && mistakes.size > 0)
		cli_warn(cli, "%s", mistakes.bytes);
	return map;
}

/* Rows that the reader and the merge left out, as one list; and the text of it all. */
static const char *finish_report(struct cli *cli, const struct importing *importing, json_t *report)
{
	struct text out = text_open(cli->arena, 1 << 20);
	json_t *skipped = json_object_get(report, "skipped_rows"), *one;
	long long total = json_integer_value(json_object_get(report, "skipped")) + importing->bad_count;
	size_t i;

	json_array_extend(skipped, importing->bad);
	json_object_set_new(report, "skipped", json_integer(total));
	json_array_foreach(json_object_get(report, "entities"), i, one)
		text_format(&out, "%-14s %9lld rows: %lld new, %lld changed\n",
			json_string_value(json_object_get(one, "entity")),
			(long long)json_integer_value(json_object_get(one, "rows")),
			(long long)json_integer_value(json_object_get(one, "added")),
			(long long)json_integer_value(json_object_get(one, "changed")));
	text_format(&out, "%lld rows skipped\n", total);
	json_array_foreach(skipped, i, one)
		text_format(&out, "  %s:%lld: %s\n", json_string_value(json_object_get(one, "file")),
			(long long)json_integer_value(json_object_get(one, "line")),
			json_string_value(json_object_get(one, "reason")));
	return out.bytes;
}

bool command_import(struct cli *cli, struct error *error)
{
	struct importing importing = { .cli = cli, .bad = arena_json(cli->arena, json_array()) };
	struct import_sink sink = { &importing, begin, take_row, end, bad, progress };
	const struct import_map *map = find_map(cli, cli_option(cli, "map"), error);
	int tenant = map == NULL ? 0 : cli_tenant(cli, error);
	const struct seal *seal = tenant == 0 ? NULL : cli_seal(cli, error);
	struct db *db = seal == NULL ? NULL : cli_admin_db(cli, error);
	json_t *report;

	if (db == NULL)
		return false;
	cli_on_interrupt(cli, "interrupted: nothing was imported.");
	importing.load = load_open(db, seal, tenant, map->zone, error);
	bool good = importing.load != NULL && import_read(map, cli_argument(cli, 0), &sink, error);

	cli_progress_end(cli);
	good = good && load_commit(importing.load, map->tier_days, map->name, merged, &importing, cli->arena, &report,
		error);
	if (good)
		roll(cli, &importing);
	load_close(importing.load);
	cli_on_interrupt(cli, NULL);
	if (!good)
		return error_wrap(error, "Nothing was imported");
	const char *text = finish_report(cli, &importing, report);

	return cli_answer(cli, json_incref(report), "%s", text);
}
