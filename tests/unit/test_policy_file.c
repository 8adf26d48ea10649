/* Policy files: the shipped ones are sound, schema.json says what policy.def says
 * (`test_policy_file --schema` prints it), and every kind of mistake is refused with its place,
 * all of them at once. */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "agent/json_place.h"
#include "agent/policy.h"
#include "mcp/base/template.h"

static struct arena *arena;
static struct error failure;
static struct text mistakes;

static const struct policy *read_json(json_t *json)
{
	char *bytes = json_dumps(json, JSON_INDENT(1));

	arena_own(arena, bytes, free);
	mistakes = text_open(arena, 100000);
	failure = (struct error){ .text = "" };
	return policy_read(arena, "memory", bytes, strlen(bytes), &mistakes, &failure);
}

static json_t *shipped(const char *name)
{
	json_error_t error;

	return arena_json(arena,
		json_load_file(
			arena_format(arena, "policies/%s.json", name), JSON_REJECT_DUPLICATES, &error));
}

static json_t *word_schema(const struct policy_word *word);

static json_t *group_schema(const char *group)
{
	json_t *properties = json_object(), *required = json_array();

	for (size_t i = 0; i < policy_word_count; i++) {
		const struct policy_word *word = &policy_words[i];

		if (strcmp(word->group, group) != 0)
			continue;
		json_object_set_new(properties, word->name, word_schema(word));
		if (word->required)
			json_array_append_new(required, json_string(word->name));
	}
	return json_pack("{s:s, s:b, s:o, s:o}", "type", "object", "additionalProperties", 0,
		"required", required, "properties", properties);
}

static json_t *choices_schema(const char *choices)
{
	json_t *list = json_array();

	for (const char *at = choices; *at != '\0'; at += strcspn(at, "|"), at += *at == '|')
		json_array_append_new(list, json_stringn(at, strcspn(at, "|")));
	return json_pack("{s:o}", "enum", list);
}

static json_t *bounds_schema(
	const char *type, const char *least, const char *most, const struct policy_word *word)
{
	json_t *schema = json_pack("{s:s}", "type", type);
	bool real = word->kind == POLICY_WORD_REAL;

	json_object_set_new(
		schema, least, real ? json_real(word->least) : json_integer((json_int_t)word->least));
	json_object_set_new(
		schema, most, real ? json_real(word->most) : json_integer((json_int_t)word->most));
	return schema;
}

static json_t *name_schema(void)
{
	return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[a-z0-9][a-z0-9_-]{0,39}$");
}

static json_t *word_schema(const struct policy_word *word)
{
	json_t *schema = NULL;

	switch (word->kind) {
	case POLICY_WORD_TEXT:
		schema = bounds_schema("string", "minLength", "maxLength", word);
		break;
	case POLICY_WORD_NAME:
		schema = name_schema();
		break;
	case POLICY_WORD_WHOLE:
		schema = bounds_schema("integer", "minimum", "maximum", word);
		break;
	case POLICY_WORD_REAL:
		schema = bounds_schema("number", "minimum", "maximum", word);
		break;
	case POLICY_WORD_CHOICE:
		schema = choices_schema(word->detail);
		break;
	case POLICY_WORD_GROUP:
		schema = group_schema(word->detail);
		break;
	case POLICY_WORD_LIST:
		schema = bounds_schema("array", "minItems", "maxItems", word);
		json_object_set_new(schema, "items", strcmp(word->detail, "name") == 0 ? name_schema()
			: group_schema(word->detail));
		break;
	case POLICY_WORD_MAP:
		schema = bounds_schema("object", "minProperties", "maxProperties", word);
		json_object_set_new(schema, "propertyNames", name_schema());
		json_object_set_new(schema, "additionalProperties", group_schema(word->detail));
		break;
	}
	json_object_set_new(schema, "description", json_string(word->meaning));
	return schema;
}

static json_t *policy_schema(void)
{
	json_t *schema = json_pack("{s:s, s:s, s:s}", "$schema",
		"https://json-schema.org/draft/2020-12/schema", "title", "flashd policy", "description",
		"What the agent may want. `flashd check` says what is wrong with "
		"a file, also what a schema cannot say.");

	json_object_update_new(schema, group_schema("policy"));
	return arena_json(arena, schema);
}

