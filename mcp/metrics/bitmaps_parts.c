#include "bitmaps_parts.h"

#include <stdlib.h>
#include <string.h>

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

static char *copy_text(const char *text)
{
	return text == NULL ? NULL : keep(strdup(text));
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
		free(bitmaps->tiers[i].name);
	}
	free(bitmaps->days);
	free(bitmaps->tiers);
	free(bitmaps);
}

struct bitmaps *bitmaps_new(void)
{
	struct bitmaps *bitmaps = keep(calloc(1, sizeof *bitmaps));

	bitmaps->holders = 1;
	return bitmaps;
}

struct bitmaps *bitmaps_copy(const struct bitmaps *from)
{
	struct bitmaps *bitmaps = bitmaps_new();

	*bitmaps = *from;
	bitmaps->holders = 1;
	bitmaps->days = keep(malloc((from->day_count + 1) * sizeof *from->days));
	bitmaps->tiers = keep(malloc((from->tier_count + 1) * sizeof *from->tiers));
	for (size_t i = 0; i < from->day_count; i++) {
		bitmaps->days[i] = from->days[i];
		from->days[i].shared->holders++;
	}
	for (size_t i = 0; i < from->tier_count; i++) {
		bitmaps->tiers[i] = (struct tier_set){ copy_text(from->tiers[i].tier), copy_text(from->tiers[i].name),
			from->tiers[i].shared };
		from->tiers[i].shared->holders++;
	}
	return bitmaps;
}

void bitmaps_put_day(struct bitmaps *bitmaps, int day, struct memberset *set)
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

/* A tier's place, which is made when it is new. */
static struct tier_set *find_tier(struct bitmaps *bitmaps, const char *tier)
{
	struct tier_set *found = NULL;

	for (size_t i = 0; found == NULL && i < bitmaps->tier_count; i++)
		if (strcmp(bitmaps->tiers[i].tier, tier) == 0)
			found = &bitmaps->tiers[i];
	if (found == NULL) {
		bitmaps->tiers = keep(realloc(bitmaps->tiers, (bitmaps->tier_count + 1) * sizeof *bitmaps->tiers));
		found = &bitmaps->tiers[bitmaps->tier_count++];
		*found = (struct tier_set){ copy_text(tier), NULL, share(memberset_new(NULL, 0)) };
	}
	return found;
}

void bitmaps_name_tier(struct bitmaps *bitmaps, const char *tier, const char *name)
{
	struct tier_set *found = find_tier(bitmaps, tier);

	free(found->name);
	found->name = copy_text(name);
}

struct memberset *bitmaps_own_tier(struct bitmaps *bitmaps, const char *tier)
{
	struct tier_set *found = find_tier(bitmaps, tier);

	if (found->shared->holders > 1) {
		struct shared_set *own = share(memberset_copy(found->shared->set));

		drop(found->shared);
		found->shared = own;
	}
	return found->shared->set;
}

void bitmaps_move_member(struct bitmaps *bitmaps, uint32_t member, const char *tier)
{
	for (size_t i = 0; i < bitmaps->tier_count; i++)
		if (tier == NULL || strcmp(bitmaps->tiers[i].tier, tier) != 0)
			memberset_remove(bitmaps_own_tier(bitmaps, bitmaps->tiers[i].tier), member);
	if (tier != NULL)
		memberset_add(bitmaps_own_tier(bitmaps, tier), member);
}

/* Nobody else holds a tier that changed. */
void bitmaps_pack(struct bitmaps *bitmaps)
{
	for (size_t i = 0; i < bitmaps->tier_count; i++)
		memberset_pack(bitmaps->tiers[i].shared->set);
}
