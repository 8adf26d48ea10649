/* The database itself, when a private cluster has none yet. */
#ifndef FLASH_CREATE_DATABASE_H
#define FLASH_CREATE_DATABASE_H

#include "mcp/base/error.h"

/* Makes the database `flash` over a connection to another one; one that is there stays as it is. */
bool create_database(const char *conninfo, struct error *error);

#endif
