/* Every write of a key: what it answers, what is repeated happens once, what is only tried changes nothing, and the
 * limits are the database's. */
#include "tests/unit/check.h"
#include "world.h"

static void dry_run_check(struct arena *arena, const struct tool *tool, const json_t *example)
{
	const char *before = world_snapshot(arena, 1);
	json_t *args = world_fresh(arena, example, true);
	struct outcome done = world_write(arena, tool, args);

	CHECK_TEXT(world_text(done.result, "status"), "would_execute");
	CHECK(world_number(done.result, "value_cents") > 0 && world_number(done.result, "budget_left_cents") > 0);
	CHECK(world_text(done.result, "member/name") != NULL);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	CHECK_TEXT(world_ask(arena, "select testing.last_decision(1, '%s')", tool->name), "dry_run ");
	/* And the key is still good for the real call. */
	json_object_set_new(args, "dry_run", json_false());
	done = world_write(arena, tool, args);
	CHECK(done.good && world_at(done.result, "replayed") == NULL);
	world_undo_action(arena, "1koperator00", world_text(done.result, "action"));
}

static void dry_run_changes_nothing(void)
{
	CHECK(world_each_write(dry_run_check) >= 3);
}

static void replay_check(struct arena *arena, const struct tool *tool, const json_t *example)
{
	json_t *args = world_fresh(arena, example, false);
	struct outcome first = world_write(arena, tool, args);
	const char *after = world_snapshot(arena, 1);
	struct outcome second = world_write(arena, tool, args);

	CHECK(first.good && json_is_true(world_at(second.result, "replayed")));
	CHECK_TEXT(world_text(second.result, "action"), world_text(first.result, "action"));
	CHECK_TEXT(world_text(second.result, "member/name"), world_text(first.result, "member/name"));
	CHECK_TEXT(world_snapshot(arena, 1), after);
	CHECK_TEXT(world_ask(arena, "select testing.last_decision(1, '%s')", tool->name), "replayed ");
	/* Another member, another tool, another key with the same name. */
	json_t *other = arena_json(arena, json_copy(args));

	json_object_del(other, "email");
	json_object_set_new(other, "member", json_integer(5));
	CHECK(world_write(arena, tool, other).error.code == ERROR_IDEMPOTENCY);
	const char *idem = world_text(args, "idempotency_key");
	struct outcome third = world_say(arena, "1koperator00", strcmp(tool->name, "earn_points") == 0 ? "issue_coupon"
		: "earn_points", strcmp(tool->name, "earn_points") == 0
		? arena_format(arena, "{'member': 1, 'pool': 'tea10', 'idempotency_key': '%s'}", idem)
		: arena_format(arena, "{'member': 1, 'points': 1, 'reason': 'x', 'idempotency_key': '%s'}", idem));

	CHECK(third.error.code == ERROR_IDEMPOTENCY);
	CHECK_TEXT(world_snapshot(arena, 1), after);
	struct caller agent = world_caller("1kagent00000");
	struct outcome independent = world_call(arena, &agent, tool->name, args);

	CHECK(independent.good && world_at(independent.result, "replayed") == NULL);
	world_undo_action(arena, "1koperator00", world_text(independent.result, "action"));
	world_undo_action(arena, "1koperator00", world_text(first.result, "action"));
}

static void same_key_is_one_write(void)
{
	CHECK(world_each_write(replay_check) >= 3);
}

static void one_of_many_same_calls_writes(void)
{
	for (int round = 0; round < 10; round++) {
		struct racer racers[RACERS];
		struct arena *arena = arena_new();
		const char *before = world_snapshot(arena, 1);
		size_t first = 0, replayed = 0;

		world_race(racers, "1koperator00", "earn_points", arena_format(arena,
			"{'member': 1, 'points': 10, 'reason': 'race', 'idempotency_key': '%s'}", world_idem(arena)));
		for (size_t i = 0; i < RACERS; i++) {
			CHECK_TEXT(racers[i].outcome.error.text, "");
			first += world_at(racers[i].outcome.result, "replayed") == NULL;
			replayed += json_is_true(world_at(racers[i].outcome.result, "replayed"));
		}
		CHECK_INT(first, 1);
		CHECK_INT(replayed, RACERS - 1);
		world_undo_action(arena, "1koperator00", world_text(racers[0].outcome.result, "action"));
		CHECK_TEXT(world_snapshot(arena, 1), before);
		world_race_end(racers);
		arena_free(arena);
	}
}

