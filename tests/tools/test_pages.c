/* Long answers of query_metric, page by page: every group once and in one order, numbers that add up on each page, a
 * receipt of its own, and no page that does not belong to the others. */
#include "tests/unit/check.h"
#include "world.h"

#include "mcp/base/cost.h"
#include "mcp/base/text.h"

enum { STORES = 60, WIDE = 220 };

/* Stores that share seven values between them, orders without a store, and a year before. */
static void fill(void)
{
	world_do("set flash.tenant = '1'; insert into data.stores (tenant, store, name, region) select 1, 'p' || i, "
		"'P' || i, 'r' || i %% 5 from generate_series(1, %d) i; "
		"insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) select 1, 'p' || "
		"i || '-' || c, 1 + i %% 8, case when i <= %d then 'p' || i end, (array['store', 'web', 'app'])[c], "
		"now() - interval '3 days' - i * interval '1 minute', 1000 * (i %% 7) from generate_series(1, %d) i, "
		"generate_series(1, 3) c; "
		"insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) select 1, "
		"'q' || i, 1 + i %% 8, 'p' || i, 'web', now() - interval '100 days', 10 * (i %% 11) from "
		"generate_series(1, %d, 2) i; "
		"update data.tenants set data_version = data_version + 1 where tenant = 1", STORES, STORES, STORES + 1, STORES);
}

/* All pages of a question, laid one behind the other. */
struct walk {
	json_t *rows, *compared;  /* of the window; of each comparison */
	const json_t *first;      /* answer */
	size_t pages;             /* after the first */
};

static json_t *args_of(struct arena *arena, const char *args, const char *cursor)
{
	struct text text = text_open(arena, 4000);

	for (; *args != '\0'; args++)
		text_add_size(&text, *args == '\'' ? "\"" : args, 1);
	json_t *json = arena_json(arena, json_loads(text.bytes, 0, NULL));

	if (cursor != NULL)
		json_object_set_new(json, "cursor", json_string(cursor));
	return json;
}

static struct outcome ask_page(struct arena *arena, const char *key, const char *args, const char *cursor)
{
	struct caller caller = world_caller(key);

	return world_call(arena, &caller, "query_metric", args_of(arena, args, cursor));
}

static void check_sums(const struct walk *walk, const json_t *page, size_t groups)
{
	const json_t *rest = world_at(page, "rest"), *row;
	json_int_t told = 0;
	size_t i;

	CHECK(json_equal(world_at(page, "total"), world_at(walk->first, "total")));
	CHECK(json_equal(world_at(page, "value"), world_at(walk->first, "value")));
	json_array_foreach(walk->rows, i, row)
		told += json_integer_value(json_object_get(row, "value"));
	if (strcmp(world_text(page, "metric"), "gmv") != 0 && strcmp(world_text(page, "metric"), "orders") != 0) {
		CHECK(json_is_null(rest));   /* these do not add up */
		return;
	}
	CHECK(json_is_null(rest) == json_is_false(world_at(page, "truncated")));
	CHECK_INT(told + json_integer_value(json_object_get(rest, "value")), world_number(page, "value"));
	CHECK_INT(json_array_size(walk->rows) + (size_t)json_integer_value(json_object_get(rest, "groups")), groups);
}

static void check_receipt(struct arena *arena, const json_t *page)
{
	struct caller reader = world_caller("1kreader0000");
	struct outcome outcome = world_call(arena, &reader, "verify_number", arena_json(arena, json_pack("{s:s}", "receipt",
		world_text(page, "receipt/token"))));

	CHECK_TEXT(world_text(outcome.result, "status"), "same");
}

static void add_rows(json_t *into, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		json_array_append_new(into, json_deep_copy(row));
}

static struct walk walk_pages(struct arena *arena, const char *args, size_t groups)
{
	struct walk walk = { arena_json(arena, json_array()), arena_json(arena, json_array()), NULL, 0 };
	const char *cursor = NULL;

