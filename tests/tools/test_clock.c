/* A daemon whose own clock is an hour off, or jumps to and fro: budgets, points, coupons, drafts and the record go by
 * the database's clock, so nothing of it moves. What a step of the database's clock does: tests/fault/clock.sh. */
#include "tests/unit/check.h"
#include "world.h"

#include <unistd.h>

#include "mcp/base/clock.h"
#include "mcp/base/log.h"

enum { STEPS = 3 };

static const int64_t hour_us = 3600000000;

static long long number(struct arena *arena, const char *text)
{
	return strtoll(world_ask(arena, "%s", text), NULL, 10);
}

/* Each of the four kinds of call that leaves a time behind. */
static void call_all(struct arena *arena)
{
	static const char *const tools[] = { "earn_points", "issue_coupon", "draft_outreach" };

	for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
		json_t *args = world_fresh(arena, world_example(tools[i]), false);
		struct outcome outcome = world_write(arena, tool_find(tools[i]), args);

		if (!outcome.good)
			printf("# %s: %s\n", tools[i], outcome.error.text);
		CHECK(outcome.good);
	}
	CHECK(world_say(arena, "1koperator00", "whoami", "{}").good);
}

static void times_are_the_databases(void)
{
	static const int64_t steps[STEPS] = { -1, 1, -24 };
	struct arena *arena = arena_new();
	const char *begun = world_ask(arena, "select clock_timestamp()::text");
	const char *since = arena_format(arena, "between '%s' and clock_timestamp()", begun);
	int64_t now = clock_now();

	for (int i = 0; i < STEPS; i++) {
		clock_hold(now + steps[i] * hour_us);
		call_all(arena);
	}
	clock_hold(0);
	CHECK_INT(number(arena, arena_format(arena, "select count(*) from data.actions where created_at %s", since)),
		3 * STEPS);
	CHECK_INT(number(arena, arena_format(arena, "select count(*) from data.lots where earned_at %s", since)), STEPS);
	CHECK_INT(number(arena, arena_format(arena, "select count(*) from data.coupons where issued_at %s", since)), STEPS);
	CHECK_INT(number(arena, arena_format(arena, "select count(*) from data.drafts where created_at %s and expires_at - "
		"created_at between interval '71 hours 59 minutes' and interval '72 hours 1 minute'", since)), STEPS);
	CHECK_INT(number(arena, arena_format(arena, "select count(*) from journal.audit where at %s", since)), 4 * STEPS);
	CHECK_INT(number(arena, "select count(*) from data.budgets where key = '1koperator00'"), 1);
	CHECK_INT(number(arena, "select calls from data.budgets where key = '1koperator00' and starts_at <= now() and "
		"ends_at > now()"), 3 * STEPS);
	arena_free(arena);
}

/* Between two looks for work of a daemon the gate itself refuses; the step is made by moving what was seen. */
static void a_step_back_of_the_database_refuses(void)
{
	struct arena *arena = arena_new();

	world_do("update data.installation set clock_seen_at = now() + interval '3 seconds'");
	struct outcome outcome = world_earn(arena, "1koperator00", "'member': 1, 'points': 1");

	CHECK_INT(outcome.error.code, ERROR_STOPPED);
	CHECK(strstr(outcome.error.text, "clock went back by") != NULL);
	world_do("update data.installation set clock_seen_at = now()");
	CHECK(world_earn(arena, "1koperator00", "'member': 1, 'points': 1").good);
	arena_free(arena);
}

/* What the log says while a daemon starts with this clock. */
static const char *started_with(int64_t clock_us, struct arena *arena)
{
	const char *path = arena_format(arena, "%s/log", world.folder);
	struct error error;
	int kept = dup(STDERR_FILENO);

	CHECK(freopen(path, "we", stderr) != NULL);
	log_set_level(LOG_LEVEL_WARN);
	clock_hold(clock_us);
	struct corridor *other = corridor_open(&world.settings, &error);

	clock_hold(0);
	log_set_level(LOG_LEVEL_ERROR);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	CHECK(other != NULL);
	corridor_close(other);
	char *text = arena_alloc(arena, 4096);
	FILE *file = fopen(path, "re");

	CHECK(file != NULL && fread(text, 1, 4095, file) < 4096);
	fclose(file);
	return text;
}

static void a_wrong_clock_is_told_at_the_start(void)
{
	struct arena *arena = arena_new();

	CHECK(strstr(started_with(clock_now() - hour_us, arena), "s behind the database's") != NULL);
	CHECK(strstr(started_with(clock_now() + hour_us, arena), "s before the database's") != NULL);
	CHECK(strstr(started_with(0, arena), "clock") == NULL);
	arena_free(arena);
}

int main(void)
{
	world_open();
	CHECK_RUN(times_are_the_databases);
	CHECK_RUN(a_step_back_of_the_database_refuses);
	CHECK_RUN(a_wrong_clock_is_told_at_the_start);
	world_close();
	return check_done();
}
