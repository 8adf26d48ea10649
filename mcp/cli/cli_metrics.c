/* The life of governed numbers: what there is, what was said of each, and a person's word. Numbers themselves are asked
 * for by query_metric. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "mcp/base/clock.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/db/db.h"
#include "mcp/metrics/bounds.h"
#include "mcp/metrics/metric_test.h"
#include "mcp/metrics/own.h"

enum { FILE_MOST = 20000 };

static bool find_metric(struct cli *cli, const char *name, const struct metric **metric, struct error *error)
{
	struct db *db = cli_db(cli, error);

	return db != NULL && cli_tenant(cli, error) != 0 &&
		own_find(db, cli->tenant, name, cli->arena, metric, error);
}

static bool find_bounds(struct cli *cli, const struct metric *metric, struct bounds *bounds, struct error *error)
{
	const struct bounds_request request = { .metric = metric };

	return bounds_find(cli->db, cli->tenant, &request, cli->arena, bounds, error);
}

static const struct cli_column metric_columns[] = {
	{ "metric", "METRIC", CLI_TEXT }, { "title", NULL, CLI_TEXT }, { "kind", "KIND", CLI_TEXT },
	{ "unit", "UNIT", CLI_TEXT }, { "owner", "OWNER", CLI_TEXT }, { "state", "STATE", CLI_STATE }, { "by", "BY", CLI_TEXT }, { "on", "ON", CLI_TEXT },
	{ "why", "WHY", CLI_TEXT }, { "known_until", "KNOWN UNTIL", CLI_TEXT }, { "definition", "DEFINITION", CLI_TEXT },
};

static bool add_line(struct cli *cli, struct cli_table *table, const struct metric *metric, struct error *error)
{
	const char *wanted = cli_option(cli, "state");
	struct bounds bounds;

	if (!find_bounds(cli, metric, &bounds, error))
		return false;
	const struct standing *standing = &bounds.standing;

	if (wanted != NULL && strcmp(wanted, metric_state_word(standing->state)) != 0)
		return true;
	const char *cells[] = { metric->name, metric->title, metric_kind_word(metric->kind), metric_unit_word(metric->unit),
		metric->owner, metric_state_word(standing->state), standing->by, standing->on, standing->reason,
		bounds.covered ? bounds.covered_until : NULL, arena_format(cli->arena, "%.12s", metric->definition) };

	cli_table_add(cli, table, cells);
	return true;
}

bool metrics_list(struct cli *cli, struct error *error)
{
	struct cli_table table = { .columns = metric_columns,
		.column_count = sizeof metric_columns / sizeof metric_columns[0] };
	const struct catalogue *catalogue = catalogue_shipped(error);
	const struct metric *own[OWN_MOST], *metric;

	if (catalogue == NULL || cli_db(cli, error) == NULL || cli_tenant(cli, error) == 0)
		return false;
	int count = own_list(cli->db, cli->tenant, cli->arena, own, OWN_MOST, error);

	for (int i = 0; i < count; i++)
		if (!add_line(cli, &table, own[i], error))
			return false;
	for (size_t i = 0; count >= 0 && (metric = catalogue_at(catalogue, i)) != NULL; i++)
		if (!add_line(cli, &table, metric, error))
			return false;
	return count >= 0 && cli_table_answer(cli, "metrics", &table);
}

/* Since when a metric's data are too old, as a line of its history; NULL when they are not. It is worked out, not
 * stored: newer data end it. */
static json_t *stale_json(struct cli *cli, const struct metric *metric, const struct bounds *bounds)
{
	int64_t since_us = bounds->covered_until_us + (metric->freshness_hours + 1) * 3600000000LL;
	char at[32];

	if (metric->freshness_hours == 0 || metric->source->time[0] == '\0' || !bounds->covered ||
	    since_us > bounds->now_us)
		return NULL;
	clock_stamp(since_us, at);
	return json_pack("{s:s, s:n, s:s, s:s, s:s, s:s}", "at", at, "from", "to", "suspended", "by", "flashd", "reason",
		arena_format(cli->arena, "what is known of %s ends at %s, and may lag %d hours; newer data end this",
		metric->source->rows, bounds->covered_until, metric->freshness_hours), "definition",
		arena_format(cli->arena, "%.12s", metric->definition));
}

/* What was said of a metric, newest first, and in its place that its data are too old. */
static json_t *history_json(const struct db_rows *rows, json_t *stale)
{
	static const char *const fields[] = { "at", "from", "to", "by", "reason", "definition" };
	json_t *list = json_array();

	for (size_t i = 0; i < db_count(rows); i++) {
		json_t *one = json_object();

		for (int f = 0; f < 6; f++)
			json_object_set_new(one, fields[f], db_text(rows, i, f) == NULL ? json_null()
				: json_string(db_text(rows, i, f)));
		if (stale != NULL && strcmp(json_string_value(json_object_get(stale, "at")), db_text(rows, i, 0)) > 0) {
			json_array_append_new(list, stale);
			stale = NULL;
		}
		json_array_append_new(list, one);
	}
	if (stale != NULL)
		json_array_append_new(list, stale);
	return list;
}

