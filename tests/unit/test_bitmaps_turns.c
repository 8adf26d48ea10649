/* Who waits for whom at a start: their making gives way to who asks without sets; who asks waits for sets that are only
 * being read. No database: nothing is ever read here. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "check.h"
#include "mcp/base/clock.h"
#include "mcp/metrics/bitmaps.h"

enum { LONG_MS = 60000 };

static atomic_bool begun, over;

static int64_t ms_of(void (*step)(void))
{
	int64_t began = clock_monotonic();

	step();
	return (clock_monotonic() - began) / 1000;
}

static void give_way_long(void)
{
	bitmaps_give_way(LONG_MS);
}

static void give_way_little(void)
{
	bitmaps_give_way(30);
}

static void ask(void)
{
	bool moved = true;

	CHECK(bitmaps_hold(NULL, 1, 7, &moved) == NULL);
	CHECK(!moved);
}

static void *give_way_beside(void *unused)
{
	begun = true;
	bitmaps_give_way(LONG_MS);
	CHECK(over);
	return unused;
}

static void *ask_beside(void *unused)
{
	begun = true;
	ask();
	return unused;
}

static pthread_t start(void *(*run)(void *))
{
	pthread_t thread;

	begun = over = false;
	CHECK_INT(pthread_create(&thread, NULL, run, NULL), 0);
	while (!begun)
		sched_yield();
	return thread;
}

static void making_gives_way_to_who_asks(void)
{
	CHECK(ms_of(give_way_long) < LONG_MS / 2);
	bitmaps_miss_begin();
	bitmaps_miss_begin();
	CHECK(ms_of(give_way_little) >= 30);
	pthread_t thread = start(give_way_beside);

	bitmaps_miss_end();
	CHECK(ms_of(give_way_little) >= 30);   /* one still asks */
	over = true;
	bitmaps_miss_end();
	pthread_join(thread, NULL);
}

static void who_asks_waits_for_what_is_being_read(void)
{
	bitmaps_switch(true);
	int64_t unexpected_ms = ms_of(ask);

	bitmaps_expect(true);
	int64_t expected_ms = ms_of(ask);

	CHECK(expected_ms >= 1000);
	CHECK(unexpected_ms < expected_ms);
	int64_t began = clock_monotonic();
	pthread_t thread = start(ask_beside);

	bitmaps_expect(false);
	pthread_join(thread, NULL);
	CHECK((clock_monotonic() - began) / 1000 < expected_ms);
	bitmaps_switch(false);
	bitmaps_expect(true);
	CHECK(ms_of(ask) < expected_ms);   /* off: nothing to wait for */
	bitmaps_expect(false);
	bitmaps_clear();
}

int main(void)
{
	CHECK_RUN(making_gives_way_to_who_asks);
	CHECK_RUN(who_asks_waits_for_what_is_being_read);
	return check_done();
}
