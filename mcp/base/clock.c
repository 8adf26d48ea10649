#include "clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t held;

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	int64_t still = held;

	return still != 0 ? still : read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void clock_hold(int64_t now_us)
{
	held = now_us;
}

void clock_stamp(int64_t now_us, char *out)
{
	time_t seconds = (time_t)(now_us / 1000000);
	struct tm parts;

	gmtime_r(&seconds, &parts);
	snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)(parts.tm_year + 1900) % 10000U,
		(unsigned)(parts.tm_mon + 1) % 100U, (unsigned)parts.tm_mday % 100U, (unsigned)parts.tm_hour % 100U,
		(unsigned)parts.tm_min % 100U, (unsigned)parts.tm_sec % 100U,
		(unsigned)(now_us / 1000 % 1000) % 1000U);
}
