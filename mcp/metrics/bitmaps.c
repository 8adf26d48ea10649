#include "bitmaps.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "mcp/base/log.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"

enum { BROKEN_MOST = 16, REBUILD_MOST = 8, SLICE_DAYS = 16, SLICE_MEMBERS = 1 << 17 };

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

static void *keep(void *made)
{
	if (made == NULL)
		abort();
	return made;
}

static void drop(struct shared_set *shared)
{
	if (atomic_fetch_sub(&shared->holders, 1) == 1) {
		memberset_free(shared->set);
		free(shared);
	}
}

static struct shared_set *share(struct memberset *set)
{
	struct shared_set *shared = keep(malloc(sizeof *shared));

	shared->holders = 1;
	shared->set = set;
	return shared;
}

void bitmaps_release(const struct bitmaps *held)
{
	struct bitmaps *bitmaps = (struct bitmaps *)(uintptr_t)held;

	if (bitmaps == NULL || atomic_fetch_sub(&bitmaps->holders, 1) != 1)
		return;
	for (size_t i = 0; i < bitmaps->day_count; i++)
		drop(bitmaps->days[i].shared);
	for (size_t i = 0; i < bitmaps->tier_count; i++) {
		drop(bitmaps->tiers[i].shared);
		free(bitmaps->tiers[i].tier);
	}
	free(bitmaps->days);
	free(bitmaps->tiers);
	free(bitmaps);
}

static struct bitmaps *make_empty(void)
{
	struct bitmaps *bitmaps = keep(calloc(1, sizeof *bitmaps));

	bitmaps->holders = 1;
	return bitmaps;
}

/* Others of the same sets, to be changed before anybody sees them. */
static struct bitmaps *copy_of(const struct bitmaps *from)
{
	struct bitmaps *bitmaps = make_empty();

	*bitmaps = *from;
	bitmaps->holders = 1;
	bitmaps->days = keep(malloc((from->day_count + 1) * sizeof *from->days));
	bitmaps->tiers = keep(malloc((from->tier_count + 1) * sizeof *from->tiers));
	for (size_t i = 0; i < from->day_count; i++) {
		bitmaps->days[i] = from->days[i];
		from->days[i].shared->holders++;
	}
	for (size_t i = 0; i < from->tier_count; i++) {
		bitmaps->tiers[i] = (struct tier_set){ keep(strdup(from->tiers[i].tier)), from->tiers[i].shared };
		from->tiers[i].shared->holders++;
	}
	return bitmaps;
}

/* Puts a day's set, which it takes over, in the place of the one before. */
static void put_day(struct bitmaps *bitmaps, int day, struct memberset *set)
{
	size_t at = bitmaps->day_count;

	while (at > 0 && bitmaps->days[at - 1].day >= day)
		at--;
	if (at < bitmaps->day_count && bitmaps->days[at].day == day) {
		drop(bitmaps->days[at].shared);
		bitmaps->days[at].shared = share(set);
		return;
	}
	bitmaps->days = keep(realloc(bitmaps->days, (bitmaps->day_count + 1) * sizeof *bitmaps->days));
	memmove(&bitmaps->days[at + 1], &bitmaps->days[at], (bitmaps->day_count - at) * sizeof *bitmaps->days);
	bitmaps->days[at] = (struct day_set){ day, share(set) };
	bitmaps->day_count++;
}

/* The set of a tier, which may be changed because nobody else holds it any more. */
static struct memberset *own_tier(struct bitmaps *bitmaps, const char *tier)
{
	struct tier_set *found = NULL;

