/* A bounded queue of jobs between threads, fair between tenants: each has a lane of its own, and they are served in
 * turn. A tenant that floods waits for itself; another one's job waits for one job of each that waits. */
#ifndef FLASH_QUEUE_H
#define FLASH_QUEUE_H

#include <pthread.h>

#include "mcp/tool.h"

/* Tenants whose numbers leave the same rest share a lane. So many threads may wait. */
enum { QUEUE_LANES = 256, QUEUE_SLEEPERS = 80 };

struct queue_lane {
	struct job *first, **last;
	size_t count;
	struct queue_lane *next;   /* in the ring of lanes that have jobs */
};

/* A place to wait in. */
struct queue_sleeper {
	pthread_cond_t woken;
	bool awake;
	struct queue_sleeper *next;
};

struct queue {
	pthread_mutex_t lock;
	struct queue_sleeper places[QUEUE_SLEEPERS], *free;
	struct queue_sleeper *sleepers;   /* who waits for jobs, latest first */
	struct queue_lane lanes[QUEUE_LANES], *served;   /* the one served last; NULL when all are empty */
	size_t count, limit;
	bool closed;
};

void queue_open(struct queue *queue, size_t limit);

/* Adds a job to its tenant's lane (0: nobody's); false when the queue is closed or full, or this lane holds three
 * quarters of what the queue may: the rest is for the others. */
bool queue_put(struct queue *queue, struct job *job, int tenant);

/* Waits for jobs and takes up to `most` of them as a chain, one of each lane in turn, each lane's oldest first; NULL
 * when closed and empty. Of several who wait, who came last is woken first: its memory, and that of its PostgreSQL
 * session, is still in the processor's caches. */
struct job *queue_take(struct queue *queue, size_t most);

/* No more jobs come in; what waits is still taken. */
void queue_close(struct queue *queue);

#endif
