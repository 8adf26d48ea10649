/* What is refused, and how: wrong numbers, types, names and texts with the field, the value and what is allowed;
 * another tenant's ids exactly like ids that nobody has; tools beyond a key's scopes like tools that do not exist. And
 * every call, refused or not, has its row in the record. */
#include "tests/unit/check.h"
#include "world.h"

/* Calls and expects one more row in the tenant's record. */
static struct outcome audited(struct arena *arena, const char *key, const char *tool, json_t *args)
{
	struct caller caller = world_caller(key);
	long long before = world_audits(caller.tenant);
	struct outcome outcome = world_call(arena, &caller, tool, args);

	CHECK_INT(world_audits(caller.tenant), before + 1);
	return outcome;
}

static void show_unless(bool good, const char *tool, struct arena *arena, const json_t *args,
	const struct outcome *outcome)
{
	if (!good)
		printf("# %s %s: %s\n", tool, arena_dump(arena, args), outcome->good ? "(answered)" : outcome->error.text);
	CHECK(good);
}

/* The first example of a tool, with one field set to something else (a new reference). */
static json_t *with(struct arena *arena, const struct tool *tool, const char *field, json_t *value)
{
	json_t *args = json_deep_copy(json_array_get(json_object_get(tool->json, "examples"), 0));

	json_object_set_new(args, field, value);
	if (strcmp(field, "idempotency_key") != 0 && tool->kind == TOOL_WRITE)
		json_object_set_new(args, "idempotency_key", json_string(world_idem(arena)));
	return arena_json(arena, args);
}

static void each_public_field(void (*check)(const struct tool *tool, const char *field, const json_t *schema))
{
	const struct tool *tool;

	for (size_t i = 0; (tool = tool_at(i)) != NULL; i++) {
		const char *field;
		json_t *schema;

		if (!world_is_public(tool))
			continue;
		json_object_foreach(json_object_get(tool_input_schema(tool), "properties"), field, schema)
			check(tool, field, schema);
	}
}

static bool names(const struct outcome *outcome, const char *word)
{
	return strstr(outcome->error.text, word) != NULL;
}

/* A wrong value of one field, given as JSON text: refused, with the field and what was given. */
static void refuses_value(const struct tool *tool, const char *field, const char *text)
{
	struct arena *arena = arena_new();
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	json_t *args = with(arena, tool, field, value);
	struct outcome outcome = audited(arena, "1koperator00", tool->name, args);
	bool good = !outcome.good && outcome.error.code == ERROR_ARGUMENT && names(&outcome, field);

	show_unless(good, tool->name, arena, args, &outcome);
	arena_free(arena);
}

/* THREATS 52. What is not JSON at all cannot get this far; the doors and the parser see to that. */
static void wrong_numbers(const struct tool *tool, const char *field, const json_t *schema)
{
	static const char *const values[] = { "-1", "2147483648", "9007199254740993", "9223372036854775807",
		"-9223372036854775808", "1.0", "1e2", "\"5\"", "\"5 \"", "true", "null", "[]", "{}" };
	const json_t *least = json_object_get(schema, "minimum"), *most = json_object_get(schema, "maximum");

	if (strcmp(json_string_value(json_object_get(schema, "type")) == NULL ? ""
		: json_string_value(json_object_get(schema, "type")), "integer") != 0)
		return;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		json_t *value = json_loads(values[i], JSON_DECODE_ANY, NULL);
		bool fits = json_is_integer(value) && (least == NULL ||
			json_integer_value(value) >= json_integer_value(least)) &&
			(most == NULL || json_integer_value(value) <= json_integer_value(most));

		json_decref(value);
		if (!fits)
			refuses_value(tool, field, values[i]);
	}
	if (least != NULL && json_integer_value(least) > 0)
		refuses_value(tool, field, "0");
}

static void numbers_that_are_not_whole_or_in_range(void)
{
	static const char *const no_json[] = { "9223372036854775808", "1e999", "NaN", "Infinity", "0x10", "01" };

	each_public_field(wrong_numbers);
	for (size_t i = 0; i < sizeof no_json / sizeof no_json[0]; i++)
		CHECK(json_loads(no_json[i], JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL) == NULL);
}

