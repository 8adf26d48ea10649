/* Sets of members against a plain set: an array with a mark for each number. */
#include "check.h"
#include "mcp/base/memberset.h"

enum { NUMBERS = 300000, SETS = 12, ROUNDS = 40, HOSTILE = 20000 };

static unsigned long long seed = 20261121;

static unsigned random_below(unsigned below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % below;
}

/* A plain set and the members that it was made of, with repeats and in no order. Sparse, dense and in runs: the three
 * forms of a container. */
struct plain {
	bool has[NUMBERS];
	uint32_t members[NUMBERS];
	size_t count;
};

static struct plain plains[SETS];

static void fill(struct plain *plain)
{
	unsigned form = random_below(4), count = form == 0 ? random_below(50) : random_below(form == 1 ? 3000 : 200000);
	uint32_t start = random_below(NUMBERS / 2);

	memset(plain, 0, sizeof *plain);
	for (unsigned i = 0; i < count; i++) {
		uint32_t member = form == 3 ? start + i / 2 : random_below(NUMBERS);

		plain->has[member] = true;
		plain->members[plain->count++] = member;
	}
}

static size_t count_plain(const struct plain *a, const struct plain *b)
{
	size_t count = 0;

	for (size_t i = 0; i < NUMBERS; i++)
		count += a->has[i] && b->has[i];
	return count;
}

static bool same(const struct memberset *set, const bool *has)
{
	static uint32_t members[NUMBERS];
	size_t at = 0, count = memberset_count(set);

	if (count > NUMBERS)
		return false;
	memberset_list(set, members);
	for (uint32_t i = 0; i < NUMBERS; i++)
		if (has[i] && (at == count || members[at++] != i))
			return false;
	return at == count;
}

/* How many two packed sets have in common. */
static uint64_t count_both(const struct memberset *a, const struct memberset *b)
{
	uint64_t both;

	CHECK_INT(memberset_count_any(&a, 1, &b, 1, &both), memberset_count(a));
	return both;
}

/* Members of any of the first `many` sets, and how many of these are in each set. */
static void check_any(struct memberset *const *sets, size_t many)
{
	static struct plain any;
	uint64_t in[SETS], all;
	const struct memberset *packed[SETS];

	memset(&any, 0, sizeof any);
	for (size_t i = 0; i < SETS; i++) {
		memberset_pack(sets[i]);
		packed[i] = sets[i];
		for (size_t n = 0; i < many && n < NUMBERS; n++)
			any.has[n] = any.has[n] || plains[i].has[n];
	}
	all = memberset_count_any(packed, many, packed, SETS, in);
	CHECK_INT(all, count_plain(&any, &any));
	for (size_t i = 0; i < SETS; i++)
		CHECK_INT(in[i], count_plain(&any, &plains[i]));
}

static void sets_agree_with_plain_ones(void)
{
	struct memberset *sets[SETS];

	for (int round = 0; round < ROUNDS; round++) {
		size_t many = random_below(SETS + 1);

		for (size_t i = 0; i < SETS; i++) {
			fill(&plains[i]);
			sets[i] = memberset_new(plains[i].members, plains[i].count);
			CHECK(same(sets[i], plains[i].has));
		}
		CHECK_INT(count_both(sets[0], sets[1]), count_plain(&plains[0], &plains[1]));
		check_any(sets, many);
		for (size_t i = 0; i < SETS; i++)
			memberset_free(sets[i]);
	}
}

static void members_come_and_go(void)
{
	struct plain *plain = &plains[0];

	fill(plain);
	struct memberset *set = memberset_new(plain->members, plain->count), *before = memberset_copy(set);

	for (int i = 0; i < 50000; i++) {
		uint32_t member = random_below(NUMBERS);

		plains[1].has[member] = plain->has[member];
		if (random_below(2) == 0)
			memberset_add(set, member), plain->has[member] = true;
		else
			memberset_remove(set, member), plain->has[member] = false;
	}
	CHECK(same(set, plain->has));
	memberset_pack(set);
	CHECK(same(set, plain->has));
	CHECK(memberset_count(before) == count_both(before, before));
	memberset_free(before);
	memberset_free(set);
}

