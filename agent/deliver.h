/* Delivery of approved messages, each at most once: claim (committed) → send → settle. Nothing starts after a stop. */
#ifndef FLASH_DELIVER_H
#define FLASH_DELIVER_H

#include <stdatomic.h>

#include "mcp/corridor/corridor.h"

/* Sends what is approved in one tenant, one message after another, until nothing is left, a stop comes or `quit`
 * turns true. Returns how many attempts were made. Without a usable channel it makes none and says so in the log. */
size_t deliver_all(struct corridor *corridor, int tenant, const atomic_bool *quit);

#endif