static void wrong_type(const struct tool *tool, const char *field, const json_t *schema)
{
	const char *type = json_string_value(json_object_get(schema, "type"));

	if (type == NULL)
		return;
	if (strcmp(type, "string") != 0)
		refuses_value(tool, field, "\"text\"");
	if (strcmp(type, "integer") != 0 && strcmp(type, "number") != 0)
		refuses_value(tool, field, "7");
	if (strcmp(type, "boolean") != 0)
		refuses_value(tool, field, "false");
	if (strcmp(type, "array") != 0)
		refuses_value(tool, field, "[1]");
	if (strcmp(type, "object") != 0)
		refuses_value(tool, field, "{\"a\": 1}");
	refuses_value(tool, field, "null");
}

static void fields_of_the_wrong_type(void)
{
	each_public_field(wrong_type);
}

static void wrong_word(const struct tool *tool, const char *field, const json_t *schema)
{
	const json_t *words = json_object_get(schema, "enum"), *inner = json_object_get(json_object_get(schema, "items"),
		"enum");
	struct arena *arena = arena_new();

	if (words != NULL || inner != NULL) {
		json_t *args = with(arena, tool, field, words != NULL ? json_string("nonesuch") : json_pack("[s]", "nonesuch"));
		struct outcome outcome = audited(arena, "1koperator00", tool->name, args);
		bool good = outcome.error.code == ERROR_ARGUMENT && names(&outcome, field) && names(&outcome, "nonesuch") &&
			names(&outcome, json_string_value(json_array_get(words != NULL ? words : inner, 0)));

		show_unless(good, tool->name, arena, args, &outcome);
	}
	if (json_object_get(schema, "maxLength") != NULL) {
		char *text = arena_alloc(arena, 5000);
		json_int_t most = json_integer_value(json_object_get(schema, "maxLength"));

		memset(text, 'a', (size_t)(most < 4990 ? most + 1 : 4990));
		json_t *args = with(arena, tool, field, json_string(text));
		struct outcome outcome = audited(arena, "1koperator00", tool->name, args);

		show_unless(outcome.error.code == ERROR_ARGUMENT && names(&outcome, field), tool->name, arena, args, &outcome);
	}
	arena_free(arena);
}

static void words_that_are_not_allowed(void)
{
	each_public_field(wrong_word);
}

static void fields_that_are_unknown_or_missing(void)
{
	const struct tool *tool;

	for (size_t i = 0; (tool = tool_at(i)) != NULL; i++) {
		json_t *required = json_object_get(tool_input_schema(tool), "required"), *field;
		size_t j;

		if (!world_is_public(tool))
			continue;
		struct arena *arena = arena_new();
		json_t *args = with(arena, tool, "limitt", json_integer(1));
		struct outcome outcome = audited(arena, "1koperator00", tool->name, args);

		show_unless(outcome.error.code == ERROR_ARGUMENT && names(&outcome, "limitt"), tool->name, arena, args,
			&outcome);
		json_array_foreach(required, j, field) {
			args = with(arena, tool, json_string_value(field), json_null());
			json_object_del(args, json_string_value(field));
			outcome = audited(arena, "1koperator00", tool->name, args);
			show_unless(outcome.error.code == ERROR_ARGUMENT && names(&outcome, json_string_value(field)), tool->name,
				arena,
				args, &outcome);
		}
		arena_free(arena);
	}
}

static void refuses(const char *tool, const char *args, enum error_code code, const char *word)
{
	struct arena *arena = arena_new();
	struct outcome outcome = world_say(arena, "1koperator00", tool, args);

	if (outcome.error.code != code || !names(&outcome, word))
		printf("# %s %s: %s\n", tool, args, outcome.good ? "(answered)" : outcome.error.text);
	CHECK(outcome.error.code == code && names(&outcome, word));
	arena_free(arena);
}

