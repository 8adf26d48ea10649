/* Policies in the database: a file's body as a version, and the key it works under. */
#ifndef FLASH_POLICY_STORE_H
#define FLASH_POLICY_STORE_H

#include "mcp/db/db.h"

struct policy_row {
	const char *name, *body, *hash, *key;
};

/* Puts a policy to work; the same body again is the same version. A person's power (admin). */
bool policy_store_add(struct db *db, int tenant, const char *call, const char *person, const struct policy_row *row,
	int *version, struct error *error);

/* The agent key a policy works under; NULL with ERROR_NOT_FOUND when the tenant has no such policy. */
const char *policy_store_key(struct db *db, int tenant, const char *policy, struct arena *arena, struct error *error);

#endif