static const char *history_text(struct cli *cli, const json_t *history)
{
	struct text text = text_open(cli->arena, 20000);
	const char *at, *to, *by, *reason;
	json_t *one;
	size_t i;

	json_array_foreach(history, i, one)
		if (json_unpack(one, "{s:s, s:s, s:s, s:s}", "at", &at, "to", &to, "by", &by, "reason", &reason) == 0)
			text_format(&text, "  %s  %s by %s: %s\n", cli_local_time(cli, at), to, by, reason);
	return text.bytes;
}

bool metrics_show(struct cli *cli, struct error *error)
{
	const struct metric *metric;
	struct bounds bounds;
	struct db_rows *rows;
	struct text tests = text_open(cli->arena, 400);

	if (!find_metric(cli, cli_argument(cli, 0), &metric, error) || !find_bounds(cli, metric, &bounds, error) ||
	    !db_query(cli->db, cli->tenant, "metric_history", DB_VALUES(arena_format(cli->arena, "%d", cli->tenant),
		metric->name), cli->arena, &rows, error))
		return false;
	const struct standing *standing = &bounds.standing;
	const char *by = standing->by == NULL ? "nobody yet" : standing->by;
	json_t *history = arena_json(cli->arena, history_json(rows, stale_json(cli, metric, &bounds)));

	for (size_t i = 0; i < metric->test_count; i++)
		text_format(&tests, "%s%s", i == 0 ? "" : ", ", metric->tests[i]);
	return cli_answer(cli, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s?, s:s?, s:s, "
		"s:o}",
		"metric", metric->name, "title", metric->title, "meaning", metric->meaning, "owner", metric->owner, "unit",
		metric_unit_word(metric->unit), "kind", metric_kind_word(metric->kind), "source", metric->source->name, "value",
		metric->value, "additive", metric->additive, "dimensions", metric_dimensions(metric, cli->arena), "tests",
		tests.bytes, "state", metric_state_word(standing->state), "by", standing->by, "why", standing->reason,
		"definition", metric->definition, "history", json_incref(history)),
		"%s: %s\n%s\nkind %s in %s of %s, owner %s\ncut by: %s\ntests: %s\n%s by %s%s%s\ndefinition %s\n%s",
		metric->name, metric->title, metric->meaning, metric_kind_word(metric->kind), metric_unit_word(metric->unit),
		metric->source->rows, metric->owner, metric_dimensions(metric, cli->arena), tests.bytes,
		metric_state_word(standing->state), by, standing->reason == NULL ? "" : ": ",
		standing->reason == NULL ? "" : standing->reason, metric->definition, history_text(cli, history));
}

/* Runs a metric's tests; the sentence of the first that fails goes to *failed. */
static bool run_tests(struct cli *cli, const struct metric *metric, const char **failed, struct error *error)
{
	*failed = NULL;
	for (size_t i = 0; i < metric->test_count; i++) {
		const char *found;

		error->code = ERROR_NONE;
		if (metric_test_run(cli->db, cli->tenant, metric, metric->tests[i], cli->arena, &found, error))
			continue;
		if (found == NULL)
			return false;
		*failed = arena_format(cli->arena, "its test %s failed: %s", metric->tests[i], found);
		return true;
	}
	return true;
}

static const struct cli_column test_columns[] = {
	{ "metric", "METRIC", CLI_TEXT }, { "tests", "TESTS", CLI_NUMBER }, { "failed", "FAILED", CLI_TEXT },
};

/* Whether the daemon withholds a metric for a reason that nobody wrote down yet: its source changed shape. */
static bool find_unsaid(struct cli *cli, const struct metric *metric, const char **failed, struct error *error)
{
	struct bounds bounds;

	*failed = NULL;
	if (!find_bounds(cli, metric, &bounds, error))
		return false;
	if (metric->part_count == 0 && bounds.standing.state == METRIC_SUSPENDED && bounds.standing.on == NULL)
		*failed = bounds.standing.reason;
	return true;
}

static bool test_one(struct cli *cli, struct cli_table *table, const struct metric *metric, struct error *error)
{
	const char *failed;

	if (!find_unsaid(cli, metric, &failed, error) || (failed == NULL && !run_tests(cli, metric, &failed, error)))
		return error_wrap(error, "%s", metric->name);
	if (failed != NULL) {
		cli->status = CLI_DIFFERENCE;
		if (!cli_power(cli, "suspend_metric", DB_VALUES(metric->name, metric->definition, failed, metric->source->name),
			NULL, error))
			return false;
	}
	const char *cells[] = { metric->name, arena_format(cli->arena, "%zu", metric->test_count), failed };

	cli_table_add(cli, table, cells);
	return true;
}

