/* A tenant's sets on their way to the next data version: made or copied by one thread, changed, packed, and shown to
 * the others only then. bitmaps.c says when. */
#ifndef FLASH_BITMAPS_PARTS_H
#define FLASH_BITMAPS_PARTS_H

#include "bitmaps.h"

/* None at all, and others of the same sets. Given back with bitmaps_release(). */
struct bitmaps *bitmaps_new(void);
struct bitmaps *bitmaps_copy(const struct bitmaps *from);

/* Puts a day's set, which it takes over, in the place of the one before. */
void bitmaps_put_day(struct bitmaps *bitmaps, int day, struct memberset *set);

/* The set of a tier, which may be changed because nobody else holds it any more. */
struct memberset *bitmaps_own_tier(struct bitmaps *bitmaps, const char *tier);

/* Puts a member into a tier and out of any other; NULL: into none. */
void bitmaps_move_member(struct bitmaps *bitmaps, uint32_t member, const char *tier);

/* What people call a tier. */
void bitmaps_name_tier(struct bitmaps *bitmaps, const char *tier, const char *name);

/* Packs the tiers that changed: the last step before others see them. */
void bitmaps_pack(struct bitmaps *bitmaps);

#endif
