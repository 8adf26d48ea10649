/* The five fields of a schedule, checked before it is stored: "minute hour day month weekday",
 * each a number, a list (1,15), a range (1-5), a step (star/15, 8-18/2) or a star; weekday 0 and
 * 7 are Sunday. As in cron, when day and weekday are both restricted, either is enough. The next
 * time itself is the database's to compute: it knows the tenant's zone and its daylight saving
 * days. */
#ifndef FLASH_CRON_H
#define FLASH_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "mcp/base/error.h"

/* One bit per allowed value; bit 0 of weekday is Sunday. */
struct cron {
	uint64_t minutes, hours, days, months, weekdays;
	bool any_day, any_weekday;   /* written as a star: does not restrict */
};

/* Reads `text`; false with ERROR_CONFIG and a sentence that names the field when it is not a
 * schedule, or when no date ever fits it (30 February). */
bool cron_read(const char *text, struct cron *cron, struct error *error);

#endif
