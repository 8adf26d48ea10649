/* When to do what: sleeping until a time, a NOTIFY or a call from inside, and the list of what is due. */
#ifndef FLASH_WAKE_H
#define FLASH_WAKE_H

#include "mcp/base/arena.h"
#include "mcp/base/error.h"

struct wake;

/* Opens a connection that listens on a channel: "flashd", or "flashd_days" for days that became stale. */
struct wake *wake_open(const char *database, const char *channel, struct error *error);
void wake_close(struct wake *wake);

/* Sleeps until something is notified, wake_now() is called, or the time is up. */
void wake_wait(struct wake *wake, int timeout_ms);

/* Ends a wait, from any thread or a signal handler. */
void wake_now(struct wake *wake);

/* One thing to do: a policy that is due (with its agent key), or a tenant with messages to deliver or to reap. */
struct work {
	int tenant;
	const char *policy, *key;   /* NULL: not a policy */
	bool deliver, reap;
};

/* Everything due now, and the milliseconds until the next policy is, at most 60,000. Owned by the arena. */
bool wake_find(struct wake *wake, struct arena *arena, struct work **work, size_t *count, int *next_ms,
	struct error *error);

/* Ends what has been silent or waiting for too long in one tenant (sql/functions/deliver.sql: app.reap). */
bool wake_reap(struct wake *wake, int tenant, struct error *error);

/* A tenant with days of orders that are to be summed up again. */
struct stale {
	int tenant;
	long long days;
};

/* All of them, owned by the arena, when this connection is the one of all daemons' that sums up; else none. */
bool wake_find_stale(struct wake *wake, struct arena *arena, struct stale **stale, size_t *count, struct error *error);

/* Sums up the one that has been stale for longest (sql/functions/order_days.sql: app.roll_days). `left`: how many are
 * then; -1: somebody held the facts for too long, nothing was done. */
bool wake_roll_day(struct wake *wake, int tenant, long long *left, struct error *error);

#endif