static void names_that_nobody_has_come_with_the_known(void)
{
	refuses("list_members", "{'tier': 'golt'}", ERROR_NOT_FOUND, "Nearest: gold. Known: bronze, gold, silver.");
	refuses("list_members", "{'store': 's9'}", ERROR_NOT_FOUND, "Known: s1, s2, s3.");
	refuses("list_stores", "{'region': 'north'}", ERROR_NOT_FOUND, "Nearest: North");
	refuses("list_runs", "{'policy': 'winback'}", ERROR_NOT_FOUND, "Nearest: winback_slipping");
	refuses("list_actions", "{'key': 'x'}", ERROR_NOT_FOUND, "1kagent00000");
	refuses("issue_coupon", "{'member': 1, 'pool': 'tea1', 'idempotency_key': 'p'}", ERROR_NOT_FOUND, "Nearest: tea10");
	refuses("issue_coupon", "{'member': 1, 'pool': 'paused5', 'idempotency_key': 'p'}", ERROR_STATE, "paused");
	refuses("issue_coupon", "{'member': 1, 'pool': 'dry', 'idempotency_key': 'p'}", ERROR_POOL_DRY, "empty");
}

static void ids_and_moments_that_are_none(void)
{
	static const char *const moments[] = { "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "yesterday",
		"2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00+15:00", "2026-01-01T00:00:00+1:00",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00ZZ", "infinity", "" };
	const char *known[] = { "2024-02-29T23:59:59Z", "2026-01-01T00:00:00.123456+14:00", "1970-01-01T00:00:00-05:30" };

	for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
		struct arena *arena = arena_new();

		refuses("list_actions", arena_format(arena, "{'from': '%s'}", moments[i]), ERROR_ARGUMENT, "from is");
		refuses("undo_action", arena_format(arena, "{'from': '2026-01-01T00:00:00Z', 'to': '%s'}", moments[i]),
			ERROR_ARGUMENT, "to is");
		arena_free(arena);
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct arena *arena = arena_new();

		CHECK(world_say(arena, "1koperator00", "list_actions", arena_format(arena, "{'from': '%s'}", known[i])).good);
		arena_free(arena);
	}
	refuses("list_actions", "{'action': 'abc'}", ERROR_ARGUMENT, "action is");
	refuses("list_runs", "{'run': '01990000-0000-7000-8000-00000000000g'}", ERROR_ARGUMENT, "run is");
	refuses("list_drafts", "{'run': ''}", ERROR_ARGUMENT, "run is");
	refuses("undo_action", "{'action': '\\u202e'}", ERROR_ARGUMENT, "<U+202E>");
	refuses("undo_action", "{}", ERROR_ARGUMENT, "one of the three");
	refuses("undo_action", "{'action': '" ID_MISSING "', 'run': '" RUN_OWN "'}", ERROR_ARGUMENT, "one of the three");
	refuses("undo_action", "{'from': '2026-01-01T00:00:00Z'}", ERROR_ARGUMENT, "one of the three");
	refuses("earn_points", "{'member': 1, 'points': 1, 'reason': 'a\\u0007b', 'idempotency_key': 'w'}", ERROR_ARGUMENT,
		"reason has");
	refuses("earn_points", "{'member': 1, 'points': 1, 'reason': 'fl_live_1kx', 'idempotency_key': 'w'}",
		ERROR_ARGUMENT,
		"API key");
}

/* The id arguments: one of this tenant, one of the other's, and one that nobody has. */
static const struct {
	const char *field, *own, *foreign, *missing;
} ids[] = {
	{ "member", "2", "102", "999" },
	{ "email", "'bob@example.test'", "'zed@example.test'", "'zoe@example.test'" },
	{ "tier", "'silver'", "'platinum'", "'platinun'" },
	{ "store", "'s1'", "'z1'", "'z9'" },
	{ "region", "'South'", "'West'", "'Wesd'" },
	{ "pool", "'tea10'", "'beans'", "'beanz'" },
	{ "policy", "'winback_slipping'", "'coffee_policy'", "'coffee_polizy'" },
	{ "run", "'" RUN_OWN "'", "'" RUN_FOREIGN "'", "'" ID_MISSING "'" },
	{ "key", "'1kspare00000'", "'2koperator00'", "'2koperator0x'" },
	{ "action", NULL, NULL, "'" ID_MISSING "'" },
	{ "cursor", NULL, NULL, "'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233'" },
};

enum { IDS = sizeof ids / sizeof ids[0] };

