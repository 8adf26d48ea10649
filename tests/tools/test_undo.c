/* Undo and stop: what is undone is as if it had not been, what moved since is left alone, of many undoers one wins,
 * an agent undoes only what is its own, and no stop holds an undo back. */
#include "tests/unit/check.h"
#include "world.h"

/* What makes the world move on after a write of each tool, so that its undo must be refused. */
static const struct {
	const char *tool, *moves;
} uses[] = {
	{ "earn_points", "spend_point" },
	{ "issue_coupon", "redeem" },
	{ "draft_outreach", "send" },
};

enum { USES = sizeof uses / sizeof uses[0] };

static void undo_check(struct arena *arena, const struct tool *tool, const json_t *example)
{
	const char *before = world_snapshot(arena, 1);
	struct outcome done = world_write(arena, tool, world_fresh(arena, example, false));

	CHECK_TEXT(done.error.text, "");
	CHECK(strcmp(world_snapshot(arena, 1), before) != 0);
	CHECK(world_number(done.result, "member/id") > 0 && world_text(done.result, "member/name") != NULL);
	CHECK(strstr(world_text(done.result, "member/email_masked"), "***@") != NULL);
	CHECK(strstr(arena_dump(arena, done.result), "@example") == NULL);
	const char *action = world_text(done.result, "action");
	struct outcome undone = world_undo_action(arena, "1koperator00", action);

	CHECK_INT(world_number(undone.result, "undone"), 1);
	CHECK_INT(world_number(undone.result, "value_cents"), world_number(done.result, "value_cents"));
	CHECK_INT(world_number(undone.result, "member/id"), world_number(done.result, "member/id"));
	CHECK_TEXT(world_snapshot(arena, 1), before);
	undone = world_undo_action(arena, "1koperator00", action);
	CHECK(undone.error.code == ERROR_STATE && strstr(undone.error.text, "already") != NULL);
	CHECK_TEXT(world_snapshot(arena, 1), before);
}

static void undo_brings_everything_back(void)
{
	CHECK(world_each_write(undo_check) >= 3);
}

static void what_moved_is_left_alone(void)
{
	for (size_t i = 0; i < USES; i++) {
		struct arena *arena = arena_new();
		struct outcome done = world_write(arena, tool_find(uses[i].tool),
			world_fresh(arena, world_example(uses[i].tool), false));
		const char *action = world_text(done.result, "action");

		world_do("select testing.%s(1, '%s')", uses[i].moves, action);
		const char *before = world_snapshot(arena, 1);
		struct outcome undone = world_undo_action(arena, "1koperator00", action);

		CHECK(undone.error.code == ERROR_MOVED);
		CHECK_TEXT(world_snapshot(arena, 1), before);
		CHECK_TEXT(world_ask(arena, "select testing.last_decision(1, 'undo_action')"), "refused world_moved");
		arena_free(arena);
	}
}

static void one_of_many_undoers_wins(void)
{
	for (size_t use = 0; use < USES; use++) {
		struct racer racers[RACERS];
		struct arena *arena = arena_new();
		const char *before = world_snapshot(arena, 1);
		struct outcome done = world_write(arena, tool_find(uses[use].tool),
			world_fresh(arena, world_example(uses[use].tool), false));
		const char *scope = arena_format(arena, "'action': '%s'", world_text(done.result, "action"));
		struct outcome seen = world_say(arena, "1koperator00", "undo_action", arena_format(arena, "{%s}", scope));
		size_t won = 0, refused = 0;

		world_race(racers, "1koperator00", "undo_action", arena_format(arena, "{%s, 'apply_hash': '%s'}", scope,
			world_text(seen.result, "hash")));
		for (size_t i = 0; i < RACERS; i++) {
			won += racers[i].outcome.good && world_number(racers[i].outcome.result, "undone") == 1;
			refused += racers[i].outcome.error.code == ERROR_STATE;
			if (!racers[i].outcome.good && racers[i].outcome.error.code != ERROR_STATE)
				printf("# instead: %s\n", racers[i].outcome.error.text);
		}
		CHECK_INT(won, 1);
		CHECK_INT(refused, RACERS - 1);
		CHECK_TEXT(world_snapshot(arena, 1), before);
		world_race_end(racers);
		arena_free(arena);
	}
}

