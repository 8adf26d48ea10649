/* Sentences and the query, or the refusal, that they must come to: the files of tests/ask/cases, one TAP line for
 * each, and tests/ask/heldout.json, of which the shares are reported and only a wrong answer fails. A case is {"ask":
 * sentence, or a list of sentences that follow each other} with "query", "explain" or "list" (the exact arguments),
 * or "refuse" (the error's word, or true) and perhaps "says" (a piece of the refusal). With "days", a window that has
 * no name yet is these two days. The database ($FLASHD_ASK_DATABASE, the daemon's role) holds the demo brand; today
 * is 2026-11-20. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mcp/ask/ask.h"
#include "mcp/ask/grammar.h"
#include "mcp/ask/handle.h"
#include "mcp/ask/world.h"
#include "mcp/base/clock.h"
#include "mcp/base/log.h"
#include "mcp/metrics/question.h"

enum { TENANT = 1 };

static struct db *db;
static struct seal *seal;
static int number, failed;
static const char caller[] = "1kreader0000";

/* What a sentence came to. */
struct outcome {
	bool good, no_data;
	const char *intent;
	json_t *query;
	struct error error;
};

static void bail(const char *what, const char *why)
{
	printf("Bail out! %s: %s\n", what, why);
	exit(1);
}

static struct outcome refused(const struct error *error)
{
	return (struct outcome){ .error = *error };
}

/* What was answered is the query that is shown, and what query_metric answers to it. */
static void check_answer(const char *asked, const json_t *answer, const struct ask_reading *reading,
	struct arena *arena)
{
	struct question question;
	struct error error;

	if (answer == NULL)
		return;
	if (!json_equal(json_object_get(answer, "query"), reading->query))
		bail(asked, "is answered by another query than it was read as");
	if (reading->intent == ASK_LIST_METRICS)
		return;
	json_t *told = arena_json(arena, json_copy(json_object_get(answer, "answer")));

	if (json_object_del(told, "receipt") != 0)
		bail(asked, "is answered without a receipt");
	if ((json_object_del(told, "next_cursor") == 0) != json_is_true(json_object_get(told, "truncated")))
		bail(asked, "is cut short without a next page");
	if (!json_equal(told, question_answer(db, TENANT, reading->query, arena, &question, &error)))
		bail(asked, "is not answered as query_metric does");
}

/* Understands and, when that went well, answers; that there is no data (yet) is an answer to what was understood. */
static struct outcome ask_one(const char *question, const char **follow, struct arena *arena)
{
	const struct ask_request request = { db, seal, TENANT, caller, question, *follow, NULL };
	struct sentence *sentence = arena_alloc(arena, sizeof *sentence);
	struct ask_reading reading;
	struct ask_world world;
	struct error error = { .code = ERROR_NONE };
	json_t *answer = ask_answer(&request, arena, &error);

	if (answer == NULL && error.code != ERROR_NO_DATA)
		return refused(&error);
	if (!sentence_read(question, arena, sentence, &error) ||
	    !ask_world_find(db, TENANT, sentence, arena, &world, &error))
		return refused(&error);
	if (*follow != NULL && !ask_handle_open(seal, TENANT, caller, *follow, arena, &world, &error))
		return refused(&error);
	if (!ask_read(sentence, &world, arena, &reading, &error))
		bail(question, "was answered, and is refused when it is only read");
	check_answer(question, answer, &reading, arena);
	*follow = ask_handle_make(seal, TENANT, caller, &reading, arena);
	return (struct outcome){ true, answer == NULL, ask_intent_word(reading.intent), reading.query,
		{ .code = ERROR_NONE } };
}

static struct outcome ask_all(const json_t *ask, struct arena *arena)
{
	const char *follow = NULL;
	struct outcome outcome;
	const json_t *one;
	size_t i;

	if (json_is_string(ask))
		return ask_one(json_string_value(ask), &follow, arena);
	json_array_foreach(ask, i, one) {
		outcome = ask_one(json_string_value(one), &follow, arena);
		if (!outcome.good && i + 1 < json_array_size(ask))
			return outcome;
	}
	return outcome;
}

static const char *intent_of(const json_t *item, json_t **query)
{
	static const char *const fields[] = { "query", "explain", "list" };

	for (int i = 0; i < 3; i++)
		if ((*query = json_object_get(item, fields[i])) != NULL)
			return i == 2 ? "list_metrics" : fields[i];
	return NULL;
}

/* The expected query; a window that no query can name yet as its days. */
static json_t *expected_query(const json_t *item, json_t *query, struct arena *arena)
{
	json_t *copy = arena_json(arena, json_deep_copy(query)), *days = json_object_get(item, "days");
	const char *window = json_string_value(json_object_get(copy, "window"));

	if (days != NULL && window != NULL && window_find(window) < 0) {
		json_object_del(copy, "window");
		json_object_set(copy, "from", json_array_get(days, 0));
		json_object_set(copy, "to", json_array_get(days, 1));
	}
	return copy;
}

enum verdict { RIGHT, SILENT, WRONG };

/* Says in `why` what went wrong. */
static enum verdict judge(const json_t *item, struct arena *arena, const char **why)
{
	struct outcome outcome = ask_all(json_object_get(item, "ask"), arena);
	const json_t *refuse = json_object_get(item, "refuse");
	const char *says = json_string_value(json_object_get(item, "says"));
	json_t *query = NULL;
	const char *intent = intent_of(item, &query);

