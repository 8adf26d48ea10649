#include "bitmaps.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bitmaps_parts.h"
#include "day.h"
#include "mcp/base/log.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"

enum { BROKEN_MOST = 16, REBUILD_MOST = 8, SLICE_DAYS = 16, SLICE_MEMBERS = 1 << 15,
	EXPECT_MS = 1500 };

/* What one statement may bring: of a question that waits, and of the upkeep. */
struct bounds_of_change {
	const char *days, *orders, *moves;
};
static const struct bounds_of_change while_asked = { "64", "250000", "10000" };
static const struct bounds_of_change upkeep = { "2000", "5000000", "1000000" };

/* A tenant's place, never freed but by bitmaps_clear(). `changing` is held by who makes the next sets. */
struct place {
	int tenant;
	struct bitmaps *now;      /* NULL: not loaded; under `lock` */
	atomic_bool behind, beyond;   /* too much has changed; a number that fits into no set */
	int broken[BROKEN_MOST];  /* days whose kept set is none; under `lock` */
	size_t broken_count;
	pthread_mutex_t changing;
	struct place *next;
};

static struct place *places;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;   /* of what follows, and of places' sets */
static size_t missing;            /* questions that SQL counts for want of sets; under `lock` */
static bool expected;             /* whoever finds no sets may wait for them; under `lock` */
static atomic_bool is_on;
static atomic_size_t served;

void bitmaps_switch(bool on)
{
	is_on = on;
}

size_t bitmaps_served(void)
{
	return served;
}

/* Waits for a turn until a moment, with `lock` held; false when that is over. */
static bool wait_turn(const struct timespec *until)
{
	return pthread_cond_timedwait(&turned, &lock, until) != ETIMEDOUT;
}

static struct timespec moment_in(int ms)
{
	struct timespec moment;

	clock_gettime(CLOCK_REALTIME, &moment);
	moment.tv_nsec += ms % 1000 * 1000000;
	moment.tv_sec += ms / 1000 + moment.tv_nsec / 1000000000;
	moment.tv_nsec %= 1000000000;
	return moment;
}

void bitmaps_expect(bool soon)
{
	pthread_mutex_lock(&lock);
	expected = soon;
	pthread_cond_broadcast(&turned);
	pthread_mutex_unlock(&lock);
}

void bitmaps_miss_begin(void)
{
	pthread_mutex_lock(&lock);
	missing++;
	pthread_mutex_unlock(&lock);
}

void bitmaps_miss_end(void)
{
	pthread_mutex_lock(&lock);
	missing--;
	pthread_cond_broadcast(&turned);
	pthread_mutex_unlock(&lock);
}

void bitmaps_give_way(int most_ms)
{
	const struct timespec until = moment_in(most_ms);

	pthread_mutex_lock(&lock);
	while (missing > 0 && wait_turn(&until))
		;
	pthread_mutex_unlock(&lock);
}

static bool read_number(long long number, uint32_t *member)
{
	*member = (uint32_t)number;
	return number >= 0 && number <= UINT32_MAX;
}

/* The members of a literal "{1,2,…}". False: one of them fits into no set. */
static bool read_members(const char *list, struct arena *arena, uint32_t **members, size_t *count)
{
	size_t commas = 0;

	for (const char *at = list; *at != '\0'; at++)
		commas += *at == ',';
	*members = arena_alloc(arena, (commas + 1) * sizeof **members);
	*count = 0;
	for (const char *at = list + 1; *at != '}' && *at != '\0'; at += *at == ',') {
		char *end;

		if (!read_number(strtoll(at, &end, 10), &(*members)[(*count)++]) || end == at)
			return false;
		at = end;
	}
	return true;
}

static void *keep(void *made)
{
	if (made == NULL)
		abort();
	return made;
}

static struct place *place_of(int tenant)
{
	pthread_mutex_lock(&lock);
	struct place *place = places;

	while (place != NULL && place->tenant != tenant)
		place = place->next;
	if (place == NULL) {
		place = keep(calloc(1, sizeof *place));
		place->tenant = tenant;
		place->next = places;
		pthread_mutex_init(&place->changing, NULL);
		places = place;
	}
	pthread_mutex_unlock(&lock);
	return place;
}

/* What there is now; NULL when there is nothing after `most_ms`, or sooner when nothing is expected. */
static struct bitmaps *hold_soon(struct place *place, int most_ms)
{
	const struct timespec until = moment_in(most_ms);

	pthread_mutex_lock(&lock);
	while (place->now == NULL && expected && !place->beyond && wait_turn(&until))
		;
	struct bitmaps *now = place->now;

	if (now != NULL)
		now->holders++;
	pthread_mutex_unlock(&lock);
	return now;
}

