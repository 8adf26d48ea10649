/* Undo: look first, then take back exactly what was shown, a chunk a transaction. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "mcp/db/array.h"
#include "mcp/db/db.h"

enum { CHUNK = 500, BUSY_TRIES = 5, BUSY_MS = 500 };

struct undoing {
	const char *tenant, *scope, *person;
	json_t *preview;
	long long total, undone, value_cents, left;
	json_t *not_undone;
	struct db_array skip;
};

static bool two_digits(const char **at, int least, int most)
{
	if (!isdigit((unsigned char)(*at)[0]) || !isdigit((unsigned char)(*at)[1]))
		return false;
	int number = 10 * ((*at)[0] - '0') + (*at)[1] - '0';

	*at += 2;
	return number >= least && number <= most;
}

static bool is_mark(const char **at, const char *marks)
{
	if (**at == '\0' || strchr(marks, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

/* The days of a month that a date names: PostgreSQL would refuse 31 February without a sentence. */
static bool has_day(const char *date)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = (int)strtol(date, NULL, 10), month = (int)strtol(date + 5, NULL, 10);
	int day = (int)strtol(date + 8, NULL, 10);
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year > 0 && day <= days[month - 1] + (month == 2 && leap);
}

/* 2026-11-20, 2026-11-20T08:00 or with seconds, then nothing, Z or +01:00. */
static bool is_moment(const char *text, bool *zoned)
{
	const char *at = text;
	bool good = two_digits(&at, 0, 99) && two_digits(&at, 0, 99) && is_mark(&at, "-") && two_digits(&at, 1, 12) &&
		is_mark(&at, "-") && two_digits(&at, 1, 31) && has_day(text);

	*zoned = false;
	if (good && *at != '\0') {
		good = is_mark(&at, "T ") && two_digits(&at, 0, 23) && is_mark(&at, ":") && two_digits(&at, 0, 59);
		if (good && is_mark(&at, ":"))
			good = two_digits(&at, 0, 59);
		if (good && is_mark(&at, "+-"))
			good = *zoned = two_digits(&at, 0, 14) && is_mark(&at, ":") && two_digits(&at, 0, 59);
		else if (good && is_mark(&at, "Z"))
			*zoned = true;
	}
	return good && *at == '\0';
}

static const char *read_moment(struct cli *cli, const char *option, struct error *error)
{
	const char *text = cli_option(cli, option);
	struct db_rows *rows;
	bool zoned;

	if (!is_moment(text, &zoned)) {
		error_set(error, ERROR_USAGE, "--%s is \"%.40s\"; it must be like 2026-11-20, 2026-11-20T08:00 or "
			"2026-11-20T08:00:00Z.", option, text);
		return NULL;
	}
	return db_query(cli->db, cli->tenant, "read_moment", DB_VALUES(text, zoned ? "true" : "false", cli->tenant_zone),
		cli->arena, &rows, error) ? db_text(rows, 0, 0) : NULL;
}

/* Exactly one of action, run and window. */
static bool check_scope(struct cli *cli, struct error *error)
{
	bool action = cli_argument(cli, 0) != NULL, run = cli_option(cli, "run") != NULL;
	bool from = cli_option(cli, "from") != NULL, to = cli_option(cli, "to") != NULL;

	if (action + run + (from || to) == 1 && from == to)
		return true;
	return error_set(error, ERROR_USAGE, "undo takes one of ACTION, --run RUN, and --from TIME with --to TIME. Nothing "
		"was done.");
}

static bool read_scope(struct cli *cli, struct undoing *undo, struct error *error)
{
	const char *action = cli_argument(cli, 0), *run = cli_option(cli, "run");
	json_t *scope = arena_json(cli->arena, json_object());

	if (action != NULL)
		json_object_set_new(scope, "action", json_string(action));
	else if (run != NULL)
		json_object_set_new(scope, "run", json_string(run));
	if (action == NULL && run == NULL) {
		const char *from = read_moment(cli, "from", error), *to = from == NULL ? NULL : read_moment(cli, "to", error);

		if (to == NULL)
			return false;
		json_object_set_new(scope, "from", json_string(from));
		json_object_set_new(scope, "to", json_string(to));
	}
	undo->scope = arena_dump(cli->arena, scope);
	return true;
}

static long long number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static bool preview(struct cli *cli, struct undoing *undo, struct error *error)
{
	struct db_rows *rows;

	if (!db_query(cli->db, 0, "preview_undo", DB_VALUES(undo->tenant, NULL, undo->scope, undo->person), cli->arena,
			&rows, error))
		return false;
	undo->preview = db_json(rows, 0, 0, cli->arena);
	undo->total = number(undo->preview, "actions");
	return true;
}

static const char *shown_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "-" : text;
}

