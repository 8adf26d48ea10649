/* The switch: stopping never asks and never guesses, going on asks every time. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "mcp/base/clock.h"
#include "mcp/db/db.h"

enum { STOP_SECONDS = 10, RETRY_MS = 200, QUIET_POLL_MS = 250 };

/* Anyone may stop: who has no name here is known by the one of the operating system. */
static const char *who_stops(struct cli *cli)
{
	const char *person = cli_option(cli, "person");
	struct passwd *user = getpwuid(geteuid());

	if (person != NULL)
		return person;
	if (cli->settings.person[0] != '\0')
		return cli->settings.person;
	return user == NULL ? "shell" : arena_copy(cli->arena, user->pw_name);
}

struct stopping {
	const char *tenant, *who, *scope, *reason;
	json_t *answer;
	const char *at, *local;
	long long in_flight;
};

static long stop_seconds(const struct cli *cli)
{
	return cli->timeout_seconds > 0 ? cli->timeout_seconds : STOP_SECONDS;
}

/* Asks until the answer is certain. Only a lock that could not be had in time is asked for again: nothing was done. */
static bool ask_stop(struct cli *cli, struct stopping *stop, struct error *error)
{
	int64_t until_us = clock_monotonic() + 1000000 * stop_seconds(cli);
	struct db *db = cli_db(cli, error);
	struct db_rows *rows = NULL;
	bool good = db != NULL;

	while (good) {
		good = db_query(db, 0, "stop_by_name", DB_VALUES(stop->tenant, cli_call_id(cli), stop->who, "cli",
			stop->scope, stop->reason), cli->arena, &rows, error);
		if (good || error->code != ERROR_BUSY || clock_monotonic() > until_us)
			break;
		db_wait(db, -1, RETRY_MS);
		good = true;
	}
	if (!good)
		return false;
	if (db_count(rows) == 0)
		return error_set(error, ERROR_NOT_FOUND, "There is no tenant \"%.60s\": `flashd tenant list` shows them. "
			"Nothing was done.", stop->tenant);
	stop->answer = db_json(rows, 0, 0, cli->arena);
	stop->at = db_text(rows, 0, 1);
	stop->local = db_text(rows, 0, 2);
	stop->in_flight = json_integer_value(json_object_get(stop->answer, "in_flight"));
	json_object_set_new(stop->answer, "stopped_at", json_string(stop->at));
	return true;
}

/* What failed cannot say whether the stop was done; what was refused can. */
static bool not_confirmed(struct cli *cli, struct error *error)
{
	if (error_class(error->code) == ERROR_CLASS_REFUSED) {
		cli->next = NULL;
		return false;
	}
	error->code = ERROR_UNCONFIRMED;
	return error_wrap(error, "not confirmed, the agent may still be acting");
}

static bool find_only_tenant(struct cli *cli, struct stopping *stop, struct error *error)
{
	if (stop->tenant != NULL)
		return true;
	if (cli_tenant(cli, error) == 0)
		return false;
	stop->tenant = cli->tenant_slug;
	return true;
}

static bool wait_quiet(struct cli *cli, struct stopping *stop, struct error *error)
{
	const char *tenant = arena_format(cli->arena, "%d", cli_tenant(cli, error));
	struct db_rows *rows;

	if (cli->tenant == 0)
		return false;
	for (;;) {
		/* Reaping first: what a dead daemon left in flight becomes known as unknown, or nothing is ever quiet. */
		if (!db_query(cli->db, 0, "reap", DB_VALUES(tenant), cli->arena, NULL, error) ||
		    !db_query(cli->db, 0, "cli_in_flight", DB_VALUES(tenant, stop->scope), cli->arena, &rows, error))
			return false;
		stop->in_flight = db_number(rows, 0, 0);
		if (stop->in_flight == 0)
			break;
		cli_progress(cli, "in flight", stop->in_flight, 0);
		db_wait(cli->db, -1, QUIET_POLL_MS);
	}
	cli_progress_end(cli);
	stop->at = db_text(rows, 0, 1);
	stop->local = cli_local_time(cli, stop->at);
	return true;
}

