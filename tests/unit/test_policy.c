/* Every policy's examples: policies/cases/NAME.json says "given these numbers, expect these
 * decisions", each with its reason. A case is the file's "usual" with what the case changes; a
 * policy without cases fails. */
#include "check.h"

#include <dirent.h>
#include <jansson.h>

#include "agent/decide.h"

static struct arena *arena;
static const char *about; /* file and case, for messages */

static void fail(const char *what, const char *detail)
{
	printf("# %s: %s %s\n", about, what, detail);
	check_failed++;
}

static json_t *file_json(const char *path)
{
	json_error_t error;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (json == NULL)
		printf("# %s:%d: %s\n", path, error.line, error.text);
	return json != NULL ? arena_json(arena, json) : NULL;
}

/* Unpacks strictly: a word that is misspelt in a case must not pass for one that was left out. */
#define UNPACK(json, ...) do { \
	json_error_t unpack_error; \
	if (json_unpack_ex(json, &unpack_error, JSON_STRICT, __VA_ARGS__) != 0) \
		fail("is not a case:", unpack_error.text); \
} while (0)

static struct observation observation_from(json_t *json)
{
	struct observation seen = {
		.present = json_is_object(json), .certified = true, .previous = NAN
	};
	json_t *previous = NULL;
	int certified = 1;

	if (!seen.present)
		return seen;
	UNPACK(json, "{s:F, s:F, s?o, s?b}", "value", &seen.value, "age_hours", &seen.age_hours,
		"previous", &previous, "certified", &certified);
	seen.certified = certified != 0;
	if (json_is_number(previous))
		seen.previous = json_number_value(previous);
	return seen;
}

static struct pool_state pool_from(json_t *json)
{
	struct pool_state pool = { .known = json_is_object(json) };
	json_int_t remaining = 0, cost = 0;

	if (pool.known)
		UNPACK(json, "{s:I, s:I}", "remaining", &remaining, "cost_cents", &cost);
	pool.remaining = remaining;
	pool.cost_cents = cost;
	return pool;
}

static struct candidate candidate_from(json_t *usual, json_t *changes, const struct policy *policy)
{
	json_t *json = arena_json(arena, json_deep_copy(usual));
	json_int_t member = 0, spend = 0, value = 0;
	struct candidate candidate = { 0 };
	int days = 0, contact = 0, repeats = 0, consent = 0;
	double p_now = 0, p_then = 0, gap = 0;
	const char *tier = "";

	json_object_update(json, changes);
	UNPACK(json, "{s:I, s:s, s:F, s:F, s:F, s:F, s:I, s:I, s:F, s:i, s:i, s:i, s:b}", "member",
		&member, "tier", &tier, "p_now", &p_now, "p_then", &p_then, "expected_now",
		&candidate.expected_now, "expected_then", &candidate.expected_then, "spend_cents", &spend,
		"value_cents", &value, "own_gap_days", &gap, "days_since_last", &days, "days_since_contact",
		&contact, "repeat_purchases", &repeats, "consent", &consent);
	candidate.member_id = member;
	candidate.spend_cents = spend;
	candidate.value_cents = value;
	candidate.p_now = (float)p_now;
	candidate.p_then = (float)p_then;
	candidate.own_gap_days = (float)gap;
	candidate.days_since_last = days;
	candidate.days_since_contact = contact;
	candidate.repeat_purchases = (uint16_t)repeats;
	candidate.tier = (uint8_t)policy_tier(policy, tier);
	candidate.consent = consent != 0;
	return candidate;
}

static struct candidate *candidates_from(json_t *usual, json_t *list, const struct policy *policy)
{
	struct candidate *candidates =
		arena_alloc(arena, (json_array_size(list) + 1) * sizeof *candidates);

	for (size_t i = 0; i < json_array_size(list); i++)
		candidates[i] = candidate_from(usual, json_array_get(list, i), policy);
	return candidates;
}

