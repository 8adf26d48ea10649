#include "memberset.h"

#include <arpa/inet.h>
#include <roaring/roaring.h>
#include <stdlib.h>

#include "seal.h"

enum { SMALLEST = 8 };   /* bytes of an empty set; of fewer the library complains on stderr */

struct memberset {
	roaring_bitmap_t *bits;
};

/* Takes over `bits`. Out of memory aborts, as in an arena. */
static struct memberset *wrap(roaring_bitmap_t *bits)
{
	struct memberset *set = malloc(sizeof *set);

	if (set == NULL || bits == NULL)
		abort();
	set->bits = bits;
	return set;
}

struct memberset *memberset_new(const uint32_t *members, size_t count)
{
	roaring_bitmap_t *bits = roaring_bitmap_create();

	if (bits != NULL && count > 0)
		roaring_bitmap_add_many(bits, count, members);
	return wrap(bits);
}

struct memberset *memberset_copy(const struct memberset *set)
{
	return wrap(roaring_bitmap_copy(set->bits));
}

struct memberset *memberset_union(const struct memberset *const *sets, size_t count)
{
	const roaring_bitmap_t **all = malloc((count + 1) * sizeof *all);

	if (all == NULL)
		abort();
	for (size_t i = 0; i < count; i++)
		all[i] = sets[i]->bits;
	roaring_bitmap_t *bits = roaring_bitmap_or_many(count, all);

	free(all);
	return wrap(bits);
}

void memberset_free(struct memberset *set)
{
	if (set == NULL)
		return;
	roaring_bitmap_free(set->bits);
	free(set);
}

void memberset_add(struct memberset *set, uint32_t member)
{
	roaring_bitmap_add(set->bits, member);
}

void memberset_remove(struct memberset *set, uint32_t member)
{
	roaring_bitmap_remove(set->bits, member);
}

void memberset_pack(struct memberset *set)
{
	roaring_bitmap_run_optimize(set->bits);
	roaring_bitmap_shrink_to_fit(set->bits);
}

uint64_t memberset_count(const struct memberset *set)
{
	return roaring_bitmap_get_cardinality(set->bits);
}

uint64_t memberset_count_both(const struct memberset *a, const struct memberset *b)
{
	return roaring_bitmap_and_cardinality(a->bits, b->bits);
}

size_t memberset_size(const struct memberset *set)
{
	return sizeof *set + roaring_bitmap_size_in_bytes(set->bits);
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
	struct reading reading = { malloc((count + 1) * sizeof(uint32_t)), 0, count };

	if (reading.members == NULL)
		abort();
	bool good = roaring_iterate(claimed, read_one, &reading) && reading.count == count;

	roaring_bitmap_free(claimed);
	struct memberset *set = good ? memberset_new(reading.members, count) : NULL;

	if (good)
		memberset_pack(set);
	free(reading.members);
	return set;
}

void memberset_digest(const struct memberset *set, unsigned char out[32])
{
	size_t count = memberset_count(set);
	uint32_t *members = malloc((count + 1) * sizeof *members);

	if (members == NULL)
		abort();
	memberset_list(set, members);
	for (size_t i = 0; i < count; i++)
		members[i] = htonl(members[i]);
	seal_sha256(members, count * sizeof *members, out);
	free(members);
}