/* A writer in one of two daemons, going through the members its own way round. */
struct visitor {
	pthread_t thread;
	struct corridor *corridor;
	int step, good;
	char failure[200];
};

enum { VISITORS = 12, VISITS = 25 };

static void *visit(void *context)
{
	struct visitor *visitor = context;
	struct caller caller = world_caller("1koperator00");

	for (int i = 0; i < VISITS; i++) {
		struct arena *arena = arena_new();
		struct error error;
		json_t *result;
		json_t *args = arena_json(arena, json_pack("{s:i, s:i, s:s, s:s}", "member",
			1 + (8 + i * visitor->step % 8) % 8, "points", 1, "reason", "x", "idempotency_key", world_idem(arena)));
		bool good = tool_call(visitor->corridor, &caller, "earn_points", args, arena, &result, &error);

		/* Twice in a circle is bad luck, told as such; anything else is wrong. */
		if (good && world_text(result, "member/email_masked") != NULL)
			visitor->good++;
		else if (good && world_number(result, "member/id") == 4)
			visitor->good++;
		else if (good || error.code != ERROR_BUSY)
			snprintf(visitor->failure, sizeof visitor->failure, "%s", good ? "no member in the answer" : error.text);
		arena_free(arena);
	}
	return NULL;
}

static void two_daemons_do_not_break_each_other(void)
{
	struct arena *arena = arena_new();
	struct visitor visitors[VISITORS];
	struct error error;
	struct corridor *second = corridor_open(&world.settings, &error);
	const char *actions = "select count(*) from data.actions where tenant = 1 and tool = 'earn_points'";
	long long before = strtoll(world_ask(arena, "%s", actions), NULL, 10), good = 0;

	CHECK(second != NULL);
	for (size_t i = 0; i < VISITORS; i++) {
		visitors[i] = (struct visitor){ .corridor = i % 2 == 0 ? world.corridor : second, .step = i % 2 == 0 ? 3 : -3 };
		CHECK(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]) == 0);
	}
	for (size_t i = 0; i < VISITORS; i++) {
		pthread_join(visitors[i].thread, NULL);
		CHECK_TEXT(visitors[i].failure, "");
		good += visitors[i].good;
	}
	CHECK_INT(strtoll(world_ask(arena, "%s", actions), NULL, 10), before + good);
	printf("# %lld of %d writes went through\n", good, VISITORS * VISITS);
	CHECK(good >= VISITORS * VISITS * 9 / 10);
	corridor_close(second);
	arena_free(arena);
}

static void refuses_earn(const char *key, const char *fields, enum error_code code, const char *word)
{
	struct arena *arena = arena_new();
	const char *before = world_snapshot(arena, 1);
	struct outcome done = world_earn(arena, key, fields);

	CHECK(done.error.code == code);
	if (strstr(done.error.text, word) == NULL)
		CHECK_TEXT(done.error.text, word);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	arena_free(arena);
}

static void limits_are_the_databases(void)
{
	refuses_earn("1koperator00", "'member': 1, 'points': 1000000000", ERROR_CAP, "8,500,000.00");
	refuses_earn("1koperator00", "'member': 1, 'points': 11765", ERROR_CAP, "100.00");   /* 100.01 against 100.00 */
	world_do("select app.change_budget(1, app.new_id(), 'admin1', '1kagent20000', 10)");
	refuses_earn("1kagent20000", "'member': 1, 'points': 100", ERROR_BUDGET, "0.85");
	world_do("select app.change_budget(1, app.new_id(), 'admin1', '1kagent20000', 50000000)");
	world_do("update data.keys set calls_per_minute = 1 where key = '1kagent20000'");
	struct arena *arena = arena_new();

	/* Two in one minute, unless the minute turns between them; then the third is. */
	bool second = world_earn(arena, "1kagent20000", "'member': 1, 'points': 1").good &&
		world_earn(arena, "1kagent20000", "'member': 1, 'points': 1").good;
	struct outcome third = world_earn(arena, "1kagent20000", "'member': 1, 'points': 1");

	CHECK(!second || !third.good);
	CHECK(third.good || third.error.code == ERROR_RATE);
	world_do("update data.keys set calls_per_minute = 100000 where key = '1kagent20000'");
	arena_free(arena);
}

