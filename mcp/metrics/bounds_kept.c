#include "bounds_kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/clock.h"

struct slot {
	int tenant;
	char *key;                /* NULL: free */
	struct db_rows *rows;
	long long version;
	int64_t asked_us, until_us;
};

static struct slot slots[BOUNDS_KEPT_SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* FNV-1a: whose key falls into the same slot makes room for the other. */
static struct slot *slot_of(int tenant, const char *key)
{
	uint64_t hash = 14695981039346656037ULL ^ (uint64_t)tenant;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211ULL;
	return &slots[(hash ^ hash >> 32) % BOUNDS_KEPT_SLOTS];
}

static void forget(struct slot *slot)
{
	free(slot->key);
	db_release(slot->rows);
	*slot = (struct slot){ .key = NULL };
}

static void release(void *rows)
{
	db_release(rows);
}

struct db_rows *bounds_kept_find(int tenant, const char *key, struct arena *arena, int64_t *age_us)
{
	struct slot *slot = slot_of(tenant, key);
	struct db_rows *rows = NULL;
	int64_t now_us = clock_monotonic();

	pthread_mutex_lock(&lock);
	if (slot->key != NULL && slot->tenant == tenant && strcmp(slot->key, key) == 0 && now_us < slot->until_us) {
		rows = db_hold(slot->rows);
		*age_us = now_us - slot->asked_us;
	}
	pthread_mutex_unlock(&lock);
	if (rows != NULL)
		arena_own(arena, rows, release);
	return rows;
}

void bounds_kept_put(int tenant, const char *key, struct db_rows *rows, long long version, int64_t asked_us,
	int64_t until_us)
{
	struct slot *slot = slot_of(tenant, key);
	char *copy = strdup(key);

	if (copy == NULL)
		abort();
	if (until_us > asked_us + BOUNDS_KEPT_US)
		until_us = asked_us + BOUNDS_KEPT_US;
	pthread_mutex_lock(&lock);
	forget(slot);
	*slot = (struct slot){ tenant, copy, db_hold(rows), version, asked_us, until_us };
	pthread_mutex_unlock(&lock);
}

void bounds_kept_saw(int tenant, long long version)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < BOUNDS_KEPT_SLOTS; i++)
		if (slots[i].key != NULL && slots[i].tenant == tenant && slots[i].version != version)
			forget(&slots[i]);
	pthread_mutex_unlock(&lock);
}