	do {
		struct outcome page = ask_page(arena, "1kreader0000", args, cursor);
		const json_t *comparison;
		size_t i;

		CHECK_TEXT(page.error.text, "");
		walk.first = walk.first == NULL ? page.result : walk.first;
		add_rows(walk.rows, world_at(page.result, "rows"));
		json_array_foreach(world_at(page.result, "comparisons"), i, comparison) {
			if (json_array_size(walk.compared) <= i)
				json_array_append_new(walk.compared, json_array());
			add_rows(json_array_get(walk.compared, i), json_object_get(comparison, "rows"));
		}
		check_sums(&walk, page.result, groups);
		check_receipt(arena, page.result);
		CHECK(cost_of(cost_dump(arena, page.result)) <= COST_MOST);
		cursor = world_text(page.result, "next_cursor");
		CHECK(json_is_true(world_at(page.result, "truncated")) == (cursor != NULL));
		CHECK(json_array_size(world_at(page.result, "rows")) > 0);
	} while (cursor != NULL && ++walk.pages < 300);
	CHECK_INT(json_array_size(walk.rows), groups);
	return walk;
}

/* "store value" a line, as the answer has them. */
static const char *lines_of(struct arena *arena, const json_t *rows)
{
	struct text text = text_open(arena, 20000);
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		text_format(&text, "%s%s %lld", i == 0 ? "" : "\n", world_text(row, "store"), world_number(row, "value"));
	return text.bytes;
}

static void every_group_comes_once_in_one_order(void)
{
	static const char *const orders[] = { "highest", "lowest" };
	static const int limits[] = { 1, 2, 3, 7, 20, 63, 64, 65, 200 };

	for (size_t o = 0; o < 2; o++)
		for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
			struct arena *arena = arena_new();
			struct walk walk = walk_pages(arena, arena_format(arena, "{'metric': 'gmv', 'by': ['store'], 'window': "
				"'last_90d', 'limit': %d, 'order': '%s'}", limits[i], orders[o]), STORES + 4);

			CHECK_TEXT(lines_of(arena, walk.rows), world_ask(arena, "select string_agg(coalesce(s, '(none)') || ' ' "
				"|| v, E'\\n' order by v %s, s collate \"C\") from (select store as s, sum(gross_cents) as v from "
				"data.orders where tenant = 1 and ordered_at >= ((now() at time zone 'Europe/Paris')::date - 90)"
				"::timestamp at time zone 'Europe/Paris' and "
				"ordered_at < (now() at time zone 'Europe/Paris')::date::timestamp at time zone 'Europe/Paris' "
				"group by 1) x", o == 0 ? "desc" : "asc"));
			CHECK_INT(walk.pages, (STORES + 4 - 1) / (size_t)limits[i]);
			arena_free(arena);
		}
}

/* The same in pages as at once, with what it is compared with. */
static void pages_are_the_whole(void)
{
	static const struct {
		const char *args;
		size_t groups;
	} questions[] = {
		{ "'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'compare': ['previous_period', "
			"'same_period_last_year'], 'order': 'highest'", STORES + 4 },
		{ "'metric': 'aov', 'by': ['store'], 'window': 'last_90d', 'compare': ['previous_period'], 'order': 'lowest'",
			STORES + 4 },
		{ "'metric': 'orders', 'by': ['channel', 'store'], 'window': 'last_28d', 'order': 'highest'", 3 * STORES + 6 },
		{ "'metric': 'buying_members', 'by': ['store'], 'window': 'last_90d', 'order': 'highest'", STORES + 4 },
		{ "'metric': 'gmv', 'by': ['day'], 'window': 'last_90d', 'order': 'lowest'", 0 },
		{ "'metric': 'gmv', 'by': ['week', 'store'], 'window': 'last_90d', 'order': 'highest'", 0 },
	};

	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		struct arena *arena = arena_new();
		const char *open = arena_format(arena, "{%s, 'limit': ", questions[i].args);
		struct outcome first = ask_page(arena, "1kreader0000", arena_format(arena, "%s200}", open), NULL);
		size_t groups = questions[i].groups > 0 ? questions[i].groups : json_array_size(world_at(first.result, "rows"));
		struct walk whole = walk_pages(arena, arena_format(arena, "%s200}", open), groups);

		for (int limit = 4; limit < 40; limit += 9) {
			struct walk walk = walk_pages(arena, arena_format(arena, "%s%d}", open, limit), groups);

			CHECK(json_equal(walk.rows, whole.rows) && json_equal(walk.compared, whole.compared));
		}
		arena_free(arena);
	}
}