bool metrics_test(struct cli *cli, struct error *error)
{
	struct cli_table table = { .columns = test_columns, .column_count = sizeof test_columns / sizeof test_columns[0] };
	const struct catalogue *catalogue = catalogue_shipped(error);
	const struct metric *own[OWN_MOST], *metric;

	if (catalogue == NULL || cli_db(cli, error) == NULL || cli_tenant(cli, error) == 0)
		return false;
	if (cli_argument(cli, 0) != NULL)
		return find_metric(cli, cli_argument(cli, 0), &metric, error) && test_one(cli, &table, metric, error) &&
			cli_table_answer(cli, "metrics", &table);
	int count = own_list(cli->db, cli->tenant, cli->arena, own, OWN_MOST, error);

	for (int i = 0; i < count; i++)
		if (!test_one(cli, &table, own[i], error))
			return false;
	for (size_t i = 0; count >= 0 && (metric = catalogue_at(catalogue, i)) != NULL; i++)
		if (!test_one(cli, &table, metric, error))
			return false;
	return count >= 0 && cli_table_answer(cli, "metrics", &table);
}

/* One person's word on a metric. `means` is what it does, for the question. */
static bool say_state(struct cli *cli, const struct metric *metric, const char *state, const char *means,
	struct error *error)
{
	const char *person = cli_person(cli, error), *reason = person == NULL ? NULL : cli_reason(cli, error);

	if (reason == NULL || !cli_confirm_mild(cli, arena_format(cli->arena, "%s (%s), definition %.12s: %s", metric->name,
		metric->title, metric->definition, means), error) ||
	    !cli_power(cli, "set_metric", DB_VALUES(person, metric->name, metric->definition, state, reason,
		metric->source->name), NULL, error))
		return false;
	return cli_answer(cli, json_pack("{s:s, s:s, s:s, s:s}", "metric", metric->name, "state", state, "by", person,
		"definition", metric->definition), "%s is %s by %s, definition %.12s\n", metric->name, state, person,
		metric->definition);
}

bool metrics_certify(struct cli *cli, struct error *error)
{
	const struct metric *metric;
	const char *failed;

	if (!find_metric(cli, cli_argument(cli, 0), &metric, error) || !run_tests(cli, metric, &failed, error))
		return false;
	if (failed != NULL)
		return error_set(error, ERROR_STATE, "%s cannot be certified: %s. Nothing was changed.", metric->name, failed);
	return say_state(cli, metric, "certified", "you have read it and vouch for it; agents may act on it.", error);
}

bool metrics_suspend(struct cli *cli, struct error *error)
{
	const struct metric *metric;

	return find_metric(cli, cli_argument(cli, 0), &metric, error) && say_state(cli, metric, "suspended",
		"it is not answered any more, and policies that look at it do nothing, until somebody certifies it.", error);
}

bool metrics_retire(struct cli *cli, struct error *error)
{
	const struct metric *metric;

	return find_metric(cli, cli_argument(cli, 0), &metric, error) &&
		say_state(cli, metric, "retired", "it is not answered any more, for good.", error);
}

static const char *read_definition(struct cli *cli, const char *path, struct error *error)
{
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		error_set(error, ERROR_USAGE, "%s cannot be read: give the path of a metric's JSON file.", path);
		return NULL;
	}
	char *bytes = arena_alloc(cli->arena, FILE_MOST + 1);
	size_t size = fread(bytes, 1, FILE_MOST + 1, file);

	fclose(file);
	if (size <= FILE_MOST && memchr(bytes, '\0', size) == NULL) {
		bytes[size] = '\0';
		return bytes;
	}
	error_set(error, ERROR_FORMAT, "%s is longer than %d bytes, or no text.", path, FILE_MOST);
	return NULL;
}

bool metrics_add(struct cli *cli, struct error *error)
{
	const char *path = cli_argument(cli, 0), *person = cli_person(cli, error), *failed;
	const char *body = person == NULL ? NULL : read_definition(cli, path, error);
	struct db *db = body == NULL ? NULL : cli_db(cli, error);
	const struct metric *metric = db == NULL || cli_tenant(cli, error) == 0 ? NULL
		: own_read(path, body, cli->arena, error);
	struct db_rows *rows;

	if (metric == NULL || !run_tests(cli, metric, &failed, error))
		return false;
	if (failed != NULL)
		return error_set(error, ERROR_STATE, "%s was not added: %s.", metric->name, failed);
	if (!cli_power(cli, "add_metric", DB_VALUES(person, metric->name, body, metric->definition, metric->source->name),
		&rows, error))
		return false;
	cli_say(cli, "Next: flashd metrics certify %s", metric->name);
	return cli_answer(cli, json_pack("{s:s, s:s, s:s, s:I}", "metric", metric->name, "state", "proposed", "definition",
		metric->definition, "version", (json_int_t)db_number(rows, 0, 0)), "%s is proposed, version %s, definition "
		"%.12s\n", metric->name, db_text(rows, 0, 0), metric->definition);
}