static struct bitmaps *hold_now(struct place *place)
{
	return hold_soon(place, 0);
}

/* Takes over `next` as what there is now, unless that is newer. */
static void publish(struct place *place, struct bitmaps *next)
{
	pthread_mutex_lock(&lock);
	struct bitmaps *last = place->now;

	if (last == NULL || last->version <= next->version) {
		place->now = next;
		place->behind = false;
		pthread_cond_broadcast(&turned);
	} else
		last = next;
	pthread_mutex_unlock(&lock);
	bitmaps_release(last);
}

static void note_broken(struct place *place, const char *word, int day)
{
	log_warn("bitmaps", "tenant=%d: the kept set of %s is not the one that was kept; it is made anew", place->tenant,
		word);
	pthread_mutex_lock(&lock);
	if (place->broken_count < BROKEN_MOST)
		place->broken[place->broken_count++] = day;
	pthread_mutex_unlock(&lock);
}

/* Out of reach of any set: SQL counts this tenant's members from now on. */
static bool give_up(struct place *place)
{
	if (!place->beyond)
		log_warn("bitmaps", "tenant=%d: a member's number or a day is out of reach; members are counted by SQL",
			place->tenant);
	place->beyond = true;
	return false;
}

enum change { WHAT, WORD, NUMBER, COUNT, DIGEST, MEMBERS, TOO_MUCH };

/* One set as it was kept, whose bytes and digest must be each other's. */
static bool take_kept(struct place *place, struct bitmaps *bitmaps, const struct db_rows *rows, size_t row,
	struct arena *arena)
{
	size_t size, digest_size;
	const void *bytes = db_bytes(rows, row, MEMBERS, arena, &size);
	const void *digest = db_bytes(rows, row, DIGEST, arena, &digest_size);
	struct memberset *set = memberset_read(bytes, size, (uint64_t)db_number(rows, row, COUNT));
	unsigned char own[32];
	int day;

	if (!day_parse(db_text(rows, row, WORD), &day)) {
		memberset_free(set);
		return give_up(place);
	}
	if (set != NULL)
		memberset_digest(set, own);
	if (set == NULL || digest_size != sizeof own || !seal_equal_bytes(own, digest, sizeof own)) {
		memberset_free(set);
		note_broken(place, db_text(rows, row, WORD), day);
		return false;
	}
	bitmaps_put_day(bitmaps, day, set);
	if (db_number(rows, row, NUMBER) > bitmaps->revision)
		bitmaps->revision = db_number(rows, row, NUMBER);
	return true;
}

static bool take_stale(struct place *place, struct bitmaps *bitmaps, const struct db_rows *rows, size_t row,
	struct arena *arena)
{
	uint32_t *members;
	size_t count;
	int day;

	if (!day_parse(db_text(rows, row, WORD), &day) ||
	    !read_members(db_text(rows, row, MEMBERS), arena, &members, &count))
		return give_up(place);
	bitmaps_put_day(bitmaps, day, memberset_new(members, count));
	return true;
}

static bool take_move(struct place *place, struct bitmaps *bitmaps, const struct db_rows *rows, size_t row)
{
	uint32_t member;

	if (!read_number(db_number(rows, row, COUNT), &member))
		return give_up(place);
	bitmaps_move_member(bitmaps, member, db_text(rows, row, WORD));
	bitmaps->move = db_number(rows, row, NUMBER);
	return true;
}

static bool take_changes(struct place *place, struct bitmaps *bitmaps, const struct db_rows *rows, struct arena *arena)
{
	bool good = true;

	for (size_t i = 0; good && i < db_count(rows); i++) {
		const char *what = db_text(rows, i, WHAT);

		if (strcmp(what, "here") == 0) {
			place->behind = db_truth(rows, i, TOO_MUCH);
			good = !place->behind;
			bitmaps->version = db_number(rows, i, NUMBER);
			snprintf(bitmaps->zone, sizeof bitmaps->zone, "%s", db_text(rows, i, WORD));
		} else if (strcmp(what, "kept") == 0)
			good = take_kept(place, bitmaps, rows, i, arena);
		else if (strcmp(what, "stale") == 0)
			good = take_stale(place, bitmaps, rows, i, arena);
		else if (strcmp(what, "name") == 0)
			bitmaps_name_tier(bitmaps, db_text(rows, i, WORD), db_text(rows, i, MEMBERS));
		else
			good = take_move(place, bitmaps, rows, i);
	}
	bitmaps_pack(bitmaps);
	return good;
}

