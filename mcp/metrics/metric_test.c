#include "metric_test.h"

#include <string.h>

#include "question.h"

struct testing {
	struct db *db;
	int tenant;
	struct arena *arena;
	struct error *error;
};

static const char at_most[] = "at_most ";

/* The figure of the 90 days that end with what is known, cut by a dimension or not. NULL: see the error. */
static json_t *ask(const struct testing *testing, const struct metric *metric, const char *by)
{
	json_t *args = arena_json(testing->arena, json_object());
	struct question question = { .metric = NULL };

	if (by != NULL)
		json_object_set_new(args, "by", json_pack("[s]", by));
	if (metric->source->time[0] != '\0')
		json_object_set_new(args, "window", json_string("last_90d"));
	json_t *answer = question_test(testing->db, testing->tenant, metric, args, testing->arena, &question,
		testing->error);

	if (answer != NULL || testing->error->code != ERROR_NO_DATA || !question.bounds.covered)
		return answer;
	json_object_set_new(args, "as_of", json_string(question.bounds.covered_until_day));
	return question_test(testing->db, testing->tenant, metric, args, testing->arena, &question, testing->error);
}

static const char *check_sum(const struct testing *testing, const struct metric *metric, const json_t *answer,
	const char *by)
{
	const json_t *row;
	json_int_t sum = json_integer_value(json_object_get(json_object_get(answer, "rest"), "value"));
	json_int_t total = json_integer_value(json_object_get(answer, "value"));
	size_t i;

	json_array_foreach(json_object_get(answer, "rows"), i, row)
		sum += json_integer_value(json_object_get(row, "value"));
	return sum == total ? NULL : arena_format(testing->arena, "the rows of %s by %s make %lld, its total is %lld",
		metric->name, by, (long long)sum, (long long)total);
}

static bool check_rows(const struct testing *testing, const struct metric *metric, const char **failed)
{
	for (size_t i = 0; i < metric->dimension_count && *failed == NULL && metric->additive; i++) {
		const char *by = metric->dimensions[i]->name;
		json_t *answer = strcmp(by, "hour") == 0 ? NULL : ask(testing, metric, by);

		if (answer != NULL)
			*failed = check_sum(testing, metric, answer, by);
		else if (strcmp(by, "hour") != 0)
			return false;
	}
	return *failed == NULL;
}

static bool check_most(const struct testing *testing, double value, const char *name, const char **failed)
{
	const struct catalogue *catalogue = catalogue_shipped(testing->error);
	const struct metric *other = catalogue == NULL ? NULL : catalogue_find(catalogue, name);

	if (other == NULL)
		return catalogue != NULL && catalogue_refuse(catalogue, name, testing->arena, testing->error);
	json_t *answer = ask(testing, other, NULL);

	if (answer != NULL && json_number_value(json_object_get(answer, "value")) < value)
		*failed = arena_format(testing->arena, "its value is %.15g, that of %s only %.15g", value, name,
			json_number_value(json_object_get(answer, "value")));
	return answer != NULL && *failed == NULL;
}

bool metric_test_run(struct db *db, int tenant, const struct metric *metric, const char *test, struct arena *arena,
	const char **failed, struct error *error)
{
	const struct testing testing = { db, tenant, arena, error };
	json_t *answer = ask(&testing, metric, NULL);

	*failed = NULL;
	if (answer == NULL && error->code == ERROR_NO_DATA) {
		*failed = arena_copy(arena, error->text);
		error->code = ERROR_NONE;
		return true;
	}
	if (answer == NULL)
		return false;
	double value = json_number_value(json_object_get(answer, "value"));

	if (strcmp(test, "rows_add_up") == 0)
		return check_rows(&testing, metric, failed);
	if (strncmp(test, at_most, strlen(at_most)) == 0)
		return check_most(&testing, value, test + strlen(at_most), failed);
	if (value < 0 || (strcmp(test, "share") == 0 && value > 1))
		*failed = arena_format(arena, "its value is %.15g, which %s", value, value < 0 ? "is below 0" : "is above 1");
	return *failed == NULL;
}