/* Rows that are dear to send: a page is as long as fits, and the next one goes on there; a series keeps its order. */
static void what_does_not_fit_is_on_the_next_page(void)
{
	struct arena *arena = arena_new();

	world_do("set flash.tenant = '1'; insert into data.stores (tenant, store, name, region) select 1, 'wide' || i, "
		"repeat('\"Sto\\re', 11) || i, 'x' from generate_series(1, %d) i; "
		"insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) select 1, "
		"'w' || i, 1, 'wide' || i, 'web', now() - interval '2 days', 100 from generate_series(1, %d) i; "
		"update data.tenants set data_version = data_version + 1 where tenant = 1", WIDE, WIDE);
	struct walk walk = walk_pages(arena, "{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 200, "
		"'compare': ['previous_period', 'same_period_last_year']}", STORES + 4 + WIDE);

	CHECK(walk.pages >= 3);
	walk = walk_pages(arena, "{'metric': 'aov', 'by': ['day'], 'window': 'last_180d'}", 180);
	CHECK(walk.pages >= 1);
	const json_t *row;
	size_t i;

	json_array_foreach(walk.rows, i, row)
		CHECK(i == 0 || strcmp(world_text(row, "day"), world_text(json_array_get(walk.rows, i - 1), "day")) > 0);
	world_do("delete from data.orders where tenant = 1 and store like 'wide%%'; "
		"update data.tenants set data_version = data_version + 1 where tenant = 1");
	arena_free(arena);
}

#define BY_STORE "{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 5}"

static const char *first_cursor(struct arena *arena, const char *key, const char *args)
{
	struct outcome page = ask_page(arena, key, args, NULL);

	CHECK_TEXT(page.error.text, "");
	return world_text(page.result, "next_cursor");
}

static void refuses(const char *key, const char *args, const char *cursor, enum error_code code)
{
	struct arena *arena = arena_new();
	struct outcome page = ask_page(arena, key, args, cursor);

	CHECK(!page.good && page.error.code == code);
	CHECK(strstr(page.error.text, "cursor") != NULL);
	arena_free(arena);
}