/* An action of each tenant, and a page's cursor, for the fields that have no fixed value. */
static const char *made_id(struct arena *arena, int tenant, const struct tool *tool, const char *field)
{
	if (strcmp(field, "action") == 0) {
		struct outcome done = world_say(arena, tenant == 1 ? "1koperator00" : "2koperator00", "earn_points",
			arena_format(arena,
			"{'member': %d, 'points': 1, 'reason': 'x', 'idempotency_key': '%s'}", tenant == 1 ? 1 : 101,
			world_idem(arena)));

		return arena_format(arena, "'%s'", world_text(done.result, "action"));
	}
	struct outcome page = world_say(arena, tenant == 1 ? "1koperator00" : "2koperator00", tool->name, "{'limit': 1}");
	const char *cursor = world_text(page.result, "next_cursor");

	return cursor == NULL ? NULL : arena_format(arena, "'%s'", cursor);
}

/* Arguments with one id in them, and without the others that mean the same. */
static struct outcome call_with_id(struct arena *arena, const struct tool *tool, const char *field, const char *id)
{
	char *text = arena_copy(arena, id);

	for (char *at = text; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	json_t *args = with(arena, tool, field, json_loads(text, JSON_DECODE_ANY, NULL));

	if (strcmp(field, "member") == 0)
		json_object_del(args, "email");
	if (strcmp(field, "email") == 0)
		json_object_del(args, "member");
	if (strcmp(tool->name, "undo_action") == 0) {
		json_object_del(args, "from");
		json_object_del(args, "to");
	}
	return audited(arena, "1koperator00", tool->name, args);
}

/* A sentence with the id taken out. */
static const char *without(struct arena *arena, const char *text, const char *id)
{
	char *out = arena_copy(arena, text), *bare = arena_copy(arena, id + (id[0] == '\''));
	size_t size = strcspn(bare, "'");

	bare[size > 40 ? 40 : size] = '\0';
	for (char *at; (at = strstr(out, bare)) != NULL;)
		memmove(at, at + strlen(bare), strlen(at + strlen(bare)) + 1);
	return out;
}

/* For the message only: which id was given. */
static json_t *ids_of(struct arena *arena, const char *field, const char *id)
{
	return arena_json(arena, json_pack("{s:s}", field, id));
}

static size_t compared;

static void foreign_as_missing(const struct tool *tool, const char *field, const json_t *schema)
{
	(void)schema;
	for (size_t i = 0; i < IDS; i++) {
		if (strcmp(ids[i].field, field) != 0)
			continue;
		struct arena *arena = arena_new();
		const char *own = ids[i].own != NULL ? ids[i].own : made_id(arena, 1, tool, field);
		const char *foreign = ids[i].foreign != NULL ? ids[i].foreign : made_id(arena, 2, tool, field);

		if (own != NULL) {
			struct outcome mine = call_with_id(arena, tool, field, own);

			show_unless(mine.good || strcmp(tool->name, "draft_outreach") == 0, tool->name, arena, ids_of(arena, field,
				own), &mine);
		}
		if (foreign != NULL) {
			struct outcome theirs = call_with_id(arena, tool, field, foreign);
			struct outcome nobodys = call_with_id(arena, tool, field, ids[i].missing);

			CHECK(!theirs.good && !nobodys.good);
			CHECK_INT(theirs.error.code, nobodys.error.code);
			CHECK_TEXT(without(arena, theirs.error.text, foreign), without(arena, nobodys.error.text, ids[i].missing));
			compared++;
		}
		arena_free(arena);
	}
}

static void foreign_ids_look_missing(void)
{
	struct arena *arena = arena_new();
	const char *before = world_snapshot(arena, 2);

	compared = 0;
	each_public_field(foreign_as_missing);
	printf("# %zu fields compared\n", compared);
	CHECK(compared >= 25);
	/* What tenant 2 did itself to have an action is all that changed there. */
	CHECK(strcmp(world_snapshot(arena, 2), before) != 0);
	CHECK_TEXT(world_ask(arena, "select count(*) from data.actions where tenant = 2 and key <> '2koperator00'"), "0");
	CHECK_TEXT(world_ask(arena, "select count(*) from data.stops where tenant = 2"), "0");
	arena_free(arena);
}

static void keys_see_no_tool_beyond_their_scopes(void)
{
	static const char *const callers[] = { "1kreader0000", "1kagent00000", "1kagent20000", "1kspare00000" };
	const struct tool *tool;

	for (size_t c = 0; c < sizeof callers / sizeof callers[0]; c++)
		for (size_t i = 0; (tool = tool_at(i)) != NULL; i++) {
			struct caller caller = world_caller(callers[c]);
			struct arena *arena = arena_new();
			struct outcome outcome;

			if (caller_holds(&caller, tool->scope)) {
				arena_free(arena);
				continue;
			}
			outcome = audited(arena, callers[c], tool->name, arena_json(arena, json_object()));
			CHECK(outcome.error.code == ERROR_UNKNOWN_TOOL);
			struct outcome none = audited(arena, callers[c], "launch_rocket", arena_json(arena, json_object()));

			CHECK(none.error.code == ERROR_UNKNOWN_TOOL);
			CHECK_TEXT(without(arena, outcome.error.text, tool->name), without(arena, none.error.text,
				"launch_rocket"));
			arena_free(arena);
		}
}

/* A scope that the caller claims and its row does not have is found by the database. */
static void the_database_has_the_last_word_on_scopes(void)
{
	struct arena *arena = arena_new();
	struct caller caller = world_caller("1kreader0000");
	const char *before = world_snapshot(arena, 1);

	snprintf(caller.scopes, sizeof caller.scopes, "points:write");
	struct outcome outcome = world_call(arena, &caller, "earn_points", arena_json(arena,
		json_pack("{s:i, s:i, s:s, s:s}",
		"member", 1, "points", 1, "reason", "x", "idempotency_key", "claimed")));

	CHECK(outcome.error.code == ERROR_SCOPE);
	world_do("update data.keys set revoked_at = now(), revoked_by = 'admin' where key = '1kagent20000'");
	outcome = world_say(arena, "1kagent20000", "earn_points", "{'member': 1, 'points': 1, 'reason': 'x', "
		"'idempotency_key': "
		"'revoked'}");
	CHECK(outcome.error.code == ERROR_KEY);
	CHECK(world_say(arena, "1kagent20000", "whoami", "{}").error.code == ERROR_KEY);
	CHECK_TEXT(world_snapshot(arena, 1), before);
	arena_free(arena);
}

/* One look at a wrong key, from an address: what it was told. */
static enum error_code guess(struct db *db, const char *address, int number)
{
	struct arena *arena = arena_new();
	struct seal_api_key key;
	struct caller caller;
	struct error error = { .code = ERROR_NONE };

