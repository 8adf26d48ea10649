/* Brings a database to the state that this program needs: roles, tables (forward only), code (made anew). */
#ifndef FLASH_MIGRATE_H
#define FLASH_MIGRATE_H

#include "db.h"

/* Migrates in one transaction over the owner's connection: all of it or nothing. `applied` counts the table
 * migrations that were new. The connection must belong to a role that may create roles. */
bool migrate_run(struct db *db, int *applied, struct error *error);

/* Lets this session act as the owner of the tables: for making tenants and importing. */
bool migrate_become_owner(struct db *db, struct error *error);

#endif
