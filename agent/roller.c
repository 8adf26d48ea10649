#include "roller.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "mcp/base/clock.h"
#include "mcp/base/log.h"
#include "mcp/db/wake.h"

/* A day is summed up at most once a second, and all of this takes a fifth of one connection's time at most, unless that
 * would keep days stale for longer than ten seconds. Batches of events wait for one day at a time, and have as long for
 * themselves behind each. */
enum { REST_LEAST_MS = 1000, REST_MOST_MS = 10000, REST_TIMES = 4, IDLE_MS = 30000, TROUBLE_MS = 5000 };

struct roller {
	pthread_t thread;
	struct wake *wake;
	atomic_bool quit;
};

/* Notifications end a wait early, not this. */
static void rest(struct roller *roller, int64_t us)
{
	int64_t until = clock_monotonic() + us;

	for (int64_t left; !roller->quit && (left = until - clock_monotonic()) > 0;)
		wake_wait(roller->wake, (int)(left / 1000) + 1);
}

/* Sums up what was stale when it began, so that a day that is marked all the time holds nothing up; `spent_us` grows by
 * the time it took. */
static bool roll_tenant(struct roller *roller, const struct stale *stale, int64_t *spent_us, struct error *error)
{
	long long left = stale->days;

	for (long long i = 0; i < stale->days && left > 0 && !roller->quit; i++) {
		int64_t began = clock_monotonic();

		if (!wake_roll_day(roller->wake, stale->tenant, &left, error))
			return false;
		int64_t took = clock_monotonic() - began;

		*spent_us += took;
		if (i + 1 < stale->days && left > 0)
			rest(roller, took);
	}
	return true;
}

/* One look at all tenants; how long to wait for the next, in milliseconds. */
static int roll_all(struct roller *roller)
{
	struct arena *arena = arena_new();
	struct stale *stale;
	struct error error;
	size_t count;
	int64_t spent_us = 0;
	bool good = wake_find_stale(roller->wake, arena, &stale, &count, &error);

	for (size_t i = 0; good && i < count && !roller->quit; i++)
		good = roll_tenant(roller, &stale[i], &spent_us, &error);
	if (!good)
		log_warn("roller", "%s", error.text);
	int64_t wait_ms = !good ? TROUBLE_MS : count == 0 ? 0 : REST_TIMES * spent_us / 1000;

	arena_free(arena);
	if (!good || count == 0)
		return (int)wait_ms;
	return wait_ms < REST_LEAST_MS ? REST_LEAST_MS : wait_ms > REST_MOST_MS ? REST_MOST_MS : (int)wait_ms;
}

static void *roller_main(void *context)
{
	struct roller *roller = context;

	while (!roller->quit) {
		int wait_ms = roll_all(roller);

		if (wait_ms > 0)
			rest(roller, (int64_t)wait_ms * 1000);
		else if (!roller->quit)
			wake_wait(roller->wake, IDLE_MS);
	}
	return NULL;
}

struct roller *roller_open(const struct corridor *corridor, struct error *error)
{
	struct roller *roller = calloc(1, sizeof *roller);

	if (roller == NULL)
		abort();
	roller->wake = wake_open(corridor_settings(corridor)->database, "flashd_days", error);
	if (roller->wake == NULL) {
		free(roller);
		return NULL;
	}
	if (pthread_create(&roller->thread, NULL, roller_main, roller) != 0)
		abort();
	return roller;
}

void roller_close(struct roller *roller)
{
	if (roller == NULL)
		return;
	roller->quit = true;
	wake_now(roller->wake);
	pthread_join(roller->thread, NULL);
	wake_close(roller->wake);
	free(roller);
}
