/* The thread that sums up days of orders again soon after they changed, of all tenants; of several daemons on one
 * database one does it. Answers are right without it, only dearer. */
#ifndef FLASH_ROLLER_H
#define FLASH_ROLLER_H

#include "mcp/base/error.h"
#include "mcp/corridor/corridor.h"

struct roller;

/* Starts it over a connection of its own; NULL with the error. */
struct roller *roller_open(const struct corridor *corridor, struct error *error);

/* Ends it: a day that is being summed up is waited for. NULL is nothing. */
void roller_close(struct roller *roller);

#endif