static struct observation *observations_from(json_t *json, const struct policy *policy)
{
	size_t count = policy->evidence.metric_count;
	struct observation *observations = arena_alloc(arena, count * sizeof *observations);

	for (size_t i = 0; i < count; i++) {
		const struct policy_metric *metric = &policy->evidence.metrics[i];
		const char *key =
			arena_format(arena, "%s/%lld", metric->metric, (long long)metric->window_days);

		if (json_object_get(json, key) == NULL)
			fail("says nothing about the metric", key);
		observations[i] = observation_from(json_object_get(json, key));
	}
	if (json_object_size(json) != count)
		fail("names a metric that the policy", "does not read");
	return observations;
}

static struct pool_state *pools_from(json_t *json, const struct policy *policy)
{
	struct pool_state *pools = arena_alloc(arena, (policy->pool_count + 1) * sizeof *pools);

	for (size_t i = 0; i < policy->pool_count; i++)
		pools[i] = pool_from(json_object_get(json, policy->pools[i]));
	if (json_object_size(json) != policy->pool_count)
		fail("names a pool that the policy", "does not use");
	return pools;
}

static struct decide_input input_from(json_t *given, json_t *list, const struct policy *policy)
{
	struct decide_input input = { .policy = policy, .count = json_array_size(list) };
	json_t *observations = NULL, *pools = NULL, *candidate = NULL;
	json_int_t budget = 0, cap = 0, drafts = 0, points = 0, message = 0;

	UNPACK(given, "{s:s, s:F, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "day", &input.day,
		"data_age_hours", &input.data_age_hours, "budget_left_cents", &budget, "cap_cents", &cap,
		"drafts_left", &drafts, "cents_per_100_points", &points, "message_cents", &message,
		"observations", &observations, "pools", &pools, "candidate", &candidate);
	input.budget_left_cents = budget;
	input.cap_cents = cap;
	input.drafts_left = drafts;
	input.cents_per_100_points = points;
	input.message_cents = message;
	input.observations = observations_from(observations, policy);
	input.pools = pools_from(pools, policy);
	input.candidates = candidates_from(candidate, list, policy);
	return input;
}

static void expect_text(const char *what, const char *actual, const char *expected)
{
	if (expected != NULL && strcmp(actual, expected) != 0)
		fail(what, arena_format(arena, "is \"%s\", not \"%s\"", actual, expected));
}

static void expect_whole(const char *what, int64_t actual, json_t *expected)
{
	if (expected != NULL && actual != json_integer_value(expected))
		fail(what, arena_format(arena, "is %lld, not %lld", (long long)actual,
			(long long)json_integer_value(expected)));
}

static void expect_decision(
	const struct decide_input *input, const struct decision *decision, size_t i, json_t *expected)
{
	json_t *member = NULL, *cost = NULL, *worth = NULL, *risk = NULL, *rank = NULL, *counted = NULL;
	const char *reason = "", *arm = NULL, *sentence = NULL;
	const char *usual = about;
	const char *actual_arm =
		decision->arm == POLICY_NONE ? "none" : input->policy->arms[decision->arm].name;

	about = arena_format(arena, "%s: member %lld", usual, (long long)decision->member_id);
	UNPACK(expected, "{s:o, s:s, s?s, s?o, s?o, s?o, s?o, s?o, s?s}", "member", &member, "reason",
		&reason, "arm", &arm, "cost_cents", &cost, "worth_cents", &worth, "at_risk_cents", &risk,
		"rank", &rank, "counted", &counted, "sentence", &sentence);
	expect_whole("member", decision->member_id, member);
	expect_text("reason", reason_word((enum reason)decision->reason), reason);
	expect_text("arm", actual_arm, arm);
	expect_whole("cost_cents", decision->cost_cents, cost);
	expect_whole("worth_cents", decision->worth_cents, worth);
	expect_whole("at_risk_cents", decision->at_risk_cents, risk);
	expect_whole("rank", decision->rank, rank);
	expect_text(
		"sentence", decide_sentence(arena, input, &input->candidates[i], decision), sentence);
	if (counted != NULL && json_is_true(counted) != decision->counted)
		fail("counted", decision->counted ? "is true" : "is false");
	about = usual;
}

