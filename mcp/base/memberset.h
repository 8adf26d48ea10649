/* Sets of members' numbers (0 to 2^32 - 1), compressed. The only file that knows libroaring. A set is packed, in one
 * block of memory, or loose, while it changes. One that nobody changes may be read by several threads at once. */
#ifndef FLASH_MEMBERSET_H
#define FLASH_MEMBERSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct memberset;

/* A new set of these members, in any order, also with repeats, packed; a copy of a set. The caller frees them; NULL is
 * allowed. */
struct memberset *memberset_new(const uint32_t *members, size_t count);
struct memberset *memberset_copy(const struct memberset *set);
void memberset_free(struct memberset *set);

/* Afterwards the set is loose. */
void memberset_add(struct memberset *set, uint32_t member);
void memberset_remove(struct memberset *set, uint32_t member);

/* Packs a set when it will not change for a while. */
void memberset_pack(struct memberset *set);

/* How many members it holds, and the bytes of a packed one, without what the library keeps of each container. */
uint64_t memberset_count(const struct memberset *set);
size_t memberset_size(const struct memberset *set);

/* How many members there are in any of several sets; `in` gets how many of them each group holds too. */
uint64_t memberset_count_any(const struct memberset *const *sets, size_t count, const struct memberset *const *groups,
	size_t group_count, uint64_t *in);

/* The members in ascending order; `members` has room for memberset_count(). */
void memberset_list(const struct memberset *set, uint32_t *members);

/* Roaring's portable bytes (github.com/RoaringBitmap/RoaringFormatSpec) of a set, owned by the arena. */
char *memberset_write(const struct memberset *set, struct arena *arena, size_t *size);

/* A new set from such bytes, or NULL when they are not, as a whole, a set of exactly `count` members: whatever the
 * bytes are, nothing outside of them is read. */
struct memberset *memberset_read(const void *bytes, size_t size, uint64_t count);

/* SHA-256 of the members, ascending, 4 bytes each, highest first: the same as app.members_of_day(). */
void memberset_digest(const struct memberset *set, unsigned char out[32]);

#endif
