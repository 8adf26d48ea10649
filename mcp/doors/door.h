/* The daemon's HTTP door: who may knock (Host, Origin, method, key), and where each path goes. What it does for MCP
 * is in exchange.h and methods.h. */
#ifndef FLASH_DOOR_H
#define FLASH_DOOR_H

#include "mcp/base/settings.h"
#include "mcp/corridor/corridor.h"

struct door;

/* Binds and listens. Refuses the setting `conformance` on an address that others can reach. The corridor must outlive
 * door_run(); what is still under way then keeps what it needs of the door. */
bool door_open(struct corridor *corridor, const struct settings *settings, struct door **door, struct error *error);

/* The port that was bound. */
int door_port(const struct door *door);

/* Serves until door_stop(), which any thread or a signal handler may call. */
void door_run(struct door *door);
void door_stop(struct door *door);

/* After door_run(). NULL is allowed. */
void door_close(struct door *door);

#endif