/* Writers of one budget, of members in any order. */
struct writer {
	pthread_t thread;
	const char *key;
	int count, refused, first;
};

static void *write_many(void *context)
{
	struct writer *writer = context;
	static const int members[] = { 1, 2, 5, 6, 7, 8, 3, 4 };

	for (int i = 0; i < writer->count; i++) {
		struct arena *arena = arena_new();
		const char *args = arena_format(arena, "{'member': %d, 'points': 100, 'reason': 'many', 'idempotency_key': "
			"'%s'}",
			members[(i + writer->first) % 8], world_idem(arena));
		struct outcome done = world_say(arena, writer->key, "earn_points", args);

		/* As the sentence says: nothing was changed, try again. */
		for (int tries = 0; done.error.code == ERROR_BUSY && tries < 10; tries++)
			done = world_say(arena, writer->key, "earn_points", args);

		if (!done.good && writer->refused++ == 0)
			printf("# refused: %s\n", done.error.text);
		arena_free(arena);
	}
	return NULL;
}

static void start_writers(struct writer *writers, size_t count, const char *key, int writes)
{
	for (size_t i = 0; i < count; i++) {
		writers[i] = (struct writer){ .key = key, .count = writes, .first = (int)i };
		CHECK(pthread_create(&writers[i].thread, NULL, write_many, &writers[i]) == 0);
	}
}

static void join_writers(struct writer *writers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pthread_join(writers[i].thread, NULL);
		CHECK_INT(writers[i].refused, 0);
	}
}

