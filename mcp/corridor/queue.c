#include "queue.h"

/* A thread that waits, on its own stack. */
struct queue_sleeper {
	pthread_cond_t woken;
	bool awake;
	struct queue_sleeper *next;
};

void queue_open(struct queue *queue, size_t limit)
{
	*queue = (struct queue){ .limit = limit };
	pthread_mutex_init(&queue->lock, NULL);
}

/* Wakes who came last. */
static void wake_one(struct queue *queue)
{
	struct queue_sleeper *sleeper = queue->sleepers;

	if (sleeper == NULL)
		return;
	queue->sleepers = sleeper->next;
	sleeper->awake = true;
	pthread_cond_signal(&sleeper->woken);
}

static void sleep_here(struct queue *queue)
{
	struct queue_sleeper sleeper = { .woken = PTHREAD_COND_INITIALIZER, .next = queue->sleepers };

	queue->sleepers = &sleeper;
	while (!sleeper.awake)
		pthread_cond_wait(&sleeper.woken, &queue->lock);
	pthread_cond_destroy(&sleeper.woken);
}

/* A lane that was empty is served last of all in this round. */
static void join_ring(struct queue *queue, struct queue_lane *lane)
{
	lane->first = NULL;
	lane->last = &lane->first;
	if (queue->served == NULL) {
		lane->next = lane;
	} else {
		lane->next = queue->served->next;
		queue->served->next = lane;
	}
	queue->served = lane;
}

bool queue_put(struct queue *queue, struct job *job, int tenant)
{
	struct queue_lane *lane = &queue->lanes[(unsigned)tenant % QUEUE_LANES];

	pthread_mutex_lock(&queue->lock);
	bool good = !queue->closed && queue->count < queue->limit && lane->count < queue->limit - queue->limit / 4;

	if (good) {
		if (lane->count == 0)
			join_ring(queue, lane);
		job->next = NULL;
		*lane->last = job;
		lane->last = &job->next;
		lane->count++;
		queue->count++;
		wake_one(queue);
	}
	pthread_mutex_unlock(&queue->lock);
	return good;
}

/* The next lane's oldest job; the ring is not empty. */
static struct job *take_one(struct queue *queue)
{
	struct queue_lane *lane = queue->served->next;
	struct job *job = lane->first;

	lane->first = job->next;
	lane->count--;
	queue->count--;
	if (lane->count > 0)
		queue->served = lane;
	else if (queue->served == lane)
		queue->served = NULL;
	else
		queue->served->next = lane->next;
	job->next = NULL;
	return job;
}

struct job *queue_take(struct queue *queue, size_t most)
{
	struct job *chain = NULL, **end = &chain;

	pthread_mutex_lock(&queue->lock);
	while (queue->served == NULL && !queue->closed)
		sleep_here(queue);
	for (; most > 0 && queue->served != NULL; most--) {
		*end = take_one(queue);
		end = &(*end)->next;
	}
	pthread_mutex_unlock(&queue->lock);
	return chain;
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	while (queue->sleepers != NULL)
		wake_one(queue);
	pthread_mutex_unlock(&queue->lock);
}
