/* The five steps of a cycle, top to bottom. The long ones are in cycle_score.c, cycle_record.c and cycle_serve.c. */
#include "cycle.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cycle_steps.h"
#include "mcp/base/clock.h"

/* A chunk that a busy database gave up on has changed nothing; it is asked for again, so often. */
enum { BUSY_TRIES = 5 };

bool cycle_call_in(struct cycle *cycle, struct arena *arena, const char *tool, json_t *args, json_t **result,
	struct error *error)
{
	struct bulks none = { NULL, 0 };

	return cycle_call_columns(cycle, arena, tool, args, &none, result, error);
}

bool cycle_call_columns(struct cycle *cycle, struct arena *arena, const char *tool, json_t *args,
	struct bulks *columns, json_t **result, struct error *error)
{
	arena_json(arena, args);
	for (int tries = 0; tries < BUSY_TRIES; tries++)
		if (tool_call_columns(cycle->corridor, cycle->caller, tool, args, columns, arena, result, error))
			return true;
		else if (error->code != ERROR_BUSY)
			return false;
	return false;
}

bool cycle_call(struct cycle *cycle, const char *tool, json_t *args, json_t **result, struct error *error)
{
	return cycle_call_in(cycle, cycle->arena, tool, args, result, error);
}

void cycle_say(const struct cycle *cycle, const char *format, ...)
{
	char sentence[256];
	va_list list;

	if (cycle->options->say == NULL)
		return;
	va_start(list, format);
	vsnprintf(sentence, sizeof sentence, format, list);
	va_end(list);
	cycle->options->say(cycle->options->context, sentence);
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static json_int_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* Opens the run; false in `*due` when another daemon has it or the time has not come. */
static bool open_run(struct cycle *cycle, bool *due, struct error *error)
{
	static const char *const shown[] = { "run", "version", "as_of", "as_of_local", "data_as_of", "data_as_of_local",
		"brand", "currency" };
	const struct cycle_options *options = cycle->options;
	json_t *args = json_pack("{s:s, s:b, s:b}", "policy", options->policy, "dry", options->dry_run, "force",
		options->force);
	json_t *opened;

	if (options->as_of != NULL)
		json_object_set_new(args, "as_of", json_string(options->as_of));
	if (!cycle_call(cycle, "open_run", args, &opened, error))
		return false;
	*due = json_is_true(json_object_get(opened, "due"));
	if (!*due)
		return true;
	cycle->opened = opened;
	cycle->run = text_of(opened, "run");
	cycle->fence = number_of(opened, "fence");
	cycle->as_of = text_of(opened, "as_of");
	cycle->day = text_of(opened, "day");
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
		json_object_set(cycle->report, shown[i], json_object_get(opened, shown[i]));
	return true;
}

static bool read_policy(struct cycle *cycle, struct error *error)
{
	const char *body = arena_dump(cycle->arena, json_object_get(cycle->opened, "body"));
	struct text mistakes = text_open(cycle->arena, 4096);

	cycle->policy = policy_read(cycle->arena, cycle->options->policy, body, strlen(body), &mistakes, error);
	return cycle->policy != NULL;
}

/* "2026-11-20" moved by some days. */
static const char *shift_day(struct arena *arena, const char *day, int64_t days)
{
	int year = 1970, month = 1, date = 1;

	if (sscanf(day, "%d-%d-%d", &year, &month, &date) != 3)
		return day;
	struct tm parts = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = date, .tm_hour = 12 };
	time_t seconds = timegm(&parts) + (time_t)(days * 86400);

	gmtime_r(&seconds, &parts);
	return arena_format(arena, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

/* The seconds of an instant in UTC, "2026-11-20T07:00:00" with whatever follows; NAN when it is none. */
static double seconds_of(const char *instant)
{
	struct tm parts = { .tm_mday = 0 };

	if (instant == NULL || sscanf(instant, "%d-%d-%dT%d:%d:%d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
		&parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6)
		return NAN;
	parts.tm_year -= 1900;
	parts.tm_mon -= 1;
	return (double)timegm(&parts);
}

/* How old a number is at the moment that the run is about; what is newer than that is not old. */
static double age_hours(const struct cycle *cycle, const json_t *answer)
{
	double age = (seconds_of(cycle->as_of) - seconds_of(text_of(answer, "as_of"))) / 3600;

	return isnan(age) ? INFINITY : fmax(0, age);
}

/* What the run before saw of the same metric over as many days; NAN when it did not look. */
static double previous_value(const struct cycle *cycle, const struct policy_metric *metric)
{
	const json_t *previous = json_object_get(cycle->opened, "previous"), *one;
	size_t i;

	json_array_foreach(previous, i, one)
		if (strcmp(text_of(one, "metric"), metric->metric) == 0 &&
		    number_of(one, "window_days") == (json_int_t)metric->window_days &&
		    json_is_number(json_object_get(one, "value")))
			return json_number_value(json_object_get(one, "value"));
	return NAN;
}

static void show_observation(json_t *shown, const json_t *answer, double age)
{
	static const char *const kept[] = { "unit", "as_of", "definition", "window" };
	const json_t *value = json_object_get(answer, "value"), *receipt = json_object_get(answer, "receipt");

	json_object_set(shown, "receipt", json_object_get(receipt, "id"));
	json_object_set_new(shown, "value", json_is_number(value) ? json_deep_copy(value) : json_null());
	json_object_set_new(shown, "certified", json_boolean(json_is_true(json_object_get(answer, "certified"))));
	if (isfinite(age))
		json_object_set_new(shown, "age_hours", json_real(round(age * 10) / 10));
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		json_object_set(shown, kept[i], json_object_get(answer, kept[i]));
}

/* Step 1: the certified numbers that the policy wants to see. One that cannot be had is an observation too: absent. */
static void observe(struct cycle *cycle)
{
	const struct policy_evidence *evidence = &cycle->policy->evidence;
	struct observation *observations = arena_alloc(cycle->arena, (evidence->metric_count + 1) * sizeof *observations);
	json_t *list = json_array();

	cycle->receipts = arena_json(cycle->arena, json_array());
	for (size_t i = 0; i < evidence->metric_count; i++) {
		const struct policy_metric *metric = &evidence->metrics[i];
		struct error error = { .code = ERROR_NONE };
		json_t *answer, *shown = json_pack("{s:s, s:I}", "metric", metric->metric, "window_days",
			(json_int_t)metric->window_days);

		observations[i].previous = previous_value(cycle, metric);
		if (cycle_call(cycle, "query_metric", json_pack("{s:s, s:s, s:s}", "metric", metric->metric, "from",
				shift_day(cycle->arena, cycle->day, -metric->window_days), "to",
				shift_day(cycle->arena, cycle->day, -1)), &answer, &error)) {
			const json_t *value = json_object_get(answer, "value");

			observations[i].present = json_is_number(value);
			observations[i].certified = json_is_true(json_object_get(answer, "certified"));
			observations[i].value = json_number_value(value);
			observations[i].age_hours = age_hours(cycle, answer);
			show_observation(shown, answer, observations[i].age_hours);
			json_array_append(cycle->receipts, json_object_get(json_object_get(answer, "receipt"), "token"));
		} else {
			json_object_set_new(shown, "refused", json_string(error.text));
		}
		json_array_append_new(list, shown);
	}
	json_object_set_new(cycle->report, "observations", list);
	cycle->input.observations = observations;
}

/* What the run will act on, in the record before it acts. Without any number there is nothing to cite, and the guards
 * let nothing be done. */
static bool cite(struct cycle *cycle, struct error *error)
{
	json_t *answer;

	return json_array_size(cycle->receipts) == 0 || cycle_call(cycle, "cite_receipts", json_pack("{s:s, s:I, s:O}",
		"run", cycle->run, "fence", cycle->fence, "receipts", cycle->receipts), &answer, error) ||
		error_wrap(error, "citing the receipts");
}

static bool observe_pools(struct cycle *cycle, struct error *error)
{
	struct pool_state *pools = arena_alloc(cycle->arena, (cycle->policy->pool_count + 1) * sizeof *pools);
	json_t *answer, *pool;
	size_t i;

	cycle->input.pools = pools;
	if (cycle->policy->pool_count == 0)
		return true;
	if (!cycle_call(cycle, "list_coupon_pools", json_pack("{s:i}", "limit", 100), &answer, error))
		return error_wrap(error, "reading the coupon pools");
	json_array_foreach(json_object_get(answer, "items"), i, pool)
		for (size_t j = 0; j < cycle->policy->pool_count; j++)
			if (strcmp(text_of(pool, "pool"), cycle->policy->pools[j]) == 0 &&
			    strcmp(text_of(pool, "state"), "open") == 0)
				pools[j] = (struct pool_state){ true, number_of(pool, "remaining") +
					number_of(json_object_get(cycle->opened, "own_coupons"), text_of(pool, "pool")),
					number_of(pool, "cost_cents") };
	return true;
}

/* Step 3: the decision, pure. */
static bool decide_all(struct cycle *cycle, struct error *error)
{
	const json_t *opened = cycle->opened;
	struct decide_input *input = &cycle->input;
	const json_t *age = json_object_get(opened, "data_age_hours");

	input->policy = cycle->policy;
	input->day = cycle->day;
	input->data_age_hours = json_is_number(age) ? fmax(0, json_number_value(age)) : INFINITY;
	input->cents_per_100_points = number_of(opened, "cents_per_100_points");
	input->message_cents = number_of(opened, "message_cents");
	input->budget_left_cents = number_of(opened, "budget_left_cents");
	input->cap_cents = number_of(opened, "cap_cents");
	input->drafts_left = number_of(opened, "drafts_left");
	cycle->result = decide(cycle->arena, input, error);
	if (cycle->result == NULL)
		return false;
	json_t *reasons = json_object();

	for (int reason = 0; reason < REASON_COUNT; reason++)
		if (cycle->result->reasons[reason] > 0)
			json_object_set_new(reasons, reason_word((enum reason)reason),
				json_integer((json_int_t)cycle->result->reasons[reason]));
	json_object_set_new(cycle->report, "reasons", reasons);
	json_object_set_new(cycle->report, "candidates", json_integer((json_int_t)input->count));
	json_object_set_new(cycle->report, "chosen", json_integer((json_int_t)cycle->result->chosen_count));
	json_object_set_new(cycle->report, "held_out",
		json_integer((json_int_t)cycle->result->reasons[REASON_HELD_OUT]));
	json_object_set_new(cycle->report, "decision",
		json_string(decide_summary(cycle->arena, input, cycle->result)));
	return true;
}

/* The numbers are read in the cycle's own memory; neither part needs the other. */
static bool look(struct cycle *cycle, size_t part, struct arena *arena, struct error *error)
{
	if (part == 1)
		return cycle_fit(cycle, arena, error);
	observe(cycle);
	return cite(cycle, error) && observe_pools(cycle, error);
}

/* Steps 1 to 4. False when a step failed; a refusal on the way (stopped, budget) ends the work in order. */
static bool work(struct cycle *cycle, struct error *error)
{
	cycle_say(cycle, "reading the certified numbers, fitting who still buys");
	if (!cycle_each(cycle, 2, look, error))
		return false;
	cycle_report_fit(cycle);
	if (!cycle->fit.usable)
		return error_set(error, ERROR_STALE, "No action: %s", cycle->fit.sentence);
	cycle_say(cycle, "scoring the audience");
	if (!cycle_read_candidates(cycle, error) || !decide_all(cycle, error) || !cycle_record(cycle, error))
		return false;
	/* Not "done": the next cycle's guards compare with the numbers of the last one that was. */
	if (cycle->result->stop != REASON_CHOSEN)
		return error_set(error, ERROR_STALE, "No action: %s.", reason_meaning(cycle->result->stop));
	if (cycle->options->dry_run)
		return true;
	cycle_say(cycle, "serving %zu members", cycle->result->chosen_count);
	return cycle_serve(cycle, error);
}

static bool close_run(struct cycle *cycle, const struct error *ended, struct error *error)
{
	const char *state = ended->code == ERROR_NONE ? "done" : ended->code == ERROR_STOPPED ? "stopped"
		: error_class(ended->code) == ERROR_CLASS_REFUSED ? "refused" : "failed";
	json_t *args, *answer;

	json_object_set_new(cycle->report, "state", json_string(state));
	if (ended->code != ERROR_NONE)
		json_object_set_new(cycle->report, "why", json_string(ended->text));
	args = json_pack("{s:s, s:I, s:s, s:O}", "run", cycle->run, "fence", cycle->fence, "state", state, "summary",
		cycle->report);
	if (cycle->fit.verdict == BGNBD_FITTED || cycle->fit.verdict == BGNBD_FITTED_MODIFIED)
		json_object_set_new(args, "fit", json_pack("{s:f, s:f, s:f, s:f, s:b}", "r", cycle->fit.model.r, "alpha",
			cycle->fit.model.alpha, "a", cycle->fit.model.a, "b", cycle->fit.model.b, "modified",
			cycle->fit.model.modified));
	return cycle_call(cycle, "close_run", args, &answer, error);
}

bool cycle_run(struct corridor *corridor, const struct caller *caller, const struct cycle_options *options,
	struct arena *arena, json_t **report, struct error *error)
{
	struct cycle cycle = { .corridor = corridor, .caller = caller, .options = options, .arena = arena,
		.report = arena_json(arena, json_pack("{s:s, s:b}", "policy", options->policy, "dry_run", options->dry_run)) };
	struct error ended = { .code = ERROR_NONE };
	int64_t started = clock_monotonic();
	bool due;

	*report = NULL;
	pthread_mutex_init(&cycle.lock, NULL);
	if (!open_run(&cycle, &due, error))
		return false;
	if (!due)
		return true;
	if (read_policy(&cycle, &ended) && !work(&cycle, &ended) && ended.code == ERROR_FENCE) {
		*error = ended;   /* somebody else has the run: it is theirs to close */
		return false;
	}
	json_object_set_new(cycle.report, "duration_ms", json_integer((clock_monotonic() - started) / 1000));
	*report = cycle.report;
	return close_run(&cycle, &ended, error);
}