	corridor_find_caller(world.corridor, db, seal_api_key_new(number, &key, arena), address, &caller, &error);
	arena_free(arena);
	return error.code;
}

/* A key of its own each time, so only the address can be what counts. The minute may turn once in between. */
static void guesses_count_by_the_net_of_an_address(void)
{
	struct arena *arena = arena_new();
	struct error error;
	struct db *db = db_open(world.settings.database, "tests", &error);
	int most = (int)world.settings.wrong_keys_per_minute, tries = 0;

	CHECK(db != NULL && most > 0);
	while (tries < 2 * most + 1 && guess(db, arena_format(arena, "2001:db8:7:8::%d", tries + 1), 900) == ERROR_KEY)
		tries++;
	CHECK(tries >= most && tries < 2 * most + 1);
	CHECK_INT(guess(db, "2001:db8:7:9::1", 900), ERROR_KEY);
	CHECK_INT(guess(db, "192.0.2.1", 900), ERROR_KEY);
	db_close(db);
	arena_free(arena);
}

int main(void)
{
	world_open();
	CHECK_RUN(numbers_that_are_not_whole_or_in_range);
	CHECK_RUN(fields_of_the_wrong_type);
	CHECK_RUN(words_that_are_not_allowed);
	CHECK_RUN(fields_that_are_unknown_or_missing);
	CHECK_RUN(names_that_nobody_has_come_with_the_known);
	CHECK_RUN(ids_and_moments_that_are_none);
	CHECK_RUN(foreign_ids_look_missing);
	CHECK_RUN(keys_see_no_tool_beyond_their_scopes);
	CHECK_RUN(the_database_has_the_last_word_on_scopes);
	CHECK_RUN(guesses_count_by_the_net_of_an_address);
	world_close();
	return check_done();
}
