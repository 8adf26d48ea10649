/* A bounded queue of jobs between threads. */
#ifndef FLASH_QUEUE_H
#define FLASH_QUEUE_H

#include <pthread.h>

#include "mcp/tool.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct job *first, **last;
	size_t count, limit;
	bool closed;
};

void queue_open(struct queue *queue, size_t limit);

/* Adds a job; false when the queue is full or closed. */
bool queue_put(struct queue *queue, struct job *job);

/* Waits for jobs and takes up to `most` of them as a chain, oldest first; NULL when closed and empty. */
struct job *queue_take(struct queue *queue, size_t most);

/* No more jobs come in; what waits is still taken. */
void queue_close(struct queue *queue);

#endif