/* Counts by tool, the first actions, and the hash that stands for all of them. */
static bool show_preview(struct cli *cli, struct undoing *undo)
{
	const char *hash = shown_text(undo->preview, "hash"), *tool;
	json_t *count, *action;
	size_t index;

	if (cli->json)
		return cli_answer(cli, json_incref(undo->preview), "%s", "");
	printf("%lld actions, %s\n", undo->total, cli_money(cli, number(undo->preview, "value_cents")));
	json_object_foreach(json_object_get(undo->preview, "by_tool"), tool, count)
		printf("  %-20s %lld\n", tool, json_integer_value(count));
	json_array_foreach(json_object_get(undo->preview, "first"), index, action)
		printf("  %s  %s  %-16s member %-8lld %s\n", shown_text(action, "action"),
			cli_local_time(cli, shown_text(action, "at")), shown_text(action, "tool"), number(action, "member"),
			cli_money(cli, number(action, "value_cents")));
	if (undo->total > (long long)index)
		printf("  and %lld more\n", undo->total - (long long)index);
	printf("hash %s\n", hash);
	if (undo->total > 0)
		cli_say(cli, "Nothing was done yet. To take these back:\n  %s",
			cli_again(cli, arena_format(cli->arena, "--apply %s", hash)));
	return true;
}

/* One chunk. Busy means that nothing of it was done, so it is asked for again. */
static bool apply_chunk(struct cli *cli, struct undoing *undo, int chunk, struct error *error)
{
	const char *chunk_text = arena_format(cli->arena, "%d", chunk), *most = arena_format(cli->arena, "%d", CHUNK);
	struct db_array skip = undo->skip;
	const char *skipped = db_array_close(&skip), *hash = cli_option(cli, "apply");
	struct db_rows *rows;
	bool good = false;

	for (int i = 0; i < BUSY_TRIES && !good; i++) {
		if (i > 0)
			db_wait(cli->db, -1, BUSY_MS);
		good = cli_power(cli, "apply_undo", DB_VALUES(NULL, undo->person, "cli", undo->scope, hash, chunk_text, skipped,
			most), &rows, error);
		if (!good && error->code != ERROR_BUSY)
			return false;
	}
	if (!good)
		return false;
	json_t *answer = db_json(rows, 0, 0, cli->arena), *failed;
	size_t index;

	undo->undone += number(answer, "undone");
	undo->value_cents += number(answer, "value_cents");
	undo->left = number(answer, "left");
	json_array_foreach(json_object_get(answer, "not_undone"), index, failed) {
		db_array_add(&undo->skip, shown_text(failed, "action"));
		json_array_append(undo->not_undone, failed);
	}
	return true;
}

static bool answer_apply(struct cli *cli, const struct undoing *undo)
{
	json_t *failed, *answer = json_pack("{s:I, s:I, s:O, s:I}", "undone", (json_int_t)undo->undone, "value_cents",
		(json_int_t)undo->value_cents, "not_undone", undo->not_undone, "left", (json_int_t)undo->left);
	size_t index;

	if (!cli->json)
		json_array_foreach(undo->not_undone, index, failed)
			cli_warn(cli, "not undone: %s: %s", shown_text(failed, "action"), shown_text(failed, "why"));
	return cli_answer(cli, answer, "%lld of %lld taken back, %s given back to the budget, %zu not undone, %lld left\n",
		undo->undone, undo->total, cli_money(cli, undo->value_cents), json_array_size(undo->not_undone), undo->left);
}

static bool apply(struct cli *cli, struct undoing *undo, struct error *error)
{
	undo->not_undone = arena_json(cli->arena, json_array());
	undo->skip = db_array_open(cli->arena);
	undo->left = undo->total;
	cli_catch_interrupt();
	for (int chunk = 1; chunk == 1 || (undo->left > 0 && !cli_interrupted()); chunk++) {
		if (!apply_chunk(cli, undo, chunk, error)) {
			cli_progress_end(cli);
			return chunk == 1 ? false : error_wrap(error, "%lld actions were taken back, the rest was not, or it is "
				"not known; ask for a new preview", undo->undone);
		}
		cli_progress(cli, "taken back", undo->undone, undo->total);
	}
	cli_progress_end(cli);
	if (undo->left > 0) {
		cli_warn(cli, "Interrupted between two chunks: what is counted here was done, the rest was not touched.");
		cli->status = CLI_INTERRUPTED;
	}
	return answer_apply(cli, undo);
}

bool undo_command(struct cli *cli, struct error *error)
{
	struct undoing undo = { .person = NULL };
	bool applies = cli_option(cli, "apply") != NULL;

	if (!check_scope(cli, error) || (applies && (undo.person = cli_person(cli, error)) == NULL) ||
	    cli_tenant(cli, error) == 0)
		return false;
	undo.tenant = arena_format(cli->arena, "%d", cli->tenant);
	if (!read_scope(cli, &undo, error) || !preview(cli, &undo, error))
		return false;
	return applies ? apply(cli, &undo, error) : show_preview(cli, &undo);
}
