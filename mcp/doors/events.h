/* POST /api/events/TENANT/FEED: facts, signed by a feed. Only mcp/doors includes this. */
#ifndef FLASH_EVENTS_H
#define FLASH_EVENTS_H

#include "exchange.h"

/* Takes a request over; it is answered when all of it is durable, with its audit row. */
void events_start(struct door *door, struct http_request *request);

#endif
