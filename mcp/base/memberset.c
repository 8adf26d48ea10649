#include "memberset.h"

#include <arpa/inet.h>
#include <roaring/roaring.h>
#include <stdlib.h>
#include <string.h>

#include "seal.h"

enum { SMALLEST = 8 };   /* bytes of an empty set; of fewer the library complains on stderr */

/* A packed set is its portable bytes: of a day's members in one block instead of some hundred, and counted from as they
 * lie there. */
struct memberset {
	roaring_bitmap_t *bits;   /* loose, or NULL */
	unsigned char *packed;    /* or NULL */
	size_t size;
	uint64_t count;           /* of a packed one */
};

static void *keep(void *made)
{
	if (made == NULL)
		abort();   /* out of memory, as in an arena */
	return made;
}

/* Only what this file made: such bytes need no second look. */
static roaring_bitmap_t *loosen(const struct memberset *set)
{
	return keep(set->bits != NULL ? roaring_bitmap_copy(set->bits)
		: roaring_bitmap_portable_deserialize_safe((const char *)set->packed, set->size));
}

void memberset_pack(struct memberset *set)
{
	if (set->packed != NULL)
		return;
	roaring_bitmap_run_optimize(set->bits);
	set->size = roaring_bitmap_portable_size_in_bytes(set->bits);
	set->packed = keep(malloc(set->size));
	roaring_bitmap_portable_serialize(set->bits, (char *)set->packed);
	set->count = roaring_bitmap_get_cardinality(set->bits);
	roaring_bitmap_free(set->bits);
	set->bits = NULL;
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
	if (set->packed == NULL)
		copy->bits = loosen(set);
	else
		copy->packed = memcpy(keep(malloc(set->size)), set->packed, set->size);
	return copy;
}

void memberset_free(struct memberset *set)
{
	if (set == NULL)
		return;
	if (set->bits != NULL)
		roaring_bitmap_free(set->bits);
	free(set->packed);
	free(set);
}

static roaring_bitmap_t *own_bits(struct memberset *set)
{
	if (set->bits == NULL) {
		set->bits = loosen(set);
		free(set->packed);
		set->packed = NULL;
	}
	return set->bits;
}

void memberset_add(struct memberset *set, uint32_t member)
{
	roaring_bitmap_add(own_bits(set), member);
}

void memberset_remove(struct memberset *set, uint32_t member)
{
	roaring_bitmap_remove(own_bits(set), member);
}

uint64_t memberset_count(const struct memberset *set)
{
	return set->packed != NULL ? set->count : roaring_bitmap_get_cardinality(set->bits);
}

size_t memberset_size(const struct memberset *set)
{
	return sizeof *set + set->size;
}

void memberset_list(const struct memberset *set, uint32_t *members)
{
	roaring_bitmap_t *bits = loosen(set);

	roaring_bitmap_to_uint32_array(bits, members);
	roaring_bitmap_free(bits);
}

char *memberset_write(const struct memberset *set, struct arena *arena, size_t *size)
{
	char *bytes = arena_alloc(arena, set->size);

	if (set->packed == NULL)
		abort();
	*size = set->size;
	return memcpy(bytes, set->packed, set->size);
}

/* The members that share their upper 16 bits: their lower ones as a list, as 65,536 bits, or as runs. */
struct container {
	const unsigned char *bytes;
	uint32_t count;           /* members */
	bool is_runs;
};

/* A set's containers, one after the other. */
struct walk {
	const unsigned char *heads, *runs, *bytes;   /* counts and upper bits; which are runs, or NULL; the container */
	uint32_t at, most;
};

enum { WORDS = 1024, LIST_MOST = 4096, OFFSETS_LEAST = 4, COOKIE_RUNS = 12347, DONE = 1 << 16 };

static uint32_t load(const unsigned char *bytes, size_t place)
{
	uint16_t number;

	memcpy(&number, bytes + place * sizeof number, sizeof number);
	return number;
}

static struct walk walk_open(const struct memberset *set)
{
	const unsigned char *bytes = set->packed;

	if (bytes == NULL)
		abort();
	struct walk walk = { .at = 0 };

	if (load(bytes, 0) == COOKIE_RUNS) {
		walk.most = load(bytes, 1) + 1;
		walk.runs = bytes + 4;
		walk.heads = walk.runs + (walk.most + 7) / 8;
	} else {
		walk.most = load(bytes, 2) | load(bytes, 3) << 16;
		walk.heads = bytes + 8;
	}
	bool offsets = walk.runs == NULL || walk.most >= OFFSETS_LEAST;

