/* What a connection keeps: SELECTs whose plans it holds, and what becomes of them when there are many, when it is lost
 * and when what they read is made anew. */
#include "tests/unit/check.h"
#include "world.h"

enum { TEXTS = 40, KEPT = 32 };

static struct db *asked;

/* The n-th text; each answers $1 * n. */
static long long times(struct arena *arena, int n, int value)
{
	const char *sql = arena_format(arena, "select %d * $1::int", n), *number = arena_format(arena, "%d", value);
	struct db_rows *rows;
	struct error error;

	if (!db_select_planned(asked, 1, sql, DB_VALUES(number), arena, &rows, &error)) {
		printf("# %s\n", error.text);
		return -1;
	}
	return db_number(rows, 0, 0);
}

static long long count_kept(struct arena *arena)
{
	struct db_rows *rows;
	struct error error;

	CHECK(db_select(asked, 1, "select count(*) from pg_prepared_statements where name like 'planned%'", DB_NOTHING,
		arena, &rows, &error));
	return db_number(rows, 0, 0);
}

static void the_oldest_makes_room(void)
{
	struct arena *arena = arena_new();

	for (int round = 1; round <= 3; round++)
		for (int n = 1; n <= TEXTS; n++)
			CHECK_INT(times(arena, n, round), n * round);
	CHECK_INT(count_kept(arena), KEPT);
	arena_free(arena);
}

static void a_lost_connection_plans_again(void)
{
	struct arena *arena = arena_new();
	struct db_rows *rows;
	struct error error;

	CHECK(db_select(asked, 1, "select pg_backend_pid()", DB_NOTHING, arena, &rows, &error));
	world_do("select pg_terminate_backend(%s, 10000)", db_text(rows, 0, 0));
	for (int n = 1; n <= TEXTS && times(arena, n, 1) < 0; n++)   /* the first finds it gone */
		continue;
	for (int n = 1; n <= TEXTS; n++)
		CHECK_INT(times(arena, n, 7), 7 * n);
	CHECK_INT(count_kept(arena), KEPT);
	arena_free(arena);
}

static void a_refused_text_is_not_kept(void)
{
	struct arena *arena = arena_new();
	struct db_rows *rows;
	struct error error;
	long long before = count_kept(arena);

	for (int tries = 0; tries < 2; tries++)
		CHECK(!db_select_planned(asked, 1, "select nothing from nowhere", DB_NOTHING, arena, &rows, &error));
	CHECK(count_kept(arena) <= before);
	CHECK_INT(times(arena, 3, 5), 15);
	arena_free(arena);
}

static void a_view_made_anew_is_read_anew(void)
{
	static const char sql[] = "select v from reading.planned_test";
	struct arena *arena = arena_new();

	for (int value = 1; value <= 2; value++) {
		struct db_rows *rows;
		struct error error;

		world_do("drop view if exists reading.planned_test; create view reading.planned_test as select %d as v; "
			"grant select on reading.planned_test to flashd", value);
		CHECK(db_select_planned(asked, 1, sql, DB_NOTHING, arena, &rows, &error));
		CHECK_INT(db_number(rows, 0, 0), value);
	}
	world_do("drop view reading.planned_test");
	arena_free(arena);
}

int main(void)
{
	struct error error;

	world_open();
	asked = db_open(world.settings.database, "tests", &error);
	CHECK_RUN(the_oldest_makes_room);
	CHECK_RUN(a_lost_connection_plans_again);
	CHECK_RUN(a_refused_text_is_not_kept);
	CHECK_RUN(a_view_made_anew_is_read_anew);
	db_close(asked);
	world_close();
	return check_done();
}
