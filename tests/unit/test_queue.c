/* The corridor's queue: each tenant's order is kept, tenants are served in turn, nobody takes the whole room. */
#include <sched.h>

#include "check.h"

#include "mcp/corridor/queue.h"

enum { JOBS = 400 };

static struct job jobs[JOBS];
static struct queue queue;

static void put(size_t from, size_t to, int tenant)
{
	for (size_t i = from; i < to; i++)
		CHECK(queue_put(&queue, &jobs[i], tenant));
}

/* The numbers of the next `most` jobs, as text. */
static const char *take(size_t most)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (struct job *job = queue_take(&queue, most); job != NULL; job = job->next)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", used > 0 ? " " : "", (int)(job - jobs));
	return text;
}

static void one_tenant_is_served_in_its_order(void)
{
	queue_open(&queue, JOBS);
	put(0, 6, 7);
	CHECK_TEXT(take(4), "0 1 2 3");
	put(6, 8, 7);
	CHECK_TEXT(take(100), "4 5 6 7");
	queue_close(&queue);
	CHECK(queue_take(&queue, 1) == NULL);
}

static void tenants_are_served_in_turn(void)
{
	queue_open(&queue, JOBS);
	put(0, 100, 1);
	put(100, 102, 2);
	put(102, 103, 3);
	CHECK_TEXT(take(4), "0 100 102 1");
	CHECK_TEXT(take(4), "101 2 3 4");
	put(110, 112, 2);
	CHECK_TEXT(take(3), "5 110 6");
	/* One at a time, as the workers do. */
	CHECK_TEXT(take(1), "111");
	CHECK_TEXT(take(1), "7");
	put(120, 121, 3);
	put(121, 122, 0);
	CHECK_TEXT(take(1), "8");
	CHECK_TEXT(take(1), "120");
	CHECK_TEXT(take(1), "121");
	CHECK_TEXT(take(2), "9 10");
}

static void a_batch_is_full_while_anything_waits(void)
{
	size_t taken = 0;

	queue_open(&queue, JOBS);
	put(0, 70, 1);
	put(70, 75, 2);
	for (struct job *job = queue_take(&queue, 64); job != NULL; job = job->next)
		taken++;
	CHECK_INT(taken, 64);
	CHECK_TEXT(take(64), "59 60 61 62 63 64 65 66 67 68 69");
}

static void one_tenant_leaves_room_for_others(void)
{
	queue_open(&queue, 8);
	put(0, 6, 1);
	CHECK(!queue_put(&queue, &jobs[6], 1));
	put(10, 12, 2);
	CHECK(!queue_put(&queue, &jobs[13], 3));
	CHECK_TEXT(take(8), "0 10 1 11 2 3 4 5");
	queue_close(&queue);
	CHECK(!queue_put(&queue, &jobs[0], 1));
}

/* Who takes a job, by its number; written under `mutex`. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int takers[JOBS];

static void *take_all(void *name)
{
	for (struct job *job; (job = queue_take(&queue, 1)) != NULL;) {
		pthread_mutex_lock(&mutex);
		takers[job - jobs] = *(char *)name;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static int taker_of(size_t job)
{
	int taker;

	do {
		sched_yield();
		pthread_mutex_lock(&mutex);
		taker = takers[job];
		pthread_mutex_unlock(&mutex);
	} while (taker == 0);
	return taker;
}

/* Waits until somebody else than `before` sleeps in front. */
static struct queue_sleeper *next_sleeper(const struct queue_sleeper *before)
{
	struct queue_sleeper *sleeper;

	do {
		sched_yield();
		pthread_mutex_lock(&queue.lock);
		sleeper = queue.sleepers;
		pthread_mutex_unlock(&queue.lock);
	} while (sleeper == before);
	return sleeper;
}

static void who_came_last_is_woken_first(void)
{
	static char names[] = { 'a', 'b' };
	struct queue_sleeper *a;
	pthread_t threads[2];

	queue_open(&queue, JOBS);
	CHECK_INT(pthread_create(&threads[0], NULL, take_all, &names[0]), 0);
	a = next_sleeper(NULL);
	CHECK_INT(pthread_create(&threads[1], NULL, take_all, &names[1]), 0);
	for (size_t i = 0; i < 100 && (i == 0 || takers[i - 1] == 'b'); i++) {
		next_sleeper(a);
		put(i, i + 1, 1);
		CHECK_INT(taker_of(i), 'b');
	}
	queue_close(&queue);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
	CHECK_RUN(one_tenant_is_served_in_its_order);
	CHECK_RUN(tenants_are_served_in_turn);
	CHECK_RUN(a_batch_is_full_while_anything_waits);
	CHECK_RUN(one_tenant_leaves_room_for_others);
	CHECK_RUN(who_came_last_is_woken_first);
	return check_done();
}