static void schema_says_what_the_reader_says(void)
{
	json_error_t error;
	json_t *file = json_load_file("policies/schema.json", JSON_REJECT_DUPLICATES, &error);

	CHECK(file != NULL);
	CHECK(json_equal(file, policy_schema()));
	if (check_failed > 0)
		printf("# policies/schema.json is not what test_policy_file --schema prints\n");
	json_decref(file);
}

static void shipped_policies_are_sound(void)
{
	DIR *folder = opendir("policies");
	size_t sound = 0, size = 0;
	char keys[2000] = "|";

	for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
		if (!policy_is_file(entry->d_name))
			continue;
		mistakes = text_open(arena, 100000);
		const struct policy *policy = policy_load(
			arena, arena_format(arena, "policies/%s", entry->d_name), &mistakes, &failure);

		CHECK(policy != NULL);
		if (policy == NULL) {
			printf("# %s", mistakes.bytes);
			continue;
		}
		sound++;
		char *key = arena_format(arena, "|%s|", policy->holdout.key);

		/* a shared key would hold out the same people everywhere */
		CHECK(strstr(keys, key) == NULL);
		size += (size_t)snprintf(keys + size, sizeof keys - size, "%s", key);
	}
	if (folder != NULL)
		closedir(folder);
	CHECK(sound >= 2);
}

static void a_policy_arrives_whole(void)
{
	const struct policy *policy = read_json(shipped("winback_slipping"));

	CHECK(policy != NULL);
	if (policy == NULL)
		return;
	CHECK_TEXT(policy->name, "winback_slipping");
	CHECK_TEXT(policy->schedule.cron, "0 9 * * 1-5");
	CHECK_INT(policy->schedule.catch_up, POLICY_ONCE);
	CHECK_INT(policy->audience.tier_count, 4);
	CHECK_INT(policy_tier(policy, "gold"), 2);
	CHECK_INT(policy_tier(policy, "diamond"), POLICY_NONE);
	CHECK_INT(policy->trigger.kind, POLICY_SLIPPING);
	CHECK_NEAR(policy->trigger.own_gap_quantile, .9, 0);
	CHECK_INT(policy->evidence.metric_count, 3);
	CHECK(isnan(policy->evidence.metrics[0].max) && isnan(policy->evidence.metrics[2].min));
	CHECK_NEAR(policy->evidence.metrics[0].max_jump, 4, 0);
	CHECK_INT(policy->arm_count, 4);
	CHECK_INT(policy->pool_count, 1);
	CHECK_TEXT(policy->pools[policy->arms[3].pool_index], "vip15");
	CHECK_INT(policy->arms[2].points, 150);
	CHECK_INT(policy->arms[2].kind, POLICY_POINTS);
	CHECK_INT(policy->arm_of_tier[2], 2);
	CHECK_INT(policy->arm_of_tier[4], POLICY_NONE);
	CHECK_NEAR(policy->arms[0].redeemed_share, 1, 0);
	CHECK_TEXT(policy->templates[policy->arms[3].template_index].name, "coupon_gift");
	CHECK(strstr(policy->body, "\"cool_down_days\":30") != NULL);
	CHECK_INT(mistakes.size, 0);
}

/* One change to a sound policy: the JSON path to a value, its new text ("" takes it out), what
 * must be said. */
