#include "memberset.h"

#include <arpa/inet.h>
#include <roaring/roaring.h>
#include <stdlib.h>
#include <string.h>

#include "seal.h"

enum { SMALLEST = 8 };   /* bytes of an empty set; of fewer the library complains on stderr */
enum { ALIGNED = 32 };   /* as the library wants a frozen set to lie */

/* A packed set is the library's frozen form, in one block instead of one for each of a day's containers; the bits are a
 * view of it, from which is read and counted as from any others. */
struct memberset {
	roaring_bitmap_t *bits;
	void *packed;             /* NULL: loose */
	size_t size;              /* of the packed block */
};

static void *keep(void *made)
{
	if (made == NULL)
		abort();   /* out of memory, as in an arena */
	return made;
}

static void view(struct memberset *set)
{
	set->bits = keep((void *)(uintptr_t)roaring_bitmap_frozen_view(set->packed, set->size));
}

static void *alloc_packed(size_t size)
{
	return keep(aligned_alloc(ALIGNED, (size + ALIGNED - 1) / ALIGNED * ALIGNED));
}

void memberset_pack(struct memberset *set)
{
	if (set->packed != NULL)
		return;
	roaring_bitmap_run_optimize(set->bits);
	set->size = roaring_bitmap_frozen_size_in_bytes(set->bits);
	set->packed = alloc_packed(set->size);
	roaring_bitmap_frozen_serialize(set->bits, set->packed);
	roaring_bitmap_free(set->bits);
	view(set);
}

struct memberset *memberset_new(const uint32_t *members, size_t count)
{
	struct memberset *set = keep(calloc(1, sizeof *set));

	set->bits = keep(roaring_bitmap_create());
	if (count > 0)
		roaring_bitmap_add_many(set->bits, count, members);
	memberset_pack(set);
	return set;
}

struct memberset *memberset_copy(const struct memberset *set)
{
	struct memberset *copy = keep(malloc(sizeof *copy));

	*copy = *set;
	if (set->packed == NULL) {
		copy->bits = keep(roaring_bitmap_copy(set->bits));
		return copy;
	}
	copy->packed = memcpy(alloc_packed(set->size), set->packed, set->size);
	view(copy);
	return copy;
}

void memberset_free(struct memberset *set)
{
	if (set == NULL)
		return;
	roaring_bitmap_free(set->bits);
	free(set->packed);
	free(set);
}

static roaring_bitmap_t *loosen(struct memberset *set)
{
	if (set->packed != NULL) {
		roaring_bitmap_t *bits = keep(roaring_bitmap_copy(set->bits));

		roaring_bitmap_free(set->bits);
		free(set->packed);
		*set = (struct memberset){ .bits = bits };
	}
	return set->bits;
}

void memberset_add(struct memberset *set, uint32_t member)
{
	roaring_bitmap_add(loosen(set), member);
}

void memberset_remove(struct memberset *set, uint32_t member)
{
	roaring_bitmap_remove(loosen(set), member);
}

uint64_t memberset_count(const struct memberset *set)
{
	return roaring_bitmap_get_cardinality(set->bits);
}

size_t memberset_size(const struct memberset *set)
{
	return sizeof *set + set->size;
}

void memberset_list(const struct memberset *set, uint32_t *members)
{
	roaring_bitmap_to_uint32_array(set->bits, members);
}

char *memberset_write(const struct memberset *set, struct arena *arena, size_t *size)
{
	char *bytes = arena_alloc(arena, roaring_bitmap_portable_size_in_bytes(set->bits));

	*size = roaring_bitmap_portable_serialize(set->bits, bytes);
	return bytes;
}

uint64_t memberset_count_any(const struct memberset *const *sets, size_t count, const struct memberset *const *groups,
	size_t group_count, uint64_t *in)
{
	const roaring_bitmap_t **all = keep(malloc((count + 1) * sizeof *all));

	for (size_t i = 0; i < count; i++)
		all[i] = sets[i]->bits;
	roaring_bitmap_t *any = keep(roaring_bitmap_or_many(count, all));
	uint64_t found = roaring_bitmap_get_cardinality(any);

	for (size_t i = 0; i < group_count; i++)
		in[i] = roaring_bitmap_and_cardinality(any, groups[i]->bits);
	roaring_bitmap_free(any);
	free(all);
	return found;
}

struct reading {
	uint32_t *members;
	uint64_t count, most;
};

/* One member of bytes that nobody vouches for: they must ascend and be no more than was said. */
static bool read_one(uint32_t member, void *context)
{
	struct reading *reading = context;

	if (reading->count == reading->most || (reading->count > 0 && member <= reading->members[reading->count - 1]))
		return false;
	reading->members[reading->count++] = member;
	return true;
}

/* The library checks only that it stays inside of the bytes; a container may still lie about its own order and count,
 * so the set is made anew from the members that come out one by one. */
struct memberset *memberset_read(const void *bytes, size_t size, uint64_t count)
{
	if (size < SMALLEST || roaring_bitmap_portable_deserialize_size(bytes, size) != size || count > UINT32_MAX)
		return NULL;
	roaring_bitmap_t *claimed = roaring_bitmap_portable_deserialize_safe(bytes, size);

	if (claimed == NULL)
		return NULL;
	struct reading reading = { keep(malloc((count + 1) * sizeof(uint32_t))), 0, count };
	bool good = roaring_iterate(claimed, read_one, &reading) && reading.count == count;

	roaring_bitmap_free(claimed);
	struct memberset *set = good ? memberset_new(reading.members, count) : NULL;

	free(reading.members);
	return set;
}

void memberset_digest(const struct memberset *set, unsigned char out[32])
{
	size_t count = memberset_count(set);
	uint32_t *members = keep(malloc((count + 1) * sizeof *members));

	memberset_list(set, members);
	for (size_t i = 0; i < count; i++)
		members[i] = htonl(members[i]);
	seal_sha256(members, count * sizeof *members, out);
	free(members);
}