	walk.bytes = walk.heads + (offsets ? 8 : 4) * walk.most;
	return walk;
}

/* The upper bits of the container where the walk is; DONE behind the last. */
static uint32_t walk_key(const struct walk *walk)
{
	return walk->at < walk->most ? load(walk->heads, 2 * walk->at) : DONE;
}

static struct container walk_next(struct walk *walk)
{
	struct container container = { walk->bytes, load(walk->heads, 2 * walk->at + 1) + 1,
		walk->runs != NULL && (walk->runs[walk->at / 8] >> walk->at % 8 & 1) != 0 };

	walk->bytes += container.is_runs ? 2 + 4 * load(walk->bytes, 0)
		: container.count > LIST_MOST ? WORDS * sizeof(uint64_t) : 2 * container.count;
	walk->at++;
	return container;
}

static uint64_t word_of(const struct container *container, size_t place)
{
	uint64_t word;

	memcpy(&word, container->bytes + place * sizeof word, sizeof word);
	return word;
}

static void set_bit(uint64_t *words, uint32_t low)
{
	words[low / 64] |= UINT64_C(1) << low % 64;
}

static uint64_t has_bit(const uint64_t *words, uint32_t low)
{
	return words[low / 64] >> low % 64 & 1;
}

/* The first and the last of a run. */
static uint32_t run_first(const struct container *container, uint32_t run)
{
	return load(container->bytes, 1 + 2 * run);
}

static uint32_t run_last(const struct container *container, uint32_t run)
{
	return run_first(container, run) + load(container->bytes, 2 + 2 * run);
}

/* Sets the bits of the container where a walk is. */
static void add_next(uint64_t *words, struct walk *walk)
{
	const struct container container = walk_next(walk);

	if (container.is_runs)
		for (uint32_t run = 0; run < load(container.bytes, 0); run++)
			for (uint32_t low = run_first(&container, run); low <= run_last(&container, run); low++)
				set_bit(words, low);
	else if (container.count > LIST_MOST)
		for (size_t i = 0; i < WORDS; i++)
			words[i] |= word_of(&container, i);
	else
		for (uint32_t i = 0; i < container.count; i++)
			set_bit(words, load(container.bytes, i));
}

#ifdef __x86_64__
__attribute__((target_clones("popcnt", "default")))
#endif
static uint64_t count_bits(const uint64_t *words, const struct container *both)
{
	uint64_t count = 0;

	for (size_t i = 0; i < WORDS; i++)
		count += (uint64_t)__builtin_popcountll(both == NULL ? words[i] : words[i] & word_of(both, i));
	return count;
}

/* How many members of the container where a walk is have their bit set. */
static uint64_t count_next(const uint64_t *words, struct walk *walk)
{
	const struct container container = walk_next(walk);
	uint64_t count = 0;

	if (container.is_runs)
		for (uint32_t run = 0; run < load(container.bytes, 0); run++)
			for (uint32_t low = run_first(&container, run); low <= run_last(&container, run); low++)
				count += has_bit(words, low);
	else if (container.count > LIST_MOST)
		count = count_bits(words, &container);
	else
		for (uint32_t i = 0; i < container.count; i++)
			count += has_bit(words, load(container.bytes, i));
	return count;
}

static struct walk *open_all(const struct memberset *const *sets, size_t count)
{
	struct walk *walks = keep(malloc((count + 1) * sizeof *walks));

	for (size_t i = 0; i < count; i++)
		walks[i] = walk_open(sets[i]);
	return walks;
}

uint64_t memberset_count_any(const struct memberset *const *sets, size_t count, const struct memberset *const *groups,
	size_t group_count, uint64_t *in)
{
	struct walk *walks = open_all(sets, count), *group_walks = open_all(groups, group_count);
	uint64_t words[WORDS], all = 0;

	for (size_t i = 0; i < group_count; i++)
		in[i] = 0;
	for (uint32_t key = 0, next; key < DONE; key = next) {
		next = DONE;
		memset(words, 0, sizeof words);
		for (size_t i = 0; i < count; i++) {
			if (walk_key(&walks[i]) == key)
				add_next(words, &walks[i]);
			next = walk_key(&walks[i]) < next ? walk_key(&walks[i]) : next;
		}
		all += count_bits(words, NULL);
		for (size_t i = 0; i < group_count; i++) {
			while (walk_key(&group_walks[i]) < key)
				walk_next(&group_walks[i]);
			if (walk_key(&group_walks[i]) == key)
				in[i] += count_next(words, &group_walks[i]);
		}
	}
	free(walks);
	free(group_walks);
	return all;
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