static void the_ends_of_the_range_are_members(void)
{
	const uint32_t ends[] = { UINT32_MAX, 0, 65535, 65536, UINT32_MAX };
	struct memberset *set = memberset_new(ends, 5), *empty = memberset_new(NULL, 0);
	uint32_t list[4];
	struct arena *arena = arena_new();
	size_t size;

	CHECK_INT(memberset_count(set), 4);
	memberset_list(set, list);
	CHECK(list[0] == 0 && list[1] == 65535 && list[2] == 65536 && list[3] == UINT32_MAX);
	CHECK_INT(memberset_count(empty), 0);
	CHECK_INT(count_both(set, empty), 0);
	CHECK_INT(count_both(set, set), 4);
	CHECK_INT(memberset_count_any(NULL, 0, NULL, 0, NULL), 0);
	char *bytes = memberset_write(empty, arena, &size);
	struct memberset *again = memberset_read(bytes, size, 0);

	CHECK(again != NULL && memberset_count(again) == 0);
	memberset_free(again);
	memberset_free(empty);
	memberset_free(set);
	arena_free(arena);
}

/* Containers of 65,536 numbers each, as lists and as runs, more or fewer of them and far apart: in a set, in a group,
 * or in both. */
static void containers_are_found_wherever_they_lie(void)
{
	enum { PLACES = 40, EACH = 100 };
	static uint32_t members[PLACES * EACH];

	for (int round = 0; round < 2000; round++) {
		struct memberset *sets[2];
		bool has[2][PLACES];
		size_t both = 0;

		for (int s = 0; s < 2; s++) {
			unsigned one_of = 1 + random_below(20);
			size_t count = 0;

			for (uint32_t place = 0; place < PLACES; place++) {
				uint32_t step = ((unsigned)round >> place % 4 & 1) == 0 ? 1 : 3;

				has[s][place] = random_below(one_of) == 0;
				for (uint32_t i = 0; has[s][place] && i < EACH; i++)
					members[count++] = place * 65536 + step * i;
				both += s == 1 && has[0][place] && has[1][place] ? EACH : 0;
			}
			sets[s] = memberset_new(members, count);
			CHECK_INT(count_both(sets[s], sets[s]), count);
		}
		CHECK_INT(count_both(sets[0], sets[1]), both);
		CHECK_INT(count_both(sets[1], sets[0]), both);
		memberset_free(sets[0]);
		memberset_free(sets[1]);
	}
}

/* sha256 of x00000001 x00000200, as sha256sum says. */
static void the_digest_is_that_of_the_numbers(void)
{
	static const unsigned char expected[] = {
		0xe7, 0x21, 0x04, 0x64, 0xff, 0xa0, 0x5b, 0x05, 0xeb, 0xe1, 0xa9, 0x26, 0xd0, 0xbb, 0x58, 0x04,
		0xd7, 0x97, 0x2b, 0xc9, 0x0a, 0x99, 0x78, 0xe8, 0x01, 0x06, 0x20, 0xdb, 0x52, 0x0d, 0xfc, 0x66 };
	const uint32_t members[] = { 512, 1 };
	struct memberset *set = memberset_new(members, 2);
	unsigned char digest[32];

	memberset_digest(set, digest);
	CHECK(memcmp(digest, expected, sizeof expected) == 0);
	memberset_free(set);
}

static void bytes_come_back(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct arena *arena = arena_new();
		size_t size;

		fill(&plains[0]);
		struct memberset *set = memberset_new(plains[0].members, plains[0].count);
		char *bytes = memberset_write(set, arena, &size);
		struct memberset *again = memberset_read(bytes, size, memberset_count(set));

		CHECK(again != NULL && same(again, plains[0].has));
		CHECK(memberset_read(bytes, size, memberset_count(set) + 1) == NULL);
		CHECK(memberset_count(set) == 0 || memberset_read(bytes, size, memberset_count(set) - 1) == NULL);
		CHECK(memberset_read(bytes, size - 1, memberset_count(set)) == NULL);
		memberset_free(again);
		memberset_free(set);
		arena_free(arena);
	}
}