	for (size_t i = 0; found == NULL && i < bitmaps->tier_count; i++)
		if (strcmp(bitmaps->tiers[i].tier, tier) == 0)
			found = &bitmaps->tiers[i];
	if (found == NULL) {
		bitmaps->tiers = keep(realloc(bitmaps->tiers, (bitmaps->tier_count + 1) * sizeof *bitmaps->tiers));
		found = &bitmaps->tiers[bitmaps->tier_count++];
		*found = (struct tier_set){ keep(strdup(tier)), share(memberset_new(NULL, 0)) };
	}
	if (found->shared->holders > 1) {
		struct shared_set *own = share(memberset_copy(found->shared->set));

		drop(found->shared);
		found->shared = own;
	}
	return found->shared->set;
}

static void move_member(struct bitmaps *bitmaps, uint32_t member, const char *tier)
{
	for (size_t i = 0; i < bitmaps->tier_count; i++)
		if (tier == NULL || strcmp(bitmaps->tiers[i].tier, tier) != 0)
			memberset_remove(own_tier(bitmaps, bitmaps->tiers[i].tier), member);
	if (tier != NULL)
		memberset_add(own_tier(bitmaps, tier), member);
}

/* Nobody else holds a tier that changed. */
static void pack_tiers(struct bitmaps *bitmaps)
{
	for (size_t i = 0; i < bitmaps->tier_count; i++)
		memberset_pack(bitmaps->tiers[i].shared->set);
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

static struct bitmaps *hold_now(struct place *place)
{
	pthread_mutex_lock(&lock);
	struct bitmaps *now = place->now;

	if (now != NULL)
		now->holders++;
	pthread_mutex_unlock(&lock);
	return now;
}

/* Takes over `next` as what there is now, unless that is newer. */
static void publish(struct place *place, struct bitmaps *next)
{
	pthread_mutex_lock(&lock);
	struct bitmaps *last = place->now;

	if (last == NULL || last->version <= next->version) {
		place->now = next;
		place->behind = false;
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
	put_day(bitmaps, day, set);
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
	put_day(bitmaps, day, memberset_new(members, count));
	return true;
}

static bool take_move(struct place *place, struct bitmaps *bitmaps, const struct db_rows *rows, size_t row)
{
	uint32_t member;

	if (!read_number(db_number(rows, row, COUNT), &member))
		return give_up(place);
	move_member(bitmaps, member, db_text(rows, row, WORD));
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
		else
			good = take_move(place, bitmaps, rows, i);
	}
	pack_tiers(bitmaps);
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
		next = copy_of(from);
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
	struct bitmaps *now = hold_now(place);
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
				memberset_add(own_tier(into, db_text(rows, i, 0)), members[m]);
		}
		arena_free(slice);
	}
	pack_tiers(into);
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
	struct bitmaps *into = make_empty();
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

/* The days whose kept set was found broken, as texts; they are forgotten here. */
static const char *const *take_broken(struct place *place, struct arena *arena, size_t *count)
{
	const char **days = arena_alloc(arena, BROKEN_MOST * sizeof *days);

	pthread_mutex_lock(&lock);
	*count = place->broken_count;
	for (size_t i = 0; i < place->broken_count; i++) {
		char day[11];

		day_format(place->broken[i], day);
		days[i] = arena_copy(arena, day);
	}
	place->broken_count = 0;
	pthread_mutex_unlock(&lock);
	return days;
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
	size_t broken_count;
	const char *const *broken = take_broken(place, arena, &broken_count);
	struct text list = text_open(arena, 16 * BROKEN_MOST);
	struct db_rows *rows;

	*more = false;
	for (size_t i = 0; i < broken_count; i++)
		text_format(&list, "%s%s", i == 0 ? "" : ",", broken[i]);
	bool good = place->beyond || db_query(db, tenant, "read_stale_members", DB_VALUES(arena_format(arena, "%d", tenant),
		arena_format(arena, "%d", REBUILD_MOST), arena_format(arena, "{%s}", list.bytes)), arena, &rows, error);

	if (good && !place->beyond && db_count(rows) > 0) {
		*more = db_count(rows) >= REBUILD_MOST;
		good = keep_days(db, place, rows, arena, error);
	}
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
