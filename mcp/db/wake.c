#include "wake.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "db.h"

struct wake {
	struct db *db;
	int event;
};

struct wake *wake_open(const char *database, const char *channel, struct error *error)
{
	struct db *db = db_open(database, "flashd wake", error);

	if (db == NULL || !db_listen(db, channel, error)) {
		db_close(db);
		return NULL;
	}
	struct wake *wake = malloc(sizeof *wake);

	if (wake == NULL)
		abort();
	*wake = (struct wake){ db, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	return wake;
}

void wake_close(struct wake *wake)
{
	if (wake == NULL)
		return;
	db_close(wake->db);
	close(wake->event);
	free(wake);
}

void wake_wait(struct wake *wake, int timeout_ms)
{
	uint64_t count;

	db_wait(wake->db, wake->event, timeout_ms);
	if (read(wake->event, &count, sizeof count) < 0)
		return;   /* nobody called: a notification or the time */
}

void wake_now(struct wake *wake)
{
	uint64_t one = 1;

	if (write(wake->event, &one, sizeof one) < 0)
		return;   /* the counter is full: it will wake anyway */
}

bool wake_find(struct wake *wake, struct arena *arena, struct work **work, size_t *count, int *next_ms,
	struct error *error)
{
	struct db_rows *rows;

	*next_ms = 60000;
	*count = 0;
	if (!db_query(wake->db, 0, "find_work", DB_NOTHING, arena, &rows, error))
		return false;
	*work = arena_alloc(arena, (db_count(rows) + 1) * sizeof **work);
	for (size_t i = 0; i < db_count(rows); i++) {
		struct work item = { .tenant = (int)db_number(rows, i, 0), .policy = db_text(rows, i, 1),
			.key = db_text(rows, i, 2), .deliver = db_truth(rows, i, 3), .reap = db_truth(rows, i, 4) };
		long long wait_ms = db_number(rows, i, 5);

		if (item.policy != NULL && wait_ms > 0)
			*next_ms = wait_ms < *next_ms ? (int)wait_ms : *next_ms;
		else if (item.policy != NULL || item.deliver || item.reap)
			(*work)[(*count)++] = item;
	}
	return true;
}

bool wake_reap(struct wake *wake, int tenant, struct error *error)
{
	char number[16];
	long long reaped;

	snprintf(number, sizeof number, "%d", tenant);
	return db_one_number(wake->db, "reap", DB_VALUES(number), &reaped, error);
}

bool wake_find_stale(struct wake *wake, struct arena *arena, struct stale **stale, size_t *count, struct error *error)
{
	struct db_rows *rows;

	*count = 0;
	if (!db_query(wake->db, 0, "find_stale", DB_NOTHING, arena, &rows, error))
		return false;
	*count = db_count(rows);
	*stale = arena_alloc(arena, (*count + 1) * sizeof **stale);
	for (size_t i = 0; i < *count; i++)
		(*stale)[i] = (struct stale){ (int)db_number(rows, i, 0), db_number(rows, i, 1) };
	return true;
}

bool wake_roll_day(struct wake *wake, int tenant, long long *left, struct error *error)
{
	char number[16];

	snprintf(number, sizeof number, "%d", tenant);
	return db_one_number(wake->db, "roll_days", DB_VALUES(number, "1"), left, error);
}