/* The sets of `from` brought up to this moment, published and held; NULL when that cannot be. */
static struct bitmaps *bring_up(struct db *db, struct place *place, const struct bitmaps *from,
	const struct bounds_of_change *most, struct error *error)
{
	struct arena *arena = arena_new();
	struct db_rows *rows;
	struct bitmaps *next = NULL;

	if (db_query(db, place->tenant, "read_member_changes", DB_VALUES(arena_format(arena, "%d", place->tenant),
		arena_format(arena, "%lld", from->revision), arena_format(arena, "%lld", from->move), most->days, most->orders,
		most->moves), arena, &rows, error)) {
		next = bitmaps_copy(from);
		if (db_count(rows) > 0 && take_changes(place, next, rows, arena)) {
			next->holders++;
			publish(place, next);
		} else {
			bitmaps_release(next);
			next = NULL;
		}
	}
	arena_free(arena);
	return next;
}

const struct bitmaps *bitmaps_hold(struct db *db, int tenant, long long version, bool *moved)
{
	*moved = false;
	if (!is_on)
		return NULL;
	struct place *place = place_of(tenant);
	struct bitmaps *now = hold_soon(place, EXPECT_MS);
	struct error error;

	if (now != NULL && now->version < version && !place->behind && !place->beyond) {
		bitmaps_release(now);
		pthread_mutex_lock(&place->changing);
		now = hold_now(place);
		if (now != NULL && now->version < version) {
			struct bitmaps *before = now;

			now = bring_up(db, place, before, &while_asked, &error);
			bitmaps_release(before);
		}
		pthread_mutex_unlock(&place->changing);
	}
	*moved = now != NULL && now->version > version;
	if (now != NULL && now->version == version && !place->beyond) {
		served++;
		return now;
	}
	bitmaps_release(now);
	return NULL;
}

/* The tiers as they are at some moment after the move that is noted first: later moves are taken again. */
static bool load_tiers(struct db *db, struct place *place, struct bitmaps *into, struct error *error)
{
	struct arena *arena = arena_new();
	const char *tenant = arena_format(arena, "%d", place->tenant);
	struct db_rows *rows;
	bool good = db_query(db, place->tenant, "start_member_sets", DB_VALUES(tenant), arena, &rows, error);
	long long highest = good && db_count(rows) > 0 ? db_number(rows, 0, 1) : 0;

	into->move = good && db_count(rows) > 0 ? db_number(rows, 0, 0) : 0;
	if (highest > UINT32_MAX)
		give_up(place);
	for (long long first = 0; good && first <= highest && !place->beyond; first += SLICE_MEMBERS) {
		struct arena *slice = arena_new();

		good = db_query(db, place->tenant, "read_member_tiers", DB_VALUES(tenant, arena_format(slice, "%lld", first),
			arena_format(slice, "%lld", first + SLICE_MEMBERS - 1)), slice, &rows, error);
		for (size_t i = 0; good && i < db_count(rows); i++) {
			uint32_t *members;
			size_t count;

			if (!read_members(db_text(rows, i, 1), slice, &members, &count))
				give_up(place);
			for (size_t m = 0; m < count; m++)
				memberset_add(bitmaps_own_tier(into, db_text(rows, i, 0)), members[m]);
		}
		arena_free(slice);
	}
	bitmaps_pack(into);
	arena_free(arena);
	return good;
}

/* The kept days, some at a time, so that little memory is needed beside the sets. */
static bool load_days(struct db *db, struct place *place, struct bitmaps *into, bool *whole, struct error *error)
{
	bool good = true;
	size_t count = SLICE_DAYS;

	while (good && count == SLICE_DAYS && !place->beyond) {
		struct arena *arena = arena_new();
		struct db_rows *rows;

		good = db_query(db, place->tenant, "read_day_members", DB_VALUES(arena_format(arena, "%d", place->tenant),
			arena_format(arena, "%lld", into->revision), arena_format(arena, "%d", SLICE_DAYS)), arena, &rows, error);
		count = good ? db_count(rows) : 0;
		for (size_t i = 0; i < count; i++)
			if (!take_kept(place, into, rows, i, arena)) {
				*whole = false;
				into->revision = db_number(rows, i, NUMBER);
			}
		arena_free(arena);
	}
	return good;
}

/* True when nothing is missing any more in what there was. */
static bool catch_up(struct db *db, struct place *place, const struct bitmaps *from, struct error *error)
{
	error->code = ERROR_NONE;
	pthread_mutex_lock(&place->changing);
	struct bitmaps *done = bring_up(db, place, from, &upkeep, error);

	pthread_mutex_unlock(&place->changing);
	bitmaps_release(done);
	return done != NULL;
}

