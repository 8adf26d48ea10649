/* Days as texts ("2026-11-20") and as numbers, for checks before the database is asked. Instants and local time are
 * PostgreSQL's. */
#ifndef FLASH_DAY_H
#define FLASH_DAY_H

#include <stdbool.h>

/* Whether `text` is a day of the years 1900 to 2199; `number` counts days (proleptic Gregorian, 1970-01-01 is 0). */
bool day_parse(const char *text, int *number);

/* The day of a number, as a text of 10 characters and NUL. */
void day_format(int number, char out[11]);

#endif
