/* The demo brand: a shop with members, orders, coupons and points, made up from one seed and
 * written as CSV files that `flashd import` reads with contrib/maps/demo.json. README.md
 * describes the files, the world and the stories planted in it. The same options always give the
 * same bytes; more members leave the others' lives as they were. */
#ifndef FLASH_DEMO_BRAND_H
#define FLASH_DEMO_BRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "mcp/base/error.h"

struct brand_options {
	uint64_t seed;
	uint32_t members;   /* 1 to 10,000,000 */
	int as_of;          /* the first day that is not in the files (brand_day); 2000 to 2199 */
	int months;         /* how long before as_of the files begin: 12 to 60 */
};

/* Seed 1, 50,000 members, 24 months; as_of is left at 0 and must be set. */
struct brand_options brand_defaults(void);

/* Reads "YYYY-MM-DD" into a day for as_of. */
bool brand_day(const char *text, int *day, struct error *error);

/* Writes the fifteen files into `folder`, which is made when missing (its parent must exist).
 * `progress` may be NULL; it gets one sentence for every step of a tenth. Bad options are
 * ERROR_ARGUMENT, a disk that does not take the files is ERROR_SYSTEM; then no file has been
 * given its name. */
bool brand_write(const struct brand_options *options, const char *folder,
	void (*progress)(void *context, const char *sentence), void *context, struct error *error);

#endif
