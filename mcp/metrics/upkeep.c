#include "upkeep.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "bitmaps.h"
#include "mcp/base/log.h"

enum { EVERY_S = 2, ROUNDS_MOST = 500, GIVE_WAY_MS = 3000 };

struct upkeep {
	pthread_t thread;
	struct db *db;
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool quit;
};

static bool is_ending(struct upkeep *upkeep)
{
	pthread_mutex_lock(&upkeep->lock);
	bool quit = upkeep->quit;

	pthread_mutex_unlock(&upkeep->lock);
	return quit;
}

/* Stale days first, so that little has to be read from the orders, then what is to be in memory. Days whose orders
 * change all the time stay stale: there is an end to it. Who asks while all sets are made, as at a very first start, is
 * answered first. */
static void keep_tenant(struct upkeep *upkeep, int tenant)
{
	struct error error = { .code = ERROR_NONE };
	bool good = true, more = true;

	for (int round = 0; good && more && round < ROUNDS_MOST && !is_ending(upkeep); round++) {
		bitmaps_give_way(GIVE_WAY_MS);
		good = bitmaps_rebuild(upkeep->db, tenant, &more, &error);
	}
	good = good && bitmaps_load(upkeep->db, tenant, &error);
	if (!good)
		log_warn("upkeep", "tenant=%d: %s", tenant, error.text);
}

static void *upkeep_main(void *context)
{
	struct upkeep *upkeep = context;

	while (!is_ending(upkeep)) {
		struct arena *arena = arena_new();
		struct db_rows *rows;
		struct error error;
		struct timespec until;

		if (!db_query(upkeep->db, 0, "find_tenants", DB_NOTHING, arena, &rows, &error))
			log_warn("upkeep", "%s", error.text);
		else
			for (size_t i = 0; i < db_count(rows) && !is_ending(upkeep); i++)
				keep_tenant(upkeep, (int)db_number(rows, i, 0));
		arena_free(arena);
		bitmaps_expect(false);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += EVERY_S;
		pthread_mutex_lock(&upkeep->lock);
		while (!upkeep->quit && pthread_cond_timedwait(&upkeep->told, &upkeep->lock, &until) != ETIMEDOUT)
			;
		pthread_mutex_unlock(&upkeep->lock);
	}
	return NULL;
}

struct upkeep *upkeep_open(const char *database, struct error *error)
{
	struct db *db = db_open(database, "flashd upkeep", error);
	struct upkeep *upkeep = db == NULL ? NULL : calloc(1, sizeof *upkeep);

	if (db == NULL)
		return NULL;
	if (upkeep == NULL)
		abort();
	upkeep->db = db;
	pthread_mutex_init(&upkeep->lock, NULL);
	pthread_cond_init(&upkeep->told, NULL);
	bitmaps_switch(true);
	bitmaps_expect(true);
	if (pthread_create(&upkeep->thread, NULL, upkeep_main, upkeep) != 0)
		abort();
	return upkeep;
}

void upkeep_close(struct upkeep *upkeep)
{
	if (upkeep == NULL)
		return;
	bitmaps_switch(false);
	bitmaps_expect(false);
	pthread_mutex_lock(&upkeep->lock);
	upkeep->quit = true;
	pthread_cond_signal(&upkeep->told);
	pthread_mutex_unlock(&upkeep->lock);
	pthread_join(upkeep->thread, NULL);
	db_close(upkeep->db);
	log_info("upkeep", "%zu questions were counted from sets", bitmaps_served());
	pthread_cond_destroy(&upkeep->told);
	pthread_mutex_destroy(&upkeep->lock);
	free(upkeep);
	bitmaps_clear();
}
