/* The chunks of a step on three threads: while the database writes one, another commits and a third is being made.
 * Chunks of one step are of different members, and every write takes members, run and budget in that order: no two
 * stand in a circle. */
#include <stdatomic.h>
#include <stdlib.h>

#include "cycle_steps.h"

enum { OTHERS = CYCLE_THREADS - 1 };   /* beside the cycle's own thread */

struct each {
	struct cycle *cycle;
	cycle_work *work;
	size_t count;
	atomic_size_t next;
	atomic_bool failed;
	struct error error;      /* of the first that failed */
};

static void *each_main(void *context)
{
	struct each *each = context;
	size_t index;

	while (!each->failed && (index = atomic_fetch_add(&each->next, 1)) < each->count) {
		struct arena *arena = arena_new();
		struct error error;

		if (!each->work(each->cycle, index, arena, &error) && !atomic_exchange(&each->failed, true))
			each->error = error;
		arena_free(arena);
	}
	return NULL;
}

bool cycle_each(struct cycle *cycle, size_t count, cycle_work *work, struct error *error)
{
	struct each each = { .cycle = cycle, .work = work, .count = count };
	pthread_t others[OTHERS];
	size_t started = count > OTHERS ? OTHERS : count > 0 ? count - 1 : 0;

	for (size_t i = 0; i < started; i++)
		if (pthread_create(&others[i], NULL, each_main, &each) != 0)
			abort();
	each_main(&each);
	for (size_t i = 0; i < started; i++)
		pthread_join(others[i], NULL);
	if (!each.failed)
		return true;
	*error = each.error;
	return false;
}