static const struct bend {
	const char *path, *value, *said;
} bends[] = {
	{ "name", "\"Winback\"", "/name: must be a name" },
	{ "name", "\"\"", "/name: must be a name" },
	{ "why", "", ": lacks \"why\": what this policy is for" },
	{ "why", "\"short\"", "/why: has 5 bytes; it must have 20 to 600" },
	{ "why", "17", "/why: must be a text" },
	{ "why", "\"twenty characters and \\u202e a turn\"",
		"/why: character 23 is a control, invisible" },
	{ "why", "\"twenty characters and \\n a new line\"",
		"/why: character 23 is a control, invisible" },
	{ "whim", "1", "/whim: is not a word that is known here; did you mean \"why\"?" },
	{ "a\\nb/c", "1", "/a?b?c: is not a word" },
	{ "version", "3", "/version: is not a word that is known here" },
	{ "schedule", "", "lacks \"schedule\"" },
	{ "schedule", "[]", "/schedule: must be an object" },
	{ "schedule.why", "", "/schedule: lacks \"why\"" },
	{ "schedule.cron", "\"0 9 * * 8\"", "/schedule/cron: the weekday field \"8\"" },
	{ "schedule.cron", "\"0 0 31 2 *\"", "/schedule/cron: the schedule never comes" },
	{ "schedule.zone", "\"Berlin\"", "/schedule/zone: \"Berlin\" is neither" },
	{ "schedule.zone", "\"../etc/passwd\"", "/schedule/zone: \"../etc/passwd\" is neither" },
	{ "schedule.catch_up", "\"all\"", "/schedule/catch_up: must be one of once|skip" },
	{ "schedule.catch_up", "\"onc\"", "/schedule/catch_up: must be one of once|skip" },
	{ "schedule.catch_up", "\"\"", "/schedule/catch_up: must be one of once|skip" },
	{ "audience.tiers", "[]", "/audience/tiers: must be a list of 1 to 16" },
	{ "audience.tiers", "\"gold\"", "/audience/tiers: must be a list" },
	{ "audience.tiers", "[\"gold\", 3]", "/audience/tiers/1: must be a name" },
	{ "audience.tiers", "[\"bronze\",\"silver\",\"gold\",\"platinum\",\"gold\"]",
		"/audience/tiers/4: tier \"gold\"" },
	{ "audience.tiers", "[\"bronze\",\"silver\",\"gold\"]",
		"/arms/3: is for the tier \"platinum\"" },
	{ "audience.horizon_days", "30.0",
		"/audience/horizon_days: must be a whole number from 7 to 365" },
	{ "audience.horizon_days", "6",
		"/audience/horizon_days: must be a whole number from 7 to 365" },
	{ "audience.horizon_days", "366",
		"/audience/horizon_days: must be a whole number from 7 to 365" },
	{ "audience.horizon_days", "null", "/audience/horizon_days: must be a whole number" },
	{ "audience.min_value_cents", "-1",
		"/audience/min_value_cents: must be a whole number from 0" },
	{ "audience.min_value_cents", "1e3",
		"/audience/min_value_cents: must be a whole number from 0" },
	{ "audience.min_days_since_last", "181", "/audience/min_days_since_last: is 181, more than" },
	{ "audience.min_repeat_purchases", "0", "/audience/min_repeat_purchases: must be at least 1" },
	{ "trigger.kind", "\"lapsed\"", "/trigger: lapsed takes no \"min_drop\"" },
	{ "trigger.min_drop", "", "/trigger: slipping needs \"min_drop\"" },
	{ "trigger.own_gap_quantile", "",
		"/trigger: slipping needs \"min_drop\" and \"own_gap_quantile\"" },
	{ "trigger.min_drop", "0", "/trigger/min_drop: must be a number from 0.05 to 0.99" },
	{ "trigger.own_gap_quantile", "1",
		"/trigger/own_gap_quantile: must be a number from 0.5 to 0.999" },
	{ "evidence.freshness_hours", "0",
		"/evidence/freshness_hours: must be a whole number from 1 to 168" },
	{ "evidence.metrics", "[]", "/evidence/metrics: must be a list of 1 to 16" },
	{ "evidence.metrics.0.why", "", "/evidence/metrics/0: lacks \"why\"" },
	{ "evidence.metrics.2.max", "", "/evidence/metrics/2: guards nothing" },
	{ "evidence.metrics.2.min", "2000",
		"/evidence/metrics/2: has a min of 2000 above its max of 1000" },
	{ "evidence.metrics.0.max_jump", "1",
		"/evidence/metrics/0/max_jump: must be a number from 1.1" },
	{ "evidence.metrics.0.mean", "1", "/evidence/metrics/0/mean: is not a word" },
	{ "evidence.metrics.2", "7", "/evidence/metrics/2: must be an object" },
	{ "holdout.share", "0", "/holdout/share: must be a number from 0.01 to 0.5" },
	{ "holdout.share", "\"0.05\"", "/holdout/share: must be a number" },
	{ "holdout.share", "true", "/holdout/share: must be a number" },
	{ "holdout.key", "", "/holdout: lacks \"key\"" },
	{ "contact.cool_down_days", "0", "/contact/cool_down_days: must be a whole number from 1" },
	{ "contact.draft_expiry_hours", "337",
		"/contact/draft_expiry_hours: must be a whole number from 1 to 336" },
	{ "budget.per_cycle_cents", "500",
		"/arms/3: may cost 1000 cents, more than a whole cycle may spend (500)" },
	{ "budget.max_actions_per_cycle", "200001",
		"/budget/max_actions_per_cycle: must be a whole number from 1 to 2000" },
	{ "value.margin_rate", "1.01", "/value/margin_rate: must be a number from 0.001 to 1" },
	{ "arms", "{}", "/arms: must be a list of 1 to 16" },
	{ "arms.0.why", "", "/arms/0: lacks \"why\"" },
	{ "arms.1.name", "\"bronze_message\"", "/arms/1: is a second arm called \"bronze_message\"" },
	{ "arms.1.tier", "\"gold\"", "/arms/2: is a second arm for the tier \"gold\"" },
	{ "arms.1.kind", "\"gift\"", "/arms/1/kind: must be one of points|coupon|message" },
	{ "arms.1.points", "", "/arms/1: gives points: say how many" },
	{ "arms.1.pool", "\"vip15\"", "/arms/1: gives no coupon, \"pool\" must not be there" },
	{ "arms.3.pool", "", "/arms/3: gives a coupon: name its \"pool\"" },
	{ "arms.3.points", "5", "/arms/3: gives no points" },
	{ "arms.0.redeemed_share", "0.5", "/arms/0: gives nothing, \"redeemed_share\"" },
	{ "arms.1.redeemed_share", "", "/arms/1: gives something: say how much is used in" },
	{ "arms.0.channel", "\"fax\"", "/arms/0/channel: must be one of email" },
	{ "arms.0.template", "\"nothing\"", "/arms/0: uses the template \"nothing\"" },
	{ "arms.0.template", "\"points_gift\"",
		"/arms/0: its template \"points_gift\" says {{points}}" },
	{ "arms.1.template", "\"coupon_gift\"",
		"/arms/1: its template \"coupon_gift\" says {{coupon_code}}" },
	{ "arms.3.template", "\"we_miss_you\"", "/templates/coupon_gift: is used by no arm" },
	{ "templates.Spare", "{\"subject\":\"spare\",\"body\":\"a spare text for nobody\"}",
		"/templates/Spare: is not a name" },
	{ "templates.points_gift.body", "\"Hello {{frist_name}}, here are points.\"",
		"/templates/points_gift/body: {{frist_name}} is not a word that this text may use; did you "
		"mean {{first_name}}?" },
	{ "templates.points_gift.body", "\"Hello {first_name}, here are points.\"",
		"/templates/points_gift/body: the brace at byte 7 is not part of a {{name}}" },
	{ "templates.points_gift.subject", "\"two\\nlines\"",
		"/templates/points_gift: the subject must be one line" },
	{ "templates.points_gift.subject", "", "/templates/points_gift: lacks \"subject\"" },
};

