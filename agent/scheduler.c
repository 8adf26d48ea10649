#include "scheduler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "cycle.h"
#include "deliver.h"
#include "mcp/base/log.h"
#include "mcp/db/wake.h"

/* A thread of either sort: what it does with what is due. */
struct hand {
	pthread_t thread;
	struct wake *wake;
	struct corridor *corridor;
	void (*work)(struct hand *hand, const struct work *work);
	atomic_bool quit;
};

struct scheduler {
	struct hand cycles, deliveries;
};

static void run_policy(struct hand *hand, const struct work *work)
{
	struct arena *arena = arena_new();
	struct caller caller;
	struct error error;
	struct cycle_options options = { .policy = work->policy };
	json_t *report;

	if (work->policy != NULL) {
		if (!corridor_agent_caller(hand->corridor, work->tenant, work->key, &caller, &error) ||
		    !cycle_run(hand->corridor, &caller, &options, arena, &report, &error))
			log_warn("cycle", "tenant=%d policy=%s: %s", work->tenant, work->policy, error.text);
		else if (report != NULL)
			log_info("cycle", "tenant=%d policy=%s state=%s chosen=%lld", work->tenant, work->policy,
				json_string_value(json_object_get(report, "state")),
				(long long)json_integer_value(json_object_get(report, "chosen")));
	}
	arena_free(arena);
}

static void deliver(struct hand *hand, const struct work *work)
{
	struct error error;

	if (work->reap && !wake_reap(hand->wake, work->tenant, &error))
		log_warn("reap", "tenant=%d: %s", work->tenant, error.text);
	if (work->deliver)
		deliver_all(hand->corridor, work->tenant, &hand->quit);
}

static void *hand_main(void *context)
{
	struct hand *hand = context;

	while (!hand->quit) {
		struct arena *arena = arena_new();
		struct work *work;
		struct error error;
		size_t count;
		int next_ms;

		if (!wake_find(hand->wake, arena, &work, &count, &next_ms, &error)) {
			log_warn("wake", "%s", error.text);
			next_ms = 5000;
		}
		for (size_t i = 0; i < count && !hand->quit; i++)
			hand->work(hand, &work[i]);
		arena_free(arena);
		/* What could not be done now (stopped, no channel, leased elsewhere) is looked at again, not spun on. */
		if (!hand->quit)
			wake_wait(hand->wake, count > 0 && next_ms > 15000 ? 15000 : next_ms < 200 ? 200 : next_ms);
	}
	return NULL;
}

static bool start(struct hand *hand, struct corridor *corridor, void (*work)(struct hand *, const struct work *),
	struct error *error)
{
	hand->corridor = corridor;
	hand->work = work;
	hand->wake = wake_open(corridor_settings(corridor)->database, "flashd", error);
	return hand->wake != NULL && (pthread_create(&hand->thread, NULL, hand_main, hand) == 0 || (abort(), false));
}

static void end(struct hand *hand)
{
	if (hand->wake == NULL)
		return;
	hand->quit = true;
	wake_now(hand->wake);
	pthread_join(hand->thread, NULL);
	wake_close(hand->wake);
}

struct scheduler *scheduler_open(struct corridor *corridor, struct error *error)
{
	struct scheduler *scheduler = calloc(1, sizeof *scheduler);

	if (scheduler == NULL)
		abort();
	if (start(&scheduler->cycles, corridor, run_policy, error) &&
	    start(&scheduler->deliveries, corridor, deliver, error))
		return scheduler;
	scheduler_close(scheduler);
	return NULL;
}

void scheduler_close(struct scheduler *scheduler)
{
	if (scheduler == NULL)
		return;
	end(&scheduler->cycles);
	end(&scheduler->deliveries);
	free(scheduler);
}