static void expect_result(
	const struct decide_input *input, const struct decide_result *result, json_t *expected)
{
	json_t *decisions = NULL, *cost = NULL;
	const char *stop = "chosen", *summary = NULL;

	UNPACK(expected, "{s?s, s?s, s?o, s:o}", "stop", &stop, "summary", &summary, "cost_cents",
		&cost, "decisions", &decisions);
	expect_text("stop", reason_word(result->stop), stop);
	expect_text("summary", decide_summary(arena, input, result), summary);
	expect_whole("cost_cents", result->cost_cents, cost);
	if (json_array_size(decisions) != result->count)
		fail("expects", "another number of decisions than there are candidates");
	for (size_t i = 0; i < result->count && i < json_array_size(decisions); i++)
		expect_decision(input, &result->decisions[i], i, json_array_get(decisions, i));
}

static void case_run(const struct policy *policy, json_t *usual, json_t *one)
{
	json_t *given = arena_json(arena, json_deep_copy(usual)), *changes = NULL, *candidates = NULL,
		   *expected = NULL;
	const char *name = "", *file = about;
	struct error error;

	UNPACK(one, "{s:s, s?o, s:o, s:o}", "name", &name, "given", &changes, "candidates", &candidates,
		"expect", &expected);
	about = arena_format(arena, "%s: %s", file, name);
	if (changes != NULL)
		json_object_update_recursive(given, changes);
	struct decide_input input = input_from(given, candidates, policy);
	const struct decide_result *result = decide(arena, &input, &error);

	if (result == NULL)
		fail("nothing was decided:", error.text);
	else
		expect_result(&input, result, expected);
	about = file;
}

static size_t cases_run(const struct policy *policy)
{
	json_t *file, *usual = NULL, *cases = NULL;
	const char *name = "";

	about = arena_format(arena, "policies/cases/%s.json", policy->name);
	file = file_json(about);
	if (file == NULL)
		return 0;
	UNPACK(file, "{s:s, s:o, s:o}", "policy", &name, "usual", &usual, "cases", &cases);
	expect_text("policy", name, policy->name);
	for (size_t i = 0; i < json_array_size(cases); i++)
		case_run(policy, usual, json_array_get(cases, i));
	return json_array_size(cases);
}

static const struct policy *policy_named(const char *file)
{
	struct text mistakes = text_open(arena, 100000);
	struct error error;
	const struct policy *policy =
		policy_load(arena, arena_format(arena, "policies/%s", file), &mistakes, &error);

	if (policy == NULL)
		printf("# %s", mistakes.bytes);
	return policy;
}

static void every_policy_keeps_its_cases(void)
{
	DIR *folder = opendir("policies");
	size_t policies = 0;

	CHECK(folder != NULL);
	for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
		if (!policy_is_file(entry->d_name))
			continue;
		const struct policy *policy = policy_named(entry->d_name);
		size_t cases = policy != NULL ? cases_run(policy) : 0;

		if (cases == 0)
			printf("# %s has no cases\n", entry->d_name);
		CHECK(cases > 0);
		policies++;
	}
	CHECK(policies >= 2);
	if (folder != NULL)
		closedir(folder);
}

static void every_case_has_its_policy(void)
{
	DIR *folder = opendir("policies/cases");

	CHECK(folder != NULL);
	for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
		if (policy_is_file(entry->d_name))
			CHECK(policy_named(entry->d_name) != NULL);
	if (folder != NULL)
		closedir(folder);
}

int main(void)
{
	arena = arena_new();
	CHECK_RUN(every_policy_keeps_its_cases);
	CHECK_RUN(every_case_has_its_policy);
	arena_free(arena);
	return check_done();
}
