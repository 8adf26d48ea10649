/* Wakes policies when they are due and deliveries when they are approved; reaps what went silent. One thread each; any
 * number of daemons may do this on one database: the lease decides who runs. */
#ifndef FLASH_SCHEDULER_H
#define FLASH_SCHEDULER_H

#include "mcp/corridor/corridor.h"

struct scheduler;

/* Starts the two threads. */
struct scheduler *scheduler_open(struct corridor *corridor, struct error *error);

/* Lets the running cycle and delivery come to their next safe point, then ends. NULL is allowed. */
void scheduler_close(struct scheduler *scheduler);

#endif