/* A copy of exactly `size` bytes, so that the sanitizer sees a read behind it. */
static struct memberset *read_hostile(const char *bytes, size_t size, uint64_t count)
{
	char *exact = malloc(size > 0 ? size : 1);

	memcpy(exact, bytes, size);
	struct memberset *set = memberset_read(exact, size, count);

	free(exact);
	return set;
}

/* Whatever the bytes are: refused, or a set of as many members as was said that is one in every way. */
static void check_hostile(const char *bytes, size_t size, uint64_t count)
{
	struct memberset *set = read_hostile(bytes, size, count);
	struct arena *arena = arena_new();
	size_t again_size;

	if (set != NULL) {
		CHECK_INT(memberset_count(set), count);
		CHECK_INT(count_both(set, set), count);
		char *again = memberset_write(set, arena, &again_size);
		struct memberset *copy = memberset_read(again, again_size, count);

		CHECK(copy != NULL && count_both(set, copy) == count);
		memberset_free(copy);
	}
	memberset_free(set);
	arena_free(arena);
}

static void hostile_bytes_do_no_harm(void)
{
	struct arena *arena = arena_new();

	for (int form = 0; form < 4; form++) {
		size_t size;

		do
			fill(&plains[0]);
		while (plains[0].count == 0 || plains[0].count > 20000);
		struct memberset *set = memberset_new(plains[0].members, plains[0].count);
		uint64_t count = memberset_count(set);

		const char *good = memberset_write(set, arena, &size);
		char *bytes = arena_alloc(arena, size + 64);

		for (int i = 0; i < HOSTILE / 4; i++) {
			size_t cut = random_below(3) == 0 ? random_below((unsigned)size + 64) : size;
			size_t head = random_below(2) == 0 && size > 64 ? 64 : size;

			memset(bytes, 0, size + 64);
			memcpy(bytes, good, size);
			for (unsigned flips = random_below(4); flips > 0; flips--)
				bytes[random_below((unsigned)head)] ^= (char)(1 << random_below(8));
			check_hostile(bytes, cut, count);
		}
		memberset_free(set);
	}
	for (int i = 0; i < HOSTILE; i++) {
		char noise[256];
		unsigned size = random_below(sizeof noise);

		for (unsigned b = 0; b < sizeof noise; b++)
			noise[b] = (char)random_below(random_below(2) == 0 ? 256 : 4);
		memcpy(noise, random_below(2) == 0 ? "\x3a\x30\0\0" : "\x3b\x30\0\0", 4);
		check_hostile(noise, size, random_below(70000));
	}
	arena_free(arena);
}

/* A set that lost a container, and one whose last members moved, are not what the row says of them. */
static void a_lost_container_is_noticed(void)
{
	struct arena *arena = arena_new();
	uint32_t members[2000];
	unsigned char before[32], after[32];
	size_t size;

	for (uint32_t i = 0; i < 2000; i++)
		members[i] = i * 100;
	struct memberset *set = memberset_new(members, 2000), *less = memberset_copy(set);

	for (uint32_t i = 65536; i < 131072; i++)
		memberset_remove(less, i);
	memberset_pack(less);
	char *bytes = memberset_write(less, arena, &size);

	CHECK(memberset_count(less) < 2000 && memberset_read(bytes, size, 2000) == NULL);
	memberset_add(less, 1);
	while (memberset_count(less) < 2000)
		memberset_add(less, 70000 + (uint32_t)memberset_count(less));
	memberset_digest(set, before);
	memberset_digest(less, after);
	CHECK(memcmp(before, after, sizeof before) != 0);
	memberset_free(less);
	memberset_free(set);
	arena_free(arena);
}

int main(void)
{
	CHECK_RUN(sets_agree_with_plain_ones);
	CHECK_RUN(members_come_and_go);
	CHECK_RUN(containers_are_found_wherever_they_lie);
	CHECK_RUN(the_ends_of_the_range_are_members);
	CHECK_RUN(the_digest_is_that_of_the_numbers);
	CHECK_RUN(bytes_come_back);
	CHECK_RUN(hostile_bytes_do_no_harm);
	CHECK_RUN(a_lost_container_is_noticed);
	return check_done();
}
