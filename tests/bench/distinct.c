/* How long counting distinct members by tier takes from sets in memory, at a size that no test brand has: synthetic
 * members, each day's drawn at random, so that no two days share more than chance. Prints one line of JSON.
 * Usage: distinct MEMBERS PER_DAY */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mcp/base/clock.h"
#include "mcp/base/memberset.h"

enum { DAYS = 365, TIERS = 4, ROUNDS = 21 };

static struct memberset *days[DAYS], *tiers[TIERS];

static uint32_t random_below(uint32_t below)
{
	static unsigned long long seed = 20261121;

	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((seed >> 33) % below);
}

static void make(uint32_t members, uint32_t per_day)
{
	uint32_t *list = malloc((members > per_day ? members : per_day) * sizeof *list);

	if (list == NULL)
		abort();
	for (size_t d = 0; d < DAYS; d++) {
		for (uint32_t i = 0; i < per_day; i++)
			list[i] = random_below(members);
		days[d] = memberset_new(list, per_day);
	}
	for (uint32_t t = 0; t < TIERS; t++) {
		size_t count = 0;

		for (uint32_t m = 0; m < members; m++)
			if ((m * 2654435761U >> 16) % TIERS == t)
				list[count++] = m;
		tiers[t] = memberset_new(list, count);
	}
	free(list);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t cpu_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The median time, in microseconds, of who bought in a random window, by tier and in all; and that of the processor. */
static int64_t count_window(size_t length, uint64_t *seen, int64_t *cpu_us)
{
	int64_t times[ROUNDS], cpu_times[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		size_t first = random_below((uint32_t)(DAYS - length + 1));
		int64_t began = clock_monotonic(), cpu_began = cpu_now();
		uint64_t in[TIERS];

		*seen += memberset_count_any((const struct memberset *const *)days + first, length,
			(const struct memberset *const *)tiers, TIERS, in);
		for (size_t t = 0; t < TIERS; t++)
			*seen += in[t];
		times[i] = clock_monotonic() - began;
		cpu_times[i] = cpu_now() - cpu_began;
	}
	qsort(times, ROUNDS, sizeof *times, compare);
	qsort(cpu_times, ROUNDS, sizeof *cpu_times, compare);
	*cpu_us = cpu_times[ROUNDS / 2];
	return times[ROUNDS / 2];
}

int main(int count, char **words)
{
	uint32_t members = count > 1 ? (uint32_t)atoi(words[1]) : 10000000;
	uint32_t per_day = count > 2 ? (uint32_t)atoi(words[2]) : members / 200;
	uint64_t seen = 0;
	size_t bytes = 0;

	make(members, per_day);
	for (size_t d = 0; d < DAYS; d++)
		bytes += memberset_size(days[d]);
	printf("{\"members\": %u, \"per_day\": %u, ", members, per_day);
	for (size_t i = 0; i < 3; i++) {
		size_t length = (const size_t[]){ 30, 90, DAYS }[i];
		int64_t cpu_us, us = count_window(length, &seen, &cpu_us);

		printf("\"us_%zu\": %lld, \"cpu_us_%zu\": %lld, ", length, (long long)us, length, (long long)cpu_us);
	}
	printf("\"bytes_a_member_day\": %.2f, \"seen\": %llu}\n", (double)bytes / DAYS / per_day, (unsigned long long)seen);
	for (size_t d = 0; d < DAYS; d++)
		memberset_free(days[d]);
	for (size_t t = 0; t < TIERS; t++)
		memberset_free(tiers[t]);
	return 0;
}