static void a_cursor_is_of_one_key_and_question(void)
{
	static const char *const others[] = {
		"{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 6}",
		"{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d'}",
		"{'metric': 'net_gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 5}",
		"{'metric': 'gmv', 'by': ['channel'], 'window': 'last_90d', 'limit': 5}",
		"{'metric': 'gmv', 'by': ['store'], 'window': 'last_28d', 'limit': 5}",
		"{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 5, 'order': 'lowest'}",
		"{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 5, 'filters': {'channel': ['web']}}",
		"{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', 'limit': 5, 'compare': ['previous_period']}",
	};
	struct arena *arena = arena_new();
	char *cursor = arena_copy(arena, first_cursor(arena, "1kreader0000", BY_STORE));
	struct outcome page = world_say(arena, "1kreader0000", "list_members", "{'limit': 2}");

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		refuses("1kreader0000", others[i], cursor, ERROR_ARGUMENT);
	CHECK(ask_page(arena, "1kreader0000", BY_STORE, cursor).good);
	refuses("1koperator00", BY_STORE, cursor, ERROR_ARGUMENT);   /* and what the other was just told is not given on */
	refuses("2koperator00", BY_STORE, cursor, ERROR_ARGUMENT);
	refuses("1kreader0000", BY_STORE, world_text(page.result, "next_cursor"), ERROR_ARGUMENT);
	refuses("1kreader0000", BY_STORE, "", ERROR_ARGUMENT);
	refuses("1kreader0000", BY_STORE, "zzz", ERROR_ARGUMENT);
	refuses("1kreader0000", BY_STORE, arena_format(arena, "%s00", cursor), ERROR_ARGUMENT);
	for (size_t i = 0; i < strlen(cursor); i += 13) {
		char *changed = arena_copy(arena, cursor);

		changed[i] = changed[i] == '0' ? '1' : '0';
		refuses("1kreader0000", BY_STORE, changed, ERROR_ARGUMENT);
	}
	/* Each key goes on from its own first page, kept or not. */
	const char *own = first_cursor(arena, "1koperator00", BY_STORE);

	CHECK(json_equal(world_at(ask_page(arena, "1koperator00", BY_STORE, own).result, "rows"),
		world_at(ask_page(arena, "1kreader0000", BY_STORE, cursor).result, "rows")));
	/* Only a page that was given out is one. */
	page = ask_page(arena, "1kreader0000", "{'metric': 'gmv', 'by': ['store'], 'page': [5, 0]}", NULL);
	CHECK(!page.good && page.error.code == ERROR_ARGUMENT);
	arena_free(arena);
}

static void moved(const char *args, const char *how, const char *back)
{
	struct arena *arena = arena_new();
	const char *cursor = first_cursor(arena, "1kreader0000", args);

	world_do("set flash.tenant = '1'; %s", how);
	refuses("1kreader0000", args, cursor, ERROR_MOVED);
	if (back != NULL) {
		world_do("%s", back);
		CHECK(ask_page(arena, "1kreader0000", args, cursor).good);
	}
	arena_free(arena);
}

#define ADD_ORDER "insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) " \
	"values (1, 'late', 1, 'p9', 'web', now() - interval '5 days', 99)"
#define DROP_ORDER "delete from data.orders where tenant = 1 and order_ref = 'late'"

/* Rows of two states of the data are never laid side by side. */
static void a_page_of_other_numbers_is_refused(void)
{
	static const char points[] = "{'metric': 'points_issued', 'by': ['tier'], 'window': 'this_year', 'limit': 1}";
	static const char compared[] = "{'metric': 'gmv', 'by': ['store'], 'window': 'last_28d', 'limit': 5, 'compare': "
		"['previous_period', 'same_period_last_year']}";
	struct arena *arena = arena_new();

	moved(BY_STORE, ADD_ORDER "; update data.tenants set data_version = data_version + 1 where tenant = 1", NULL);
	world_do(DROP_ORDER);
	/* Also what moves without a new data version: a view of the operator's, a time that is compared with, points. */
	moved(BY_STORE, ADD_ORDER, DROP_ORDER);
	moved(compared, "update data.orders set gross_cents = gross_cents + 1 where tenant = 1 and order_ref = 'o5'",
		"update data.orders set gross_cents = gross_cents - 1 where tenant = 1 and order_ref = 'o5'");
	CHECK(world_earn(arena, "1koperator00", "'member': 1, 'points': 3").good);
	CHECK(world_earn(arena, "1koperator00", "'member': 2, 'points': 3").good);
	const char *cursor = first_cursor(arena, "1kreader0000", points);
	const char *own = first_cursor(arena, "1kreader0000", BY_STORE);

	CHECK(world_earn(arena, "1koperator00", "'member': 1, 'points': 1").good);
	refuses("1kreader0000", points, cursor, ERROR_MOVED);
	CHECK(ask_page(arena, "1kreader0000", BY_STORE, own).good);   /* points are no sales */
	struct outcome page = ask_page(arena, "1kreader0000", points, cursor);

	CHECK(strstr(page.error.text, "from the first page") != NULL);
	arena_free(arena);
}

