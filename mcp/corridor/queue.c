#include "queue.h"

void queue_open(struct queue *queue, size_t limit)
{
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->filled, NULL);
	queue->first = NULL;
	queue->last = &queue->first;
	queue->count = 0;
	queue->limit = limit;
	queue->closed = false;
}

bool queue_put(struct queue *queue, struct job *job)
{
	pthread_mutex_lock(&queue->lock);
	bool good = !queue->closed && queue->count < queue->limit;

	if (good) {
		job->next = NULL;
		*queue->last = job;
		queue->last = &job->next;
		queue->count++;
		pthread_cond_signal(&queue->filled);
	}
	pthread_mutex_unlock(&queue->lock);
	return good;
}

struct job *queue_take(struct queue *queue, size_t most)
{
	pthread_mutex_lock(&queue->lock);
	while (queue->first == NULL && !queue->closed)
		pthread_cond_wait(&queue->filled, &queue->lock);
	struct job *chain = queue->first, **end = &queue->first;

	for (; most > 0 && *end != NULL; most--) {
		end = &(*end)->next;
		queue->count--;
	}
	if (chain != NULL) {
		struct job *rest = *end;

		*end = NULL;
		queue->first = rest;
		if (rest == NULL)
			queue->last = &queue->first;
	}
	pthread_mutex_unlock(&queue->lock);
	return chain;
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}