static void members_are_found_or_refused(void)
{
	struct arena *arena = arena_new();
	struct outcome done = world_earn(arena, "1kspare00000", "'email': ' BOB@Example.Test', 'points': 1");

	/* A key without members:read sees the name of whom it gave to, and nobody else's. */
	CHECK_TEXT(world_text(done.result, "member/name"), "Bob Baker");
	refuses_earn("1koperator00", "'email': 'twins@example.test', 'points': 1", ERROR_AMBIGUOUS,
		"member 5 (Tim Twin, t***@e***.test); member 6 (Tom Twin");
	refuses_earn("1koperator00", "'email': 'nobody@example.test', 'points': 1", ERROR_NOT_FOUND, "n***@e***.test");
	refuses_earn("1koperator00", "'points': 1", ERROR_ARGUMENT, "`member`");
	refuses_earn("1koperator00", "'member': 1, 'email': 'ann@example.test', 'points': 1", ERROR_ARGUMENT, "not both");
	arena_free(arena);
}

static void refuses_draft(const char *fields, enum error_code code, const char *word)
{
	struct arena *arena = arena_new();
	const char *before = world_snapshot(arena, 1);
	struct outcome done = world_say(arena, "1koperator00", "draft_outreach", arena_format(arena,
		"{%s, 'channel': 'email', 'idempotency_key': '%s'}", fields, world_idem(arena)));

	CHECK(done.error.code == code);
	if (strstr(done.error.text, word) == NULL)
		CHECK_TEXT(done.error.text, word);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	arena_free(arena);
}

static void drafts_are_strict(void)
{
	struct arena *arena = arena_new();
	struct outcome done = world_write(arena, tool_find("draft_outreach"),
		world_fresh(arena, world_example("draft_outreach"), false));

	CHECK_TEXT(world_text(done.result, "status"), "pending_approval");
	CHECK_TEXT(world_text(done.result, "subject"), "We miss you, Ann");
	CHECK_TEXT(world_text(done.result, "body"), "Dear Ann,\n\nyour tea is waiting at Tea House.");
	world_undo_action(arena, "1koperator00", world_text(done.result, "action"));
	refuses_draft("'member': 3, 'subject': 'a', 'body': 'b'", ERROR_CONSENT, "not agreed");
	refuses_draft("'member': 4, 'subject': 'a', 'body': 'b'", ERROR_NOT_FOUND, "no e-mail");
	refuses_draft("'member': 1, 'subject': 'a\\r\\nBcc: x', 'body': 'b'", ERROR_FORMAT, "subject");
	refuses_draft("'member': 1, 'subject': 'a\\u202e', 'body': 'b'", ERROR_FORMAT, "subject");
	refuses_draft("'member': 1, 'subject': 'a', 'body': 'see https://x.test/a'", ERROR_FORMAT, "link");
	refuses_draft("'member': 1, 'subject': 'a', 'body': 'Hi {{nick}}'", ERROR_FORMAT, "{{nick}}");
	refuses_draft("'member': 8, 'subject': 'a', 'body': 'Hi {{first_name}}'", ERROR_FORMAT, "no value");
	refuses_draft("'member': 7, 'subject': 'a', 'body': 'Hi {{first_name}}'", ERROR_FORMAT, "first_name");
	refuses_draft("'member': 1, 'subject': 'a', 'body': 'fl_live_1kabc_def'", ERROR_ARGUMENT, "API key");
	arena_free(arena);
}

int main(void)
{
	world_open();
	CHECK_RUN(dry_run_changes_nothing);
	CHECK_RUN(same_key_is_one_write);
	CHECK_RUN(one_of_many_same_calls_writes);
	CHECK_RUN(two_daemons_do_not_break_each_other);
	CHECK_RUN(limits_are_the_databases);
	CHECK_RUN(members_are_found_or_refused);
	CHECK_RUN(drafts_are_strict);
	world_close();
	return check_done();
}