	*why = outcome.good ? arena_format(arena, "%s %s", outcome.intent, arena_dump(arena, outcome.query))
		: arena_format(arena, "refused, %s: %s", error_word(outcome.error.code), outcome.error.text);
	if (outcome.no_data && json_is_string(refuse) && strcmp(json_string_value(refuse), error_word(ERROR_NO_DATA)) == 0)
		return RIGHT;
	if (outcome.good)
		return intent != NULL && strcmp(intent, outcome.intent) == 0 &&
			json_equal(outcome.query, expected_query(item, query, arena)) ? RIGHT : WRONG;
	if (refuse == NULL || (json_is_string(refuse) &&
	    strcmp(json_string_value(refuse), error_word(outcome.error.code)) != 0) ||
	    (says != NULL && strstr(outcome.error.text, says) == NULL))
		return SILENT;
	return RIGHT;
}

static json_t *load(const char *path)
{
	json_error_t place;
	json_t *list = json_load_file(path, JSON_REJECT_DUPLICATES, &place);

	if (!json_is_array(list))
		bail(path, place.text);
	return list;
}

static void run_cases(const char *path)
{
	json_t *list = load(path), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		struct arena *arena = arena_new();
		const char *why;
		enum verdict verdict = judge(item, arena, &why);

		if (verdict != RIGHT)
			printf("# %s\n# expected %s\n", why, arena_dump(arena, item));
		failed += verdict != RIGHT;
		printf("%sok %d - %s: %s\n", verdict == RIGHT ? "" : "not ", ++number, strrchr(path, '/') + 1,
			arena_dump(arena, json_object_get(item, "ask")));
		arena_free(arena);
	}
	json_decref(list);
}

static void run_heldout(const char *path)
{
	json_t *list = load(path), *item;
	int asked = 0, understood = 0, silent = 0, refusals = 0, kept = 0, wrong = 0;
	size_t i;

	json_array_foreach(list, i, item) {
		struct arena *arena = arena_new();
		bool refuse = json_object_get(item, "refuse") != NULL;
		const char *why;
		enum verdict verdict = judge(item, arena, &why);

		asked += !refuse;
		refusals += refuse;
		understood += !refuse && verdict == RIGHT;
		silent += !refuse && verdict == SILENT;
		kept += refuse && verdict == RIGHT;
		wrong += verdict == WRONG;
		if (verdict == WRONG || (verdict != RIGHT && getenv("FLASHD_ASK_SHOW") != NULL))
			printf("# %s: %s\n", arena_dump(arena, json_object_get(item, "ask")), why);
		arena_free(arena);
	}
	printf("# report ask, held-out set: %d of %d understood (%.0f %%), %d refused though answerable, %d of %d refused "
		"as they must be, %d answered wrong\n", understood, asked, 100.0 * understood / asked, silent, kept, refusals,
		wrong);
	printf("%sok %d - no sentence of the held-out set is answered wrong\n", wrong == 0 ? "" : "not ", ++number);
	failed += wrong != 0;
	json_decref(list);
}

static void check(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
	failed += !good;
}

/* A handle is its tenant's and its caller's, cannot be changed, and ends. */
static void run_handles(void)
{
	struct arena *arena = arena_new();
	const struct ask_request first = { db, seal, TENANT, caller, "GMV last week by store", NULL, NULL };
	struct error error;
	json_t *answer = ask_answer(&first, arena, &error);

	if (answer == NULL)
		bail(first.question, error.text);
	char *handle = arena_copy(arena, json_string_value(json_object_get(answer, "follow")));
	struct ask_request next = { db, seal, TENANT, caller, "and by tier?", handle, NULL };

	check(ask_answer(&next, arena, &error) != NULL, "a follow handle goes on");
	next.caller = "1kother00000";
	check(ask_answer(&next, arena, &error) == NULL && error.code == ERROR_ARGUMENT, "a handle of another key is "
		"refused");
	next.caller = caller;
	next.tenant = 2;
	check(ask_answer(&next, arena, &error) == NULL, "a handle of another tenant is refused");
	next.tenant = TENANT;
	clock_hold(clock_now() + (ASK_HANDLE_LIFE_S + 5) * 1000000LL);
	check(ask_answer(&next, arena, &error) == NULL && error.code == ERROR_EXPIRED, "an old handle is refused");
	clock_hold(0);
	handle[60] = handle[60] == '0' ? '1' : '0';
	check(ask_answer(&next, arena, &error) == NULL && error.code == ERROR_ARGUMENT, "a changed handle is refused");
	next.follow = "zz";
	check(ask_answer(&next, arena, &error) == NULL && error.code == ERROR_ARGUMENT, "a handle that is none is refused");
	arena_free(arena);
}

static int is_case(const struct dirent *entry)
{
	return strstr(entry->d_name, ".json") != NULL;
}

int main(void)
{
	const char *database = getenv("FLASHD_ASK_DATABASE");
	char key[] = "/tmp/flashd-ask-key.XXXXXX", path[300];
	struct dirent **cases;
	struct error error;

	if (database == NULL)
		bail("FLASHD_ASK_DATABASE", "is not set: tests/ask/run sets it");
	log_set_level(LOG_LEVEL_ERROR);
	db = db_open(database, "ask", &error);
	if (db == NULL || mkdtemp(key) == NULL)
		bail(database, error.text);
	snprintf(path, sizeof path, "%s/key", key);
	if (!seal_create(path, &error) || (seal = seal_open(path, &error)) == NULL)
		bail(path, error.text);
	unlink(path);
	rmdir(key);
	int count = scandir("tests/ask/cases", &cases, is_case, alphasort);

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "tests/ask/cases/%s", cases[i]->d_name);
		run_cases(path);
		free(cases[i]);
	}
	if (count > 0)
		free(cases);
	run_handles();
	run_heldout("tests/ask/heldout.json");
	printf("1..%d\n", number);
	seal_close(seal);
	db_close(db);
	return failed > 0;
}