static void say_quiet(struct cli *cli, const struct stopping *stop)
{
	json_object_set_new(stop->answer, "in_flight", json_integer(stop->in_flight));
	json_object_set_new(stop->answer, "quiet", json_true());
	json_object_set_new(stop->answer, "quiet_at", json_string(stop->at));
	if (!cli->json)
		printf("%s at %s\n", cli_state(cli, "quiet", cli->color_out), stop->local);
}

/* What the stop leaves waiting goes on to expire: said at once, so that nobody finds it out by a resume. */
static void say_waiting(struct cli *cli, struct stopping *stop)
{
	struct error ignored;
	struct db_rows *rows;

	if (cli_tenant(cli, &ignored) == 0 || !db_query(cli->db, 0, "cli_offers", DB_VALUES(arena_format(cli->arena, "%d",
			cli->tenant), stop->scope), cli->arena, &rows, &ignored))
		return;
	const char *first = db_text(rows, 0, 1);

	json_object_set_new(stop->answer, "waiting", json_integer(db_number(rows, 0, 0)));
	if (first != NULL)
		cli_warn(cli, "%lld messages wait and leave only after a resume; their time runs on: the first one expires at "
			"%s", db_number(rows, 0, 0), cli_local_time(cli, first));
}

/* Stopped is certain by now; what is left is to see the last deliveries settle. */
static bool become_quiet(struct cli *cli, struct stopping *stop, struct error *error)
{
	const char *so_far = arena_format(cli->arena, "stopped at %s; not known to be quiet: what had begun to leave may "
		"still arrive.", stop->local);

	cli->next = "flashd stop --wait --reason TEXT";
	cli_on_interrupt(cli, so_far);
	cli_deadline(cli, cli->timeout_seconds, ERROR_BUSY, so_far);
	if (!wait_quiet(cli, stop, error)) {
		error->code = ERROR_UNCONFIRMED;
		return error_wrap(error, "%s", so_far);
	}
	cli_deadline(cli, 0, ERROR_NONE, "");
	cli_on_interrupt(cli, NULL);
	return true;
}

static void guard_stop(struct cli *cli, const struct stopping *stop)
{
	long seconds = stop_seconds(cli);
	const char *tenant = stop->tenant == NULL ? "1" : stop->tenant;

	cli->next = arena_format(cli->arena, "as the daemon's role, in psql: %s", cli_statement(cli->arena, "stop_by_hand",
		DB_VALUES(tenant, stop->who, stop->scope, stop->reason)));
	cli_deadline(cli, seconds, ERROR_UNCONFIRMED, arena_format(cli->arena, "not confirmed, the agent may still be "
		"acting: the database did not answer within %ld seconds.", seconds));
	cli_on_interrupt(cli, "interrupted, not confirmed: the agent may still be acting, or not.");
}

bool stop_command(struct cli *cli, struct error *error)
{
	const char *only = cli_option(cli, "only");
	struct stopping stop = { .scope = only == NULL ? "*" : only, .reason = cli_reason(cli, error) };

	if (stop.reason == NULL || cli_settings(cli, error) == NULL)
		return false;
	stop.tenant = cli_tenant_word(cli, error);
	stop.who = who_stops(cli);
	cli_say(cli, "stopping…");
	guard_stop(cli, &stop);
	if (!find_only_tenant(cli, &stop, error) || !ask_stop(cli, &stop, error))
		return not_confirmed(cli, error);
	cli_deadline(cli, 0, ERROR_NONE, "");
	cli_on_interrupt(cli, NULL);
	cli->next = NULL;
	if (!cli->json)
		printf("%s at %s, %lld in flight\n", cli_state(cli, "stopped", cli->color_out), stop.local, stop.in_flight);
	fflush(stdout);
	say_waiting(cli, &stop);
	if (stop.in_flight > 0 && cli_switch(cli, "wait") && !become_quiet(cli, &stop, error))
		return false;
	json_object_set_new(stop.answer, "quiet", json_boolean(stop.in_flight == 0));
	if (stop.in_flight == 0)
		say_quiet(cli, &stop);
	return cli_answer(cli, json_incref(stop.answer), "%s", "");
}

/* The switch's row of a scope, or NULL. */
static json_t *find_stop(json_t *state, const char *scope)
{
	size_t index;
	json_t *stop;

	json_array_foreach(json_object_get(state, "stops"), index, stop)
		if (strcmp(json_string_value(json_object_get(stop, "scope")), scope) == 0)
			return stop;
	return NULL;
}

