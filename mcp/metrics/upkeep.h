/* The thread that keeps the sets of members fit: kept sets of stale days made anew, sets read into memory at start and
 * when too much has changed for a question to wait for it. */
#ifndef FLASH_UPKEEP_H
#define FLASH_UPKEEP_H

#include "mcp/base/error.h"

struct upkeep;

/* Opens a connection and begins; from then on members are counted from memory where they can be. */
struct upkeep *upkeep_open(const char *database, struct error *error);

/* Ends it; members are counted by SQL again. NULL is allowed. */
void upkeep_close(struct upkeep *upkeep);

#endif
