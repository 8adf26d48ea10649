/* Arrays of numbers and bytes as PostgreSQL sends them, and what is none. */
#include <stdint.h>
#include <string.h>

#include "check.h"
#include "mcp/db/binary.h"

static const unsigned char wide[] = { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 1,
	0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 254 };
static const unsigned char narrow[] = { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1,
	0, 0, 0, 4, 255, 255, 255, 253 };
static const unsigned char real[] = { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 188, 0, 0, 0, 1, 0, 0, 0, 1,
	0, 0, 0, 4, 0xbf, 0x40, 0, 0 };
static const unsigned char empty[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20 };

static bool read_bytes(const unsigned char *bytes, size_t size, struct bulk *column, struct arena *arena)
{
	return binary_column((const char *)bytes, size, column, arena);
}

static void numbers_of_every_width(void)
{
	struct arena *arena = arena_new();
	struct bulk column;

	CHECK(read_bytes(wide, sizeof wide, &column, arena));
	CHECK_INT(column.kind, BULK_INTEGERS);
	CHECK_INT(column.count, 2);
	CHECK_INT(((const int64_t *)column.values)[0], 4294967298);
	CHECK_INT(((const int64_t *)column.values)[1], -2);
	CHECK(read_bytes(narrow, sizeof narrow, &column, arena));
	CHECK_INT(((const int64_t *)column.values)[0], -3);
	CHECK(read_bytes(real, sizeof real, &column, arena));
	CHECK_INT(column.kind, BULK_REALS);
	CHECK(((const double *)column.values)[0] > -0.7501 && ((const double *)column.values)[0] < -0.7499);
	CHECK(read_bytes(empty, sizeof empty, &column, arena));
	CHECK_INT(column.count, 0);
	arena_free(arena);
}

static void what_is_written_is_read_back(void)
{
	static const int64_t numbers[] = { 0, INT64_MIN, INT64_MAX };
	static const double reals[] = { 0, -1.5, 1e300 };
	const struct bulk given[] = { { BULK_INTEGERS, 3, numbers }, { BULK_REALS, 3, reals } };
	struct arena *arena = arena_new();

	for (size_t i = 0; i < 2; i++) {
		struct binary binary = binary_array(&given[i], arena);
		struct bulk column;

		CHECK(binary_column(binary.bytes, (size_t)binary.size, &column, arena));
		CHECK_INT(column.kind, given[i].kind);
		CHECK(memcmp(column.values, given[i].values, 3 * sizeof numbers[0]) == 0);
	}
	arena_free(arena);
}

static void bytes_are_read_where_they_lie(void)
{
	static const struct bulk_bytes given[] = { { "one", 3 }, { NULL, 0 }, { "", 0 }, { "three", 5 } };
	const struct bulk bulk = { BULK_BYTES, 4, given };
	struct arena *arena = arena_new();
	struct binary binary = binary_array(&bulk, arena);
	struct bulk column;

	CHECK(binary_column(binary.bytes, (size_t)binary.size, &column, arena));
	CHECK_INT(column.kind, BULK_BYTES);
	CHECK_INT(column.count, 4);
	const struct bulk_bytes *read = column.values;

	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(read[i].size, given[i].size);
		CHECK((read[i].bytes == NULL) == (given[i].bytes == NULL));
		CHECK(given[i].size == 0 || memcmp(read[i].bytes, given[i].bytes, given[i].size) == 0);
	}
	for (int size = 0; size < binary.size; size++)
		CHECK(!binary_column(binary.bytes, (size_t)size, &column, arena));
	binary.bytes[23]++;   /* the first is a byte longer: what follows is no length any more */
	CHECK(!binary_column(binary.bytes, (size_t)binary.size, &column, arena));
	arena_free(arena);
}

static void what_is_none_is_refused(void)
{
	static const size_t places[] = { 3, 11, 15 };   /* dimensions, type, count */
	struct arena *arena = arena_new();
	unsigned char broken[sizeof wide];
	struct bulk column;

	for (size_t size = 0; size < sizeof wide; size++)
		CHECK(!read_bytes(wide, size, &column, arena));
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		memcpy(broken, wide, sizeof wide);
		broken[places[i]] = 25;
		CHECK(!read_bytes(broken, sizeof broken, &column, arena));
	}
	memcpy(broken, wide, sizeof wide);
	memset(broken + 20, 255, 4);   /* null, and as long as if it were not */
	CHECK(!read_bytes(broken, sizeof broken, &column, arena));
	arena_free(arena);
}

int main(void)
{
	CHECK_RUN(numbers_of_every_width);
	CHECK_RUN(what_is_written_is_read_back);
	CHECK_RUN(bytes_are_read_where_they_lie);
	CHECK_RUN(what_is_none_is_refused);
	return check_done();
}
