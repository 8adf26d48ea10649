/* Brings a database to the state that this program needs: roles, tables (forward only), code (made anew). */
#ifndef FLASH_MIGRATE_H
#define FLASH_MIGRATE_H

#include "db.h"

/* Migrates in one transaction: all of it or nothing. `conninfo` is the owner's connection, of a role that may make
 * roles. `applied` counts the table migrations that were new. */
bool migrate_database(const char *conninfo, int *applied, struct error *error);

/* Lets this session act as the owner of the tables: for making tenants and importing. */
bool migrate_become_owner(struct db *db, struct error *error);

#endif
