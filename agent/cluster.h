/* The demo's private PostgreSQL: a cluster in a folder of its own, reached by its socket there and by nothing else. */
#ifndef FLASH_CLUSTER_H
#define FLASH_CLUSTER_H

#include <stdbool.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"

/* PostgreSQL refuses to run as root: then this process becomes the user `postgres`, for good, after the folder was
 * made and given to it. `*folder` becomes absolute. */
bool cluster_drop_root(const char **folder, struct arena *arena, struct error *error);

/* Makes the cluster when it is not there, and starts it when it does not run. */
bool cluster_start(const char *folder, struct arena *arena, struct error *error);

/* Stops it, if it runs. */
bool cluster_stop(const char *folder, struct arena *arena, struct error *error);

/* Runs a program and waits; its output goes to `log` (NULL: to where ours goes). The exit status, or -1. */
int cluster_run(const char *const *words, const char *log);

/* Removes a folder and all that is in it. */
bool cluster_remove(const char *folder, struct error *error);

#endif