static const char *now_of(struct arena *arena)
{
	return world_ask(arena, "select to_char(clock_timestamp() at time zone 'UTC', "
		"'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
}

static void a_window_of_more_than_a_chunk_is_undone(void)
{
	struct arena *arena = arena_new();
	struct writer writers[8], others[4];
	const char *before = world_snapshot(arena, 1);
	const char *from = now_of(arena);

	start_writers(writers, 8, "1kagent00000", 280);
	join_writers(writers, 8);
	const char *scope = arena_format(arena, "'from': '%s', 'to': '%s'", from, now_of(arena));
	struct outcome seen = world_say(arena, "1koperator00", "undo_action", arena_format(arena, "{%s}", scope));

	CHECK_INT(world_number(seen.result, "actions"), 2240);
	CHECK_INT(world_number(seen.result, "by_tool/earn_points"), 2240);
	CHECK_INT(json_array_size(world_at(seen.result, "first")), 20);
	CHECK(world_number(seen.result, "first/0/member/id") > 0);
	/* While others write to the same members and the same budget. */
	start_writers(others, 4, "1kagent00000", 60);
	struct outcome undone = world_say(arena, "1koperator00", "undo_action", arena_format(arena,
		"{%s, 'apply_hash': '%s'}",
		scope, world_text(seen.result, "hash")));

	join_writers(others, 4);
	CHECK_TEXT(undone.error.text, "");
	CHECK_INT(world_number(undone.result, "undone"), 2240);
	CHECK_INT(world_number(undone.result, "not_undone_count"), 0);
	scope = arena_format(arena, "'from': '%s', 'to': '%s'", from, now_of(arena));
	undone = world_undo(arena, "1koperator00", scope);
	CHECK_INT(world_number(undone.result, "undone"), 240);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	arena_free(arena);
}

static void a_stale_or_wrong_hash_undoes_nothing(void)
{
	struct arena *arena = arena_new();
	const char *from = now_of(arena);
	struct outcome one = world_say(arena, "1koperator00", "earn_points",
		arena_format(arena, "{'member': 2, 'points': 5, 'reason': 'x', 'idempotency_key': '%s'}", world_idem(arena)));
	const char *scope = arena_format(arena, "'from': '%s', 'to': '2999-01-01T00:00:00Z'", from);
	struct outcome seen = world_say(arena, "1koperator00", "undo_action", arena_format(arena, "{%s}", scope));

	CHECK(one.good);
	CHECK_INT(world_number(seen.result, "actions"), 1);
	world_say(arena, "1koperator00", "earn_points",
		arena_format(arena, "{'member': 2, 'points': 5, 'reason': 'x', 'idempotency_key': '%s'}", world_idem(arena)));
	const char *before = world_snapshot(arena, 1);
	struct outcome undone = world_say(arena, "1koperator00", "undo_action", arena_format(arena,
		"{%s, 'apply_hash': '%s'}",
		scope, world_text(seen.result, "hash")));

	CHECK(undone.error.code == ERROR_HASH);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	CHECK_INT(world_number(world_undo(arena, "1koperator00", scope).result, "undone"), 2);
	arena_free(arena);
}

static void of_many_the_moved_ones_stay(void)
{
	struct arena *arena = arena_new();
	const char *before = world_snapshot(arena, 1), *from = now_of(arena), *spent = NULL;

	for (int i = 0; i < 5; i++) {
		struct outcome done = world_say(arena, "1kagent00000", "earn_points", arena_format(arena,
			"{'member': 1, 'points': 10, 'reason': 'x', 'idempotency_key': '%s'}", world_idem(arena)));

		spent = i == 2 ? world_text(done.result, "action") : spent;
	}
	world_do("select testing.spend_point(1, '%s')", spent);
	struct outcome undone = world_undo(arena, "1koperator00", arena_format(arena, "'from': '%s', 'to': '%s'", from,
		now_of(arena)));

	CHECK_INT(world_number(undone.result, "undone"), 4);
	CHECK_INT(world_number(undone.result, "not_undone_count"), 1);
	CHECK_TEXT(world_text(undone.result, "not_undone/0/action"), spent);
	CHECK(strstr(world_text(undone.result, "not_undone/0/why"), "used 1 of these 10") != NULL);
	CHECK(strcmp(world_snapshot(arena, 1), before) != 0);
	arena_free(arena);
}

static void an_agent_undoes_its_own_only(void)
{
	struct arena *arena = arena_new();
	struct outcome theirs = world_say(arena, "1koperator00", "earn_points",
		arena_format(arena, "{'member': 1, 'points': 1, 'reason': 'x', 'idempotency_key': '%s'}", world_idem(arena)));
	struct outcome own = world_say(arena, "1kagent00000", "earn_points",
		arena_format(arena, "{'member': 1, 'points': 2, 'reason': 'x', 'idempotency_key': '%s'}", world_idem(arena)));
	const char *action = world_text(theirs.result, "action");
	struct outcome refused = world_say(arena, "1kagent00000", "undo_action", arena_format(arena, "{'action': '%s'}",
		action));
	struct outcome missing = world_say(arena, "1kagent00000", "undo_action", "{'action': '" ID_MISSING "'}");

	CHECK(refused.error.code == ERROR_NOT_FOUND && missing.error.code == ERROR_NOT_FOUND);
	/* With the hash that the operator sees it is no better. */
	struct outcome seen = world_say(arena, "1koperator00", "undo_action", arena_format(arena, "{'action': '%s'}",
		action));

	refused = world_say(arena, "1kagent00000", "undo_action", arena_format(arena,
		"{'action': '%s', 'apply_hash': '%s'}", action,
		world_text(seen.result, "hash")));
	CHECK(refused.error.code == ERROR_NOT_FOUND);
	refused = world_undo(arena, "1kagent20000", arena_format(arena, "'action': '%s'", world_text(own.result,
		"action")));
	CHECK(refused.error.code == ERROR_NOT_FOUND);
	seen = world_say(arena, "1kagent00000", "undo_action", "{'from': '2020-01-01T00:00:00Z', 'to': "
		"'2999-01-01T00:00:00Z'}");
	CHECK(strstr(arena_dump(arena, seen.result), action) == NULL);
	CHECK_INT(world_number(world_undo_action(arena, "1kagent00000", world_text(own.result, "action")).result, "undone"),
		1);
	CHECK_INT(world_number(world_undo_action(arena, "1koperator00", action).result, "undone"), 1);
	arena_free(arena);
}

static void stop_stops_writes_and_not_undo(void)
{
	struct arena *arena = arena_new();
	const char *before = world_snapshot(arena, 1);
	struct outcome done = world_earn(arena, "1kagent00000", "'member': 1, 'points': 3");
	struct outcome stopped = world_say(arena, "1kagent00000", "stop_agent",
		"{'reason': 'odd\\u202e numbers', 'wait_quiet_ms': 15000}");

	CHECK_TEXT(world_text(stopped.result, "state"), "quiet");
	CHECK_TEXT(world_text(stopped.result, "reason"), "odd<U+202E> numbers");
	CHECK(json_is_false(world_at(stopped.result, "was_stopped")));
	CHECK(world_earn(arena, "1koperator00", "'member': 1, 'points': 3").error.code == ERROR_STOPPED);
	CHECK(world_say(arena, "2koperator00", "whoami", "{}").good);
	struct outcome seen = world_say(arena, "1kreader0000", "whoami", "{}");

	CHECK(json_is_true(world_at(seen.result, "switch/stopped")));
	stopped = world_say(arena, "1koperator00", "stop_agent", "{'reason': 'key fl_live_1kabc_secret leaked'}");
	CHECK(json_is_true(world_at(stopped.result, "was_stopped")));
	CHECK_TEXT(world_text(stopped.result, "by"), "1kagent00000");
	CHECK_INT(world_number(world_undo_action(arena, "1kagent00000", world_text(done.result, "action")).result,
		"undone"), 1);
	world_do("select app.resume(1, app.new_id(), 'admin1', 'cli', '*', 'tested', null)");
	CHECK_TEXT(world_snapshot(arena, 1), before);
	done = world_earn(arena, "1koperator00", "'member': 1, 'points': 3");
	CHECK(done.good);
	world_undo_action(arena, "1koperator00", world_text(done.result, "action"));
	CHECK_TEXT(world_ask(arena, "select count(*) from journal.audit where detail::text like '%%fl_live_%%'"), "0");
	arena_free(arena);
}

static void one_key_is_stopped_alone(void)
{
	struct arena *arena = arena_new();

	world_say(arena, "1koperator00", "stop_agent", "{'reason': 'only this', 'key': '1kagent20000'}");
	CHECK(world_earn(arena, "1kagent20000", "'member': 1, 'points': 1").error.code == ERROR_STOPPED);
	struct outcome done = world_earn(arena, "1kagent00000", "'member': 1, 'points': 1");

	CHECK(done.good);
	world_undo_action(arena, "1kagent00000", world_text(done.result, "action"));
	world_do("select app.resume(1, app.new_id(), 'admin1', 'cli', '1kagent20000', 'tested', null)");
	arena_free(arena);
}

static void in_flight_deliveries_are_told(void)
{
	struct arena *arena = arena_new();
	struct outcome draft = world_write(arena, tool_find("draft_outreach"),
		world_fresh(arena, world_example("draft_outreach"), false));

	world_do("set flash.tenant = '1'; insert into data.attempts (tenant, draft, attempt, claimed_by, claimed_at, "
		"deadline_at, "
		"outcome) values (1, '%s', 1, 'd', now(), now() + interval '10 s', 'open')", world_text(draft.result, "draft"));
	struct outcome stopped = world_say(arena, "1koperator00", "stop_agent", "{'reason': 'x', 'wait_quiet_ms': 120}");

	CHECK_TEXT(world_text(stopped.result, "state"), "stopped");
	CHECK_INT(world_number(stopped.result, "in_flight"), 1);
	world_do("update data.attempts set outcome = 'failed', settled_at = now() where draft = '%s'",
		world_text(draft.result, "draft"));
	stopped = world_say(arena, "1koperator00", "stop_agent", "{'reason': 'x'}");
	CHECK_TEXT(world_text(stopped.result, "state"), "quiet");
	world_do("select app.resume(1, app.new_id(), 'admin1', 'cli', '*', 'tested', null)");
	world_undo_action(arena, "1koperator00", world_text(draft.result, "action"));
	arena_free(arena);
}

int main(void)
{
	world_open();
	CHECK_RUN(undo_brings_everything_back);
	CHECK_RUN(one_of_many_undoers_wins);
	CHECK_RUN(what_moved_is_left_alone);
	CHECK_RUN(a_window_of_more_than_a_chunk_is_undone);
	CHECK_RUN(a_stale_or_wrong_hash_undoes_nothing);
	CHECK_RUN(of_many_the_moved_ones_stay);
	CHECK_RUN(an_agent_undoes_its_own_only);
	CHECK_RUN(stop_stops_writes_and_not_undo);
	CHECK_RUN(one_key_is_stopped_alone);
	CHECK_RUN(in_flight_deliveries_are_told);
	world_close();
	return check_done();
}