/* Data that come in elsewhere are no reason to begin again; the page says that they came. */
static void a_new_version_of_the_same_numbers_is_said(void)
{
	struct arena *arena = arena_new();
	const char *cursor = first_cursor(arena, "1kreader0000", BY_STORE);
	struct outcome before = ask_page(arena, "1kreader0000", BY_STORE, cursor);

	world_do("set flash.tenant = '1'; insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, "
		"gross_cents) values (1, 'now', 1, 'p9', 'web', now(), 99); "
		"update data.tenants set data_version = data_version + 1 where tenant = 1");
	struct outcome after = ask_page(arena, "1kreader0000", BY_STORE, cursor);

	CHECK_TEXT(after.error.text, "");
	CHECK(json_equal(world_at(before.result, "rows"), world_at(after.result, "rows")));
	CHECK(strstr(world_text(before.result, "note"), "Data came in") == NULL);
	CHECK(strstr(world_text(after.result, "note"), "and moved none of these numbers.") != NULL);
	check_receipt(arena, after.result);
	world_do("delete from data.orders where tenant = 1 and order_ref = 'now'");
	arena_free(arena);
}

static void a_kept_page_is_the_page(void)
{
	struct arena *arena = arena_new();
	const char *cursor = first_cursor(arena, "1kreader0000", BY_STORE);
	struct outcome once = ask_page(arena, "1kreader0000", BY_STORE, cursor);
	struct outcome again = ask_page(arena, "1kreader0000", BY_STORE, cursor);
	struct outcome first = ask_page(arena, "1kreader0000", BY_STORE, NULL);

	CHECK(json_equal(once.result, again.result));
	CHECK(!json_equal(world_at(once.result, "rows"), world_at(first.result, "rows")));
	world_do("set flash.tenant = '1'; " ADD_ORDER "; update data.tenants set data_version = data_version + 1 where "
		"tenant = 1");
	refuses("1kreader0000", BY_STORE, cursor, ERROR_MOVED);
	world_do(DROP_ORDER "; update data.tenants set data_version = data_version + 1 where tenant = 1");
	arena_free(arena);
}

static void an_answer_in_words_goes_on_as_a_query(void)
{
	struct arena *arena = arena_new();
	struct outcome told = world_say(arena, "1kreader0000", "ask", "{'question': 'GMV last 90 days by store, top 5'}");
	struct caller caller = world_caller("1kreader0000");
	json_t *args = arena_json(arena, json_copy(world_at(told.result, "query")));

	CHECK(json_is_true(world_at(told.result, "answer/truncated")));
	json_object_set(args, "cursor", world_at(told.result, "answer/next_cursor"));
	struct outcome next = world_call(arena, &caller, "query_metric", args);
	struct outcome whole = ask_page(arena, "1kreader0000", "{'metric': 'gmv', 'by': ['store'], 'window': 'last_90d', "
		"'limit': 10}", NULL);

	CHECK_TEXT(next.error.text, "");
	CHECK_INT(json_array_size(world_at(next.result, "rows")), 5);
	for (size_t i = 0; i < 5; i++)
		CHECK(json_equal(json_array_get(world_at(next.result, "rows"), i),
			json_array_get(world_at(whole.result, "rows"), 5 + i)));
	arena_free(arena);
}

int main(void)
{
	world_open();
	fill();
	CHECK_RUN(every_group_comes_once_in_one_order);
	CHECK_RUN(pages_are_the_whole);
	CHECK_RUN(what_does_not_fit_is_on_the_next_page);
	CHECK_RUN(a_cursor_is_of_one_key_and_question);
	CHECK_RUN(a_page_of_other_numbers_is_refused);
	CHECK_RUN(a_new_version_of_the_same_numbers_is_said);
	CHECK_RUN(a_kept_page_is_the_page);
	CHECK_RUN(an_answer_in_words_goes_on_as_a_query);
	world_close();
	return check_done();
}
