/* A TAP harness in one header: each test program lists its cases in main() and ends with check_done(). */
#ifndef FLASH_CHECK_H
#define FLASH_CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_cases, check_failed_cases, check_failed;

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			check_failed++; \
			printf("# %s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
		} \
	} while (0)

#define CHECK_INT(actual, expected) \
	do { \
		long long check_a = (long long)(actual), check_e = (long long)(expected); \
		if (check_a != check_e) { \
			check_failed++; \
			printf("# %s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, check_a, check_e); \
		} \
	} while (0)

#define CHECK_TEXT(actual, expected) \
	do { \
		const char *check_a = (actual), *check_e = (expected); \
		if (check_a == NULL || strcmp(check_a, check_e) != 0) { \
			check_failed++; \
			printf("# %s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #actual, \
				check_a == NULL ? "(null)" : check_a, check_e); \
		} \
	} while (0)

#define CHECK_NEAR(actual, expected, tolerance) \
	do { \
		double check_a = (actual), check_e = (expected); \
		if (!(fabs(check_a - check_e) <= (tolerance))) { \
			check_failed++; \
			printf("# %s:%d: %s is %.12g, not %.12g\n", __FILE__, __LINE__, #actual, check_a, check_e); \
		} \
	} while (0)

/* Runs one case and prints its TAP line. */
#define CHECK_RUN(function) check_run(#function, function)

static inline void check_run(const char *name, void (*function)(void))
{
	check_failed = 0;
	function();
	check_cases++;
	check_failed_cases += check_failed > 0;
	printf("%sok %d - %s\n", check_failed > 0 ? "not " : "", check_cases, name);
	fflush(stdout);
}

static inline void check_skip(const char *name, const char *why)
{
	check_cases++;
	printf("ok %d - %s # SKIP %s\n", check_cases, name, why);
}

static inline int check_done(void)
{
	printf("1..%d\n", check_cases);
	return check_failed_cases > 0;
}

#endif