static json_t *read_switch(struct cli *cli, struct error *error)
{
	const char *tenant = arena_format(cli->arena, "%d", cli->tenant);
	struct db_rows *rows;

	return db_query(cli->db, 0, "read_switch", DB_VALUES(tenant), cli->arena, &rows, error)
		? db_json(rows, 0, 0, cli->arena) : NULL;
}

static const char *field(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "?" : text;
}

/* What is still stopped after a resume, so that nobody believes that all goes on. */
static bool answer_resume(struct cli *cli, json_t *answer, struct error *error)
{
	json_t *state = read_switch(cli, error);

	if (state == NULL)
		return error_wrap(error, "The resume was done; how the switch stands now could not be read");
	bool stopped = json_is_true(json_object_get(state, "stopped"));

	json_object_set(answer, "still_stopped", json_object_get(state, "stopped"));
	json_object_set(answer, "stops", json_object_get(state, "stops"));
	long long expired = json_integer_value(json_object_get(answer, "expired"));

	if (expired > 0)
		cli_warn(cli, "%lld messages expired while it was stopped and will not leave; the next cycles look at their "
			"members anew: flashd drafts list --state expired", expired);
	if (stopped && find_stop(state, "*") == NULL)
		cli_warn(cli, "Everything in this database is stopped beside that: flashd resume --everything");
	else if (stopped)
		cli_warn(cli, "The tenant itself is stopped beside that: flashd resume");
	return cli_answer(cli, json_incref(answer), "%s%s\n", cli->tenant_slug,
		stopped ? ": still stopped" : ": running");
}

static bool resume_everything(struct cli *cli, const char *person, struct error *error)
{
	if (!cli_confirm_severe(cli, arena_format(cli->arena, "Everything in this database, of every tenant, will go on. "
			"Approved messages of %s wait for a new approval.", cli->tenant_slug), error))
		return false;
	if (!cli_power(cli, "resume_installation", DB_VALUES(person, cli->reason), NULL, error))
		return false;
	return answer_resume(cli, arena_json(cli->arena, json_pack("{s:s, s:s}", "state", "running", "scope",
		"everything")), error);
}

/* The stop that will be lifted, shown; its number goes back to the database, so that a newer stop is never lifted. */
static bool confirm_resume(struct cli *cli, const char *scope, const char **generation, struct error *error)
{
	json_t *state = read_switch(cli, error), *stop = state == NULL ? NULL : find_stop(state, scope);

	if (state == NULL)
		return false;
	if (stop == NULL)
		return error_set(error, ERROR_STATE, "%s is not stopped, so there is nothing to resume%s.",
			strcmp(scope, "*") == 0 ? cli->tenant_slug : scope, json_is_true(json_object_get(state, "stopped"))
			? "; the stop that holds is another one: `flashd resume`, or `flashd resume --everything`" : "");
	*generation = arena_format(cli->arena, "%lld", json_integer_value(json_object_get(stop, "generation")));
	return cli_confirm_severe(cli, arena_format(cli->arena, "%s was stopped at %s by %s (stop number %s): %s\n"
		"It will go on: due policies run, approved messages leave, keys write again.",
		strcmp(scope, "*") == 0 ? cli->tenant_slug : scope, cli_local_time(cli, field(stop, "at")), field(stop, "by"),
		*generation, field(stop, "reason")), error);
}

bool resume_command(struct cli *cli, struct error *error)
{
	const char *only = cli_option(cli, "only"), *scope = only == NULL ? "*" : only;
	const char *reason = cli_reason(cli, error), *person = reason == NULL ? NULL : cli_person(cli, error);
	const char *generation = NULL;
	struct db_rows *rows;

	if (person == NULL || cli_tenant(cli, error) == 0)
		return false;
	if (cli_switch(cli, "everything"))
		return resume_everything(cli, person, error);
	if (!confirm_resume(cli, scope, &generation, error))
		return false;
	if (cli_option(cli, "generation") != NULL)
		generation = cli_option(cli, "generation");
	if (!cli_power(cli, "resume", DB_VALUES(person, "cli", scope, reason, generation), &rows, error))
		return false;
	return answer_resume(cli, db_json(rows, 0, 0, cli->arena), error);
}