bool bitmaps_load(struct db *db, int tenant, struct error *error)
{
	struct place *place = place_of(tenant);
	struct bitmaps *now = hold_now(place);
	bool enough = place->beyond || (now != NULL && (!place->behind || catch_up(db, place, now, error)));

	bitmaps_release(now);
	if (enough)
		return true;
	struct bitmaps *into = bitmaps_new();
	bool whole = true, good = load_tiers(db, place, into, error) && load_days(db, place, into, &whole, error);

	if (good && whole && !place->beyond) {
		if (catch_up(db, place, into, error))
			log_info("bitmaps", "tenant=%d: %zu days in %zu bytes", tenant, into->day_count, bitmaps_size(tenant));
		good = error->code == ERROR_NONE;
	}
	bitmaps_release(into);
	malloc_trim(0);   /* what reading them needed goes back */
	return good;
}

/* "{day,…}": the days whose kept set was found broken, which are forgotten here, and those that are stale. When there
 * are more than that, nobody waits for the sets any longer: to make them all takes a while. */
static bool find_days(struct db *db, struct place *place, struct arena *arena, const char **days, bool *more,
	struct error *error)
{
	struct text list = text_open(arena, 16 * (BROKEN_MOST + REBUILD_MOST));
	struct db_rows *rows;

	if (!db_query(db, place->tenant, "find_stale_members", DB_VALUES(arena_format(arena, "%d", place->tenant),
		arena_format(arena, "%d", REBUILD_MOST)), arena, &rows, error))
		return false;
	*more = db_count(rows) >= REBUILD_MOST;
	if (*more)
		bitmaps_expect(false);
	for (size_t i = 0; i < db_count(rows); i++)
		text_format(&list, ",%s", db_text(rows, i, 0));
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < place->broken_count; i++) {
		char day[11];

		day_format(place->broken[i], day);
		text_format(&list, ",%s", day);
	}
	place->broken_count = 0;
	pthread_mutex_unlock(&lock);
	*days = list.size == 0 ? NULL : arena_format(arena, "{%s}", list.bytes + 1);
	return true;
}

static bool keep_days(struct db *db, struct place *place, const struct db_rows *rows, struct arena *arena,
	struct error *error)
{
	size_t count = db_count(rows);
	const char **days = arena_alloc(arena, count * sizeof *days);
	struct bulk_bytes *sets = arena_alloc(arena, count * sizeof *sets);
	struct bulk_bytes *digests = arena_alloc(arena, count * sizeof *digests);
	int64_t *counts = arena_alloc(arena, count * sizeof *counts);
	struct db_rows *kept;

	for (size_t i = 0; i < count; i++) {
		uint32_t *members;
		size_t member_count;

		if (!read_members(db_text(rows, i, 1), arena, &members, &member_count)) {
			give_up(place);
			return true;
		}
		struct memberset *set = memberset_new(members, member_count);
		unsigned char *digest = arena_alloc(arena, 32);

		memberset_digest(set, digest);
		days[i] = db_text(rows, i, 0);
		sets[i].bytes = memberset_write(set, arena, &sets[i].size);
		digests[i] = (struct bulk_bytes){ digest, 32 };
		counts[i] = (int64_t)member_count;
		memberset_free(set);
	}
	const struct bulk columns[] = { { BULK_WORDS, count, days }, { BULK_BYTES, count, sets },
		{ BULK_INTEGERS, count, counts }, { BULK_BYTES, count, digests } };

	return db_query_columns(db, "keep_day_members", DB_VALUES(arena_format(arena, "%d", place->tenant)), columns, 4,
		arena, &kept, error);
}

bool bitmaps_rebuild(struct db *db, int tenant, bool *more, struct error *error)
{
	struct place *place = place_of(tenant);
	struct arena *arena = arena_new();
	const char *days = NULL;
	struct db_rows *rows;

	*more = false;
	bool good = place->beyond || find_days(db, place, arena, &days, more, error);

	if (good && days != NULL)
		good = db_query(db, tenant, "read_stale_members", DB_VALUES(arena_format(arena, "%d", tenant), days), arena,
			&rows, error) && keep_days(db, place, rows, arena, error);
	arena_free(arena);
	return good;
}

size_t bitmaps_size(int tenant)
{
	struct bitmaps *now = hold_now(place_of(tenant));
	size_t size = 0;

	for (size_t i = 0; now != NULL && i < now->day_count; i++)
		size += memberset_size(now->days[i].shared->set);
	for (size_t i = 0; now != NULL && i < now->tier_count; i++)
		size += memberset_size(now->tiers[i].shared->set);
	bitmaps_release(now);
	return size;
}

void bitmaps_clear(void)
{
	pthread_mutex_lock(&lock);
	while (places != NULL) {
		struct place *place = places;

		places = place->next;
		bitmaps_release(place->now);
		pthread_mutex_destroy(&place->changing);
		free(place);
	}
	served = 0;
	pthread_mutex_unlock(&lock);
}