/* Sets or takes out the value at a dotted path. */
static void bend_json(json_t *json, const char *path, const char *value)
{
	char *rest = arena_copy(arena, path), *part;
	json_error_t error;

	for (part = strsep(&rest, "."); rest != NULL; part = strsep(&rest, "."))
		json = json_is_array(json) ? json_array_get(json, (size_t)strtol(part, NULL, 10))
			: json_object_get(json, part);
	json_t *bent = json_loads(value, JSON_DECODE_ANY, &error);

	if (strchr(part, '\\') != NULL)
		part = arena_copy(arena, "a\nb/c");
	if (value[0] == '\0')
		json_object_del(json, part);
	else if (json_is_array(json))
		json_array_set_new(json, (size_t)strtol(part, NULL, 10), bent);
	else
		json_object_set_new(json, part, bent);
}

static void every_mistake_is_said(void)
{
	for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
		json_t *json = arena_json(arena, json_deep_copy(shipped("winback_slipping")));

		bend_json(json, bends[i].path, bends[i].value);
		bool refused = read_json(json) == NULL && failure.code == ERROR_CONFIG
			&& strstr(mistakes.bytes, bends[i].said) != NULL;

		if (!refused)
			printf("# %s = %s gave: %s\n", bends[i].path, bends[i].value, mistakes.bytes);
		CHECK(refused);
	}
	json_t *json = arena_json(arena, json_deep_copy(shipped("lapsed_high_value")));

	bend_json(json, "audience.min_days_since_last", "0");
	CHECK(read_json(json) == NULL);
	CHECK(strstr(mistakes.bytes, "/audience/min_days_since_last: must be at least 1") != NULL);
}

