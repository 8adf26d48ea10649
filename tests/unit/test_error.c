/* One table of errors: the SQL copy of its words is the same, and sentences are wrapped, never cut in two. */
#include "check.h"
#include "mcp/base/embed.h"
#include "mcp/base/error.h"

static void every_state_has_its_word_in_sql(void)
{
	const struct embed *file = embed_find("sql/functions/error_word.sql");
	int states = 0, pairs = 0;
	char pair[80];

#define ERROR(name, word, class, state, status) \
	if (state[0] != '\0') { \
		snprintf(pair, sizeof pair, "('%s', '%s')", state, word); \
		CHECK(strstr(file->bytes, pair) != NULL); \
		CHECK(error_from_sqlstate(state) == ERROR_##name); \
		states++; \
	}
#include "mcp/base/error.def"
#undef ERROR
	for (const char *at = file->bytes; (at = strstr(at, "('FL")) != NULL; at++)
		pairs++;
	CHECK_INT(pairs, states);
}

static void context_goes_in_front(void)
{
	struct error error;

	error_set(&error, ERROR_BUDGET, "over by %d", 3);
	error_wrap(&error, "policy %s", "p");
	CHECK_TEXT(error.text, "policy p: over by 3");
	CHECK(error.code == ERROR_BUDGET);
	for (int i = 0; i < 500; i++)
		error_wrap(&error, "again");
	CHECK(strlen(error.text) < sizeof error.text);
}

static void unknown_states_are_none(void)
{
	CHECK(error_from_sqlstate("23505") == ERROR_NONE);
	CHECK(error_from_sqlstate("") == ERROR_NONE);
}

int main(void)
{
	CHECK_RUN(every_state_has_its_word_in_sql);
	CHECK_RUN(context_goes_in_front);
	CHECK_RUN(unknown_states_are_none);
	return check_done();
}
