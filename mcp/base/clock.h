/* The only "now" in C. Tests hold it still. Money, leases and expiry go by the database's clock, not this. */
#ifndef FLASH_CLOCK_H
#define FLASH_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970 UTC, or the held time. */
int64_t clock_now(void);

/* Microseconds that only go forward: for deadlines and durations. */
int64_t clock_monotonic(void);

/* Holds clock_now() at `now_us`; 0 lets it run again. For tests. */
void clock_hold(int64_t now_us);

/* RFC 3339 in UTC with milliseconds, 24 characters and NUL, into `out` (at least 32 bytes). */
void clock_stamp(int64_t now_us, char *out);

#endif