/* Changes within the rules, so that no rule is stricter than it says. */
static void what_may_be_changed(void)
{
	static const struct bend free[] = { { "evidence.metrics.0.min", "", "" },
		{ "evidence.metrics.0.max_jump", "", "" }, { "evidence.metrics.0.min", "-5.5", "" },
		{ "audience.horizon_days", "365", "" },
		{ "schedule.zone", "\"America/Argentina/Buenos_Aires\"", "" },
		{ "schedule.zone", "\"UTC\"", "" }, { "schedule.catch_up", "\"skip\"", "" },
		{ "value.margin_rate", "1", "" }, { "holdout.share", "0.5", "" },
		{ "audience.tiers", "[\"bronze\",\"silver\",\"gold\",\"platinum\",\"onyx-2\"]", "" },
		{ "why", "\"K\u00fcndigung verhindern, bevor sie kommt\"", "" } };

	for (size_t i = 0; i < sizeof free / sizeof free[0]; i++) {
		json_t *json = arena_json(arena, json_deep_copy(shipped("winback_slipping")));

		bend_json(json, free[i].path, free[i].value);
		CHECK(read_json(json) != NULL);
		if (mistakes.size > 0)
			printf("# %s", mistakes.bytes);
	}
}

static void all_mistakes_at_once(void)
{
	json_t *json = arena_json(arena, json_deep_copy(shipped("winback_slipping")));

	bend_json(json, "arms.0.kind", "\"gift\"");
	bend_json(json, "arms.3.max_cost_cents", "0");
	bend_json(json, "holdout.share", "0");
	bend_json(json, "extra", "1");
	CHECK(read_json(json) == NULL);
	CHECK(strncmp(failure.text, "memory is not taken, it has 4 mistakes; the first: memory:", 58)
		== 0);
	CHECK(strstr(mistakes.bytes, "/arms/0/kind") != NULL
		&& strstr(mistakes.bytes, "/arms/3/max_cost_cents") != NULL
		&& strstr(mistakes.bytes, "/holdout/share") != NULL
		&& strstr(mistakes.bytes, "/extra") != NULL);
	json = arena_json(arena, json_object());
	for (int i = 0; i < 500; i++)
		json_object_set_new(json, arena_format(arena, "w%d", i), json_integer(i));
	CHECK(read_json(json) == NULL);
	CHECK(strstr(mistakes.bytes, "memory: and 462 more") != NULL);
}

static void lines_are_where_they_are(void)
{
	const char *text = "{\n \"a\": [1,\n  {\"b\\\"c\": \"]}\\\\\", \"d\":\n   [ ]},\n  3],\n "
					   "\"e\": {\n  \"f\": null}\n}\n";

	CHECK_INT(json_place_line(text, ""), 1);
	CHECK_INT(json_place_line(text, "/a"), 2);
	CHECK_INT(json_place_line(text, "/a/0"), 2);
	CHECK_INT(json_place_line(text, "/a/1"), 3);
	CHECK_INT(json_place_line(text, "/a/1/d"), 3);
	CHECK_INT(json_place_line(text, "/a/2"), 5);
	CHECK_INT(json_place_line(text, "/a/9"), 2);
	CHECK_INT(json_place_line(text, "/e/f"), 7);
	CHECK_INT(json_place_line(text, "/e/g"), 6);
	CHECK_INT(json_place_line(text, "/e/f/h"), 7);
	CHECK_INT(json_place_line("{\"a", "/a"), 1);
	CHECK_INT(json_place_line("", "/a"), 1);
}

static void broken(const char *bytes, size_t size, const char *said)
{
	mistakes = text_open(arena, 100000);
	failure = (struct error){ .text = "" };
	CHECK(policy_read(arena, "memory", bytes, size, &mistakes, &failure) == NULL);
	CHECK_INT(failure.code, ERROR_CONFIG);
	if (strstr(mistakes.bytes, said) == NULL)
		printf("# said %s", mistakes.bytes);
	CHECK(strstr(mistakes.bytes, said) != NULL);
}

