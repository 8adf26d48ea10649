/* Days and local times of the demo brand as plain numbers: a day counts from 1970-01-01, a
 * moment is seconds of local wall-clock time since then. The brand never opens between 02:00 and
 * 03:00, so that no moment falls into a clock change and no zone table is needed. */
#ifndef FLASH_DEMO_CIVIL_H
#define FLASH_DEMO_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "mcp/base/error.h"

enum { CIVIL_DAY_SECONDS = 86400 };

struct civil_date {
	int year, month, day;   /* month and day from 1 */
};

/* The day of a date of the Gregorian calendar, and the date of a day. */
int civil_day(int year, int month, int day);
struct civil_date civil_date(int day);

/* 0 is Monday. */
int civil_weekday(int day);

/* Reads "YYYY-MM-DD" between 1970 and 2199; anything else is ERROR_ARGUMENT. */
bool civil_parse(const char *text, int *day, struct error *error);

/* Writes "YYYY-MM-DD" (10 bytes) or "YYYY-MM-DD HH:MM:SS" (19 bytes), without NUL. */
void civil_write_day(int day, char *out);
void civil_write_time(int64_t at, char *out);

#endif
