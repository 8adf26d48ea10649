#include "queue.h"

#include <stdlib.h>

void queue_open(struct queue *queue, size_t limit)
{
	*queue = (struct queue){ .limit = limit };
	pthread_mutex_init(&queue->lock, NULL);
	for (size_t i = 0; i < QUEUE_SLEEPERS; i++) {
		pthread_cond_init(&queue->places[i].woken, NULL);
		queue->places[i].next = queue->free;
		queue->free = &queue->places[i];
	}
}

/* Who came last is to be woken; NULL when nobody sleeps. */
static struct queue_sleeper *choose_sleeper(struct queue *queue)
{
	struct queue_sleeper *sleeper = queue->sleepers;

	if (sleeper != NULL) {
		queue->sleepers = sleeper->next;
		sleeper->awake = true;
	}
	return sleeper;
}

static void sleep_here(struct queue *queue)
{
	struct queue_sleeper *sleeper = queue->free;

	if (sleeper == NULL)
		abort();   /* more threads than settings.def allows */
	queue->free = sleeper->next;
	sleeper->awake = false;
	sleeper->next = queue->sleepers;
	queue->sleepers = sleeper;
	while (!sleeper->awake)
		pthread_cond_wait(&sleeper->woken, &queue->lock);
	sleeper->next = queue->free;
	queue->free = sleeper;
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

	struct queue_sleeper *chosen = NULL;

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
		chosen = choose_sleeper(queue);
	}
	pthread_mutex_unlock(&queue->lock);
	/* Not under the lock, for which who wakes up would wait at once. */
	if (chosen != NULL)
		pthread_cond_signal(&chosen->woken);
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
	for (struct queue_sleeper *sleeper; (sleeper = choose_sleeper(queue)) != NULL;)
		pthread_cond_signal(&sleeper->woken);
	pthread_mutex_unlock(&queue->lock);
}