static void what_is_no_policy(void)
{
	char *deep = arena_alloc(arena, POLICY_MOST_BYTES + 2);

	broken("", 0, "memory:1:");
	broken("{\n\"name\": \"a\",\n\"name\": \"b\"}", 26, "memory:3: duplicate object key");
	broken("{\n\"name\": tru}", 14, "memory:2:");
	broken("[]", 2, "memory:1: must be an object");
	broken("7", 1, "memory:1:");
	broken("{\"name\": \"a\"} x", 15, "memory:1: end of file expected");
	broken("name: winback\n", 14, "memory:1:");
	broken("{\"a\": &x 1}", 11, "memory:1:");
	broken("{\"a\": \"\\u0000\"}", 15, "memory:1:");
	broken("{\"a\": \"\xff\"}", 10, "memory:1:");
	broken("{\"a\": 1}\0", 9, "memory:1:");
	memset(deep, '[', POLICY_MOST_BYTES + 1);
	broken(deep, POLICY_MOST_BYTES, "memory:1:");
	broken(deep, POLICY_MOST_BYTES + 1, "memory:1: it is larger than 65536 bytes");
	CHECK(policy_load(arena, "policies/none.json", &mistakes, &failure) == NULL);
	CHECK(strstr(failure.text, "No such file") != NULL);
	CHECK(policy_load(arena, "policies", &mistakes, &failure) == NULL);
	CHECK(policy_load(arena, "/dev/zero", &mistakes, &failure) == NULL);
	CHECK(strstr(failure.text, "it is not a file") != NULL);
}

static void a_file_carries_its_policy(void)
{
	char *bytes = json_dumps(shipped("winback_slipping"), 0), *text;

	mistakes = text_open(arena, 100000);
	CHECK(policy_read(arena, "x/winback_slipping.json", bytes, strlen(bytes), &mistakes, &failure)
		!= NULL);
	CHECK(policy_read(arena, "x/other.json", bytes, strlen(bytes), &mistakes, &failure) == NULL);
	text = mistakes.bytes;
	CHECK(
		strstr(text, "/name: is \"winback_slipping\", but the file is called other.json") != NULL);
	free(bytes);
	CHECK(policy_is_file("policies/a.json") && policy_is_file("a.json"));
	CHECK(!policy_is_file("policies/schema.json") && !policy_is_file("policies/cases/a.json"));
	CHECK(!policy_is_file("policies/README.md") && !policy_is_file("policies/.json"));
}

/* The page for people names every word: a new one without its line fails here. */
static void readme_names_every_word(void)
{
	char *page = arena_alloc(arena, 65536);
	int file = open("policies/README.md", O_RDONLY | O_CLOEXEC);

	CHECK(file >= 0 && read(file, page, 65535) > 1000);
	for (size_t i = 0; i < policy_word_count; i++) {
		if (strstr(page, arena_format(arena, "`%s`", policy_words[i].name)) == NULL)
			printf("# policies/README.md does not name `%s`\n", policy_words[i].name);
		CHECK(strstr(page, arena_format(arena, "`%s`", policy_words[i].name)) != NULL);
	}
	for (size_t i = 0; i < template_word_count; i++)
		CHECK(strstr(page, arena_format(arena, "`{{%s}}`", template_words[i].name)) != NULL);
	if (file >= 0)
		close(file);
}

int main(int count, char **words)
{
	arena = arena_new();
	if (count > 1 && strcmp(words[1], "--schema") == 0) {
		json_dumpf(policy_schema(), stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
		puts("");
		return 0;
	}
	CHECK_RUN(schema_says_what_the_reader_says);
	CHECK_RUN(shipped_policies_are_sound);
	CHECK_RUN(a_policy_arrives_whole);
	CHECK_RUN(every_mistake_is_said);
	CHECK_RUN(what_may_be_changed);
	CHECK_RUN(all_mistakes_at_once);
	CHECK_RUN(lines_are_where_they_are);
	CHECK_RUN(what_is_no_policy);
	CHECK_RUN(a_file_carries_its_policy);
	CHECK_RUN(readme_names_every_word);
	arena_free(arena);
	return check_done();
}
