/* The demo brand's files: the same bytes for the same seed, published numbers for chance and
 * calendar, and refusals that leave nothing behind. What is in the files: test_brand_books.c. */
#include "contrib/demo/brand.h"

#include <sys/stat.h>
#include <unistd.h>

#include "contrib/demo/civil.h"
#include "contrib/demo/draw.h"
#include "tests/unit/brand_files.h"
#include "tests/unit/check.h"

/* A whole file, ended by NUL. */
static char *slurp(struct arena *arena, const char *path, const char *name, size_t *size)
{
	FILE *file = fopen(arena_format(arena, "%s/%s", path, name), "rb");
	struct stat about;

	if (file == NULL || fstat(fileno(file), &about) != 0)
		abort();
	char *bytes = arena_alloc(arena, (size_t)about.st_size + 1);

	*size = fread(bytes, 1, (size_t)about.st_size, file);
	fclose(file);
	return bytes;
}

/* FNV-1a over all files of a folder. */
static uint64_t fingerprint(const char *path)
{
	struct arena *arena = arena_new();
	uint64_t sum = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < BRAND_FILES; i++) {
		size_t size;
		const char *bytes = slurp(arena, path, brand_file_names[i], &size);

		CHECK(size > 40);
		for (size_t b = 0; b < size; b++)
			sum = (sum ^ (unsigned char)bytes[b]) * 0x100000001b3ULL;
	}
	arena_free(arena);
	return sum;
}

static void same_seed_same_bytes(void)
{
	struct arena *arena = arena_new();
	const char *a = brand_make(arena, "a", 300, 5), *b = brand_make(arena, "b", 300, 5);
	const char *c = brand_make(arena, "c", 300, 6);

	CHECK(fingerprint(a) == fingerprint(b));
	CHECK(fingerprint(a) != fingerprint(c));
	brand_remove(arena, a);
	brand_remove(arena, b);
	brand_remove(arena, c);
	arena_free(arena);
}

/* Files that are written member by member begin with the smaller brand's; the spare codes are
 * apart. */
static void more_members_leave_the_others_alone(void)
{
	static const char *const names[] = { "members.csv", "consents.csv", "orders.csv",
		"order_lines.csv", "redemptions.csv", "points.csv" };
	struct arena *arena = arena_new();
	const char *few = brand_make(arena, "a", 200, 1), *many = brand_make(arena, "b", 400, 1);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t small, large;
		const char *head = slurp(arena, few, names[i], &small), *all = slurp(arena, many, names[i],
			&large);

		CHECK(large > small && memcmp(head, all, small) == 0);
	}
	brand_remove(arena, few);
	brand_remove(arena, many);
	arena_free(arena);
}

/* The published outputs of splitmix64 for seed 1234567; distributions by their means. */
static void chance(void)
{
	static const uint64_t published[] = { 6457827717110365317U, 3203168211198807973U,
		9817491932198370423U, 4593380528125082431U, 16408922859458223821U };
	struct draw draw = { 1234567 };
	double gamma = 0, beta = 0, normal = 0, square = 0, exponential = 0;

	for (size_t i = 0; i < 5; i++)
		CHECK(draw_next(&draw) == published[i]);
	draw = draw_stream(1, 2, 3);
	for (int i = 0; i < 100000; i++) {
		double n = draw_normal(&draw);

		gamma += draw_gamma(&draw, 0.85) / 100000;
		beta += draw_beta(&draw, 0.55, 3.6) / 100000;
		exponential += draw_exponential(&draw) / 100000;
		normal += n / 100000;
		square += n * n / 100000;
	}
	CHECK_NEAR(gamma, 0.85, 0.015);
	CHECK_NEAR(beta, 0.55 / 4.15, 0.003);
	CHECK_NEAR(exponential, 1, 0.015);
	CHECK_NEAR(normal, 0, 0.015);
	CHECK_NEAR(square, 1, 0.02);
}

static void calendar(void)
{
	struct error error;
	int day = 0;

	CHECK_INT(civil_day(1970, 1, 1), 0);
	CHECK_INT(civil_day(2000, 3, 1), 11017);
	CHECK_INT(civil_day(2026, 11, 20), 20777);
	CHECK_INT(civil_weekday(20777), 4);   /* a Friday */
	for (day = 0; day < 84000; day++) {
		struct civil_date date = civil_date(day);

		if (civil_day(date.year, date.month, date.day) != day)
			break;
	}
	CHECK_INT(day, 84000);
	CHECK(civil_parse("2024-02-29", &day, &error) && !civil_parse("2026-02-29", &day, &error));
	CHECK(!civil_parse("2026-2-9", &day, &error) && !civil_parse("2026-11-20 ", &day, &error));
}

static void options_that_are_refused(void)
{
	struct brand_options bad[6];
	struct error error;

	for (size_t i = 0; i < 6; i++)
		bad[i] = brand_options_for(10, 1);
	bad[0].members = 0;
	bad[1].members = 10000001;
	bad[2].as_of = 0;
	bad[3].as_of = civil_day(2200, 1, 1);
	bad[4].months = 11;
	bad[5].months = 61;
	for (size_t i = 0; i < 6; i++) {
		error.code = ERROR_NONE;
		CHECK(!brand_write(&bad[i], "/nonexistent/x", NULL, NULL, &error));
		CHECK_INT(error.code, ERROR_ARGUMENT);
	}
}

/* When one file cannot get its name, what was written of it is removed and the error says which. */
static void a_folder_that_cannot_be_written(void)
{
	struct arena *arena = arena_new();
	struct brand_options chosen = brand_options_for(10, 1);
	const char *path = arena_format(arena, "%s/bad", brand_folder);
	const char *in_the_way = arena_format(arena, "%s/stores.csv", path);
	struct error error = { .code = ERROR_NONE };

	CHECK(!brand_write(&chosen, "/nonexistent/x", NULL, NULL, &error));
	CHECK_INT(error.code, ERROR_SYSTEM);
	CHECK(mkdir(path, 0700) == 0 && mkdir(in_the_way, 0700) == 0);
	CHECK(!brand_write(&chosen, path, NULL, NULL, &error));
	CHECK_INT(error.code, ERROR_SYSTEM);
	CHECK(strstr(error.text, "stores.csv") != NULL);
	CHECK_INT(rmdir(in_the_way), 0);
	CHECK_INT(rmdir(path), 0);   /* nothing else is in there */
	arena_free(arena);
}

static void count_progress(void *context, const char *sentence)
{
	int *count = context;

	CHECK(strncmp(sentence, "demo brand: ", 12) == 0);
	++*count;
}

static void progress(void)
{
	struct arena *arena = arena_new();
	struct brand_options chosen = brand_options_for(95, 1);
	const char *path = arena_format(arena, "%s/progress", brand_folder);
	struct error error;
	int count = 0;

	CHECK(brand_write(&chosen, path, count_progress, &count, &error));
	CHECK_INT(count, 10);
	brand_remove(arena, path);
	arena_free(arena);
}

int main(void)
{
	brand_begin();
	CHECK_RUN(chance);
	CHECK_RUN(calendar);
	CHECK_RUN(same_seed_same_bytes);
	CHECK_RUN(more_members_leave_the_others_alone);
	CHECK_RUN(options_that_are_refused);
	CHECK_RUN(a_folder_that_cannot_be_written);
	CHECK_RUN(progress);
	CHECK_RUN(brand_end);
	return check_done();
}
